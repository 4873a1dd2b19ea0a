"""The scenarios: what is asked, what the vendor replies, and for whom the question makes sense.

Nothing here belongs to one language. What a language has no word for stands in `abilities.py`.
"""

from __future__ import annotations

import dataclasses

from words import (
    PDF, PICTURE_URL, Ask, Audio, Call, Citation, Document, Fault, Image, Refusal, Reply, Result,
    Text, Thinking, Tool, Turn, Usage, assistant, system, user)

WEATHER = Tool("get_weather", {
    "type": "object", "properties": {"town": {"type": "string", "description": "Its name"}},
    "required": ["town"], "additionalProperties": False}, "Weather of a town")
CLOCK = Tool("get_time", {"type": "object", "properties": {}}, "The time, here")
ORDER = Tool("place_order", {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
    "$defs": {"line": {"type": "object", "properties": {
        "article": {"type": "string", "minLength": 1, "maxLength": 40},
        "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 1000},
        "size": {"enum": ["small", "large"]}}, "required": ["article"],
        "additionalProperties": False}},
    "properties": {
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1,
                  "uniqueItems": True},
        "kind": {"const": "order"},
        "to": {"anyOf": [{"type": "string", "format": "email"}, {"type": "null"}]},
        "price": {"oneOf": [{"type": "number"}, {"type": "string"}]},
        "note": {"type": ["string", "null"], "default": None},
        "level": {"enum": [1, 2, 3]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"},
                   "propertyNames": {"pattern": "^[a-z]+$"}},
    }, "required": ["lines", "kind"], "additionalProperties": False}, "Places an order")
LONG_NAME = Tool("mcp__a_server_with_a_long_name__and_a_tool_whose_name_is_longer_than_sixty_four",
                 {"type": "object", "properties": {"a": {"type": "integer"}}})
PLACE = {"type": "object", "properties": {
    "town": {"type": "string"}, "degrees": {"type": "number"},
    "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["town", "degrees", "tags"], "additionalProperties": False}

HELLO = Text("Grüße aus Zürich — 天気は晴れ 🌦️.")
THOUGHT = "First I look at the question, then I answer it: 考える…"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 \u202eabc\u202c \u0007\t\"\\/ \u2028 \U0001f9d1\U0001f3fd\u200d\U0001f680"
SAID = Reply((HELLO,))
TO_ZURICH = Call("get_weather", {"town": "Zürich"})
TO_KYOTO = Call("get_weather", {"town": "京都"})
SUNNY = Result((Text("sunny, 21 °C"),))
RAINY = Result((Text("rain"),), call=1)
CALLED = Reply((TO_ZURICH,), stop="tool")
CALLED_TWICE = Reply((Text("Let me look."), TO_ZURICH, TO_KYOTO), stop="tool")


@dataclasses.dataclass(frozen=True)
class Step:
    ask: Ask
    reply: Reply = SAID
    #: Where the step is asked when not at the cell's own backend.
    surface: str | None = None


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    steps: tuple[Step, ...]
    #: "plain", "budget" (thinks by a budget), "effort" (thinks by a word).
    model: str = "plain"
    #: The languages of vendors that can reply so; all of them when empty.
    vendors: tuple[str, ...] = ()
    #: The endpoint that counts tokens is asked instead.
    is_count: bool = False
    #: The languages in which no client may say it so; a gateway puts it right for the others.
    foreign_to: tuple[str, ...] = ()
    #: Such a reply has no stream, or nothing but one.
    modes: tuple[str, ...] = ("buffered", "streamed")


def _ask(*parts: object, **more: object) -> Ask:
    """A user's turn with a question in it, so that no scenario is without text."""
    return Ask((user("What now?", *parts),), **more)


def _one(name: str, ask: Ask, reply: Reply = SAID, **more: object) -> Scenario:
    return Scenario(name, (Step(ask, reply),), **more)


def _fault(name: str, place: str, kind: str, message: str, **more: object) -> Scenario:
    return _one(name, _ask(), Reply((Text("Half of a long sentence " * 4),), fault=Fault(
        place, kind, message)), **more)


_TEXTS = (
    _one("plain", _ask()),
    _one("system_prompt", _ask(system=(Text("You are a lighthouse."),))),
    _one("system_blocks", _ask(system=(Text("You are a lighthouse."), Text("Shine twice."),
                                       Text("Never sleep.")))),
    _one("mid_conversation_system", Ask((
        user("One?"), assistant("One."), user("Two?"), system("From now on speak softly.")))),
    _one("multi_turn", Ask((
        user("What is one?"), assistant("A number."), user("And two?"), assistant("Another."),
        user("And three?")))),
    _one("neighbouring_user_turns", Ask((user("One thing."), user("Another thing.")))),
    _one("unicode", _ask(EMOJI), Reply((Text(EMOJI + " — Привет, 世界! " + EMOJI),), grain=1)),
    _one("long_text", _ask("word " * 4000), Reply((Text("Lorem ipsum, ünïcode. " * 300),),
                                                  grain=40)),
    _one("empty_reply", _ask(), Reply((), usage=Usage(20, 0))),
    _one("stop_sequence", _ask(stop=("END", "STOP")), Reply((HELLO,), stop="stop_sequence")),
    _one("max_tokens", _ask(max_tokens=64), Reply((HELLO,), stop="length")),
    _one("temperature", _ask(temperature=0.5)),
    _one("top_p", _ask(top_p=0.75)),
    _one("top_k", _ask(top_k=40)),
    _one("user_metadata", _ask(user="user-4711")),
    _one("service_tier", _ask(tier="auto")),
)
_MEDIA = (
    _one("image_base64", _ask(Image())),
    _one("image_url", _ask(Image(url=PICTURE_URL))),
    _one("pdf", _ask(Document("report.pdf", pdf=PDF))),
    _one("text_document", _ask(Document("notes", text="The sky is red."))),
    _one("audio_in", _ask(Audio())),
)
_TOOLS = (
    _one("one_tool", _ask(tools=(WEATHER,)), CALLED),
    _one("parallel_tools", _ask(tools=(WEATHER, CLOCK)), CALLED_TWICE),
    _one("tool_without_arguments", _ask(tools=(CLOCK,)),
         Reply((Call("get_time", {}),), stop="tool")),
    _one("nested_schema", _ask(tools=(ORDER,)), Reply((Call("place_order", {
        "lines": [{"article": "pixel", "count": 3}], "kind": "order", "to": None,
        "price": 1.5, "labels": {"a": "b"}}),), stop="tool"), foreign_to=("gemini",)),
    _one("forced_tool", _ask(tools=(WEATHER, CLOCK), choice="get_weather"), CALLED),
    _one("forced_any", _ask(tools=(WEATHER, CLOCK), choice="any"), CALLED),
    _one("tool_choice_none", _ask(tools=(WEATHER,), choice="none")),
    _one("tool_choice_auto", _ask(tools=(WEATHER,), choice="auto"), CALLED),
    _one("parallel_disabled", _ask(tools=(WEATHER,), choice="auto", is_parallel=False), CALLED),
    _one("strict_tool", _ask(tools=(dataclasses.replace(WEATHER, is_strict=True),)), CALLED),
    _one("arguments_in_fragments", _ask(tools=(WEATHER,)), Reply(
        (Call("get_weather", {"town": "Zürich \"\\ 東京 🌦️" * 5, "x": [1.5, None, {"y": []}]}),),
        stop="tool", grain=1)),
    _one("arguments_at_the_end", _ask(tools=(WEATHER,)), dataclasses.replace(
        CALLED_TWICE, closes_whole=True)),
    _one("long_tool_name", _ask(tools=(LONG_NAME,)),
         Reply((Call(LONG_NAME.name, {"a": 1}),), stop="tool"),
         foreign_to=("chat", "responses", "gemini", "converse")),
    Scenario("tool_loop", (
        Step(_ask(tools=(WEATHER,)), CALLED_TWICE),
        Step(Ask((user(SUNNY, RAINY),), tools=(WEATHER,)), CALLED),
        Step(Ask((user(SUNNY, Text("And thanks.")),), tools=(WEATHER,))))),
    Scenario("tool_result_error", (
        Step(_ask(tools=(WEATHER,)), CALLED),
        Step(Ask((user(Result((Text("no such town"),), is_error=True)),), tools=(WEATHER,))))),
    Scenario("tool_result_image", (
        Step(_ask(tools=(WEATHER,)), CALLED),
        Step(Ask((user(Result((Text("a picture"), Image()))),), tools=(WEATHER,))))),
    Scenario("tool_result_document", (
        Step(_ask(tools=(WEATHER,)), CALLED),
        Step(Ask((user(Result((Text("a page"), Document("a.pdf", pdf=PDF)))),),
                 tools=(WEATHER,))))),
    _one("tool_history", Ask((
        user("Weather?"), assistant("I look.", TO_ZURICH, TO_KYOTO), user(SUNNY, RAINY),
        assistant("Sun and rain."), user("And now?")), tools=(WEATHER,))),
    _one("foreign_tool_ids", Ask((
        user("Weather?"),
        assistant(Call("get_weather", {"town": "Bern"}, "functions.get_weather:0"),
                  Call("get_weather", {"town": "Bern"}, "call/" + "x" * 70)),
        user(SUNNY, RAINY)), tools=(WEATHER,)),
         foreign_to=("chat", "responses", "converse")),
    Scenario("foreign_ids_in_reply", (
        Step(_ask(tools=(WEATHER,)), dataclasses.replace(
            CALLED_TWICE, call_ids=("Bash:0", "functions.get_weather:1"))),
        Step(Ask((user(SUNNY, RAINY),), tools=(WEATHER,)))),
        vendors=("chat", "responses", "gemini")),
)
_THOUGHT = Reply((Thinking(THOUGHT), HELLO), usage=Usage(120, 90, reasoning=60))
_THOUGHT_AND_CALLED = Reply((Thinking(THOUGHT), TO_ZURICH, TO_KYOTO), stop="tool",
                            usage=Usage(120, 90, reasoning=60))


def _thinking_loop(name: str, model: str, **more: object) -> Scenario:
    return Scenario(name, (
        Step(_ask(tools=(WEATHER,), **more), _THOUGHT_AND_CALLED),
        Step(Ask((user(SUNNY, RAINY),), tools=(WEATHER,), **more), _THOUGHT),
        Step(Ask((user("And tomorrow?"),), tools=(WEATHER,), **more), SAID)), model=model)


_THINKING = (
    _one("thinking_budget", _ask(budget=2048), _THOUGHT, model="budget"),
    _one("thinking_effort", _ask(effort="high"), _THOUGHT, model="effort"),
    _thinking_loop("thinking_tools_budget", "budget", budget=2048),
    _thinking_loop("thinking_tools_effort", "effort", effort="medium"),
    Scenario("redacted_thinking", (
        Step(_ask(tools=(WEATHER,), budget=2048), Reply(
            (Thinking("", is_redacted=True), Thinking(THOUGHT), TO_ZURICH), stop="tool")),
        Step(Ask((user(SUNNY),), tools=(WEATHER,), budget=2048))),
        model="budget", vendors=("anthropic", "converse")),
)


def _switch(surface: str) -> Scenario:
    """A session that begins at another vendor, goes on here, and ends where it began."""
    return Scenario(f"switched_from_{surface}", (
        Step(_ask(tools=(WEATHER,), effort="medium"), _THOUGHT_AND_CALLED, surface),
        Step(Ask((user(SUNNY, RAINY),), tools=(WEATHER,), effort="medium"), _THOUGHT_AND_CALLED),
        Step(Ask((user(SUNNY, RAINY),), tools=(WEATHER,), effort="medium"), SAID, surface)),
        model="effort")


_SWITCHES = tuple(map(_switch, (
    "anthropic", "compatible", "openai_responses", "gemini", "bedrock_converse")))
_OUTPUT = (
    _one("json_schema", _ask("Answer in JSON.", format=PLACE),
         Reply((Text('{"town":"Zürich","degrees":21.5,"tags":["sun"]}'),))),
    _one("json_object", _ask("Answer in JSON.", format="object"), Reply((Text('{"a":1}'),))),
    _one("refusal", _ask(), Reply((Refusal("I will not do that."),), stop="refusal"),
         vendors=("anthropic", "chat", "responses")),
    _one("content_filter", _ask(), Reply((Text("Half"),), stop="filter"),
         vendors=("chat", "responses", "gemini", "converse")),
    _one("citations", _ask(searches_web=True), Reply((
        Text("They say: "), Citation("the sky is red", "https://sky.example/red", "Red sky"),
        Text("."))), vendors=("anthropic", "chat", "responses", "gemini")),
)
_USAGE = (
    _one("prompt_cache_marks", _ask(
        Text("More, and more.", is_cached=True), system=(Text("A long text.", is_cached=True),),
        tools=(dataclasses.replace(WEATHER, is_cached=True),)),
        Reply((HELLO,), usage=Usage(5000, 20, cache_write=4000))),
    _one("usage_of_cache_and_reasoning", _ask(), Reply(
        (HELLO,), usage=Usage(9000, 500, cache_read=7000, cache_write=1000, reasoning=400))),
    _one("count_tokens", _ask(system=(Text("You are a lighthouse."),), tools=(WEATHER,)),
         is_count=True, modes=("buffered",)),
)
_FAULTS = (
    _fault("overflow", "status", "overflow", "overflow"),
    _fault("rate_limit", "status", "rate", "Rate limit reached, try again in 7 s"),
    _fault("authentication_error", "status", "authentication", "The key is not valid"),
    _fault("permission_error", "status", "permission", "The key may not use this model"),
    _fault("missing_model", "status", "missing", "The model does not exist"),
    _fault("server_error", "status", "server", "The server had an error"),
    _fault("overloaded", "status", "overloaded", "The engine is overloaded"),
    _fault("error_inside_a_200", "in_body", "server", "The server had an error"),
    _fault("error_in_stream", "in_stream", "server", "The engine broke", modes=("streamed",)),
    _fault("stream_cut", "cut", "server", "", modes=("streamed",)),
)

SCENARIOS: tuple[Scenario, ...] = (
    *_TEXTS, *_MEDIA, *_TOOLS, *_THINKING, *_SWITCHES, *_OUTPUT, *_USAGE, *_FAULTS)


def marked(turns: tuple[Turn, ...], mark: str) -> tuple[Turn, ...]:
    """The turns with the scenario and the cell named in their first text."""
    first = turns[0]
    return (Turn(first.role, (Text(f"[[{mark}]]"), *first.parts)), *turns[1:])
