"""Judges one step of a cell.

What the vendor saw is held against the ask, what the client got against the reply.
"""

from __future__ import annotations

import abilities
from scenarios import Step
from vendors.language import COUNTED_TOKENS
from words import (
    Ask, Audio, Call, Document, Image, Outcome, Part, Reply, Result, Seen, Text, Thinking, Turn)

#: How a failure's kind may look at the client.
_STATUSES = {
    "overflow": (400, 413), "rate": (429,), "authentication": (401, 403, 502),
    "permission": (403,), "missing": (404,), "server": (500, 502, 503),
    "overloaded": (503, 529, 500),
}


class History:
    """What a conversation should hold by now, in the matrix's words."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.system: tuple[Text, ...] = ()
        #: The surface of each thought that has to come back.
        self.thoughts: list[str] = []

    def add(self, ask: Ask) -> None:
        self.turns += ask.turns
        self.system = self.system or ask.system

    def add_reply(self, reply: Reply, surface: str) -> None:
        self.turns.append(Turn("assistant", reply.parts))
        if not reply.calls:
            # Only a round of calls has to be continued with its thoughts.
            return
        thoughts = sum(isinstance(part, Thinking) for part in reply.parts)
        # Gemini seals the first call and not the thoughts.
        self.thoughts += [surface] * (min(thoughts, 1) if "gemini" in surface else thoughts)


def lost(history: History, ask: Ask, seen: Seen, family: set[str]) -> set[str]:
    """The features that the client asked for and the vendor did not see.

    `family` are the surfaces whose thoughts this vendor takes back.
    """
    missing = {name for name, is_there in _settings(ask, seen) if not is_there}
    for text in history.system:
        if text.text not in seen.system:
            missing.add("system")
    for turn in history.turns:
        for part in turn.parts:
            missing |= _lost_part(turn, part, seen)
    missing |= _lost_calls(history, seen)
    if seen.thoughts < sum(surface in family for surface in history.thoughts):
        missing.add("thoughts")
    return missing


def _settings(ask: Ask, seen: Seen) -> list[tuple[str, bool]]:
    choice = None if ask.choice == "auto" else ask.choice
    seen_choice = None if seen.choice == "auto" else seen.choice
    has_tools = len(seen.tools) == len(ask.tools)
    return [
        ("tools", has_tools or (ask.choice == "none" and not seen.tools)),
        ("schema", not has_tools or _keeps_schemas(ask, seen)),
        ("choice", choice == seen_choice or (choice == "none" and not seen.tools)
         or (choice is not None and choice[:12] == (seen_choice or "")[:12])),
        ("parallel", ask.is_parallel or not seen.is_parallel),
        ("search", not ask.searches_web or seen.searches_web),
        ("max_tokens", seen.max_tokens is None or seen.max_tokens >= ask.max_tokens),
        ("max_tokens", "max_tokens" not in vars(ask) or seen.max_tokens is not None),
        ("temperature", ask.temperature in (None, seen.temperature)),
        ("top_p", ask.top_p in (None, seen.top_p)),
        ("top_k", ask.top_k in (None, seen.top_k)),
        ("stop", not ask.stop or list(ask.stop) == list(seen.stop)),
        ("thinking", not (ask.budget or ask.effort) or seen.thinks),
        ("json_object", ask.format != "object" or seen.format == "object"),
        ("json_schema", not isinstance(ask.format, dict) or _same_properties(
            ask.format, seen.format)),
        ("user", ask.user in (None, seen.user)),
        ("tier_auto", ask.tier != "auto" or seen.tier == "auto"),
        ("tier_flex", ask.tier != "flex" or seen.tier == "flex"),
        ("cache", seen.cache_marks > 0 or "cache" not in abilities.aspects(ask)),
    ]


def _keeps_schemas(ask: Ask, seen: Seen) -> bool:
    offered = {name[:12]: schema for name, schema in seen.tools.items()}
    return all(_same_properties(tool.schema, offered.get(tool.name[:12])) for tool in ask.tools)


def _same_properties(asked: dict, seen: object) -> bool:
    if not isinstance(seen, dict):
        return False
    return set(asked.get("properties", {})) <= set(seen.get("properties", {}))


def _lost_part(turn: Turn, part: Part, seen: Seen) -> set[str]:
    match part:
        case Text(text) if turn.role == "system":
            return set() if text in seen.system or text in seen.text else {"mid_system"}
        case Text(text):
            return set() if text in seen.text else {"text"}
        case Image(url=str() as url):
            return set() if url in seen.images else {"image_url"}
        case Image(data):
            return set() if data in seen.images else {"image"}
        case Document(pdf=str() as data):
            return set() if data in seen.documents else {"pdf"}
        case Document(text=str() as text):
            found = text in seen.text or any(text in document for document in seen.documents)
            return set() if found else {"text_document"}
        case Audio(data):
            return set() if data in seen.audio else {"audio"}
        case Result(content):
            inner = {name for piece in content if not isinstance(piece, Text)
                     for name in _lost_part(turn, piece, seen)}
            names = {"image": "result_image", "pdf": "result_document"}
            return {names.get(name, name) for name in inner}
    return set()


def _lost_calls(history: History, seen: Seen) -> set[str]:
    """Calls and results have to arrive in order, each result with its own call."""
    calls = [part for turn in history.turns for part in turn.parts if isinstance(part, Call)]
    missing = set()
    if [(call.name[:12], call.arguments) for call in calls] != [
            (call.name[:12], call.arguments) for call in seen.calls]:
        missing.add("calls")
    wanted, last = [], []
    for turn in history.turns:
        for part in turn.parts:
            if isinstance(part, Result):
                text = "".join(inner.text for inner in part.content if isinstance(inner, Text))
                wanted.append((last[part.call].name[:12], text, part.is_error))
        if turn.role == "assistant":
            last = [part for part in turn.parts if isinstance(part, Call)]
    got = [(result.call[:12], result.text, result.is_error) for result in seen.results]
    if [name for name, *_ in wanted] != [name for name, *_ in got] or not all(
            text in told for (_, text, _), (_, told, _) in zip(wanted, got)):
        missing.add("results")
    elif any(is_error and not told for (*_, is_error), (*_, told) in zip(wanted, got)):
        missing.add("result_error")
    return missing


def wrong(step: Step, outcome: Outcome, client: str, vendor: str, surface: str,
          is_direct: bool) -> list[str]:
    """What the client should have got and did not."""
    reply = step.reply
    if reply.fault:
        return _wrong_failure(reply, outcome, client, surface, is_direct)
    if outcome.error:
        return [f"failed: {outcome.error.status} {outcome.error.message}"]
    found: list[str] = []

    def same(what: str, got: object, wanted: object) -> None:
        if got != wanted:
            found.append(f"{what}: got {got!r:.160}, wanted {wanted!r:.160}")

    shown = abilities.REPLIES[vendor] & abilities.TOLD[client]
    if reply.stop in ("refusal", "filter"):
        if outcome.stop not in abilities.DECLINED and not outcome.refusal:
            found.append(f"the refusal is told by nothing: {outcome.stop}")
        return found
    same("text", outcome.text, reply.text)
    if "thinking" in shown:
        same("thinking", outcome.thinking, reply.thinking)
    same("calls", [(call.name, call.arguments) for call in outcome.calls],
         [(call.name, call.arguments) for call in reply.calls])
    if len({call.id for call in outcome.calls}) < len(outcome.calls):
        found.append("calls share an id")
    stop = reply.stop
    if stop == "stop_sequence" and "stop_sequence" not in shown:
        stop = "stop"
    same("stop", outcome.stop, abilities.STOPS[client][stop])
    if "citations" in shown:
        same("citations", outcome.citations, [part.url for part in reply.citations])
    if outcome.usage is None:
        return [*found, "no usage"]
    same("usage.input", outcome.usage.input, reply.usage.input)
    same("usage.output", outcome.usage.output, reply.usage.output)
    for name in ("cache_read", "cache_write", "reasoning"):
        if name in shown:
            same(f"usage.{name}", getattr(outcome.usage, name), getattr(reply.usage, name))
    return found


def wrong_count(outcome: Outcome, is_counted_upstream: bool) -> list[str]:
    if outcome.error:
        return [f"failed: {outcome.error.status} {outcome.error.message}"]
    if is_counted_upstream and outcome.count != COUNTED_TOKENS:
        return [f"counted {outcome.count}, the upstream said {COUNTED_TOKENS}"]
    return [] if outcome.count and outcome.count > 20 else [f"counted {outcome.count}"]


def _wrong_failure(reply: Reply, outcome: Outcome, client: str, surface: str,
                   is_direct: bool) -> list[str]:
    fault, error = reply.fault, outcome.error
    if error is None:
        return [f"a failed reply ended well: {outcome.text!r:.60}, stop {outcome.stop}"]
    if "scripted vendor" in error.message:
        return [f"failed: {error.message}"]
    if fault.place != "status":
        return []
    found = []
    if error.status not in _STATUSES[fault.kind]:
        found.append(f"status {error.status} for {fault.kind}: {error.message:.80}")
    if fault.kind == "overflow":
        is_known = "prompt is too long" in error.message
        if client == "anthropic" and not is_known and not is_direct:
            found.append(f"an overflow that no agent recognises: {error.message:.80}")
    elif fault.message not in error.message:
        found.append(f"the vendor's words are gone: {error.message:.80}")
    is_told_when = not surface.startswith("bedrock") and client != "gemini"
    if fault.kind == "rate" and error.retry_after is None and is_told_when:
        found.append("Retry-After is gone")
    return found
