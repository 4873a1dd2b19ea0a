"""Proves that the scripted vendors refuse: one good request a language, and ways to spoil it."""

from __future__ import annotations

import copy
import dataclasses
import typing

from vendors.anthropic_messages import AnthropicMessages
from vendors.bedrock_converse import BedrockConverse
from vendors.gemini import Gemini
from vendors.language import Asked, Language
from vendors.minting import Mint
from vendors.openai_chat import OpenAIChat
from vendors.openai_responses import OpenAIResponses

_MINT = Mint("refusals")
_SEAL, _FOREIGN = _MINT.seal("a note"), Mint("another").seal("a note")
_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
           "additionalProperties": False}
#: A path of names and places into a body, and what is put there; `_GONE` takes it out.
_GONE = object()
Spoiling = tuple[tuple[typing.Union[str, int], ...], object]


@dataclasses.dataclass(frozen=True)
class Sample:
    language: Language
    model: str
    good: dict
    spoilings: tuple[Spoiling, ...]


_ANTHROPIC = Sample(AnthropicMessages(_MINT), "claude-sonnet-4-5", {
    "model": "claude-sonnet-4-5", "max_tokens": 4000,
    "thinking": {"type": "enabled", "budget_tokens": 2000},
    "system": [{"type": "text", "text": "Be."}],
    "tools": [{"name": "t", "input_schema": _SCHEMA}],
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "…", "signature": _SEAL},
            {"type": "tool_use", "id": "a1", "name": "t", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a1", "content": "x"},
            {"type": "text", "text": "Well?"}]}],
}, (
    (("max_tokens",), _GONE), (("max_tokens",), 2000), (("vendor_member",), 1),
    (("thinking", "budget_tokens"), 1000), (("temperature",), 0.5), (("top_k",), 5),
    (("tool_choice",), {"type": "any"}), (("system", 0, "text"), ""),
    (("system", 0, "cache"), True), (("tools", 0, "input_schema", "type"), "string"),
    (("tools", 0, "name"), "a.b"), (("tools", 0, "input_schema", "anyOf"), []),
    (("tool_choice",), {"type": "tool", "name": "u"}),
    (("messages", 0, "role"), "assistant"), (("messages", 0, "content"), " "),
    (("messages", 1, "content", 0, "signature"), _FOREIGN),
    (("messages", 1, "content", 0), _GONE),
    (("messages", 1, "content", 1, "id"), "Bash:0"),
    (("messages", 2, "content", 0, "tool_use_id"), "a2"),
    (("messages", 2, "content", 0), _GONE), (("messages", 2), _GONE),
    (("messages", 2, "content", 0), {"type": "text", "text": "first"}),
    (("messages", 2, "content", 1, "extra"), 1), (("messages", 2, "name"), "someone"),
    (("output_config",), {"format": {"type": "json_schema", "schema": {"type": "object"}}}),
    (("thinking",), {"type": "adaptive"}),
))
_CHAT = Sample(OpenAIChat(_MINT), "gpt-4o", {
    "model": "gpt-4o", "max_completion_tokens": 100, "parallel_tool_calls": False,
    "tools": [{"type": "function", "function": {
        "name": "t", "parameters": _SCHEMA, "strict": True}}],
    "messages": [
        {"role": "system", "content": "Be."},
        {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "x"}],
}, (
    (("max_tokens",), 100), (("top_k",), 5), (("reasoning_effort",), "low"),
    (("messages", 2, "reasoning_content"), "…"), (("messages", 1, "content", 0, "x"), 1),
    (("messages", 1, "content"), []), (("messages", 3), _GONE),
    (("messages", 3, "tool_call_id"), "c2"), (("messages", 2, "tool_calls", 0, "id"), "c" * 41),
    (("messages", 2, "tool_calls", 0, "function", "arguments"), "{"),
    (("messages", 2), _GONE), (("messages", 3, "content"), [{"type": "image_url"}]),
    (("tools", 0, "function", "name"), "t" * 65), (("tools", 0, "cache_control"), {}),
    (("tools", 0, "function", "parameters", "required"), []),
    (("tools", 0, "function", "parameters", "additionalProperties"), _GONE),
    (("tools",), _GONE), (("tools",), []), (("tool_choice",), "any"), (("stop",), ["a"] * 5),
    (("response_format",), {"type": "json_object"}), (("stream_options",), {}),
    (("user",), "u" * 65), (("temperature",), 3),
    (("messages", 1, "content", 0), {
        "type": "image_url", "image_url": {"url": "data:image/tiff;base64,AAAA"}}),
))
_RESPONSES = Sample(OpenAIResponses(_MINT), "gpt-5.1", {
    "model": "gpt-5.1", "store": False, "include": ["reasoning.encrypted_content"],
    "reasoning": {"effort": "low"}, "max_output_tokens": 100,
    "tools": [{"type": "function", "name": "t", "parameters": _SCHEMA, "strict": True}],
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": _SEAL},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "t", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "x"}],
}, (
    (("messages",), []), (("stop",), ["a"]), (("temperature",), 0.5),
    (("max_output_tokens",), 8), (("input", 0, "content", 0, "type"), "text"),
    (("input", 0, "role"), "assistant"), (("input", 1, "encrypted_content"), _FOREIGN),
    (("input", 1, "encrypted_content"), _GONE), (("input", 1, "id"), "r1"),
    (("input", 2, "id"), "call_1"), (("input", 2), _GONE), (("input", 3), _GONE),
    (("input", 2, "arguments"), "{"), (("input", 2, "name"), "a b"),
    (("input", 3, "call_id"), "c2"), (("tools", 0, "strict"), _GONE),
    (("tools", 0, "parameters", "additionalProperties"), True),
    (("tool_choice",), {"type": "function", "name": "u"}),
    (("text",), {"format": {"type": "json_object"}}), (("reasoning", "budget"), 5),
))
_GEMINI = Sample(Gemini(_MINT), "gemini-3-pro", {
    "systemInstruction": {"parts": [{"text": "Be."}]},
    "generationConfig": {"maxOutputTokens": 100, "thinkingConfig": {"thinkingLevel": "LOW"}},
    "tools": [{"functionDeclarations": [{"name": "t", "parameters": {
        "type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"]}}]}],
    "contents": [
        {"role": "user", "parts": [{"text": "Hello"}]},
        {"role": "model", "parts": [
            {"functionCall": {"name": "t", "args": {}}, "thoughtSignature": _SEAL},
            {"functionCall": {"name": "t", "args": {}}}]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "t", "response": {"output": "x"}}},
            {"functionResponse": {"name": "t", "response": {"output": "y"}}}]}],
}, (
    (("messages",), []), (("generationConfig", "max_tokens"), 5),
    (("contents", 0, "role"), "model"), (("contents", 0, "role"), "system"),
    (("contents", 0, "parts"), []), (("contents", 0, "parts", 0, "text"), ""),
    (("contents", 1, "parts", 0, "thoughtSignature"), _FOREIGN),
    (("contents", 1, "parts", 0, "thoughtSignature"), _GONE),
    (("contents", 1, "parts", 0, "thoughtSignature"), "not base64"),
    (("contents", 2, "parts", 0), _GONE), (("contents", 2), _GONE),
    (("contents", 2, "parts", 0, "functionResponse", "name"), "u"),
    (("contents", 2, "parts", 0, "functionResponse", "response"), "x"),
    (("contents", 2, "parts", 0, "functionResponse", "isError"), True),
    (("tools", 0, "functionDeclarations", 0, "parameters", "properties"), {}),
    (("tools", 0, "functionDeclarations", 0, "parameters", "$schema"), "x"),
    (("tools", 0, "functionDeclarations", 0, "parameters", "const"), "x"),
    (("tools", 0, "functionDeclarations", 0, "parameters", "required"), ["b"]),
    (("tools", 0, "functionDeclarations", 0, "parametersJsonSchema"), {"type": "object"}),
    (("tools", 0, "functionDeclarations", 0, "name"), "1 t"),
    (("toolConfig",), {"functionCallingConfig": {
        "mode": "AUTO", "allowedFunctionNames": ["t"]}}),
    (("generationConfig", "responseSchema"), {"type": "OBJECT"}),
    (("generationConfig", "thinkingConfig", "thinkingBudget"), 500),
    (("generationConfig", "stopSequences"), ["a"] * 6),
))
_CONVERSE = Sample(BedrockConverse(_MINT), "anthropic.claude-x", {
    "system": [{"text": "Be."}], "inferenceConfig": {"maxTokens": 4000},
    "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}},
    "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": _SCHEMA}}}]},
    "messages": [
        {"role": "user", "content": [{"text": "Hello"}]},
        {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "…", "signature": _SEAL}}},
            {"toolUse": {"toolUseId": "a1", "name": "t", "input": {}}}]},
        {"role": "user", "content": [
            {"toolResult": {"toolUseId": "a1", "content": [{"text": "x"}]}}]}],
}, (
    (("max_tokens",), 5), (("system", 0, "text"), ""), (("inferenceConfig", "topK"), 5),
    (("inferenceConfig", "temperature"), 2), (("inferenceConfig", "maxTokens"), 2000),
    (("additionalModelRequestFields", "reasoning_effort"), "low"),
    (("additionalModelRequestFields", "top_k"), 5), (("toolConfig",), _GONE),
    (("toolConfig", "toolChoice"), {"any": {}}), (("toolConfig", "toolChoice"), {"none": {}}),
    (("toolConfig", "tools", 0, "toolSpec", "name"), "a.b"),
    (("messages", 0, "role"), "assistant"), (("messages", 0, "content"), []),
    (("messages", 0, "content", 0, "text"), " "), (("messages", 0, "content", 0, "type"), "text"),
    (("messages", 1, "content", 0), _GONE),
    (("messages", 1, "content", 0, "reasoningContent", "reasoningText", "signature"), _FOREIGN),
    (("messages", 1, "content", 1, "toolUse", "toolUseId"), "a/1"),
    (("messages", 1, "content", 1, "toolUse", "input"), _GONE),
    (("messages", 2), _GONE), (("messages", 2, "role"), "assistant"),
    (("messages", 2, "content", 0, "toolResult", "toolUseId"), "a2"),
    (("messages", 2, "content", 0, "toolResult", "status"), "failed"),
    (("messages", 0, "content", 0), {"document": {
        "format": "pdf", "name": "a.pdf", "source": {"bytes": "AAAA"}}}),
))
_SAMPLES = (_ANTHROPIC, _CHAT, _RESPONSES, _GEMINI, _CONVERSE)


def failures() -> tuple[int, list[str]]:
    """How many requests were tried, and which came out wrongly."""
    count, found = 0, []
    for sample in _SAMPLES:
        name = type(sample.language).__name__
        problems = _check(sample, sample.good)
        count += 1
        if problems:
            found.append(f"{name} refuses a good request: {problems}")
        for path, value in sample.spoilings:
            count += 1
            if not _check(sample, _spoilt(sample.good, path, value)):
                found.append(f"{name} takes {path} = {'nothing' if value is _GONE else value!r}")
    return count, found


def _check(sample: Sample, body: dict) -> list[str]:
    return sample.language.check(Asked(
        "POST", "", {}, {}, b"", body, model=sample.model, version="2023-06-01"))


def _spoilt(good: dict, path: tuple, value: object) -> dict:
    body = copy.deepcopy(good)
    place: typing.Any = body
    for step in path[:-1]:
        place = place[step]
    if value is _GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return body
