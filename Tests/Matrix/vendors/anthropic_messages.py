"""Anthropic Messages: what the vendor refuses, what it says."""

from __future__ import annotations

import json
import re
import typing

from anthropic.types import message_count_tokens_params, message_create_params

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
_ID = re.compile(r"[a-zA-Z0-9_-]+")
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
#: What a structured output's schema may not say.
_SCHEMA_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "multipleOf", "maxItems")


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
        rules = (_limits, _tools, _cache_marks, _output)
        problems = [problem for rule in rules for problem in rule(body)]
        problems += _thinking_request(body, asked.model)
        problems += _Conversation(body, self.mint.verifies).problems()
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


def _limits(body: dict) -> Problems:
    problems = []
    if body.get("max_tokens", 1) < 1:
        problems.append("max_tokens: must be at least 1")
    for name in ("temperature", "top_p"):
        if not 0 <= body.get(name, 0) <= 1:
            problems.append(f"{name}: range: 0..1")
    if any(not text.strip() for text in body.get("stop_sequences", ())):
        problems.append("stop_sequences: each stop sequence must contain non-whitespace")
    if isinstance(body.get("system"), list):
        problems += [f"system.{index}: text content blocks must be non-empty"
                     for index, block in enumerate(body["system"]) if not block["text"]]
    return problems


def _tools(body: dict) -> Problems:
    tools, problems = body.get("tools", []), []
    names = [tool.get("name", "") for tool in tools]
    if len(set(names)) < len(names):
        problems.append("tools: Tool names must be unique.")
    for index, tool in enumerate(tools):
        if not _TOOL_NAME.fullmatch(tool.get("name", "")):
            problems.append(f"tools.{index}.name: must match {_TOOL_NAME.pattern}")
        schema = tool.get("input_schema")
        if schema is not None and schema.get("type") != "object":
            problems.append(f"tools.{index}.input_schema.type: must be object")
        for word in ("anyOf", "oneOf", "allOf"):
            if schema and word in schema:
                problems.append(f"tools.{index}.input_schema: no {word} at the top level")
    choice = body.get("tool_choice")
    if choice and not tools:
        problems.append("tool_choice: may only be specified while providing tools")
    if choice and choice["type"] == "tool" and choice["name"] not in names:
        problems.append(f"tool_choice: Tool '{choice['name']}' not found in provided tools")
    return problems


def _cache_marks(body: dict) -> Problems:
    count = sum(1 for _ in _marked(body))
    return [f"A maximum of 4 blocks with cache_control may be provided. Found {count}."
            ] if count > 4 else []


def _marked(value: object) -> typing.Iterator[dict]:
    if isinstance(value, dict):
        if value.get("cache_control"):
            yield value
        for name, member in value.items():
            # Not in what belongs to the caller.
            if name not in ("input", "input_schema"):
                yield from _marked(member)
    elif isinstance(value, list):
        for item in value:
            yield from _marked(item)


def _output(body: dict) -> Problems:
    format_ = (body.get("output_config") or {}).get("format")
    if not format_:
        return []
    return _closed_schema(format_["schema"], "output_config.format.schema")


def _closed_schema(schema: object, path: str) -> Problems:
    """Structured outputs want closed objects and know no limits."""
    if isinstance(schema, list):
        return [problem for index, item in enumerate(schema)
                for problem in _closed_schema(item, f"{path}.{index}")]
    if not isinstance(schema, dict):
        return []
    problems = []
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        problems.append(f"{path}: For 'object' type, 'additionalProperties' must be false")
    for word in _SCHEMA_LIMITS:
        if word in schema and not isinstance(schema[word], dict):
            problems.append(f"{path}: property '{word}' is not supported")
    for name, member in schema.items():
        if name in ("properties", "$defs", "definitions") and isinstance(member, dict):
            for key, inner in member.items():
                problems += _closed_schema(inner, f"{path}.{name}.{key}")
        elif name not in ("const", "enum", "default", "examples"):
            problems += _closed_schema(member, f"{path}.{name}")
    return problems


def _version(model: str) -> int:
    """405 for `claude-sonnet-4-5`."""
    found = re.search(r"claude-\w+-(\d+)(?:-(\d{1,2})(?!\d))?", model)
    return int(found[1]) * 100 + int(found[2] or 0) if found else 9999


def _thinking_request(body: dict, model: str) -> Problems:
    thinking, version, problems = body.get("thinking") or {}, _version(model), []
    kind = thinking.get("type", "disabled")
    if kind == "adaptive" and version < 406:
        problems.append("thinking: adaptive thinking is not supported on this model")
    if kind == "enabled":
        if version >= 407:
            problems.append("thinking.type.enabled: is not supported for this model")
        if thinking["budget_tokens"] < 1024:
            problems.append("thinking.enabled.budget_tokens: must be at least 1024")
        if thinking["budget_tokens"] >= body.get("max_tokens", 1 << 30):
            problems.append("max_tokens: must be greater than thinking.budget_tokens")
    if (body.get("output_config") or {}).get("effort") and version < 405:
        problems.append("output_config.effort: not supported on this model")
    sampling = [name for name in ("temperature", "top_p", "top_k") if name in body]
    if version >= 407 and sampling:
        problems.append(f"{sampling[0]}: is deprecated for this model")
    if {"temperature", "top_p"} <= set(sampling) and version >= 401:
        problems.append("`temperature` and `top_p` cannot both be specified for this model")
    if kind in ("enabled", "adaptive"):
        if body.get("temperature", 1) != 1 or "top_k" in body or body.get("top_p", 1) < 0.95:
            problems.append("temperature: may only be set to 1 when thinking is enabled")
        if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
            problems.append("Thinking may not be enabled when tool_choice forces tool use.")
    return problems


class _Conversation:
    """The rules about what may follow what."""

    def __init__(self, body: dict, verifies: typing.Callable[[object], bool]) -> None:
        self.body = body
        self.verifies = verifies
        self.found: Problems = []

    def problems(self) -> Problems:
        turns = _merged(self.body["messages"])
        if not turns:
            return ["messages: at least one message is required"]
        if turns[0][0] != "user":
            self.found.append("messages: first message must use the \"user\" role")
        asked: list[str] = []
        known: set[str] = set()
        for index, (role, blocks) in enumerate(turns):
            if role == "system":
                continue
            if role == "user":
                self._results(index, blocks, asked)
                asked = []
            for block in blocks:
                self._block(index, block)
            if role == "assistant":
                asked = [block["id"] for block in blocks if block["type"] == "tool_use"]
                if len(set(asked)) < len(asked) or known & set(asked):
                    self.found.append("messages: `tool_use` ids must be unique")
                known |= set(asked)
        if asked:
            self.found.append("messages: `tool_use` ids were found without `tool_result` blocks")
        self._thinking(turns)
        self._prefill(turns[-1])
        return self.found

    def _results(self, index: int, blocks: list[dict], asked: list[str]) -> None:
        kinds = [block["type"] == "tool_result" for block in blocks]
        answered = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(kinds, reverse=True) != kinds:
            self.found.append(f"messages.{index}: tool_result blocks must come first")
        for id_ in set(asked) - set(answered):
            self.found.append(f"messages.{index}: `tool_use` {id_} without its `tool_result`")
        for id_ in set(answered) - set(asked):
            self.found.append(f"messages.{index}: unexpected `tool_use_id` {id_}")
        if len(set(answered)) < len(answered):
            self.found.append(f"messages.{index}: each tool_use must have a single result")

    def _block(self, index: int, block: dict) -> None:
        path = f"messages.{index}"
        match block["type"]:
            case "text" if not block["text"].strip():
                self.found.append(f"{path}: text content blocks must contain non-whitespace text")
            case "tool_use" if not _ID.fullmatch(block["id"]):
                self.found.append(f"{path}.tool_use.id: must match {_ID.pattern}: {block['id']}")
            case "tool_result" if not _ID.fullmatch(block["tool_use_id"]):
                self.found.append(f"{path}.tool_result.tool_use_id: must match {_ID.pattern}")
            case "tool_result" if isinstance(block.get("content"), list):
                for inner in block["content"]:
                    self._block(index, inner)
            case "thinking" if not self.verifies(block["signature"]):
                self.found.append(f"{path}: Invalid `signature` in `thinking` block")
            case "redacted_thinking" if not self.verifies(block["data"]):
                self.found.append(f"{path}: Invalid `data` in `redacted_thinking` block")
            case "image" if block["source"]["type"] == "base64":
                self._media(path, block["source"], _IMAGE_TYPES)
            case "document" if block["source"]["type"] == "base64":
                self._media(path, block["source"], ("application/pdf",))

    def _media(self, path: str, source: dict, kinds: tuple[str, ...]) -> None:
        if source["media_type"] not in kinds:
            self.found.append(f"{path}.source.media_type: must be one of {kinds}")
        if not typed.is_base64(source["data"]) or not source["data"]:
            self.found.append(f"{path}.source: invalid base64 data")

    def _thinking(self, turns: list[tuple[str, list[dict]]]) -> None:
        """An unfinished round of calls has to begin with its thoughts when thinking is on."""
        if (self.body.get("thinking") or {}).get("type") != "enabled":
            return
        last = max((index for index, (role, _) in enumerate(turns) if role == "assistant"),
                   default=None)
        if last is None:
            return
        kinds = [block["type"] for block in turns[last][1]]
        if "tool_use" in kinds and kinds[0] not in ("thinking", "redacted_thinking"):
            self.found.append("Expected `thinking` or `redacted_thinking`, but found "
                              f"`{kinds[0]}`. When `thinking` is enabled, a final `assistant` "
                              "message must start with a thinking block")

    def _prefill(self, turn: tuple[str, list[dict]]) -> None:
        role, blocks = turn
        if role == "assistant" and blocks and blocks[-1].get("text", "").rstrip() != blocks[
                -1].get("text", ""):
            self.found.append("messages: final assistant content cannot end with whitespace")


def _merged(messages: list[dict]) -> list[tuple[str, list[dict]]]:
    """Turns with their blocks; neighbours of one role are one turn, as the vendor takes them."""
    turns: list[tuple[str, list[dict]]] = []
    for message in messages:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if turns and turns[-1][0] == message["role"]:
            turns[-1] = (message["role"], turns[-1][1] + blocks)
        else:
            turns.append((message["role"], list(blocks)))
    return turns


def _read(body: dict, verifies: typing.Callable[[object], bool]) -> Seen:
    system = body.get("system") or ""
    if isinstance(system, list):
        system = "\n".join(block["text"] for block in system)
    choice = body.get("tool_choice") or {}
    config = body.get("output_config") or {}
    seen = Seen(
        system=system, roles=[role for role, _ in _merged(body["messages"])],
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
        cache_marks=sum(1 for _ in _marked(body)))
    names: dict[str, str] = {}
    for role, blocks in _merged(body["messages"]):
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
