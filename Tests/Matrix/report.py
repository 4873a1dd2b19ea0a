"""What a run of the matrix says: on the terminal, and in docs/compatibility.md."""

from __future__ import annotations

import collections
import dataclasses
import pathlib

import backends
import clients
import scenarios
from cells import Cell, Verdict


@dataclasses.dataclass(frozen=True)
class Pending:
    """Cells that are known not to work yet."""
    client: str
    surface: str
    scenario: str
    reason: str

    def covers(self, cell: Cell) -> bool:
        wanted = (self.client, self.surface, self.scenario)
        names = (cell.client, cell.surface, cell.scenario.name)
        return all(want in ("*", name) for want, name in zip(wanted, names))


@dataclasses.dataclass
class Sorted:
    """The verdicts of a run, and what was expected of them."""
    verdicts: list[Verdict]
    failed: list[Verdict]
    pending: list[Verdict]
    #: Lines of the pending file under which nothing fails any more.
    stale: list[Pending]
    #: How many cells pass although a line of the file covers them.
    early: int


def full_name(cell: Cell) -> str:
    return f"{cell.client}/{cell.surface}/{cell.scenario.name}/{cell.mode}"


def read_pending(file: pathlib.Path) -> list[Pending]:
    lines = [line.split(None, 3) for line in file.read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return [Pending(*line) for line in lines]


def sort(verdicts: list[Verdict], pending: list[Pending]) -> Sorted:
    failed, known = [], []
    used: set[Pending] = set()
    met: set[Pending] = set()
    early = 0
    for verdict in verdicts:
        lines = [line for line in pending if line.covers(verdict.cell)]
        met |= set(lines)
        if verdict.state != "failed":
            early += bool(lines)
            continue
        used |= set(lines)
        (known if lines else failed).append(verdict)
    stale = [line for line in pending if line in met and line not in used]
    return Sorted(verdicts, failed, known, stale, early)


def show(outcome: Sorted, is_detailed: bool) -> None:
    grouped: dict[str, list[Verdict]] = collections.defaultdict(list)
    for verdict in outcome.failed:
        grouped[f"{verdict.cell.client}/{verdict.cell.surface}"].append(verdict)
    for pair, verdicts in grouped.items():
        print(f"FAILED {pair}: {len(verdicts)}")
        shown = verdicts if is_detailed else verdicts[:12]
        for verdict in shown:
            for problem in verdict.problems[:3 if is_detailed else 1]:
                print(f"  {verdict.cell.scenario.name}/{verdict.cell.mode}: {problem[:300]}")
        if len(shown) < len(verdicts):
            print(f"  … and {len(verdicts) - len(shown)} more; --only {pair} shows them")
    for line in outcome.stale:
        print(f"passes now, take it out of pending.txt: "
              f"{line.client} {line.surface} {line.scenario}")
    if outcome.early:
        print(f"{outcome.early} cells pass already that stand in pending.txt")


def counts(outcome: Sorted) -> str:
    states = collections.Counter(verdict.state for verdict in outcome.verdicts)
    good = states["passed"] + states["lossy"] + states["refused"]
    told = (f"{states['lossy']} with told losses, {states['refused']} refused clearly, "
            f"{len(outcome.pending)} pending")
    if outcome.failed or outcome.stale:
        return f"{len(outcome.failed)} failed, {good} passed ({told})"
    return f"{good} passed ({told})"


_MARKS = {"passed": "✓", "lossy": "◐", "refused": "✕", "failed": "✗", "pending": "…"}


def document(outcome: Sorted) -> str:
    pending = {id(verdict) for verdict in outcome.pending}
    lines = [
        "# Compatibility", "",
        "Written by `Tests/Matrix/run.py --write`: every client language to every backend surface,",
        "with the vendors' own SDKs, against scripted vendors that refuse what their published "
        "types refuse.", "",
        "Each number is cells that came through whole, `+` those with a loss that the client is "
        "told in", "`x-anyllm-degradation`, `✕` those refused clearly, `…` those not there yet, "
        "`✗` failures.", "",
        "| backend | " + " | ".join(clients.NAMES) + " |",
        "|---|" + "---|" * len(clients.NAMES),
    ]
    for backend in backends.BACKENDS:
        row = [_count(outcome, pending, client, backend.surface) for client in clients.NAMES]
        lines.append(f"| {backend.surface} | " + " | ".join(row) + " |")
    lines += ["", "## By scenario", "",
              "✓ whole, ◐ with losses, ✕ refused clearly, … not there yet, ✗ fails, blank: the "
              "client's language", "has no word for it or the vendor never replies so. Two signs: "
              "buffered, streamed.", ""]
    for client in clients.NAMES:
        lines += _table(outcome, pending, client)
    return "\n".join(lines) + "\n"


def _count(outcome: Sorted, pending: set[int], client: str, surface: str) -> str:
    states = collections.Counter(
        "pending" if id(verdict) in pending else verdict.state for verdict in outcome.verdicts
        if (verdict.cell.client, verdict.cell.surface) == (client, surface))
    text = str(states["passed"])
    for state, sign in (("lossy", "+"), ("refused", " ✕"), ("pending", " …"), ("failed", " ✗")):
        if states[state]:
            text += f"{sign}{states[state]}"
    return text


def _table(outcome: Sorted, pending: set[int], client: str) -> list[str]:
    surfaces = [backend.surface for backend in backends.BACKENDS]
    found: dict[tuple[str, str], list[Verdict]] = collections.defaultdict(list)
    for verdict in outcome.verdicts:
        if verdict.cell.client == client:
            found[verdict.cell.scenario.name, verdict.cell.surface].append(verdict)
    lines = [f"### Client: {client}", "", "| scenario | " + " | ".join(surfaces) + " | losses |",
             "|---|" + "---|" * (len(surfaces) + 1)]
    for scenario in scenarios.SCENARIOS:
        row, words = [], set()
        for surface in surfaces:
            verdicts = found[scenario.name, surface]
            row.append("".join(_MARKS["pending" if id(verdict) in pending else verdict.state]
                               for verdict in verdicts))
            words |= {word for verdict in verdicts for word in verdict.words}
        if any(row):
            told = ", ".join(f"`{word}`" for word in sorted(words))
            lines.append(f"| {scenario.name} | " + " | ".join(row) + f" | {told} |")
    return [*lines, ""]
