"""Gemini's generateContent, on Google's developer surface and on Vertex."""

from __future__ import annotations

import base64
import json
import typing

from vendors import gemini_rules as rules
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from words import (
    Call, Citation, Fault, Refusal, Reply, Seen, SeenResult, Text, Thinking, Usage, pieces)

_STOPS = {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP", "stop_sequence": "STOP",
          "refusal": "SAFETY", "filter": "SAFETY"}
_FAULTS = {
    "invalid": (400, "INVALID_ARGUMENT"), "overflow": (400, "INVALID_ARGUMENT"),
    "authentication": (401, "UNAUTHENTICATED"), "permission": (403, "PERMISSION_DENIED"),
    "missing": (404, "NOT_FOUND"), "rate": (429, "RESOURCE_EXHAUSTED"),
    "server": (500, "INTERNAL"), "overloaded": (503, "UNAVAILABLE"),
}
class Gemini(Language):
    def check(self, asked: Asked) -> Problems:
        asked.body = body = rules.canonical(asked.body)
        if asked.is_count:
            body = body.get("generateContentRequest") or body
            body = {name: value for name, value in body.items() if name != "model"}
        problems = rules.problems(body, asked.model, self.mint.verifies)
        if asked.is_streamed and asked.query.get("alt") != "sse":
            problems.append("alt=sse is what this vendor's script streams")
        return problems

    def see(self, asked: Asked) -> Seen:
        return _read(asked.body, self.mint.verifies)

    def count(self, asked: Asked) -> dict:
        return {"totalTokens": COUNTED_TOKENS, "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": COUNTED_TOKENS}]}

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return _FAULTS[kind][0], {}

    def error(self, kind: str, message: str) -> dict:
        status, word = _FAULTS[kind]
        if kind == "overflow":
            message = ("The input token count (1250001) exceeds the maximum number of tokens "
                       "allowed (1048576).")
        error: dict = {"code": status, "message": message, "status": word}
        if kind == "rate":
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo",
                                 "retryDelay": "7s"}]
        return {"error": error}

    def fault_event(self, fault: Fault) -> Event:
        return None, self.error(fault.kind, fault.message)

    def whole(self, asked: Asked, reply: Reply) -> dict:
        parts = [part for _, group in self._parts(asked, reply, whole=True) for part in group]
        return self._response(asked, reply, parts, _STOPS[reply.stop])

    def _response(self, asked: Asked, reply: Reply, parts: list[dict],
                  finish: str | None) -> dict:
        candidate: dict = {"index": 0}
        if parts or finish in (None, "STOP", "MAX_TOKENS"):
            candidate["content"] = {"role": "model", **({"parts": parts} if parts else {})}
        if finish:
            candidate["finishReason"] = finish
            if reply.citations:
                candidate["groundingMetadata"] = _grounding(reply)
        return {"candidates": [candidate], "usageMetadata": _usage(reply.usage, bool(finish)),
                "modelVersion": asked.model, "responseId": f"resp-{asked.note}"}

    def _parts(self, asked: Asked, reply: Reply, whole: bool
               ) -> typing.Iterator[tuple[int, list[dict]]]:
        """The parts of each piece of the reply, a chunk's worth at a time."""
        has_sealed_call, thinks = False, any(
            isinstance(part, Thinking) for part in reply.parts)
        for number, part in enumerate(reply.parts):
            note = f"{asked.note}.{number}"
            match part:
                case Thinking(text):
                    for piece in [text] if whole else pieces(text, reply.grain):
                        yield number, [{"text": piece, "thought": True}]
                case Call(name, arguments):
                    place = reply.calls.index(part)
                    call = {"functionCall": {"name": name, "args": arguments}}
                    if reply.call_ids:
                        call["functionCall"]["id"] = reply.call_ids[place]
                    # Only the first of parallel calls is signed.
                    if not has_sealed_call:
                        call["thoughtSignature"] = self.mint.seal(note)
                        has_sealed_call = True
                    yield number, [call]
                case Text(text) | Citation(text):
                    for piece in [text] if whole else pieces(text, reply.grain):
                        yield number, [{"text": piece}]
                case Refusal():
                    continue
        if thinks and not reply.calls:
            yield len(reply.parts), [{"text": "", "thoughtSignature": self.mint.seal(asked.note)}]

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        for _, parts in self._parts(asked, reply, whole=False):
            yield None, self._response(asked, reply, parts, None)
        yield None, self._response(asked, reply, [], _STOPS[reply.stop])


def _usage(usage: Usage, is_last: bool) -> dict:
    counted = {"promptTokenCount": usage.input, "totalTokenCount": usage.input + usage.output,
               "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.input}]}
    if usage.cache_read:
        counted["cachedContentTokenCount"] = usage.cache_read
    if is_last:
        counted["candidatesTokenCount"] = usage.output - usage.reasoning
        if usage.reasoning:
            counted["thoughtsTokenCount"] = usage.reasoning
    return counted


def _grounding(reply: Reply) -> dict:
    chunks, supports, start = [], [], 0
    for part in reply.parts:
        length = len(getattr(part, "text", "").encode())
        if isinstance(part, Citation):
            supports.append({
                "segment": {"startIndex": start, "endIndex": start + length, "text": part.text},
                "groundingChunkIndices": [len(chunks)]})
            chunks.append({"web": {"uri": part.url, "title": part.title}})
        start += length
    return {"webSearchQueries": ["red pixels"], "groundingChunks": chunks,
            "groundingSupports": supports}


def _read(body: dict, verifies: typing.Callable[[object], bool]) -> Seen:
    body = body.get("generateContentRequest") or body
    config = body.get("generationConfig") or {}
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    thinking = config.get("thinkingConfig") or {}
    functions = [function for tool in body.get("tools") or ()
                 for function in tool.get("functionDeclarations") or ()]
    allowed = calling.get("allowedFunctionNames") or []
    instruction = (body.get("systemInstruction") or {}).get("parts", ())
    seen = Seen(
        system="\n".join(part["text"] for part in instruction),
        roles=[content.get("role", "user") for content in body["contents"]],
        tools={function["name"]: function.get("parametersJsonSchema")
               or function.get("parameters") or {} for function in functions},
        choice=allowed[0] if len(allowed) == 1 else {
            "ANY": "any", "AUTO": "auto", "NONE": "none"}.get(calling.get("mode")),
        searches_web=any("googleSearch" in tool for tool in body.get("tools") or ()),
        max_tokens=config.get("maxOutputTokens"), temperature=config.get("temperature"),
        top_p=config.get("topP"), top_k=config.get("topK"),
        stop=config.get("stopSequences") or [],
        thinks=bool(thinking.get("thinkingBudget") or thinking.get("thinkingLevel")),
        format=config.get("responseJsonSchema") or config.get("responseSchema") or (
            "object" if config.get("responseMimeType") == "application/json" else None),
        user=(body.get("labels") or {}).get("user"), tier=body.get("serviceTier"))
    for content in body["contents"]:
        for part in content["parts"]:
            _read_part(part, seen)
            if part.get("thoughtSignature") and verifies(part["thoughtSignature"]):
                seen.thoughts += 1
    return seen


def _read_part(part: dict, seen: Seen) -> None:
    if "text" in part and not part.get("thought"):
        seen.text += part["text"]
    if "functionCall" in part:
        call = part["functionCall"]
        seen.calls.append(Call(call["name"], call.get("args") or {}, call.get("id", "")))
    if "functionResponse" in part:
        result = part["functionResponse"]
        response = result["response"]
        seen.results.append(SeenResult(
            result["name"], json.dumps(response, ensure_ascii=False), "error" in response))
        for inner in result.get("parts") or ():
            _read_part(inner, seen)
    if "inlineData" in part:
        kind, data = part["inlineData"]["mimeType"], part["inlineData"]["data"]
        if kind.startswith("image/"):
            seen.images.append(data)
        elif kind.startswith("audio/"):
            seen.audio.append(data)
        elif kind == "text/plain":
            seen.documents.append(base64.b64decode(data).decode())
        else:
            seen.documents.append(data)
    if "fileData" in part:
        seen.images.append(part["fileData"]["fileUri"])
        seen.documents.append(part["fileData"]["fileUri"])
