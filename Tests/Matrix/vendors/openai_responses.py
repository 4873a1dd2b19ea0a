"""OpenAI Responses, stateless (`store: false`) and stored alike: no conversation is kept here."""

from __future__ import annotations

import json
import re
import typing

from openai.types.responses import input_token_count_params, response_create_params

from vendors import openai_rules as rules
from vendors import typed
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from words import (
    Call, Citation, Fault, Part, Refusal, Reply, Seen, SeenResult, Text, Thinking, Usage, pieces)

_LEAST_OUTPUT = 16
_PREFIXES = {"message": "msg", "function_call": "fc", "reasoning": "rs"}
_LONGEST_CALL_ID = 64


class OpenAIResponses(Language):
    def check(self, asked: Asked) -> Problems:
        body = {name: value for name, value in asked.body.items() if name != "stream"}
        if isinstance(body.get("input"), list):
            body["input"] = [_completed(item) for item in body["input"]]
        hint = response_create_params.ResponseCreateParamsBase
        if asked.is_count:
            hint = input_token_count_params.InputTokenCountParams
        problems = typed.check(body, hint)
        if problems:
            return problems
        if not asked.model or "input" not in body:
            problems.append("model and input are required")
        if (body.get("max_output_tokens") or _LEAST_OUTPUT) < _LEAST_OUTPUT:
            problems.append(f"max_output_tokens: at least {_LEAST_OUTPUT}")
        if (body.get("reasoning") or {}).get("effort") and not rules.is_reasoning(asked.model):
            problems.append("Unsupported parameter: 'reasoning.effort' for this model")
        problems += rules.sampling(body, asked.model) + _tools(body) + _format(body)
        return problems + self._conversation(_items(body), body)

    def _conversation(self, items: list[dict], body: dict) -> Problems:
        problems: Problems = []
        called = [item["call_id"] for item in items if item["type"] == "function_call"]
        answered = [item.get("call_id") for item in items
                    if item["type"] == "function_call_output"]
        for index, item in enumerate(items):
            problems += self._item(item, f"input[{index}]", body)
        if len(set(called)) < len(called):
            problems.append("input: call_ids must be unique")
        problems += [f"No tool output found for function call {id_}."
                     for id_ in called if id_ not in answered]
        problems += [f"No tool call found for function call output with call_id {id_}."
                     for id_ in answered if id_ not in called]
        if items and items[-1]["type"] == "reasoning":
            problems.append("'reasoning' was provided without its required following item.")
        return problems

    def _item(self, item: dict, path: str, body: dict) -> Problems:
        kind = item["type"]
        prefix, id_ = _PREFIXES.get(kind), item.get("id")
        problems = []
        if prefix and id_ is not None and not id_.startswith(prefix + "_"):
            problems.append(f"{path}.id: Expected an ID that begins with '{prefix}': {id_}")
        match kind:
            case "message":
                problems += _content(item, path)
            case "function_call":
                if len(item["call_id"]) > _LONGEST_CALL_ID:
                    problems.append(f"{path}.call_id: string too long")
                if not rules.TOOL_NAME.fullmatch(item["name"]):
                    problems.append(f"{path}.name: does not match")
                try:
                    json.loads(item["arguments"])
                except ValueError:
                    problems.append(f"{path}.arguments: no JSON")
            case "reasoning":
                sealed = item.get("encrypted_content")
                if sealed is not None and not self.mint.verifies(sealed):
                    problems.append(f"{path}: The encrypted content could not be verified.")
                if sealed is None and body.get("store") is False:
                    problems.append(f"Item '{id_}' not found. Items are not persisted when "
                                    "`store` is set to false.")
        return problems

    def see(self, asked: Asked) -> Seen:
        return _read(asked.body, self.mint.verifies)

    def count(self, asked: Asked) -> dict:
        return {"object": "response.input_tokens", "input_tokens": COUNTED_TOKENS}

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return rules.status(kind)

    def error(self, kind: str, message: str) -> dict:
        return rules.error(kind, message)

    def fault_event(self, fault: Fault) -> Event:
        return "error", {"type": "error", "code": rules.code(fault.kind), "param": None,
                         "message": fault.message, "sequence_number": 99}

    def whole(self, asked: Asked, reply: Reply) -> dict:
        return self._response(asked, reply, self._items(asked, reply), _status(reply),
                              _usage(reply.usage))

    def _response(self, asked: Asked, reply: Reply, output: list[dict], status: str,
                  usage: dict | None) -> dict:
        reason = {"length": "max_output_tokens", "filter": "content_filter"}.get(reply.stop)
        is_cut = status == "incomplete"
        body = asked.body
        return {
            "id": f"resp_{asked.note}", "object": "response", "created_at": 1790000000.0,
            "status": status, "background": False, "error": None,
            "incomplete_details": {"reason": reason} if is_cut else None,
            "instructions": body.get("instructions"), "max_output_tokens": body.get(
                "max_output_tokens"), "model": asked.model, "output": output,
            "parallel_tool_calls": body.get("parallel_tool_calls", True),
            "previous_response_id": None, "reasoning": {"effort": None, "summary": None},
            "service_tier": "default", "store": body.get("store", True), "temperature": 1.0,
            "text": body.get("text") or {"format": {"type": "text"}},
            "tool_choice": body.get("tool_choice", "auto"), "tools": body.get("tools", []),
            "top_p": 1.0, "truncation": "disabled", "usage": usage, "user": None, "metadata": {},
        }

    def _items(self, asked: Asked, reply: Reply) -> list[dict]:
        """The output items; neighbouring texts are one message."""
        items: list[dict] = []
        if reply.citations:
            items.append({"type": "web_search_call", "id": f"ws_{asked.note}", "status":
                          "completed", "action": {"type": "search", "query": "red pixels"}})
        for number, part in enumerate(reply.parts):
            note = f"{asked.note}.{number}"
            match part:
                case Thinking(text):
                    includes = asked.body.get("include") or ()
                    sealed = self.mint.seal(note) if "reasoning.encrypted_content" in includes \
                        else None
                    items.append({
                        "type": "reasoning", "id": f"rs_{note}", "encrypted_content": sealed,
                        "summary": [{"type": "summary_text", "text": text}] if text else []})
                case Call(name, arguments):
                    place = reply.calls.index(part)
                    id_ = (reply.call_ids[place] if reply.call_ids
                           else f"call_{rules.MIXED_CALL_ID.sub('', note)}")
                    items.append({
                        "type": "function_call", "id": f"fc_{note}", "call_id": id_,
                        "name": name, "status": "completed",
                        "arguments": json.dumps(arguments, ensure_ascii=False)})
                case _:
                    _join_text(items, part, f"msg_{note}")
        if not reply.parts:
            items.append(_message(f"msg_{asked.note}", [_output_text("")]))
        return items

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        for number, (name, members) in enumerate(self._events(asked, reply)):
            yield name, {"type": name, "sequence_number": number, **members}

    def _events(self, asked: Asked, reply: Reply) -> typing.Iterator[tuple[str, dict]]:
        begun = self._response(asked, reply, [], "in_progress", None)
        yield "response.created", {"response": begun}
        yield "response.in_progress", {"response": begun}
        items = self._items(asked, reply)
        for index, item in enumerate(items):
            place = {"item_id": item["id"], "output_index": index}
            yield "response.output_item.added", {"output_index": index, "item": _begun(item)}
            match item["type"]:
                case "message":
                    for part, content in enumerate(item["content"]):
                        yield from _content_events({**place, "content_index": part}, content,
                                                   reply.grain)
                case "reasoning" if item["summary"]:
                    yield from _summary_events({**place, "summary_index": 0},
                                               item["summary"][0]["text"], reply.grain)
                case "function_call":
                    text = item["arguments"]
                    for piece in [] if reply.closes_whole else pieces(text, reply.grain):
                        yield "response.function_call_arguments.delta", {**place, "delta": piece}
                    yield "response.function_call_arguments.done", {
                        **place, "arguments": text, "name": item["name"]}
            yield "response.output_item.done", {"output_index": index, "item": item}
        status = _status(reply)
        yield f"response.{status}", {
            "response": self._response(asked, reply, items, status, _usage(reply.usage))}


def _status(reply: Reply) -> str:
    return "incomplete" if reply.stop in ("length", "filter") else "completed"


def _usage(usage: Usage) -> dict:
    return {
        "input_tokens": usage.input, "output_tokens": usage.output,
        "input_tokens_details": {"cached_tokens": usage.cache_read,
                                 "cache_write_tokens": usage.cache_write},
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def _message(id_: str, content: list[dict]) -> dict:
    return {"type": "message", "id": id_, "status": "completed", "role": "assistant",
            "content": content}


def _output_text(text: str) -> dict:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _join_text(items: list[dict], part: Part, id_: str) -> None:
    if not items or items[-1]["type"] != "message":
        items.append(_message(id_, []))
    content = items[-1]["content"]
    match part:
        case Refusal(text):
            content.append({"type": "refusal", "refusal": text})
        case Text() | Citation():
            if not content or content[-1]["type"] != "output_text":
                content.append(_output_text(""))
            last = content[-1]
            if isinstance(part, Citation):
                start = len(last["text"])
                last["annotations"].append({
                    "type": "url_citation", "start_index": start, "url": part.url,
                    "end_index": start + len(part.text), "title": part.title})
            last["text"] += part.text


def _begun(item: dict) -> dict:
    match item["type"]:
        case "message":
            return {**item, "status": "in_progress", "content": []}
        case "reasoning":
            return {**item, "summary": [], "encrypted_content": None}
        case "function_call":
            return {**item, "status": "in_progress", "arguments": ""}
    return {**item, "status": "in_progress"}


def _content_events(place: dict, content: dict, grain: int) -> typing.Iterator[tuple[str, dict]]:
    is_text = content["type"] == "output_text"
    word, text = ("output_text", content["text"]) if is_text else ("refusal", content["refusal"])
    empty = _output_text("") if is_text else {"type": "refusal", "refusal": ""}
    extra = {"logprobs": []} if is_text else {}
    yield "response.content_part.added", {**place, "part": empty}
    for piece in pieces(text, grain):
        yield f"response.{word}.delta", {**place, "delta": piece, **extra}
    for index, note in enumerate(content.get("annotations", ())):
        yield "response.output_text.annotation.added", {
            **place, "annotation_index": index, "annotation": note}
    yield f"response.{word}.done", {**place, "text" if is_text else "refusal": text, **extra}
    yield "response.content_part.done", {**place, "part": content}


def _summary_events(place: dict, text: str, grain: int) -> typing.Iterator[tuple[str, dict]]:
    part = {"type": "summary_text", "text": text}
    yield "response.reasoning_summary_part.added", {**place, "part": {**part, "text": ""}}
    for piece in pieces(text, grain):
        yield "response.reasoning_summary_text.delta", {**place, "delta": piece}
    yield "response.reasoning_summary_text.done", {**place, "text": text}
    yield "response.reasoning_summary_part.done", {**place, "part": part}


def _items(body: dict) -> list[dict]:
    """The input as items that all say their type."""
    given = body.get("input", [])
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    return [{"type": "message", **item} for item in given]


def _completed(item: dict) -> dict:
    """An assistant's message as the vendor takes it, with members that its type has and it needs not."""
    is_short = item.get("role") == "assistant" and isinstance(item.get("content"), list)
    if not is_short or "id" in item:
        return item
    parts = [{"annotations": [], **part} if part.get("type") == "output_text" else part
             for part in item["content"]]
    return {"type": "message", "id": "msg_0", "status": "completed", **item, "content": parts}


def _tools(body: dict) -> Problems:
    problems, names = [], set()
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function":
            problems += rules.function(tool, f"tools[{index}]")
            names.add(tool["name"])
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] == "function" and choice["name"] not in names:
        problems.append("tool_choice: no such tool")
    if choice not in (None, "auto", "none") and not body.get("tools"):
        problems.append("tool_choice: tools are required")
    return problems


def _format(body: dict) -> Problems:
    format_ = (body.get("text") or {}).get("format") or {}
    if format_.get("type") == "json_object" and "json" not in json.dumps(body["input"]).lower():
        return ["input must contain the word 'json' in some form"]
    if format_.get("type") != "json_schema":
        return []
    problems = [] if rules.TOOL_NAME.fullmatch(format_["name"]) else ["text.format.name: no match"]
    if format_.get("strict"):
        problems += rules.strict_schema(format_["schema"], "text.format.schema")
    return problems


def _content(item: dict, path: str) -> Problems:
    content, problems = item["content"], []
    if isinstance(content, str):
        return []
    allowed = r"output_text|refusal" if item["role"] == "assistant" else r"input_\w+"
    for part in content:
        if not re.fullmatch(allowed, part["type"]):
            problems.append(f"{path}: Invalid value: '{part['type']}' for role {item['role']}")
        problems += _media(part, path)
    return problems


def _media(part: dict, path: str) -> Problems:
    match part["type"]:
        case "input_image" if part.get("image_url"):
            return rules.data_url(part["image_url"], path, r"image/(png|jpeg|gif|webp)")
        case "input_file" if part.get("file_data"):
            problems = rules.data_url(part["file_data"], path, r"application/pdf|text/plain")
            return problems if part.get("filename") else [*problems, f"{path}: needs a filename"]
    return []


def _read(body: dict, verifies: typing.Callable[[object], bool]) -> Seen:
    choice, format_ = body.get("tool_choice"), (body.get("text") or {}).get("format") or {}
    tools = body.get("tools") or []
    seen = Seen(
        system=(body.get("instructions") or "") + "\n",
        tools={tool["name"]: tool.get("parameters") or {} for tool in tools
               if tool["type"] == "function"},
        choice=choice["name"] if isinstance(choice, dict) else {"required": "any"}.get(
            choice, choice),
        is_parallel=body.get("parallel_tool_calls") is not False,
        searches_web=any(tool["type"].startswith("web_search") for tool in tools),
        max_tokens=body.get("max_output_tokens"), temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        thinks=((body.get("reasoning") or {}).get("effort") or "none") != "none",
        format="object" if format_.get("type") == "json_object" else format_.get("schema"),
        user=body.get("user") or body.get("safety_identifier")
        or (body.get("metadata") or {}).get("user_id"), tier=body.get("service_tier"),
        cache_marks=json.dumps(body).count('"prompt_cache_breakpoint"'))
    names: dict[str, str] = {}
    for item in _items(body):
        _read_item(item, seen, names, verifies)
    return seen


def _read_item(item: dict, seen: Seen, names: dict[str, str],
               verifies: typing.Callable[[object], bool]) -> None:
    match item["type"]:
        case "function_call":
            names[item["call_id"]] = item["name"]
            seen.calls.append(Call(item["name"], json.loads(item["arguments"]), item["call_id"]))
        case "function_call_output":
            output = item["output"]
            parts = [{"type": "input_text", "text": output}] if isinstance(output, str) else output
            text = "".join(part.get("text", "") for part in parts)
            seen.results.append(SeenResult(names.get(item["call_id"], ""), text, False))
            _read_media(parts, seen)
        case "reasoning" if verifies(item.get("encrypted_content")):
            seen.thoughts += 1
        case "message":
            content = item["content"]
            parts = [{"text": content}] if isinstance(content, str) else content
            text = "".join(part.get("text", "") for part in parts) + "\n"
            if item["role"] in ("system", "developer"):
                seen.system += text
            else:
                seen.text += text
                seen.roles.append(item["role"])
            _read_media(parts, seen)


def _read_media(parts: list[dict], seen: Seen) -> None:
    for part in parts:
        match part.get("type"):
            case "input_image":
                seen.images.append(rules.bytes_of(part.get("image_url") or ""))
            case "input_file":
                seen.documents.append(rules.bytes_of(
                    part.get("file_data") or part.get("file_url") or ""))
            case "input_audio":
                seen.audio.append(part["input_audio"]["data"])
