"""Gemini with the `google-genai` SDK, on Google's developer surface and on Vertex."""

from __future__ import annotations

import base64
import typing

import google.genai
import google.oauth2.credentials
import httpx2
from google.genai import errors, types

from clients import strictness
from clients.client import Place, losses
from words import (
    Ask, Audio, Call, Document, Error, Image, Outcome, Part, Result, Text, Usage)

#: What a Gemini client cannot say.
CANNOT_SAY = {"mid_system", "cache", "user", "parallel", "strict", "tier"}
_LEVELS = {"minimal": "MINIMAL", "low": "LOW", "medium": "MEDIUM", "high": "HIGH"}


class GeminiClient:
    def __init__(self, place: Place) -> None:
        options = types.HttpOptions(
            base_url=place.url, retry_options=types.HttpRetryOptions(attempts=1))
        if place.surface == "vertex_gemini":
            from vendors import surfaces
            options.api_version = "v1"
            self.sdk = google.genai.Client(
                vertexai=True, project=surfaces.PROJECT, location=surfaces.LOCATION,
                credentials=google.oauth2.credentials.Credentials(place.key),
                http_options=options)
        else:
            self.sdk = google.genai.Client(api_key=place.key, http_options=options)

    def talk(self) -> GeminiTalk:
        return GeminiTalk(self.sdk)

    def close(self) -> None:
        self.sdk.close()


class GeminiTalk:
    def __init__(self, sdk: google.genai.Client) -> None:
        self.sdk = sdk
        self.contents: list[types.Content] = []
        self.calls: list[types.FunctionCall] = []

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        members = {"model": model, "contents": self.contents, "config": config(ask)}
        try:
            if is_streamed:
                responses = list(self.sdk.models.generate_content_stream(**members))
            else:
                responses = [self.sdk.models.generate_content(**members)]
        except errors.APIError as error:
            return Outcome(error=_error(error))
        except httpx2.TransportError as error:
            return Outcome(error=Error(None, str(error)))
        finished = [bool(candidate.finish_reason) for response in responses
                    for candidate in response.candidates or ()]
        if True in finished[:-1]:
            raise strictness.BadReply("a chunk after the one that finished")
        outcome = _outcome(responses)
        if outcome.stop is None:
            return Outcome(error=Error(None, "the reply has no end"))
        parts = list(_parts(responses))
        self.contents.append(types.Content(role="model", parts=parts))
        self.calls = [part.function_call for part in parts if part.function_call]
        return outcome

    def count(self, ask: Ask, model: str) -> Outcome:
        for turn in ask.turns:
            self._add(turn.role, turn.parts)
        try:
            counted = self.sdk.models.count_tokens(model=model, contents=self.contents)
        except errors.APIError as error:
            return Outcome(error=_error(error))
        return Outcome(count=counted.total_tokens)

    def _add(self, role: str, parts: tuple[Part, ...]) -> None:
        if any(isinstance(part, Call) for part in parts):
            self.calls = []
        content = [self._part(part) for part in parts]
        self.contents.append(types.Content(
            role="model" if role == "assistant" else role, parts=content))

    def _part(self, part: Part) -> types.Part:
        match part:
            case Text(text):
                return types.Part(text=text)
            case Call(name, arguments, id_):
                call = types.FunctionCall(name=name, args=arguments, id=id_ or None)
                self.calls.append(call)
                # What a program writes into a history that no Gemini model made.
                return types.Part(function_call=call,
                                  thought_signature=b"skip_thought_signature_validator")
            case Result(content, call, is_error):
                return self._result(content, self.calls[call], is_error)
            case Image(url=str() as url):
                return types.Part(file_data=types.FileData(file_uri=url, mime_type="image/png"))
        return types.Part(inline_data=_blob(part))

    @staticmethod
    def _result(content: tuple[Part, ...], call: types.FunctionCall,
                is_error: bool) -> types.Part:
        text = "".join(part.text for part in content if isinstance(part, Text))
        media = [types.FunctionResponsePart(inline_data=types.FunctionResponseBlob(
            mime_type=_blob(part).mime_type, data=_blob(part).data))
            for part in content if not isinstance(part, Text)]
        return types.Part(function_response=types.FunctionResponse(
            id=call.id, name=call.name, parts=media or None,
            response={"error" if is_error else "output": text}))


def _blob(part: Part) -> types.Blob:
    match part:
        case Image(data):
            return types.Blob(mime_type="image/png", data=base64.b64decode(data))
        case Document(pdf=str() as data):
            return types.Blob(mime_type="application/pdf", data=base64.b64decode(data))
        case Document(text=str() as text):
            return types.Blob(mime_type="text/plain", data=text.encode())
        case Audio(data):
            return types.Blob(mime_type="audio/wav", data=base64.b64decode(data))
    raise ValueError(f"Gemini has no word for {part}")


def config(ask: Ask) -> types.GenerateContentConfig:
    """Everything beside the conversation."""
    made = types.GenerateContentConfig(
        max_output_tokens=ask.max_tokens, temperature=ask.temperature, top_p=ask.top_p,
        top_k=ask.top_k, stop_sequences=list(ask.stop) or None)
    if ask.system:
        made.system_instruction = [text.text for text in ask.system]
    tools = []
    if ask.tools:
        tools.append(types.Tool(function_declarations=[types.FunctionDeclaration(
            name=tool.name, description=tool.description,
            parameters_json_schema=tool.schema) for tool in ask.tools]))
    if ask.searches_web:
        tools.append(types.Tool(google_search=types.GoogleSearch()))
    made.tools = tools or None
    if ask.choice:
        mode = {"auto": "AUTO", "any": "ANY", "none": "NONE"}.get(ask.choice, "ANY")
        names = None if ask.choice in ("auto", "any", "none") else [ask.choice]
        made.tool_config = types.ToolConfig(function_calling_config=types.FunctionCallingConfig(
            mode=mode, allowed_function_names=names))
    if ask.budget:
        made.thinking_config = types.ThinkingConfig(
            thinking_budget=ask.budget, include_thoughts=True)
    if ask.effort:
        made.thinking_config = types.ThinkingConfig(
            thinking_level=_LEVELS[ask.effort], include_thoughts=True)
    if ask.format:
        made.response_mime_type = "application/json"
    if isinstance(ask.format, dict):
        made.response_json_schema = ask.format
    return made


def _parts(responses: list[types.GenerateContentResponse]) -> typing.Iterator[types.Part]:
    for response in responses:
        for candidate in response.candidates or ():
            if candidate.content:
                yield from candidate.content.parts or ()


def _outcome(responses: list[types.GenerateContentResponse]) -> Outcome:
    outcome = Outcome(losses=losses(responses[0].sdk_http_response.headers)
                      if responses else ())
    for part in _parts(responses):
        if part.function_call:
            call = part.function_call
            outcome.calls.append(Call(call.name, call.args or {},
                                      call.id or f"call {len(outcome.calls)}"))
        elif part.thought:
            outcome.thinking += part.text or ""
        else:
            outcome.text += part.text or ""
    for response in responses:
        if response.usage_metadata:
            outcome.usage = _usage(response.usage_metadata)
        for candidate in response.candidates or ():
            if candidate.finish_reason:
                outcome.stop = candidate.finish_reason.value
            chunks = candidate.grounding_metadata and candidate.grounding_metadata.grounding_chunks
            outcome.citations += [chunk.web.uri for chunk in chunks or ()]
        if response.prompt_feedback and response.prompt_feedback.block_reason:
            outcome.stop = response.prompt_feedback.block_reason.value
    return outcome


def _usage(usage: types.GenerateContentResponseUsageMetadata) -> Usage:
    thoughts = usage.thoughts_token_count or 0
    return Usage(usage.prompt_token_count or 0, (usage.candidates_token_count or 0) + thoughts,
                 usage.cached_content_token_count or 0, 0, thoughts)


def _error(error: errors.APIError) -> Error:
    headers = getattr(error.response, "headers", None) or {}
    return Error(error.code, error.message or str(error), error.status or "",
                 headers.get("retry-after"))
