"""OpenAI Chat Completions: OpenAI's own server, Azure's, and one that is merely compatible."""

from __future__ import annotations

import json
import typing

from openai.types.chat import completion_create_params

from vendors import openai_rules as rules
from vendors import typed
from vendors.language import Asked, Event, Language, Problems
from vendors.minting import Mint
from words import (
    Call, Citation, Fault, Reply, Seen, SeenResult, Usage, pieces)

_STOPS = {"stop": "stop", "length": "length", "tool": "tool_calls", "stop_sequence": "stop",
          "refusal": "stop", "filter": "content_filter"}
_LONGEST_CALL_ID = 40
#: How OpenAI's own limits on names end.
_LIMIT = "(OpenAI's limit)"


class OpenAIChat(Language):
    has_opaque_state = False

    def __init__(self, mint: Mint, is_azure: bool = False, is_compatible: bool = False) -> None:
        super().__init__(mint)
        self.is_azure = is_azure
        #: Takes and gives `reasoning_content`, as many servers do and OpenAI's does not.
        self.is_compatible = is_compatible

    def check(self, asked: Asked) -> Problems:
        body = {name: value for name, value in asked.body.items() if name != "stream"}
        if self.is_azure:
            body.setdefault("model", asked.model)
        if self.is_compatible:
            # Google's servers read their own settings from here.
            body.pop("extra_body", None)
            body["messages"] = [_without_extensions(message) for message in body["messages"]]
        problems = typed.check(body, completion_create_params.CompletionCreateParamsBase)
        if problems:
            return problems
        if asked.is_streamed is False and "stream_options" in body:
            problems.append("stream_options: only allowed when stream is enabled")
        problems += rules.sampling(body, asked.model)
        problems += _parameters(body, asked.model) + _tools(body) + _format(body)
        problems += _conversation(body["messages"])
        if self.is_compatible:
            # Others' servers set no such limits to names.
            problems = [problem for problem in problems if not problem.endswith(_LIMIT)]
        return problems

    def see(self, asked: Asked) -> Seen:
        return _read(asked.body)

    def count(self, asked: Asked) -> dict:
        raise ValueError("Chat has no counter")

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return rules.status(kind)

    def error(self, kind: str, message: str) -> dict:
        return rules.error(kind, message)

    def fault_event(self, fault: Fault) -> Event:
        return None, rules.error(fault.kind, fault.message)

    def whole(self, asked: Asked, reply: Reply) -> dict:
        message: dict = {"role": "assistant", "content": reply.text or None,
                         "refusal": reply.refusal or None}
        if not reply.calls and not reply.refusal and message["content"] is None:
            message["content"] = ""
        if self.is_compatible and reply.thinking:
            message["reasoning_content"] = reply.thinking
        if reply.calls:
            message["tool_calls"] = [
                {"id": self._call_id(asked, reply, number), "type": "function",
                 "function": {"name": call.name, "arguments": _arguments(call)}}
                for number, call in enumerate(reply.calls)]
        message["annotations"] = _annotations(reply)
        choice = {"index": 0, "message": message, "logprobs": None,
                  "finish_reason": _STOPS[reply.stop]}
        return {**self._identity(asked, "chat.completion"), "choices": [choice],
                "usage": _usage(reply.usage)}

    def _identity(self, asked: Asked, kind: str) -> dict:
        return {"id": f"chatcmpl-{asked.note}", "object": kind, "created": 1790000000,
                "model": asked.model, "service_tier": "default", "system_fingerprint": "fp_1"}

    @staticmethod
    def _call_id(asked: Asked, reply: Reply, number: int) -> str:
        if reply.call_ids:
            return reply.call_ids[number]
        return f"call_{rules.MIXED_CALL_ID.sub('', asked.note)}x{number}"

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        shows_usage = bool((asked.body.get("stream_options") or {}).get("include_usage"))
        if self.is_azure:
            yield None, {"id": "", "object": "", "created": 0, "model": "", "choices": [],
                         "prompt_filter_results": [{"prompt_index": 0,
                                                    "content_filter_results": {}}]}
        for delta, finish in self._deltas(asked, reply):
            chunk = {**self._identity(asked, "chat.completion.chunk"), "choices": [
                {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
            yield None, {**chunk, "usage": None} if shows_usage else chunk
        if shows_usage:
            yield None, {**self._identity(asked, "chat.completion.chunk"), "choices": [],
                         "usage": _usage(reply.usage)}
        yield None, "[DONE]"

    def _deltas(self, asked: Asked, reply: Reply) -> typing.Iterator[tuple[dict, str | None]]:
        yield {"role": "assistant", "content": "", "refusal": None}, None
        if self.is_compatible:
            for piece in pieces(reply.thinking, reply.grain):
                yield {"reasoning_content": piece}, None
        for piece in pieces(reply.text, reply.grain):
            yield {"content": piece}, None
        for piece in pieces(reply.refusal, reply.grain):
            yield {"refusal": piece}, None
        if reply.citations:
            yield {"annotations": _annotations(reply)}, None
        for number, call in enumerate(reply.calls):
            head = {"index": number, "id": self._call_id(asked, reply, number),
                    "type": "function", "function": {"name": call.name, "arguments": ""}}
            yield {"tool_calls": [head]}, None
            grain = len(_arguments(call)) if reply.closes_whole else reply.grain
            for piece in pieces(_arguments(call), grain):
                yield {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}, None
        yield {}, _STOPS[reply.stop]


def _arguments(call: Call) -> str:
    return json.dumps(call.arguments, ensure_ascii=False)


def _annotations(reply: Reply) -> list[dict]:
    annotations, start = [], 0
    for part in reply.parts:
        if isinstance(part, Citation):
            annotations.append({"type": "url_citation", "url_citation": {
                "start_index": start, "end_index": start + len(part.text),
                "title": part.title, "url": part.url}})
        start += len(getattr(part, "text", ""))
    return annotations


def _usage(usage: Usage) -> dict:
    return {
        "prompt_tokens": usage.input, "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write,
            "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
    }


def _without_extensions(message: dict) -> dict:
    """What others' servers take of a reasoning model's turn, or overlook."""
    kept = {name: value for name, value in message.items()
            if name not in ("reasoning_content", "reasoning", "reasoning_details")}
    if message.get("tool_calls"):
        kept["tool_calls"] = [
            {name: value for name, value in call.items() if name != "extra_content"}
            for call in message["tool_calls"]]
    return kept


def _parameters(body: dict, model: str) -> Problems:
    problems = []
    if body.get("max_tokens") and body.get("max_completion_tokens"):
        problems.append("max_tokens: not together with max_completion_tokens")
    if body.get("reasoning_effort") and not rules.takes_effort(model):
        problems.append("Unrecognized request argument supplied: reasoning_effort")
    if isinstance(body.get("stop"), list) and not 1 <= len(body["stop"]) <= 4:
        problems.append("stop: one to four sequences")
    return problems


def _tools(body: dict) -> Problems:
    tools = body.get("tools")
    if tools is None:
        return [f"{name}: only allowed when 'tools' are specified"
                for name in ("tool_choice", "parallel_tool_calls") if name in body]
    if not tools:
        return ["tools: array too short"]
    problems, names = [], set()
    for index, tool in enumerate(tools):
        if tool["type"] == "function":
            problems += rules.function(tool["function"], f"tools.{index}.function")
            names.add(tool["function"]["name"])
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] == "function":
        if choice["function"]["name"] not in names:
            problems.append("tool_choice: no such tool")
    return problems


def _format(body: dict) -> Problems:
    format_ = body.get("response_format") or {}
    if format_.get("type") == "json_object" and "json" not in json.dumps(body["messages"]).lower():
        return ["'messages' must contain the word 'json' in some form"]
    if format_.get("type") != "json_schema":
        return []
    definition, problems = format_["json_schema"], []
    if not rules.TOOL_NAME.fullmatch(definition["name"]):
        problems.append("response_format.json_schema.name: does not match")
    if definition.get("strict"):
        problems += rules.strict_schema(definition.get("schema", {}), "response_format.schema")
    return problems


def _conversation(messages: list[dict]) -> Problems:
    problems, waiting = [], []
    if not messages:
        return ["messages: array too short"]
    for index, message in enumerate(messages):
        path = f"messages.{index}"
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                problems.append(f"{path}: 'tool' must be a response to a preceding 'tool_calls'")
            else:
                waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            problems.append(f"{path}: tool_call_ids without a response: {waiting}")
        waiting = []
        problems += _content(message, path)
        for call in message.get("tool_calls") or ():
            waiting.append(call["id"])
            if len(call["id"]) > _LONGEST_CALL_ID:
                problems.append(f"{path}: tool call id longer than {_LONGEST_CALL_ID} {_LIMIT}")
            if not rules.TOOL_NAME.fullmatch(call["function"]["name"]):
                problems.append(f"{path}: tool call name does not match {_LIMIT}")
            try:
                json.loads(call["function"]["arguments"])
            except ValueError:
                problems.append(f"{path}: arguments are no JSON")
    if waiting:
        problems.append(f"tool_call_ids without a response: {waiting}")
    return problems


def _content(message: dict, path: str) -> Problems:
    content = message.get("content")
    if message["role"] == "assistant" and content is None:
        return [] if message.get("tool_calls") or message.get("refusal") else [
            f"{path}: content is required"]
    if not isinstance(content, list):
        return []
    problems = [] if content else [f"{path}.content: array too short"]
    for part in content:
        match part["type"]:
            case "image_url":
                problems += rules.data_url(part["image_url"]["url"], path,
                                           r"image/(png|jpeg|gif|webp)")
            case "input_audio" if not typed.is_base64(part["input_audio"]["data"]):
                problems.append(f"{path}: audio is no base64")
            case "file" if "file_data" in part["file"]:
                problems += rules.data_url(part["file"]["file_data"], path, "application/pdf")
                if not part["file"].get("filename"):
                    problems.append(f"{path}: file_data needs a filename")
    return problems


def _read(body: dict) -> Seen:
    choice = body.get("tool_choice")
    format_ = body.get("response_format") or {}
    stop = body.get("stop") or []
    seen = Seen(
        tools={tool["function"]["name"]: tool["function"].get("parameters", {})
               for tool in body.get("tools", ()) if tool["type"] == "function"},
        choice=choice["function"]["name"] if isinstance(choice, dict)
        else {"required": "any"}.get(choice, choice),
        is_parallel=body.get("parallel_tool_calls", True),
        searches_web="web_search_options" in body,
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        temperature=body.get("temperature"), top_p=body.get("top_p"),
        stop=[stop] if isinstance(stop, str) else stop,
        thinks=(body.get("reasoning_effort") or "none") != "none"
        or "thinking_config" in (body.get("extra_body") or {}).get("google", {}),
        format="object" if format_.get("type") == "json_object"
        else (format_.get("json_schema") or {}).get("schema"),
        user=body.get("user") or body.get("safety_identifier"), tier=body.get("service_tier"),
        cache_marks=json.dumps(body).count('"prompt_cache_breakpoint"'))
    names: dict[str, str] = {}
    for message in body["messages"]:
        _read_message(message, seen, names)
    return seen


def _read_message(message: dict, seen: Seen, names: dict[str, str]) -> None:
    content = message.get("content") or ""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    text = "".join(part.get("text", "") for part in parts)
    role = message["role"]
    if role in ("system", "developer"):
        seen.system += text + "\n"
    elif role == "tool":
        seen.results.append(SeenResult(names.get(message["tool_call_id"], ""), text, False))
        role = "user"
    else:
        seen.text += text + "\n"
    if role in ("user", "assistant") and seen.roles[-1:] != [role]:
        seen.roles.append(role)
    for part in parts:
        match part["type"]:
            case "image_url":
                seen.images.append(rules.bytes_of(part["image_url"]["url"]))
            case "input_audio":
                seen.audio.append(part["input_audio"]["data"])
            case "file":
                seen.documents.append(rules.bytes_of(part["file"].get("file_data", "")))
    for call in message.get("tool_calls") or ():
        names[call["id"]] = call["function"]["name"]
        seen.calls.append(Call(call["function"]["name"],
                               json.loads(call["function"]["arguments"]), call["id"]))
