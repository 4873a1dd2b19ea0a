"""What Gemini refuses: its types, and the rules beyond them."""

from __future__ import annotations

import base64
import json
import re
import typing

import typing_extensions
from google.genai import types

from vendors import typed
from vendors.language import Problems
from vendors.minting import GEMINI_SKIP_MARKS

Verifies = typing.Callable[[object], bool]
#: As they stand, and as an SDK writes them that takes them for bytes.
_SKIP_MARKS = {*GEMINI_SKIP_MARKS, *(
    base64.b64encode(mark.encode()).decode() for mark in GEMINI_SKIP_MARKS)}
_TOOL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}")
_MEDIA = re.compile(r"image/(png|jpeg|webp|heic|heif)|application/pdf|text/plain|audio/\w+")
_STRING_FORMATS = ("enum", "date-time")

_Request = typing_extensions.TypedDict("_Request", {
    "contents": typing_extensions.Required[list[types.Content]],
    "systemInstruction": types.Content, "tools": list[types.Tool],
    "toolConfig": types.ToolConfig, "safetySettings": list[types.SafetySetting],
    "generationConfig": types.GenerationConfig, "cachedContent": str, "labels": dict[str, str],
    "serviceTier": str,
}, total=False)


def problems(body: dict, model: str, verifies: Verifies) -> Problems:
    """Every rule that a request in canonical spelling breaks; `verifies` knows own signatures."""
    found = typed.check(_for_types(body), _Request)
    if found:
        return found
    found = _tools(body, model) + _generation(body, model)
    return found + _conversation(body["contents"], model, verifies)


#: Members whose values belong to the caller, or whose own names do.
_FOREIGN = {"args", "response", "parametersJsonSchema", "responseJsonSchema", "labels", "default",
            "example", "enum"}
_BYTES = {"data", "thoughtSignature"}


def canonical(value: typing.Any) -> typing.Any:
    """One spelling of what Google's JSON allows two of: names and base64 (its SDK mixes them)."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {}
    for name, member in value.items():
        name = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
        if name in _BYTES and isinstance(member, str) and member not in GEMINI_SKIP_MARKS:
            member = member.replace("-", "+").replace("_", "/")
        elif name in ("properties", "defs", "$defs") and isinstance(member, dict):
            member = {key: canonical(inner) for key, inner in member.items()}
        elif name not in _FOREIGN:
            member = canonical(member)
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


def _conversation(contents: list[dict], model: str, verifies: Verifies) -> Problems:
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
            problems += _part(path, role, part, verifies)
        if index > begin and model.startswith("gemini-3"):
            problems += _first_call_is_signed(path, content["parts"])
    if calls:
        problems.append("contents: function calls without their responses")
    return problems


def _part(path: str, role: str, part: dict, verifies: Verifies) -> Problems:
    kinds = [name for name in ("text", "inlineData", "fileData", "functionCall",
                               "functionResponse") if name in part]
    problems = [] if len(kinds) == 1 else [f"{path}: a part must have one kind of data"]
    sealed = part.get("thoughtSignature")
    if part.get("text") == "" and not sealed:
        problems.append(f"{path}: text must not be empty")
    if sealed is not None and sealed not in _SKIP_MARKS and not verifies(sealed):
        problems.append(f"{path}: Thought signature is not valid.")
    if "functionCall" in part and role != "model":
        problems.append(f"{path}: a function call must be the model's")
    if "inlineData" in part and not _MEDIA.fullmatch(part["inlineData"].get("mimeType", "")):
        problems.append(f"{path}: Unsupported MIME type: {part['inlineData'].get('mimeType')}")
    if "fileData" in part and not part["fileData"].get("fileUri"):
        problems.append(f"{path}: fileUri is required")
    return problems


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
    """Of a JSON Schema Gemini reads what it knows and lets the rest be."""
    if schema is None or (isinstance(schema, dict) and schema.get("type") == "object"):
        return []
    return [f"{path}: the schema must describe an object"]


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
