"""OpenAI Chat Completions with the `openai` SDK, on OpenAI's and Azure's surface."""

from __future__ import annotations

import json
import typing

import openai

from clients import strictness
from clients.client import Place, history_id, losses
from words import (
    Ask, Audio, Call, Document, Error, Image, Outcome, Part, Result, Text, Usage)

#: What a Chat client cannot say.
CANNOT_SAY = {"text_document", "top_k", "budget", "cache", "result_image", "result_document",
              "result_error"}


class ChatClient:
    def __init__(self, place: Place) -> None:
        from vendors import surfaces
        if place.surface == "azure_chat":
            self.sdk: openai.OpenAI = openai.AzureOpenAI(
                api_key=place.key, azure_endpoint=place.url, max_retries=0,
                api_version=surfaces.AZURE_VERSION)
        else:
            self.sdk = openai.OpenAI(api_key=place.key, base_url=place.url + "/v1", max_retries=0)

    def talk(self) -> ChatTalk:
        return ChatTalk(self.sdk)

    def close(self) -> None:
        self.sdk.close()


class ChatTalk:
    def __init__(self, sdk: openai.OpenAI) -> None:
        self.sdk = sdk
        self.messages: list[dict] = []
        self.call_ids: list[str] = []

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        if not self.messages:
            self.messages = [{"role": "system", "content": text.text} for text in ask.system]
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {"model": model, "messages": self.messages, **request(ask)}
        try:
            raw = self.sdk.chat.completions.with_raw_response.create(
                **members, stream=is_streamed,
                **({"stream_options": {"include_usage": True}} if is_streamed else {}))
            if is_streamed:
                completion = _assembled(raw.parse())
            else:
                strictness.hold(raw.parse())
                completion = raw.parse().model_dump(exclude_none=True)
        except openai.APIError as error:
            return Outcome(error=error_of(error))
        if "error" in completion:
            return Outcome(error=Error(None, str(completion["error"])))
        message = completion["choices"][0]["message"]
        kept = {name: value for name, value in message.items() if name != "annotations"}
        self.messages.append({"content": None, **kept})
        self.call_ids = [call["id"] for call in message.get("tool_calls", ())]
        return _outcome(completion, losses(raw.headers))

    def count(self, ask: Ask, model: str) -> Outcome:
        raise ValueError("Chat has no counter")

    def _add(self, role: str, parts: tuple[Part, ...]) -> None:
        calls, content = [], []
        for part in parts:
            match part:
                case Call(name, arguments, id_):
                    calls.append({"id": id_ or history_id(len(calls)), "type": "function",
                                  "function": {"name": name,
                                               "arguments": json.dumps(arguments)}})
                case Result(inner, call):
                    text = "".join(piece.text for piece in inner if isinstance(piece, Text))
                    self.messages.append({"role": "tool", "tool_call_id": self.call_ids[call],
                                          "content": text})
                case _:
                    content.append(_part(part))
        if calls:
            self.call_ids = [call["id"] for call in calls]
        if calls or content:
            message = {"role": role, "content": content or None}
            self.messages.append({**message, "tool_calls": calls} if calls else message)


def _part(part: Part) -> dict:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Image(data, url):
            return {"type": "image_url",
                    "image_url": {"url": url or f"data:image/png;base64,{data}"}}
        case Document(title, pdf=str() as data):
            return {"type": "file", "file": {
                "filename": title, "file_data": f"data:application/pdf;base64,{data}"}}
        case Audio(data):
            return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
    raise ValueError(f"Chat has no word for {part}")


def request(ask: Ask) -> dict:
    """The members beside the conversation."""
    members: dict = {"max_completion_tokens": ask.max_tokens}
    if ask.tools:
        members["tools"] = [{"type": "function", "function": {
            "name": tool.name, "description": tool.description, "parameters": tool.schema,
            **({"strict": True} if tool.is_strict else {})}} for tool in ask.tools]
    if ask.choice:
        members["tool_choice"] = {"any": "required", "auto": "auto", "none": "none"}.get(
            ask.choice, {"type": "function", "function": {"name": ask.choice}})
    if not ask.is_parallel:
        members["parallel_tool_calls"] = False
    for name in ("temperature", "top_p", "user"):
        if getattr(ask, name) is not None:
            members[name] = getattr(ask, name)
    if ask.stop:
        members["stop"] = list(ask.stop)
    if ask.effort:
        members["reasoning_effort"] = ask.effort
    if ask.format == "object":
        members["response_format"] = {"type": "json_object"}
    elif ask.format:
        members["response_format"] = {"type": "json_schema", "json_schema": {
            "name": "place", "schema": ask.format, "strict": True}}
    if ask.searches_web:
        members["web_search_options"] = {"search_context_size": "low"}
    if ask.tier:
        members["service_tier"] = ask.tier
    return members


def _assembled(stream: typing.Iterable[openai.types.chat.ChatCompletionChunk]) -> dict:
    """The completion that the chunks make, extensions such as `reasoning_content` included."""
    message: dict = {"role": "assistant"}
    calls: dict[int, dict] = {}
    finish, usage, check = None, None, strictness.EventCheck()
    for chunk in stream:
        body = chunk.model_dump(exclude_none=True)
        shown = [name for choice in body["choices"] for name in choice["delta"]]
        # Azure begins with a chunk that says nothing and is of no type.
        if chunk.object:
            check.see(f"delta {shown} {finish} {'usage' in body}", chunk)
        if finish and body["choices"]:
            raise strictness.BadReply("a choice after the one that finished")
        usage = body.get("usage") or usage
        for choice in body["choices"]:
            finish = choice.get("finish_reason") or finish
            for name, value in choice["delta"].items():
                if name == "tool_calls":
                    for fragment in value:
                        _join_call(calls, fragment)
                elif name != "role":
                    message[name] = message[name] + value if name in message else value
    if finish is None:
        raise openai.APIError("the stream ended early", request=None, body=None)
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}


def _join_call(calls: dict[int, dict], fragment: dict) -> None:
    index = fragment.pop("index")
    if index not in calls:
        calls[index] = fragment
        fragment.setdefault("function", {}).setdefault("arguments", "")
        return
    calls[index]["function"]["arguments"] += fragment.get("function", {}).get("arguments", "")


def _outcome(completion: dict, lost: tuple[str, ...]) -> Outcome:
    choice = completion["choices"][0]
    message = choice["message"]
    outcome = Outcome(message.get("content") or "", message.get("reasoning_content") or "",
                      stop=choice["finish_reason"], losses=lost,
                      refusal=message.get("refusal") or "")
    for call in message.get("tool_calls", ()):
        outcome.calls.append(Call(call["function"]["name"],
                                  json.loads(call["function"]["arguments"] or "{}"), call["id"]))
    for note in message.get("annotations", ()):
        outcome.citations.append(note["url_citation"]["url"])
    if completion.get("usage"):
        outcome.usage = _usage(completion["usage"])
    return outcome


def _usage(usage: dict) -> Usage:
    given, made = (usage.get(name) or {} for name in (
        "prompt_tokens_details", "completion_tokens_details"))
    return Usage(usage["prompt_tokens"], usage["completion_tokens"],
                 given.get("cached_tokens", 0), given.get("cache_write_tokens", 0),
                 made.get("reasoning_tokens", 0))


def error_of(error: openai.APIError) -> Error:
    body = error.body if isinstance(error.body, dict) else {}
    response = getattr(error, "response", None)
    return Error(getattr(error, "status_code", None), body.get("message") or str(error),
                 body.get("code") or body.get("type") or "",
                 response.headers.get("retry-after") if response is not None else None)
