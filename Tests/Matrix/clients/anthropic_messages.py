"""Anthropic Messages with the `anthropic` SDK, on Anthropic's, Vertex's and Bedrock's surface."""

from __future__ import annotations

import anthropic
import httpx2

from clients import strictness
from clients.client import Place, history_id, losses
from words import (
    Ask, Call, Document, Error, Image, Outcome, Part, Result, Text, Usage)


_OLDER_VERSIONS = {
    "anthropic": {"headers": {"anthropic-version": "2023-06-01"}},
    "vertex_anthropic": {"body": {"anthropic_version": "vertex-2023-10-16"}},
    "bedrock_invoke": {"body": {"anthropic_version": "bedrock-2023-05-31"}},
}


class AnthropicClient:
    def __init__(self, place: Place) -> None:
        self.sdk = self._sdk(place)
        #: How a request says that it is of the version with sampling parameters.
        self.older_version = _OLDER_VERSIONS[place.surface or "anthropic"]

    @staticmethod
    def _sdk(place: Place) -> anthropic.Anthropic:
        from vendors import surfaces
        if place.surface == "vertex_anthropic":
            return anthropic.AnthropicVertex(
                region=surfaces.LOCATION, project_id=surfaces.PROJECT, access_token=place.key,
                base_url=place.url + "/v1", max_retries=0)
        if place.surface == "bedrock_invoke":
            return anthropic.AnthropicBedrock(
                aws_access_key=surfaces.ACCESS_KEY, aws_secret_key=surfaces.SECRET_KEY,
                aws_region=surfaces.REGION, base_url=place.url, max_retries=0)
        return anthropic.Anthropic(api_key=place.key, base_url=place.url, max_retries=0)

    def talk(self) -> AnthropicTalk:
        return AnthropicTalk(self.sdk, self.older_version)

    def close(self) -> None:
        self.sdk.close()


class AnthropicTalk:
    def __init__(self, sdk: anthropic.Anthropic, older_version: dict) -> None:
        self.sdk = sdk
        self.older_version = older_version
        self.messages: list[dict] = []
        self.call_ids: list[str] = []

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {"model": model, "max_tokens": ask.max_tokens, "messages": self.messages,
                   **request(ask)}
        sampling = {name: getattr(ask, name) for name in ("temperature", "top_p", "top_k")
                    if getattr(ask, name) is not None}
        if sampling:
            # The SDK and its version of the API have none; programs that need them write so.
            members["extra_headers"] = self.older_version.get("headers")
            members["extra_body"] = {**self.older_version.get("body", {}), **sampling}
        try:
            if is_streamed:
                message, headers = self._stream(members)
            else:
                raw = self.sdk.messages.with_raw_response.create(**members)
                message, headers = raw.parse(), raw.headers
                strictness.hold(message)
        except anthropic.APIError as error:
            return Outcome(error=_error(error))
        except httpx2.TransportError as error:
            return Outcome(error=Error(None, str(error)))
        self.messages.append({"role": "assistant", "content": [
            block.model_dump(exclude_none=True) for block in message.content]})
        self.call_ids = [block.id for block in message.content if block.type == "tool_use"]
        return _outcome(message, losses(headers))

    def _stream(self, members: dict) -> tuple[anthropic.types.Message, dict[str, str]]:
        grammar = _Grammar()
        with self.sdk.messages.stream(**members) as stream:
            for event in stream:
                grammar.see(event)
            if grammar.last != "message_stop":
                raise anthropic.APIError("the stream ended early", stream.response.request,
                                         body=None)
            return stream.get_final_message(), stream.response.headers

    def count(self, ask: Ask, model: str) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        try:
            counted = self.sdk.messages.count_tokens(
                model=model, messages=self.messages, **request(ask))
        except anthropic.APIError as error:
            return Outcome(error=_error(error))
        return Outcome(count=counted.input_tokens)

    def _add(self, role: str, parts: tuple[Part, ...]) -> None:
        if any(isinstance(part, Call) for part in parts):
            self.call_ids = []
        content = [self._block(part) for part in parts]
        self.messages.append({"role": role, "content": content})

    def _block(self, part: Part) -> dict:
        match part:
            case Text(text, is_cached):
                block = {"type": "text", "text": text}
                return {**block, "cache_control": {"type": "ephemeral"}} if is_cached else block
            case Image(url=str() as url):
                return {"type": "image", "source": {"type": "url", "url": url}}
            case Image(data):
                return {"type": "image", "source": {
                    "type": "base64", "media_type": "image/png", "data": data}}
            case Document(title, pdf=str() as data):
                return {"type": "document", "title": title, "source": {
                    "type": "base64", "media_type": "application/pdf", "data": data}}
            case Document(title, text=text):
                return {"type": "document", "title": title, "source": {
                    "type": "text", "media_type": "text/plain", "data": text}}
            case Call(name, arguments, id_):
                self.call_ids.append(id_ or history_id(len(self.call_ids)))
                return {"type": "tool_use", "id": self.call_ids[-1], "name": name,
                        "input": arguments}
            case Result(content, call, is_error):
                block = {"type": "tool_result", "tool_use_id": self.call_ids[call],
                         "content": [self._block(inner) for inner in content]}
                return {**block, "is_error": True} if is_error else block
        raise ValueError(f"Anthropic has no word for {part}")


class _Grammar:
    """The order of a stream's events: blocks one after the other, each closed, then the end."""

    def __init__(self) -> None:
        self.last = ""
        self._check = strictness.EventCheck()
        self._open: int | None = None
        self._next = 0

    def see(self, event: anthropic.types.RawMessageStreamEvent) -> None:
        kind = event.type
        if kind not in _RAW_EVENTS:
            # What the SDK makes of the raw ones for convenience.
            return
        is_right = True
        match kind:
            case "message_start":
                is_right = self.last == ""
            case "content_block_start":
                is_right = self._open is None and event.index == self._next
                self._open, self._next = event.index, self._next + 1
            case "content_block_delta":
                is_right = self._open == event.index
                kind += event.delta.type
            case "content_block_stop":
                is_right, self._open = self._open == event.index, None
            case "message_delta":
                is_right = self._open is None and self.last != "message_delta"
            case "message_stop":
                is_right = self.last == "message_delta"
        if not is_right:
            raise strictness.BadReply(f"{kind} after {self.last}")
        self.last = event.type
        if kind not in ("content_block_stop", "message_stop"):
            # The SDK adds the block and the message to these itself.
            self._check.see(kind, event)


_RAW_EVENTS = {"message_start", "content_block_start", "content_block_delta",
               "content_block_stop", "message_delta", "message_stop"}
#: What an Anthropic client cannot say.
CANNOT_SAY = {"audio", "json_object"}


def request(ask: Ask) -> dict:
    """The members beside the conversation."""
    members: dict = {}
    if ask.system:
        members["system"] = [
            {"type": "text", "text": text.text,
             **({"cache_control": {"type": "ephemeral"}} if text.is_cached else {})}
            for text in ask.system]
    tools = [{"name": tool.name, "description": tool.description, "input_schema": tool.schema,
              **({"strict": True} if tool.is_strict else {}),
              **({"cache_control": {"type": "ephemeral"}} if tool.is_cached else {})}
             for tool in ask.tools]
    if ask.searches_web:
        tools.append({"type": "web_search_20250305", "name": "web_search"})
    if tools:
        members["tools"] = tools
    if ask.choice:
        choice = ({"type": ask.choice} if ask.choice in ("auto", "any", "none")
                  else {"type": "tool", "name": ask.choice})
        if not ask.is_parallel:
            choice["disable_parallel_tool_use"] = True
        members["tool_choice"] = choice
    if ask.stop:
        members["stop_sequences"] = list(ask.stop)
    if ask.budget:
        members["thinking"] = {"type": "enabled", "budget_tokens": ask.budget}
    config: dict = {}
    if ask.effort:
        members["thinking"] = {"type": "adaptive"}
        config["effort"] = ask.effort
    if isinstance(ask.format, dict):
        config["format"] = {"type": "json_schema", "schema": ask.format}
    if config:
        members["output_config"] = config
    if ask.user:
        members["metadata"] = {"user_id": ask.user}
    if ask.tier:
        members["service_tier"] = ask.tier
    return members


def _outcome(message: anthropic.types.Message, lost: tuple[str, ...]) -> Outcome:
    outcome = Outcome(stop=message.stop_reason, losses=lost, usage=_usage(message.usage))
    for block in message.content:
        if block.type == "text":
            outcome.text += block.text
            outcome.citations += [citation.url for citation in block.citations or ()
                                  if citation.type == "web_search_result_location"]
        elif block.type == "thinking":
            outcome.thinking += block.thinking
        elif block.type == "tool_use":
            outcome.calls.append(Call(block.name, block.input, block.id))
    if message.stop_reason == "refusal":
        outcome.refusal, outcome.text = outcome.text or "refused", ""
    return outcome


def _usage(usage: anthropic.types.Usage) -> Usage:
    read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    details = usage.output_tokens_details
    return Usage(usage.input_tokens + read + written, usage.output_tokens, read, written,
                 details.thinking_tokens if details else 0)


def _error(error: anthropic.APIError) -> Error:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error") or {}
    response = getattr(error, "response", None)
    return Error(getattr(error, "status_code", None), inner.get("message") or str(error),
                 inner.get("type", ""),
                 response.headers.get("retry-after") if response is not None else None)
