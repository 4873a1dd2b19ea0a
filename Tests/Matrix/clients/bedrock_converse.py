"""Bedrock's Converse with `boto3`; SigV4 to Bedrock itself, a bearer key to the gateway."""

from __future__ import annotations

import base64
import json
import re

import boto3
import botocore
import botocore.exceptions
from botocore.config import Config

from clients import strictness
from clients.client import Place, history_id, losses
from words import (
    Ask, Audio, Call, Document, Error, Image, Outcome, Part, Result, Text, Usage)

#: What a Converse client cannot say.
CANNOT_SAY = {"image_url", "json_object", "user", "tier", "parallel", "search", "choice_none"}


class ConverseClient:
    def __init__(self, place: Place) -> None:
        from vendors import surfaces
        options = {"retries": {"total_max_attempts": 1}, "max_pool_connections": 8}
        if place.surface:
            self.sdk = boto3.client(
                "bedrock-runtime", endpoint_url=place.url, region_name=surfaces.REGION,
                aws_access_key_id=surfaces.ACCESS_KEY, aws_secret_access_key=surfaces.SECRET_KEY,
                config=Config(**options))
            return
        # boto3 sends bearer keys over TLS only; the header itself is the same.
        self.sdk = boto3.client(
            "bedrock-runtime", endpoint_url=place.url, region_name=surfaces.REGION,
            config=Config(signature_version=botocore.UNSIGNED, **options))
        self.sdk.meta.events.register(
            "before-send.bedrock-runtime.*",
            lambda request, **_: request.headers.update(
                {"Authorization": f"Bearer {place.key}"}))

    def talk(self) -> ConverseTalk:
        return ConverseTalk(self.sdk)

    def close(self) -> None:
        self.sdk.close()


class ConverseTalk:
    def __init__(self, sdk: object) -> None:
        self.sdk = sdk
        self.messages: list[dict] = []
        self.call_ids: list[str] = []

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {"modelId": model, "messages": self.messages, **request(ask)}
        try:
            if is_streamed:
                response = self.sdk.converse_stream(**members)
                told = _assembled(response["stream"])
            else:
                response = told = self.sdk.converse(**members)
                strictness.hold_shape("Converse", response)
        except botocore.exceptions.ClientError as error:
            return Outcome(error=_error(error))
        except (botocore.exceptions.HTTPClientError, _EarlyEnd) as error:
            return Outcome(error=Error(None, str(error)))
        content = told["output"]["message"]["content"]
        self.messages.append({"role": "assistant", "content": content})
        self.call_ids = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        return _outcome(told, losses(response["ResponseMetadata"]["HTTPHeaders"]))

    def count(self, ask: Ask, model: str) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {"messages": self.messages, **{
            name: value for name, value in request(ask).items() if name in (
                "system", "toolConfig")}}
        try:
            counted = self.sdk.count_tokens(modelId=model, input={"converse": members})
        except botocore.exceptions.ClientError as error:
            return Outcome(error=_error(error))
        return Outcome(count=counted["inputTokens"])

    def _add(self, role: str, parts: tuple[Part, ...]) -> None:
        if any(isinstance(part, Call) for part in parts):
            self.call_ids = []
        content = [block for part in parts for block in self._blocks(part)]
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"] += content
        else:
            self.messages.append({"role": role, "content": content})

    def _blocks(self, part: Part) -> list[dict]:
        match part:
            case Text(text, is_cached):
                point = [{"cachePoint": {"type": "default"}}] if is_cached else []
                return [{"text": text}, *point]
            case Image(data):
                return [{"image": {"format": "png", "source": {"bytes": base64.b64decode(data)}}}]
            case Document(title, pdf=str() as data):
                return [{"document": {"format": "pdf", "name": _name(title),
                                      "source": {"bytes": base64.b64decode(data)}}}]
            case Document(title, text=text):
                return [{"document": {"format": "txt", "name": _name(title),
                                      "source": {"text": text}}}]
            case Audio(data):
                return [{"audio": {"format": "wav", "source": {"bytes": base64.b64decode(data)}}}]
            case Call(name, arguments, id_):
                self.call_ids.append(id_ or history_id(len(self.call_ids)))
                return [{"toolUse": {"toolUseId": self.call_ids[-1], "name": name,
                                     "input": arguments}}]
            case Result(content, call, is_error):
                return [{"toolResult": {
                    "toolUseId": self.call_ids[call],
                    "content": [block for inner in content for block in self._blocks(inner)],
                    **({"status": "error"} if is_error else {})}}]
        raise ValueError(f"Converse has no word for {part}")


def _name(title: str) -> str:
    return re.sub(r"[^A-Za-z0-9\-()\[\]]", "-", title)


def request(ask: Ask) -> dict:
    """The members beside the conversation."""
    inference: dict = {"maxTokens": ask.max_tokens}
    if ask.temperature is not None:
        inference["temperature"] = ask.temperature
    if ask.top_p is not None:
        inference["topP"] = ask.top_p
    if ask.stop:
        inference["stopSequences"] = list(ask.stop)
    members: dict = {"inferenceConfig": inference}
    if ask.system:
        members["system"] = [block for text in ask.system for block in (
            {"text": text.text}, {"cachePoint": {"type": "default"}})[:1 + text.is_cached]]
    if ask.tools:
        members["toolConfig"] = {"tools": [
            block for tool in ask.tools for block in _tool(tool)]}
        if ask.choice:
            members["toolConfig"]["toolChoice"] = (
                {ask.choice: {}} if ask.choice in ("auto", "any")
                else {"tool": {"name": ask.choice}})
    fields: dict = {}
    if ask.top_k is not None:
        fields["top_k"] = ask.top_k
    if ask.budget:
        fields["thinking"] = {"type": "enabled", "budget_tokens": ask.budget}
    output: dict = {}
    if ask.effort:
        fields["thinking"] = {"type": "adaptive"}
        output["effort"] = ask.effort
    if isinstance(ask.format, dict):
        output["textFormat"] = {"type": "json_schema", "structure": {"jsonSchema": {
            "name": "place", "schema": json.dumps(ask.format)}}}
    if fields:
        members["additionalModelRequestFields"] = fields
    if output:
        members["outputConfig"] = output
    return members


def _tool(tool: object) -> list[dict]:
    specification = {"name": tool.name, "description": tool.description,
                     "inputSchema": {"json": tool.schema}}
    if tool.is_strict:
        specification["strict"] = True
    point = [{"cachePoint": {"type": "default"}}] if tool.is_cached else []
    return [{"toolSpec": specification}, *point]


class _EarlyEnd(Exception):
    """A stream without its `messageStop`."""


def _assembled(stream: object) -> dict:
    """The response that the events make."""
    blocks: dict[int, dict] = {}
    made: dict = {"usage": None, "stopReason": None}
    met: set[str] = set()
    for event in stream:
        for name, body in event.items():
            kind = f"{name} {[*body.get('delta', ())]}"
            if kind not in met:
                met.add(kind)
                strictness.hold_event(event)
            match name:
                case "contentBlockStart" if "toolUse" in body["start"]:
                    blocks[body["contentBlockIndex"]] = {
                        "toolUse": {**body["start"]["toolUse"], "input": ""}}
                case "contentBlockDelta":
                    _join(blocks, body["contentBlockIndex"], body["delta"])
                case "messageStop":
                    made["stopReason"] = body["stopReason"]
                case "metadata":
                    made["usage"] = body["usage"]
    if made["stopReason"] is None:
        raise _EarlyEnd("the stream ended early")
    content = [blocks[index] for index in sorted(blocks)]
    for block in content:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return {**made, "output": {"message": {"content": content}}}


def _join(blocks: dict[int, dict], index: int, delta: dict) -> None:
    if "text" in delta:
        blocks.setdefault(index, {"text": ""})["text"] += delta["text"]
    elif "toolUse" in delta:
        blocks[index]["toolUse"]["input"] += delta["toolUse"]["input"]
    elif "redactedContent" in delta.get("reasoningContent", {}):
        blocks[index] = {"reasoningContent": delta["reasoningContent"]}
    elif "reasoningContent" in delta:
        thought = blocks.setdefault(index, {"reasoningContent": {"reasoningText": {"text": ""}}})
        told = thought["reasoningContent"]["reasoningText"]
        told["text"] += delta["reasoningContent"].get("text", "")
        if "signature" in delta["reasoningContent"]:
            told["signature"] = delta["reasoningContent"]["signature"]


def _outcome(response: dict, lost: tuple[str, ...]) -> Outcome:
    outcome = Outcome(stop=response["stopReason"], losses=lost)
    for block in response["output"]["message"]["content"]:
        if "text" in block:
            outcome.text += block["text"]
        if "toolUse" in block:
            call = block["toolUse"]
            outcome.calls.append(Call(call["name"], call["input"], call["toolUseId"]))
        told = block.get("reasoningContent", {}).get("reasoningText", {})
        outcome.thinking += told.get("text", "")
    usage = response.get("usage")
    if usage:
        read = usage.get("cacheReadInputTokens") or 0
        written = usage.get("cacheWriteInputTokens") or 0
        outcome.usage = Usage(usage["inputTokens"] + read + written, usage["outputTokens"], read,
                              written)
    return outcome


def _error(error: botocore.exceptions.ClientError) -> Error:
    metadata = error.response.get("ResponseMetadata") or {}
    told = error.response.get("Error") or {}
    return Error(metadata.get("HTTPStatusCode"), told.get("Message", str(error)),
                 told.get("Code", ""), (metadata.get("HTTPHeaders") or {}).get("retry-after"))
