"""Gemini's generateContent, on Google's developer surface and on Vertex."""

from __future__ import annotations

import base64
import json
import re
import typing

import typing_extensions
from google.genai import types

from vendors import typed
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from vendors.minting import GEMINI_SKIP_MARKS
from words import (
    Call, Citation, Fault, Refusal, Reply, Seen, SeenResult, Text, Thinking, Usage, pieces)

#: As they stand, and as an SDK writes them that takes them for bytes.
_SKIP_MARKS = {*GEMINI_SKIP_MARKS, *(
    base64.b64encode(mark.encode()).decode() for mark in GEMINI_SKIP_MARKS)}
_STOPS = {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP", "stop_sequence": "STOP",
          "refusal": "SAFETY", "filter": "SAFETY"}
_FAULTS = {
    "invalid": (400, "INVALID_ARGUMENT"), "overflow": (400, "INVALID_ARGUMENT"),
    "authentication": (401, "UNAUTHENTICATED"), "permission": (403, "PERMISSION_DENIED"),
    "missing": (404, "NOT_FOUND"), "rate": (429, "RESOURCE_EXHAUSTED"),
    "server": (500, "INTERNAL"), "overloaded": (503, "UNAVAILABLE"),
}
_TOOL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}")
_MEDIA = re.compile(r"image/(png|jpeg|webp|heic|heif)|application/pdf|text/plain|audio/\w+")
#: What Gemini reads of a JSON Schema; `$schema` is ignored.
_JSON_SCHEMA_WORDS = {
    "$schema", "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description",
    "enum", "items", "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf",
    "oneOf", "properties", "additionalProperties", "required", "propertyOrdering", "nullable",
    "default", "minLength", "maxLength", "pattern"}
_STRING_FORMATS = ("enum", "date-time")

_Request = typing_extensions.TypedDict("_Request", {
    "contents": typing_extensions.Required[list[types.Content]],
    "systemInstruction": types.Content, "tools": list[types.Tool],
    "toolConfig": types.ToolConfig, "safetySettings": list[types.SafetySetting],
    "generationConfig": types.GenerationConfig, "cachedContent": str, "labels": dict[str, str],
    "serviceTier": str,
}, total=False)


class Gemini(Language):
    def check(self, asked: Asked) -> Problems:
        asked.body = body = _canonical(asked.body)
        if asked.is_count:
            body = body.get("generateContentRequest") or body
            body = {name: value for name, value in body.items() if name != "model"}
        problems = typed.check(_for_types(body), _Request)
        if asked.is_streamed and asked.query.get("alt") != "sse":
            problems.append("alt=sse is what this vendor's script streams")
        if problems:
            return problems
        problems += _tools(body, asked.model) + _generation(body, asked.model)
        return problems + self._conversation(body["contents"], asked.model)

    def _conversation(self, contents: list[dict], model: str) -> Problems:
        if not contents:
            return ["contents: must not be empty"]
        problems = []
        if contents[0].get("role", "user") != "user":
            problems.append("contents: the first turn must be the user's")
        calls: list[dict] = []
        begin = max((index for index, content in enumerate(contents)
                     if content.get("role", "user") == "user" and any(
                         "text" in part for part in content["parts"]) and not any(
                         "functionResponse" in part for part in content["parts"])), default=0)
        for index, content in enumerate(contents):
            path, role = f"contents[{index}]", content.get("role", "user")
            if role not in ("user", "model"):
                problems.append(f"{path}.role: Please use a valid role: user, model.")
            if not content.get("parts"):
                problems.append(f"{path}.parts: must not be empty")
            results = [part["functionResponse"] for part in content.get("parts", ())
                       if "functionResponse" in part]
            problems += _answers(path, calls, results)
            calls = [part["functionCall"] for part in content.get("parts", ())
                     if "functionCall" in part]
            for part in content.get("parts", ()):
                problems += self._part(path, role, part)
            if index > begin and model.startswith("gemini-3"):
                problems += _first_call_is_signed(path, content["parts"])
        if calls:
            problems.append("contents: function calls without their responses")
        return problems

    def _part(self, path: str, role: str, part: dict) -> Problems:
        kinds = [name for name in ("text", "inlineData", "fileData", "functionCall",
                                   "functionResponse") if name in part]
        problems = [] if len(kinds) == 1 else [f"{path}: a part must have one kind of data"]
        sealed = part.get("thoughtSignature")
        if part.get("text") == "" and not sealed:
            problems.append(f"{path}: text must not be empty")
        if sealed is not None and sealed not in _SKIP_MARKS and not self.mint.verifies(sealed):
            problems.append(f"{path}: Thought signature is not valid.")
        if "functionCall" in part and role != "model":
            problems.append(f"{path}: a function call must be the model's")
        if "inlineData" in part and not _MEDIA.fullmatch(part["inlineData"].get("mimeType", "")):
            problems.append(f"{path}: Unsupported MIME type: {part['inlineData'].get('mimeType')}")
        if "fileData" in part and not part["fileData"].get("fileUri"):
            problems.append(f"{path}: fileUri is required")
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


#: Members whose values belong to the caller, or whose own names do.
_FOREIGN = {"args", "response", "parametersJsonSchema", "responseJsonSchema", "labels", "default",
            "example", "enum"}
_BYTES = {"data", "thoughtSignature"}


def _canonical(value: typing.Any) -> typing.Any:
    """One spelling of what Google's JSON allows two of: names and base64 (its SDK mixes them)."""
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {}
    for name, member in value.items():
        name = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
        if name in _BYTES and isinstance(member, str) and member not in GEMINI_SKIP_MARKS:
            member = member.replace("-", "+").replace("_", "/")
        elif name in ("properties", "defs", "$defs") and isinstance(member, dict):
            member = {key: _canonical(inner) for key, inner in member.items()}
        elif name not in _FOREIGN:
            member = _canonical(member)
        members[name] = member
    return members


def _for_types(body: dict) -> dict:
    """The documented marks are no base64, and types may be written in small letters."""
    text = json.dumps(body)
    for mark in GEMINI_SKIP_MARKS:
        text = text.replace(f'"{mark}"', '"c2tpcA=="')
    copy = json.loads(text)
    for tool in copy.get("tools") or ():
        for function in tool.get("functionDeclarations") or ():
            _raise_types(function.get("parameters"))
    _raise_types((copy.get("generationConfig") or {}).get("responseSchema"))
    return copy


def _raise_types(schema: object) -> None:
    if isinstance(schema, list):
        for item in schema:
            _raise_types(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            schema["type"] = schema["type"].upper()
        for name, member in schema.items():
            if name in ("properties", "defs") and isinstance(member, dict):
                _raise_types(list(member.values()))
            elif name in ("items", "anyOf"):
                _raise_types(member)


def _answers(path: str, calls: list[dict], results: list[dict]) -> Problems:
    if len(calls) != len(results):
        return [f"{path}: Please ensure that the number of function response parts ({len(results)})"
                f" is equal to the number of function call parts ({len(calls)}) of the function "
                "call turn."]
    problems = []
    if sorted(call["name"] for call in calls) != sorted(result["name"] for result in results):
        problems.append(f"{path}: function responses for other functions than were called")
    asked = {call["id"] for call in calls if call.get("id")}
    for result in results:
        if not isinstance(result.get("response"), dict):
            problems.append(f"{path}: functionResponse.response must be an object")
        if result.get("id") and asked and result["id"] not in asked:
            problems.append(f"{path}: no call has the id {result['id']}")
    return problems


def _first_call_is_signed(path: str, parts: list[dict]) -> Problems:
    for part in parts:
        if "functionCall" in part:
            if part.get("thoughtSignature"):
                return []
            return [f"{path}: Function call is missing a thought_signature in functionCall parts."]
    return []


def _tools(body: dict, model: str) -> Problems:
    problems, names, searches = [], [], False
    for index, tool in enumerate(body.get("tools") or ()):
        searches = searches or "googleSearch" in tool
        for place, function in enumerate(tool.get("functionDeclarations") or ()):
            path = f"tools[{index}].function_declarations[{place}]"
            names.append(function.get("name", ""))
            if not _TOOL_NAME.fullmatch(names[-1]):
                problems.append(f"{path}.name: Invalid function name: {names[-1]}")
            if "parameters" in function and "parametersJsonSchema" in function:
                problems.append(f"{path}: parameters and parametersJsonSchema exclude each other")
            problems += _open_schema(function.get("parameters"), f"{path}.parameters")
            problems += _json_schema(function.get("parametersJsonSchema"), f"{path}.schema")
    if len(set(names)) < len(names):
        problems.append("tools: Duplicate function declaration found")
    if searches and names and not model.startswith("gemini-3"):
        problems.append("Built-in tools and Function Calling cannot be combined")
    config = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    allowed = config.get("allowedFunctionNames")
    if allowed and config.get("mode") not in ("ANY", "VALIDATED"):
        problems.append("allowed_function_names: only with function calling mode ANY")
    if set(allowed or ()) - set(names):
        problems.append("allowed_function_names: not among the declarations")
    if config.get("mode") in ("ANY", "VALIDATED") and not names:
        problems.append("Function calling config is set without function_declarations.")
    return problems


def _open_schema(schema: object, path: str) -> Problems:
    """Gemini's own schema: OpenAPI's words, and its own limits."""
    if not isinstance(schema, dict):
        return []
    problems, kind = [], str(schema.get("type", "")).upper()
    if kind == "OBJECT" and not schema.get("properties") and path.endswith("parameters"):
        problems.append(f"{path}.properties: should be non-empty for OBJECT type")
    if not kind and "anyOf" not in schema and "$ref" not in schema and "ref" not in schema:
        problems.append(f"{path}.type: must be specified")
    if kind == "ARRAY" and "items" not in schema:
        problems.append(f"{path}.items: missing field.")
    if "enum" in schema and kind != "STRING":
        problems.append(f"{path}.enum: only allowed for STRING type")
    if kind == "STRING" and schema.get("format", "enum") not in _STRING_FORMATS:
        problems.append(f"{path}.format: only 'enum' and 'date-time' are supported")
    for name in schema.get("required") or ():
        if name not in (schema.get("properties") or {}):
            problems.append(f"{path}.required: property is not defined: {name}")
    for name, member in (schema.get("properties") or {}).items():
        problems += _open_schema(member, f"{path}.{name}")
    problems += _open_schema(schema.get("items"), f"{path}.items")
    for index, member in enumerate(schema.get("anyOf") or ()):
        problems += _open_schema(member, f"{path}.anyOf[{index}]")
    return problems


def _json_schema(schema: object, path: str) -> Problems:
    if isinstance(schema, list):
        return [problem for index, item in enumerate(schema)
                for problem in _json_schema(item, f"{path}[{index}]")]
    if not isinstance(schema, dict):
        return []
    problems = [f"{path}: Unknown name \"{name}\"" for name in schema
                if name not in _JSON_SCHEMA_WORDS]
    for name, member in schema.items():
        if name in ("properties", "$defs") and isinstance(member, dict):
            for key, inner in member.items():
                problems += _json_schema(inner, f"{path}.{name}.{key}")
        elif name in ("items", "prefixItems", "anyOf", "oneOf", "additionalProperties"):
            problems += _json_schema(member, f"{path}.{name}")
    return problems


def _generation(body: dict, model: str) -> Problems:
    config, problems = body.get("generationConfig") or {}, []
    if not 0 <= config.get("temperature", 0) <= 2:
        problems.append("temperature: must be within 0..2")
    if config.get("maxOutputTokens", 1) < 1:
        problems.append("max_output_tokens: must be positive")
    if len(config.get("stopSequences") or ()) > 5:
        problems.append("stop_sequences: at most 5")
    has_schema = "responseSchema" in config or "responseJsonSchema" in config
    is_json = config.get("responseMimeType") == "application/json"
    if has_schema and not is_json:
        problems.append("response_schema: only with response mime type application/json")
    if is_json and body.get("tools") and not model.startswith("gemini-3"):
        problems.append("Function calling with a response mime type: 'application/json' is "
                        "unsupported")
    problems += _open_schema(config.get("responseSchema"), "response_schema")
    problems += _json_schema(config.get("responseJsonSchema"), "response_json_schema")
    thinking = config.get("thinkingConfig") or {}
    if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
        problems.append("thinking_budget and thinking_level exclude each other")
    if "thinkingLevel" in thinking and not model.startswith("gemini-3"):
        problems.append("Thinking level is not supported for this model.")
    least = 128 if "pro" in model else 0
    budget = thinking.get("thinkingBudget", -1)
    if budget != -1 and not least <= budget <= 32768:
        problems.append(f"thinking_budget: must be within {least}..32768")
    return problems


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
