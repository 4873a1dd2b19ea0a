"""What OpenAI's two surfaces have in common: failures, names, schemas, model traits."""

from __future__ import annotations

import re

from vendors.language import Problems

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FAULTS = {
    "invalid": (400, "invalid_request_error", None),
    "overflow": (400, "invalid_request_error", "context_length_exceeded"),
    "filter": (400, "invalid_request_error", "content_filter"),
    "authentication": (401, "invalid_request_error", "invalid_api_key"),
    "permission": (403, "invalid_request_error", "insufficient_permissions"),
    "missing": (404, "invalid_request_error", "model_not_found"),
    "rate": (429, "rate_limit_error", "rate_limit_exceeded"),
    "server": (500, "server_error", None), "overloaded": (503, "server_error", None),
}
MIXED_CALL_ID = re.compile(r"\W|_")


def status(kind: str) -> tuple[int, dict[str, str]]:
    return _FAULTS[kind][0], {"retry-after": "7"} if kind == "rate" else {}


def error(kind: str, message: str) -> dict:
    _, word, code = _FAULTS[kind]
    if kind == "overflow":
        message = ("This model's maximum context length is 128000 tokens. However, your messages "
                   "resulted in 250001 tokens. Please reduce the length of the messages.")
    return {"error": {"message": message, "type": word, "param": None, "code": code}}


def code(kind: str) -> str:
    _, word, name = _FAULTS[kind]
    return name or word


def is_reasoning(model: str) -> bool:
    return re.match(r"(gpt-5|o\d)", model) is not None


def takes_effort(model: str) -> bool:
    return is_reasoning(model) or "gemini-" in model


def sampling(body: dict, model: str) -> Problems:
    """What a model that reasons does not take, and the others' bounds."""
    problems = []
    if not 0 <= (body.get("temperature") or 0) <= 2:
        problems.append("temperature: must be within 0..2")
    if not 0 <= (body.get("top_p") or 0) <= 1:
        problems.append("top_p: must be within 0..1")
    if is_reasoning(model):
        problems += [f"Unsupported parameter: '{name}' is not supported with this model."
                     for name in ("temperature", "top_p", "stop", "max_tokens",
                                  "presence_penalty", "frequency_penalty")
                     if body.get(name) is not None]
    if len(body.get("user") or "") > 64:
        problems.append("user: string too long, at most 64")
    return problems


def function(tool: dict, path: str) -> Problems:
    problems = []
    if not TOOL_NAME.fullmatch(tool["name"]):
        problems.append(f"{path}.name: {tool['name']} does not match (OpenAI's limit)")
    schema = tool.get("parameters")
    if schema and schema.get("type") != "object":
        problems.append(f"{path}.parameters: schema must be of type 'object'")
    if schema and any(word in schema for word in ("anyOf", "oneOf", "allOf", "enum", "not")):
        problems.append(f"{path}.parameters: must not have anyOf/oneOf/… at the top level")
    if tool.get("strict"):
        problems += strict_schema(schema or {}, f"{path}.parameters")
    return problems


def strict_schema(schema: object, path: str) -> Problems:
    """A strict schema closes every object and requires every property."""
    if isinstance(schema, list):
        return [problem for index, item in enumerate(schema)
                for problem in strict_schema(item, f"{path}.{index}")]
    if not isinstance(schema, dict):
        return []
    problems = []
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            problems.append(f"{path}: 'additionalProperties' is required to be false")
        missing = set(schema.get("properties", {})) - set(schema.get("required", ()))
        if missing:
            problems.append(f"{path}: 'required' must include {sorted(missing)}")
    for name, member in schema.items():
        if name in ("properties", "$defs", "definitions") and isinstance(member, dict):
            for key, inner in member.items():
                problems += strict_schema(inner, f"{path}.{name}.{key}")
        elif name not in ("const", "enum", "default", "examples"):
            problems += strict_schema(member, f"{path}.{name}")
    return problems


def data_url(url: str, path: str, kinds: str) -> Problems:
    """A URL that says its bytes has to be one of these kinds, in good base64."""
    if url.startswith(("https://", "http://")):
        return []
    found = re.match(rf"data:({kinds});base64,([A-Za-z0-9+/]+=*)$", url)
    return [] if found else [f"{path}: expected a base64-encoded data URL, got {url[:40]}"]


def bytes_of(url: str) -> str:
    """The base64 in a data URL; another URL as it is."""
    return url.split(";base64,", 1)[-1]
