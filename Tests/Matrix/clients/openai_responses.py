"""OpenAI Responses with the `openai` SDK: stateless, as agents use it."""

from __future__ import annotations

import json

import httpx2
import openai
import pydantic

from clients import strictness
from clients.client import Place, history_id, losses
from clients.openai_chat import error_of
from words import (
    Ask, Call, Document, Error, Image, Outcome, Part, Result, Text, Usage)

#: What a Responses client cannot say.
CANNOT_SAY = {"text_document", "audio", "top_k", "stop", "budget", "cache", "result_error"}


class ResponsesClient:
    def __init__(self, place: Place) -> None:
        path = "/openai/v1" if place.surface == "azure_responses" else "/v1"
        self.sdk = openai.OpenAI(api_key=place.key, base_url=place.url + path, max_retries=0)

    def talk(self) -> ResponsesTalk:
        return ResponsesTalk(self.sdk)

    def close(self) -> None:
        self.sdk.close()


class ResponsesTalk:
    def __init__(self, sdk: openai.OpenAI) -> None:
        self.sdk = sdk
        self.items: list[dict] = []
        self.call_ids: list[str] = []

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        try:
            raw = self.sdk.responses.with_raw_response.create(
                model=model, input=self.items, store=False, stream=is_streamed,
                include=["reasoning.encrypted_content"], **request(ask))
            response = _last(raw.parse()) if is_streamed else raw.parse()
            strictness.hold(response)
        except openai.APIError as error:
            return Outcome(error=error_of(error))
        except httpx2.TransportError as error:
            return Outcome(error=Error(None, str(error)))
        if response.error or response.status == "failed":
            return Outcome(error=Error(None, str(response.error)))
        output = [item.model_dump(exclude_none=True) for item in response.output]
        self.items += output
        self.call_ids = [item["call_id"] for item in output if item["type"] == "function_call"]
        return _outcome(response, losses(raw.headers))

    def count(self, ask: Ask, model: str) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {name: value for name, value in request(ask).items()
                   if name in ("instructions", "tools", "tool_choice")}
        try:
            counted = self.sdk.responses.input_tokens.count(
                model=model, input=self.items, **members)
        except openai.APIError as error:
            return Outcome(error=error_of(error))
        return Outcome(count=counted.input_tokens)

    def _add(self, role: str, parts: tuple[Part, ...]) -> None:
        content: list[dict] = []
        if any(isinstance(part, Call) for part in parts):
            self.call_ids = []
        for part in parts:
            match part:
                case Call(name, arguments, id_):
                    self._flush(role, content)
                    self.call_ids.append(id_ or history_id(len(self.call_ids)))
                    self.items.append({
                        "type": "function_call", "call_id": self.call_ids[-1], "name": name,
                        "arguments": json.dumps(arguments)})
                case Result(inner, call):
                    self._flush(role, content)
                    self.items.append({
                        "type": "function_call_output", "call_id": self.call_ids[call],
                        "output": _output(inner)})
                case _:
                    content.append(_part(role, part))
        self._flush(role, content)

    def _flush(self, role: str, content: list[dict]) -> None:
        if content:
            self.items.append({"type": "message", "role": role, "content": list(content)})
            content.clear()


def _output(content: tuple[Part, ...]) -> str | list[dict]:
    if all(isinstance(part, Text) for part in content):
        return "".join(part.text for part in content)
    return [_part("user", part) for part in content]


def _part(role: str, part: Part) -> dict:
    match part:
        case Text(text):
            return {"type": "output_text" if role == "assistant" else "input_text", "text": text}
        case Image(data, url):
            return {"type": "input_image", "detail": "auto",
                    "image_url": url or f"data:image/png;base64,{data}"}
        case Document(title, pdf=str() as data):
            return {"type": "input_file", "filename": title,
                    "file_data": f"data:application/pdf;base64,{data}"}
    raise ValueError(f"Responses has no word for {part}")


def request(ask: Ask) -> dict:
    """The members beside the conversation."""
    members: dict = {"max_output_tokens": ask.max_tokens}
    if ask.system:
        members["instructions"] = "\n".join(text.text for text in ask.system)
    tools: list[dict] = [{
        "type": "function", "name": tool.name, "description": tool.description,
        "parameters": tool.schema, "strict": tool.is_strict} for tool in ask.tools]
    if ask.searches_web:
        tools.append({"type": "web_search"})
    if tools:
        members["tools"] = tools
    if ask.choice:
        members["tool_choice"] = {"any": "required", "auto": "auto", "none": "none"}.get(
            ask.choice, {"type": "function", "name": ask.choice})
    if not ask.is_parallel:
        members["parallel_tool_calls"] = False
    for name in ("temperature", "top_p", "user"):
        if getattr(ask, name) is not None:
            members[name] = getattr(ask, name)
    if ask.effort:
        members["reasoning"] = {"effort": ask.effort, "summary": "auto"}
    if ask.format == "object":
        members["text"] = {"format": {"type": "json_object"}}
    elif ask.format:
        members["text"] = {"format": {"type": "json_schema", "name": "place", "strict": True,
                                      "schema": ask.format}}
    if ask.tier:
        members["service_tier"] = ask.tier
    return members


class _Grammar:
    """The order of a stream's events: numbered, items opened and closed, texts as they close."""

    def __init__(self) -> None:
        self._check = strictness.EventCheck()
        self._number = -1
        self._open: dict[int, str] = {}
        self._closed: list[dict] = []
        self._text: dict[tuple[str, int, int], str] = {}

    def see(self, event: openai.types.responses.ResponseStreamEvent) -> None:
        self._check.see(event.type, event)
        self._require(event.sequence_number > self._number, "sequence_number goes back", event)
        self._require(self._number >= 0 or event.type == "response.created", "no beginning", event)
        self._number = event.sequence_number
        index = getattr(event, "output_index", None)
        if event.type == "response.output_item.added":
            self._require(index == len(self._closed) + len(self._open), "index skips", event)
            self._open[index] = event.item.id
        elif event.type == "response.output_item.done":
            self._require(self._open.pop(index, None) == event.item.id, "item not open", event)
            self._closed.append(event.item.model_dump(exclude_none=True))
        elif index is not None:
            self._require(self._open.get(index) == event.item_id, "item not open", event)
            self._text_event(event, index)
        elif event.type in ("response.completed", "response.incomplete"):
            self._require(not self._open, "items left open", event)
            told = [item.model_dump(exclude_none=True) for item in event.response.output]
            self._require(told == self._closed, "other items than were streamed", event)

    def _text_event(self, event: openai.types.responses.ResponseStreamEvent, index: int) -> None:
        for word, member in (("output_text", "text"), ("reasoning_summary_text", "text"),
                             ("refusal", "refusal"), ("function_call_arguments", "arguments")):
            place = (word, index, getattr(event, "content_index", 0))
            if event.type == f"response.{word}.delta":
                self._text[place] = self._text.get(place, "") + event.delta
            elif event.type == f"response.{word}.done":
                streamed = self._text.get(place)
                self._require(streamed in (None, getattr(event, member)),
                              f"closes with another text than {streamed!r:.60}", event)

    @staticmethod
    def _require(is_right: bool, what: str, event: pydantic.BaseModel) -> None:
        if not is_right:
            raise strictness.BadReply(f"{what}: {event.type}")


def _last(stream: openai.Stream) -> openai.types.responses.Response:
    """The response of the event that ends the stream; anything else is a failure."""
    grammar = _Grammar()
    for event in stream:
        if event.type == "error":
            raise openai.APIError(event.message, request=None, body={"message": event.message})
        grammar.see(event)
        if event.type in ("response.completed", "response.incomplete", "response.failed"):
            return event.response
    raise openai.APIError("the stream ended early", request=None, body=None)


def _outcome(response: openai.types.responses.Response, lost: tuple[str, ...]) -> Outcome:
    stop = response.status
    if response.incomplete_details:
        stop = response.incomplete_details.reason
    outcome = Outcome(stop=stop, losses=lost)
    for item in response.output:
        if item.type == "message":
            for part in item.content:
                if part.type == "refusal":
                    outcome.refusal += part.refusal
                    continue
                outcome.text += part.text
                outcome.citations += [note.url for note in part.annotations
                                      if note.type == "url_citation"]
        elif item.type == "reasoning":
            outcome.thinking += "".join(part.text for part in item.summary)
        elif item.type == "function_call":
            outcome.calls.append(Call(item.name, json.loads(item.arguments or "{}"),
                                      item.call_id))
    if response.usage:
        given, made = response.usage.input_tokens_details, response.usage.output_tokens_details
        outcome.usage = Usage(
            response.usage.input_tokens, response.usage.output_tokens, given.cached_tokens,
            getattr(given, "cache_write_tokens", 0) or 0, made.reasoning_tokens)
    return outcome
