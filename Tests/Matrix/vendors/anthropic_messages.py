"""Anthropic Messages: what the vendor refuses, what it says."""

from __future__ import annotations

import json
import re
import typing

from anthropic.types import message_count_tokens_params, message_create_params

from vendors import anthropic_rules as rules
from vendors import typed
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from words import (
    Call, Citation, Fault, Part, Refusal, Reply, Seen, SeenResult, Text, Thinking, Usage, pieces)

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use",
          "stop_sequence": "stop_sequence", "refusal": "refusal", "filter": "refusal"}
_FAULTS = {
    "invalid": (400, "invalid_request_error"), "overflow": (400, "invalid_request_error"),
    "authentication": (401, "authentication_error"), "missing": (404, "not_found_error"),
    "permission": (403, "permission_error"), "rate": (429, "rate_limit_error"),
    "server": (500, "api_error"), "overloaded": (529, "overloaded_error"),
}


class _OlderRequest(message_create_params.MessageCreateParamsBase, total=False):
    """What version 2026-10-21 took out and 2023-06-01 still knows."""
    temperature: float
    top_p: float
    top_k: int


#: The version of the API that has no sampling parameters.
NEWER_VERSION = "2026-10-21"


class AnthropicMessages(Language):
    #: Bedrock runs no tools of Anthropic's own.
    runs_server_tools = True

    def check(self, asked: Asked) -> Problems:
        body = {name: value for name, value in asked.body.items() if name != "stream"}
        is_newer = asked.version == NEWER_VERSION
        hint = message_create_params.MessageCreateParamsBase if is_newer else _OlderRequest
        if asked.is_count:
            hint = message_count_tokens_params.MessageCountTokensParams
        problems = typed.check(body, hint)
        if problems:
            return problems
        problems += rules.problems(body, asked.model, self.mint.verifies)
        if not self.runs_server_tools and any("type" in tool and tool["type"] != "custom"
                                              for tool in body.get("tools", ())):
            problems.append("tools: server tools are not supported here")
        return problems

    def see(self, asked: Asked) -> Seen:
        return _read(asked.body, self.mint.verifies)

    def count(self, asked: Asked) -> dict:
        return {"input_tokens": COUNTED_TOKENS}

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return _FAULTS[kind][0], {"retry-after": "7"} if kind == "rate" else {}

    def error(self, kind: str, message: str) -> dict:
        if kind == "overflow":
            message = "prompt is too long: 250001 tokens > 200000 maximum"
        return {"type": "error", "error": {"type": _FAULTS[kind][1], "message": message},
                "request_id": "req_scripted"}

    def fault_event(self, fault: Fault) -> Event:
        return "error", {"type": "error", "error": {"type": _FAULTS[fault.kind][1],
                                                    "message": fault.message}}

    def whole(self, asked: Asked, reply: Reply) -> dict:
        return self._message(asked, self._blocks(asked, reply), reply,
                             _STOPS[reply.stop], _usage(reply.usage))

    def _message(self, asked: Asked, content: list[dict], reply: Reply, stop: str | None,
                 usage: dict) -> dict:
        message = {"id": "msg_01" + asked.note.replace(".", "").replace("-", ""),
                   "type": "message", "role": "assistant", "model": asked.model,
                   "content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage}
        if stop == "stop_sequence":
            message["stop_sequence"] = asked.body["stop_sequences"][0]
        if stop == "refusal":
            message["stop_details"] = {"type": "refusal", "category": "cyber", "explanation": None}
        return message

    def _blocks(self, asked: Asked, reply: Reply) -> list[dict]:
        blocks: list[dict] = []
        if reply.citations and _read(asked.body, self.mint.verifies).searches_web:
            blocks += _search(reply.citations)
        for number, part in enumerate(reply.parts):
            blocks += self._block(part, f"{asked.note}.{number}", reply)
        return blocks

    def _block(self, part: Part, note: str, reply: Reply) -> list[dict]:
        match part:
            case Text(text):
                return [{"type": "text", "text": text, "citations": None}]
            case Thinking(text, is_redacted=True):
                return [{"type": "redacted_thinking", "data": self.mint.seal(note)}]
            case Thinking(text):
                return [{"type": "thinking", "thinking": text, "signature": self.mint.seal(note)}]
            case Citation(text):
                return [{"type": "text", "text": text, "citations": [_citation(part)]}]
            case Call(name, arguments):
                number = reply.calls.index(part)
                id_ = (reply.call_ids[number] if reply.call_ids
                       else "toolu_01" + re.sub(r"\W|_", "", note))
                return [{"type": "tool_use", "id": id_, "name": name, "input": arguments}]
            case Refusal(text):
                return [{"type": "text", "text": text, "citations": None}] if text else []
        raise ValueError(f"no reply has {part}")

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        usage = _usage(reply.usage)
        begun = {**usage, "output_tokens": 1}
        begun.pop("output_tokens_details", None)
        yield _event("message_start", message=self._message(asked, [], reply, None, begun))
        yield _event("ping")
        for index, block in enumerate(self._blocks(asked, reply)):
            empty, deltas = _deltas(block, reply)
            yield _event("content_block_start", index=index, content_block=empty)
            for delta in deltas:
                yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
        stop = self._message(asked, [], reply, _STOPS[reply.stop], {})
        yield _event("message_delta", usage=usage, delta={
            name: stop[name] for name in ("stop_reason", "stop_sequence", "stop_details")
            if name in stop})
        yield _event("message_stop")


def _event(name: str, **members: object) -> Event:
    return name, {"type": name, **members}


def _usage(usage: Usage) -> dict:
    return {
        "input_tokens": usage.input - usage.cache_read - usage.cache_write,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": {"ephemeral_5m_input_tokens": usage.cache_write,
                           "ephemeral_1h_input_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        "service_tier": "standard",
    }


def _citation(part: Citation) -> dict:
    return {"type": "web_search_result_location", "cited_text": part.text, "url": part.url,
            "title": part.title, "encrypted_index": "ZW5jcnlwdGVk"}


def _search(citations: list[Citation]) -> list[dict]:
    results = [{"type": "web_search_result", "url": part.url, "title": part.title,
                "encrypted_content": "ZW5jcnlwdGVk", "page_age": None} for part in citations]
    return [{"type": "server_tool_use", "id": "srvtoolu_01scripted", "name": "web_search",
             "input": {"query": "red pixels"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01scripted",
             "content": results}]


def _deltas(block: dict, reply: Reply) -> tuple[dict, list[dict]]:
    """A block as it starts, and what completes it."""
    grain = reply.grain
    match block["type"]:
        case "text":
            cited = block["citations"] or []
            deltas = [{"type": "text_delta", "text": piece}
                      for piece in pieces(block["text"], grain)]
            deltas += [{"type": "citations_delta", "citation": citation} for citation in cited]
            return {"type": "text", "text": "", "citations": [] if cited else None}, deltas
        case "thinking":
            deltas = [{"type": "thinking_delta", "thinking": piece}
                      for piece in pieces(block["thinking"], grain)]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
            return {**block, "thinking": "", "signature": ""}, deltas
        case "tool_use" | "server_tool_use":
            text = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
            deltas = [{"type": "input_json_delta", "partial_json": piece}
                      for piece in ["", *pieces(text, grain)]]
            return {**block, "input": {}}, deltas
    return block, []


def _read(body: dict, verifies: typing.Callable[[object], bool]) -> Seen:
    system = body.get("system") or ""
    if isinstance(system, list):
        system = "\n".join(block["text"] for block in system)
    choice = body.get("tool_choice") or {}
    config = body.get("output_config") or {}
    seen = Seen(
        system=system, roles=[role for role, _ in rules.merged(body["messages"])],
        tools={tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools", ())
               if tool.get("type", "custom") == "custom"},
        choice=choice.get("name") or choice.get("type"),
        is_parallel=not choice.get("disable_parallel_tool_use"),
        searches_web=any(tool.get("type", "").startswith("web_search")
                         for tool in body.get("tools", ())),
        max_tokens=body.get("max_tokens"), temperature=body.get("temperature"),
        top_p=body.get("top_p"), top_k=body.get("top_k"),
        stop=body.get("stop_sequences") or [],
        thinks=(body.get("thinking") or {}).get("type") in ("enabled", "adaptive")
        or bool(config.get("effort")),
        format=(config.get("format") or {}).get("schema"),
        user=(body.get("metadata") or {}).get("user_id"), tier=body.get("service_tier"),
        cache_marks=sum(1 for _ in rules.marked(body)))
    names: dict[str, str] = {}
    for role, blocks in rules.merged(body["messages"]):
        for block in blocks:
            _read_block(role, block, seen, names, verifies)
    return seen


def _read_block(role: str, block: dict, seen: Seen, names: dict[str, str],
                verifies: typing.Callable[[object], bool]) -> None:
    match block["type"]:
        case "text" if role == "system":
            seen.system += "\n" + block["text"]
        case "text":
            seen.text += block["text"] + "\n"
        case "image":
            seen.images.append(block["source"].get("data") or block["source"].get("url", ""))
        case "document":
            seen.documents.append(block["source"].get("data") or block["source"].get("url", ""))
        case "thinking" if verifies(block["signature"]):
            seen.thoughts += 1
        case "redacted_thinking" if verifies(block["data"]):
            seen.thoughts += 1
        case "tool_use":
            names[block["id"]] = block["name"]
            seen.calls.append(Call(block["name"], block["input"], block["id"]))
        case "tool_result":
            content = block.get("content") or ""
            if isinstance(content, str):
                content = [{"type": "text", "text": content}]
            text = "".join(inner.get("text", "") for inner in content)
            seen.results.append(SeenResult(names.get(block["tool_use_id"], ""), text,
                                           bool(block.get("is_error"))))
            for inner in content:
                if inner["type"] != "text":
                    _read_block(role, inner, seen, names, verifies)
