"""What each language can say, what may be lost on the way into it, and by which words."""

from __future__ import annotations

import re

from words import Ask, Audio, Document, Image, Result, Turn

#: What a vendor's language shows of a reply beyond text and calls.
REPLIES = {
    "anthropic": {"thinking", "citations", "cache_read", "cache_write", "reasoning",
                  "stop_sequence"},
    "chat": {"citations", "cache_read", "cache_write", "reasoning"},
    "responses": {"thinking", "citations", "cache_read", "cache_write", "reasoning"},
    "gemini": {"thinking", "citations", "cache_read", "reasoning"},
    "converse": {"thinking", "cache_read", "cache_write", "stop_sequence"},
}
#: The same for what a client's language can be told; `reasoning_content` is every Chat client's.
TOLD = {**REPLIES, "chat": REPLIES["chat"] | {"thinking"}}

#: A client's word for each way to stop.
STOPS = {
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use",
                  "stop_sequence": "stop_sequence"},
    "chat": {"stop": "stop", "length": "length", "tool": "tool_calls", "stop_sequence": "stop"},
    "responses": {"stop": "completed", "length": "max_output_tokens", "tool": "completed",
                  "stop_sequence": "completed"},
    "gemini": {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP", "stop_sequence": "STOP"},
    "converse": {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use",
                 "stop_sequence": "stop_sequence"},
}
#: A client's words for a reply that was withheld.
DECLINED = {"refusal", "content_filter", "SAFETY", "PROHIBITED_CONTENT", "content_filtered",
            "guardrail_intervened", "BLOCKLIST"}

#: What a surface's language has no place for; losing it is allowed and must be told.
MAY_LOSE = {
    "anthropic": {"audio", "json_object", "tier_flex"},
    "chat": {"top_k", "cache", "result_error", "search"},
    "responses": {"top_k", "cache", "stop", "result_error", "audio"},
    "gemini": {"user", "tier_auto", "tier_flex", "cache", "parallel", "strict", "image_url", "result_error"},
    "converse": {"audio", "image_url", "json_object", "user", "tier_auto", "parallel", "search",
                 "choice", "top_k"},
}
#: And what single surfaces lack beyond their language.
SURFACE_MAY_LOSE = {
    "bedrock_invoke": {"search", "tier_auto", "image_url"},
    "vertex_anthropic": {"tier_auto", "image_url"},
    "compatible": {"pdf", "result_document", "strict", "tier_auto", "tier_flex"},
    "gemini_openai": {"pdf", "result_document", "strict", "parallel", "tier_auto", "tier_flex"},
    "vertex_openai": {"pdf", "result_document", "strict", "parallel", "tier_auto", "tier_flex"},
}
#: A request with one of these may be refused clearly instead, before anything is sent.
MAY_REFUSE = {"search", "audio", "image_url", "pdf", "json_object", "text_document"}

#: Words of `x-anyllm-degradation` that tell of each loss.
LOSS_WORDS = {
    "top_k": "top_k", "cache": "cache", "stop": "stop_sequence", "audio": "audio",
    "json_object": "response_format|format", "result_error": "error", "thoughts": "thinking|reason",
    "search": "server_tool|web_search|search", "user": "user|metadata", "tier_flex": "tier",
    "parallel": "parallel", "strict": "strict", "image_url": "image", "pdf": "document|file",
    "choice": "tool_choice", "result_document": "document|file", "budget": "thinking|budget",
}
#: Losses that need no word: the text carries what the flag said; what never came,
#: or is what happens anyway, is not lost.
NEEDS_NO_WORD = {"result_error", "thoughts", "tier_auto"}


def is_told(aspect: str, losses: tuple[str, ...]) -> bool:
    pattern = LOSS_WORDS.get(aspect, aspect)
    return aspect in NEEDS_NO_WORD or any(re.search(pattern, word) for word in losses)


def may_lose(client: str, surface: str, language: str) -> set[str]:
    # A Chat client gives no proof of a thought back: it was told none.
    kept = {"thoughts"} if client == "chat" else set()
    return MAY_LOSE[language] | SURFACE_MAY_LOSE.get(surface, set()) | kept


def aspects(ask: Ask) -> set[str]:
    """The features that a request uses, by the names of this module."""
    flags = {
        "top_k": ask.top_k is not None, "top_p": ask.top_p is not None,
        "temperature": ask.temperature is not None, "stop": bool(ask.stop),
        "budget": ask.budget is not None, "effort": ask.effort is not None,
        "json_object": ask.format == "object", "json_schema": isinstance(ask.format, dict),
        "user": ask.user is not None, "tier_auto": ask.tier == "auto", "search": ask.searches_web,
        "parallel": not ask.is_parallel, "choice": ask.choice not in (None, "auto"),
        "choice_none": ask.choice == "none",
        "strict": any(tool.is_strict for tool in ask.tools),
        "cache": any(part.is_cached for part in (*ask.system, *ask.tools)),
        "long_name": any(len(tool.name) > 64 for tool in ask.tools),
        "tier_flex": ask.tier == "flex",
        "mid_system": any(turn.role == "system" for turn in ask.turns),
    }
    used = {name for name, is_used in flags.items() if is_used}
    return used | {name for turn in ask.turns for name in _media(turn)}


def _media(turn: Turn) -> set[str]:
    used = set()
    for part in turn.parts:
        match part:
            case Image(url=str()):
                used.add("image_url")
            case Image():
                used.add("image")
            case Document(pdf=str()):
                used.add("pdf")
            case Document():
                used.add("text_document")
            case Audio():
                used.add("audio")
            case Result(content, is_error=is_error):
                used |= {"result_error"} if is_error else set()
                inner = _media(Turn("user", content))
                used |= {f"result_{kind}" for kind in ("image",) if kind in inner}
                used |= {"result_document"} if "pdf" in inner else set()
    return used
