"""Bedrock's Converse, with a Claude model behind it."""

from __future__ import annotations

import functools
import json
import re
import typing

import botocore.model
import botocore.session

from vendors import aws_failures, typed
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from words import (
    Call, Citation, Fault, Refusal, Reply, Seen, SeenResult, Text, Thinking, Usage, pieces)

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use",
          "stop_sequence": "stop_sequence", "refusal": "content_filtered",
          "filter": "content_filtered"}
_DOCUMENT_NAME = re.compile(r"[A-Za-z0-9\-()\[\]]+( [A-Za-z0-9\-()\[\]]+)*")
#: What Claude takes beside Converse's own members.
_MODEL_FIELDS = {"thinking", "top_k", "anthropic_beta", "output_config"}


@functools.cache
def _operation(name: str) -> botocore.model.OperationModel:
    session = botocore.session.get_session()
    return session.get_service_model("bedrock-runtime").operation_model(name)


class BedrockConverse(Language):
    def check(self, asked: Asked) -> Problems:
        operation = "CountTokens" if asked.is_count else "Converse"
        shape = _operation(operation).input_shape
        problems = typed.check_shape({"modelId": asked.model, **asked.body}, shape)
        if problems:
            return problems
        body = asked.body["input"]["converse"] if asked.is_count else asked.body
        problems += _tools(body) + _model_fields(body)
        return problems + _Conversation(body, self.mint.verifies).problems()

    def see(self, asked: Asked) -> Seen:
        body = asked.body["input"]["converse"] if asked.is_count else asked.body
        return _read(body, self.mint.verifies)

    def count(self, asked: Asked) -> dict:
        return {"inputTokens": COUNTED_TOKENS}

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return aws_failures.status(kind)

    def error(self, kind: str, message: str) -> dict:
        return aws_failures.error(kind, message)

    def fault_event(self, fault: Fault) -> Event:
        return aws_failures.event(fault)

    def whole(self, asked: Asked, reply: Reply) -> dict:
        message = {"role": "assistant", "content": self._blocks(asked, reply)}
        return {"output": {"message": message}, "stopReason": _STOPS[reply.stop],
                "usage": _usage(reply.usage), "metrics": {"latencyMs": 12}}

    def _blocks(self, asked: Asked, reply: Reply) -> list[dict]:
        blocks: list[dict] = []
        for number, part in enumerate(reply.parts):
            note = f"{asked.note}.{number}"
            match part:
                case Thinking(is_redacted=True):
                    blocks.append({"reasoningContent": {"redactedContent": self.mint.seal(note)}})
                case Thinking(text):
                    blocks.append({"reasoningContent": {"reasoningText": {
                        "text": text, "signature": self.mint.seal(note)}}})
                case Call(name, arguments):
                    place = reply.calls.index(part)
                    id_ = (reply.call_ids[place] if reply.call_ids
                           else "tooluse_" + re.sub(r"\W", "", note))
                    blocks.append({"toolUse": {
                        "toolUseId": id_, "name": name, "input": arguments}})
                case Text(text) | Citation(text) | Refusal(text):
                    blocks.append({"text": text})
        return blocks

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        yield "messageStart", {"role": "assistant"}
        for index, block in enumerate(self._blocks(asked, reply)):
            place = {"contentBlockIndex": index}
            if "toolUse" in block:
                call = block["toolUse"]
                head = {name: call[name] for name in ("toolUseId", "name")}
                yield "contentBlockStart", {**place, "start": {"toolUse": head}}
            for delta in _deltas(block, reply.grain):
                yield "contentBlockDelta", {**place, "delta": delta}
            yield "contentBlockStop", place
        yield "messageStop", {"stopReason": _STOPS[reply.stop]}
        yield "metadata", {"usage": _usage(reply.usage), "metrics": {"latencyMs": 12}}


def _deltas(block: dict, grain: int) -> list[dict]:
    if "text" in block:
        return [{"text": piece} for piece in pieces(block["text"], grain)]
    if "toolUse" in block:
        text = json.dumps(block["toolUse"]["input"], ensure_ascii=False)
        return [{"toolUse": {"input": piece}} for piece in pieces(text, grain)]
    thought = block["reasoningContent"]
    if "redactedContent" in thought:
        return [{"reasoningContent": thought}]
    told = thought["reasoningText"]
    return [*({"reasoningContent": {"text": piece}} for piece in pieces(told["text"], grain)),
            {"reasoningContent": {"signature": told["signature"]}}]


def _usage(usage: Usage) -> dict:
    told = {"inputTokens": usage.input - usage.cache_read - usage.cache_write,
            "outputTokens": usage.output, "totalTokens": usage.input + usage.output}
    if usage.cache_read or usage.cache_write:
        told |= {"cacheReadInputTokens": usage.cache_read,
                 "cacheWriteInputTokens": usage.cache_write}
    return told


def _tools(body: dict) -> Problems:
    config, problems = body.get("toolConfig") or {}, []
    names = [tool["toolSpec"]["name"] for tool in config.get("tools", ()) if "toolSpec" in tool]
    if len(set(names)) < len(names):
        problems.append("toolConfig: tool names must be unique")
    for tool in config.get("tools", ()):
        schema = tool.get("toolSpec", {}).get("inputSchema", {}).get("json")
        if schema is not None and schema.get("type") != "object":
            problems.append("toolConfig: inputSchema.json.type must be object")
    choice = config.get("toolChoice") or {}
    if "tool" in choice and choice["tool"]["name"] not in names:
        problems.append("toolConfig.toolChoice: no such tool")
    uses = any(kind in block for message in body["messages"] for block in message["content"]
               for kind in ("toolUse", "toolResult"))
    if uses and not names:
        problems.append("The toolConfig field must be defined when using toolUse and toolResult "
                        "content blocks.")
    return problems


def _model_fields(body: dict) -> Problems:
    fields, problems = body.get("additionalModelRequestFields") or {}, []
    problems += [f"additionalModelRequestFields.{name}: Extra inputs are not permitted"
                 for name in fields if name not in _MODEL_FIELDS]
    thinking = fields.get("thinking") or {}
    inference = body.get("inferenceConfig") or {}
    if thinking.get("type") == "enabled":
        budget = thinking.get("budget_tokens", 0)
        if not 1024 <= budget < inference.get("maxTokens", 1 << 30):
            problems.append("max_tokens must be greater than thinking.budget_tokens >= 1024")
    if thinking.get("type") in ("enabled", "adaptive"):
        if inference.get("temperature", 1) != 1 or "top_k" in fields:
            problems.append("temperature may only be set to 1 when thinking is enabled")
        choice = (body.get("toolConfig") or {}).get("toolChoice") or {}
        if "any" in choice or "tool" in choice:
            problems.append("Thinking may not be enabled when tool_choice forces tool use.")
    if "temperature" in inference and "topP" in inference:
        problems.append("temperature and top_p cannot both be specified for this model")
    return problems


class _Conversation:
    """The rules about what may follow what."""

    def __init__(self, body: dict, verifies: typing.Callable[[object], bool]) -> None:
        self.body = body
        self.verifies = verifies
        self.found: Problems = []

    def problems(self) -> Problems:
        messages = [message for message in self.body["messages"] if message["role"] != "system"]
        if not messages or messages[0]["role"] != "user":
            self.found.append("A conversation must start with a user message.")
        asked: list[str] = []
        last = None
        for index, message in enumerate(messages):
            if message["role"] == last:
                self.found.append(f"messages.{index}: A conversation must alternate between user "
                                  "and assistant roles.")
            last = message["role"]
            self._message(index, message, asked)
            asked = [block["toolUse"]["toolUseId"] for block in message["content"]
                     if "toolUse" in block]
        if asked:
            self.found.append("messages: toolUse without toolResult")
        if _count_points(self.body) > 4:
            self.found.append("at most 4 cachePoint blocks")
        self._thinking(messages)
        return self.found

    def _message(self, index: int, message: dict, asked: list[str]) -> None:
        path, content = f"messages.{index}", message["content"]
        if not content:
            self.found.append(f"{path}: The content field is empty.")
        answered = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        if sorted(answered) != sorted(asked):
            self.found.append(f"{path}: Expected toolResult blocks for {asked}, got {answered}")
        has_text = any("text" in block for block in content)
        for block in content:
            if "text" in block and not block["text"].strip():
                self.found.append(f"{path}: The text field in the ContentBlock is blank.")
            if "document" in block:
                self._document(path, block["document"])
                if not has_text:
                    self.found.append(f"{path}: a document needs a text block beside it")
            for inner in block.get("toolResult", {}).get("content", ()):
                if "document" in inner:
                    self._document(path, inner["document"])
            if "reasoningContent" in block:
                self._thought(path, block["reasoningContent"])

    def _document(self, path: str, document: dict) -> None:
        if not _DOCUMENT_NAME.fullmatch(document["name"]):
            self.found.append(f"{path}: The document file name can only contain alphanumeric "
                              f"characters, spaces, hyphens, parentheses, brackets: "
                              f"{document['name']}")

    def _thought(self, path: str, thought: dict) -> None:
        sealed = thought.get("redactedContent") or thought.get("reasoningText", {}).get("signature")
        if not self.verifies(sealed):
            self.found.append(f"{path}: Invalid `signature` in `thinking` block")

    def _thinking(self, messages: list[dict]) -> None:
        fields = self.body.get("additionalModelRequestFields") or {}
        if (fields.get("thinking") or {}).get("type") != "enabled":
            return
        turns = [message for message in messages if message["role"] == "assistant"]
        if turns and any("toolUse" in block for block in turns[-1]["content"]):
            if "reasoningContent" not in turns[-1]["content"][0]:
                self.found.append("Expected `thinking` or `redacted_thinking`, but found "
                                  "`tool_use` when thinking is enabled")


def _count_points(body: dict) -> int:
    blocks = [*body.get("system", ()), *(body.get("toolConfig") or {}).get("tools", ()),
              *(block for message in body["messages"] for block in message["content"])]
    return sum("cachePoint" in block for block in blocks)


def _read(body: dict, verifies: typing.Callable[[object], bool]) -> Seen:
    inference, config = body.get("inferenceConfig") or {}, body.get("toolConfig") or {}
    fields, output = body.get("additionalModelRequestFields") or {}, body.get("outputConfig") or {}
    choice = config.get("toolChoice") or {}
    form = ((output.get("textFormat") or {}).get("structure") or {}).get("jsonSchema") or {}
    effort = output.get("effort") or (fields.get("output_config") or {}).get("effort")
    model_format = ((fields.get("output_config") or {}).get("format") or {}).get("schema")
    seen = Seen(
        system="\n".join(block.get("text", "") for block in body.get("system", ())),
        roles=[message["role"] for message in body["messages"]],
        tools={tool["toolSpec"]["name"]: tool["toolSpec"]["inputSchema"].get("json", {})
               for tool in config.get("tools", ()) if "toolSpec" in tool},
        choice=choice["tool"]["name"] if "tool" in choice else next(iter(choice), None),
        max_tokens=inference.get("maxTokens"), temperature=inference.get("temperature"),
        top_p=inference.get("topP"), top_k=fields.get("top_k"),
        stop=inference.get("stopSequences") or [],
        thinks=(fields.get("thinking") or {}).get("type") in ("enabled", "adaptive")
        or bool(effort),
        format=json.loads(form["schema"]) if form else model_format,
        user=next(iter((body.get("requestMetadata") or {}).values()), None),
        tier=(body.get("serviceTier") or {}).get("type"), cache_marks=_count_points(body))
    names: dict[str, str] = {}
    for message in body["messages"]:
        for block in message["content"]:
            _read_block(message["role"], block, seen, names, verifies)
    return seen


def _read_block(role: str, block: dict, seen: Seen, names: dict[str, str],
                verifies: typing.Callable[[object], bool]) -> None:
    for kind, value in block.items():
        match kind:
            case "text" if role == "system":
                seen.system += "\n" + value
            case "text":
                seen.text += value + "\n"
            case "image":
                seen.images.append(value["source"].get("bytes", ""))
            case "document":
                seen.documents.append(value["source"].get("bytes") or value["source"].get(
                    "text", ""))
            case "audio":
                seen.audio.append(value["source"].get("bytes", ""))
            case "reasoningContent":
                sealed = value.get("redactedContent") or value["reasoningText"].get("signature")
                seen.thoughts += verifies(sealed)
            case "toolUse":
                names[value["toolUseId"]] = value["name"]
                seen.calls.append(Call(value["name"], value["input"], value["toolUseId"]))
            case "toolResult":
                text = "".join(inner.get("text") or json.dumps(
                    inner.get("json", ""), ensure_ascii=False) for inner in value["content"])
                seen.results.append(SeenResult(names.get(value["toolUseId"], ""), text,
                                               value.get("status") == "error"))
                for inner in value["content"]:
                    if "text" not in inner:
                        _read_block(role, inner, seen, names, verifies)
