"""A cell of the matrix: one client language, one surface, one scenario, buffered or streamed."""

from __future__ import annotations

import dataclasses

import abilities
import backends
import clients
import judge
import scenarios
from clients.client import Talk
from house import House
from scenarios import Scenario, Step
from words import Ask, Error, Outcome

#: Clients and vendors with an endpoint that counts tokens.
COUNTING_CLIENTS = ("anthropic", "responses", "gemini", "converse")
COUNTING_SURFACES = ("anthropic", "vertex_anthropic", "gemini", "vertex_gemini",
                     "openai_responses", "bedrock_invoke", "bedrock_converse")
#: The SDK of Bedrock's invoke has no counter.
_COUNTING_DIRECTLY = tuple(name for name in COUNTING_SURFACES if name != "bedrock_invoke")


@dataclasses.dataclass(frozen=True)
class Cell:
    client: str
    surface: str
    scenario: Scenario
    mode: str

    @property
    def is_streamed(self) -> bool:
        return self.mode == "streamed"

    @property
    def language(self) -> str:
        return backends.BY_SURFACE[self.surface].language

    @property
    def name(self) -> str:
        return f"{self.client}-{self.surface}-{self.mode[0]}"


@dataclasses.dataclass
class Verdict:
    """How a cell came out: "passed", "lossy", "refused" (clearly, and as allowed) or "failed"."""
    cell: Cell
    state: str
    #: What was lost, and the gateway's words for it.
    lost: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def all_cells(is_direct: bool) -> list[Cell]:
    """Every cell that makes sense."""
    return [
        Cell(client, backend.surface, scenario, mode)
        for backend in backends.BACKENDS for client in clients.NAMES
        for scenario in scenarios.SCENARIOS for mode in scenario.modes
        if _makes_sense(client, backend, scenario, is_direct)]


def _makes_sense(client: str, backend: backends.Backend, scenario: Scenario,
                 is_direct: bool) -> bool:
    used = {name for step in scenario.steps for name in abilities.aspects(step.ask)}
    if used & clients.cannot_say(client):
        return False
    if scenario.vendors and backend.language not in scenario.vendors:
        return False
    if scenario.is_count and client not in COUNTING_CLIENTS:
        return False
    elsewhere = {step.surface for step in scenario.steps}
    if backend.surface in elsewhere:
        return False
    if client == backend.language and (client in scenario.foreign_to):
        return False
    if not is_direct:
        return True
    # Google's OpenAI surfaces have no SDK of their own.
    if scenario.name == "foreign_tool_ids" or backend.surface.endswith("_openai"):
        return False
    # Without a gateway each speaks its own language, and what it lacks is not asked.
    return (client == backend.language and elsewhere == {None}
            and not used & abilities.may_lose(client, backend.surface, backend.language)
            and (not scenario.is_count or backend.surface in _COUNTING_DIRECTLY))


def run(house: House, cell: Cell) -> Verdict:
    missing = [surface for surface in {cell.surface, *(
        step.surface for step in cell.scenario.steps if step.surface)} if surface in house.unknown]
    if missing:
        return Verdict(cell, "failed", problems=(
            f"not configurable: {house.unknown[missing[0]]}",))
    return _Trial(house, cell).run()


class _Trial:
    """One run of a cell's steps, in one conversation."""

    def __init__(self, house: House, cell: Cell) -> None:
        self.house = house
        self.cell = cell
        self.history = judge.History()
        self.mark = f"{cell.scenario.name}/{cell.name}"
        self.key = cell.name
        self.lost: set[str] = set()
        self.words: set[str] = set()
        self.problems: list[str] = []
        self.is_refused = False

    def run(self) -> Verdict:
        talk = self.house.client(self.cell.client, self.cell.surface).talk()
        try:
            for number, step in enumerate(self.cell.scenario.steps):
                self._step(number, step, talk)
                if self.problems or self.is_refused:
                    break
        except Exception as error:  # noqa: BLE001: an SDK that chokes on a reply fails the cell
            self.problems.append(f"{type(error).__name__}: {error}")
        self.house.board.take(self.mark)
        return self._verdict()

    def _verdict(self) -> Verdict:
        state = ("failed" if self.problems else "refused" if self.is_refused
                 else "lossy" if self.lost - abilities.NEEDS_NO_WORD else "passed")
        return Verdict(self.cell, state, tuple(sorted(self.lost)), tuple(sorted(self.words)),
                       tuple(self.problems))

    def _step(self, number: int, step: Step, talk: Talk) -> None:
        ask = step.ask
        if number == 0:
            ask = dataclasses.replace(ask, turns=scenarios.marked(ask.turns, self.mark))
        surface = step.surface or self.cell.surface
        model = self.house.model(surface, self.cell.scenario.model)
        self.history.add(ask)
        if self.cell.scenario.is_count:
            return self._count(talk.count(ask, model), surface)
        outcome = self._say(talk, ask, model, bool(step.reply.fault))
        self.words |= set(outcome.losses)
        language = backends.BY_SURFACE[surface].language
        records = self.house.board.of(self.mark)
        # Thoughts that the vendor cannot verify are left out, and the same is asked once more.
        records = [record for record, later in zip(records, [*records[1:], None])
                   if not later or not any("could not be verified" in problem
                                           for problem in record.problems)]
        if not records:
            return self._without_record(step, outcome)
        if len(records) != number + 1:
            self.problems.append(f"{len(records)} requests upstream for step {number}")
        if records[-1].problems:
            self.problems += [f"the vendor refused: {problem}" for problem in records[-1].problems]
            return
        self._judge_request(step, records[-1].seen, outcome, surface, language)
        self.problems += judge.wrong(
            step, outcome, self.cell.client, language, surface, self.house.is_direct)
        self.history.add_reply(step.reply, surface)

    def _say(self, talk: Talk, ask: Ask, model: str, is_faulty: bool) -> Outcome:
        try:
            return talk.say(ask, model, self.cell.is_streamed)
        except Exception as error:
            # Some SDKs fall over a vendor's own broken reply; over the gateway's they must not.
            if not (self.house.is_direct and is_faulty):
                raise
            return Outcome(error=Error(None, repr(error)))

    def _judge_request(self, step: Step, seen: judge.Seen, outcome: Outcome, surface: str,
                       language: str) -> None:
        lost = judge.lost(self.history, step.ask, seen, self.house.family(surface))
        self.lost |= lost
        allowed = abilities.may_lose(self.cell.client, surface, language)
        self.problems += [f"lost on the way: {name}" for name in sorted(lost - allowed)]
        if self.house.is_direct or step.reply.fault or outcome.error:
            return
        self.problems += [f"lost in silence: {name}, told {list(outcome.losses)}"
                          for name in sorted(lost & allowed)
                          if not abilities.is_told(name, outcome.losses)]

    def _without_record(self, step: Step, outcome: Outcome) -> None:
        used = abilities.aspects(step.ask) & abilities.MAY_REFUSE
        if outcome.error and outcome.error.status == 400 and used:
            self.is_refused = True
            self.lost |= used
            return
        told = outcome.error or outcome
        self.problems.append(f"nothing reached the vendor: {told}"[:300])

    def _count(self, outcome: Outcome, surface: str) -> None:
        records = self.house.board.of(self.mark)
        self.problems += [problem for record in records for problem in record.problems]
        is_upstream = self.house.is_direct or surface in COUNTING_SURFACES
        self.problems += judge.wrong_count(outcome, is_upstream)
