"""The client languages: `CLIENTS` by name, and what each cannot say."""

from __future__ import annotations

import importlib

#: Modules and classes; a client whose module is not there is not part of the matrix.
_CLASSES = {
    "anthropic": ("anthropic_messages", "AnthropicClient"),
    "chat": ("openai_chat", "ChatClient"),
    "responses": ("openai_responses", "ResponsesClient"),
    "gemini": ("gemini", "GeminiClient"),
    "converse": ("bedrock_converse", "ConverseClient"),
}
NAMES = tuple(_CLASSES)


def module(name: str) -> object:
    return importlib.import_module(f"clients.{_CLASSES[name][0]}")


def make(name: str, place: object) -> object:
    return getattr(module(name), _CLASSES[name][1])(place)


def cannot_say(name: str) -> set[str]:
    return module(name).CANNOT_SAY
