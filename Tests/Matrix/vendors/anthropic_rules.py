"""What Anthropic refuses beyond the types of its requests."""

from __future__ import annotations

import re
import typing

from vendors import typed
from vendors.language import Problems

_ID = re.compile(r"[a-zA-Z0-9_-]+")
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
#: What a structured output's schema may not say.
_SCHEMA_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "multipleOf", "maxItems")


def problems(body: dict, model: str, verifies: typing.Callable[[object], bool]) -> Problems:
    """Every rule that the request breaks; `verifies` knows the vendor's own signatures."""
    rules = (_limits, _tools, _cache_marks, _output)
    found = [problem for rule in rules for problem in rule(body)]
    return found + _thinking_request(body, model) + _Conversation(body, verifies).problems()


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
    count = sum(1 for _ in marked(body))
    return [f"A maximum of 4 blocks with cache_control may be provided. Found {count}."
            ] if count > 4 else []


def marked(value: object) -> typing.Iterator[dict]:
    if isinstance(value, dict):
        if value.get("cache_control"):
            yield value
        for name, member in value.items():
            # Not in what belongs to the caller.
            if name not in ("input", "input_schema"):
                yield from marked(member)
    elif isinstance(value, list):
        for item in value:
            yield from marked(item)


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
        turns = merged(self.body["messages"])
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


def merged(messages: list[dict]) -> list[tuple[str, list[dict]]]:
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
