"""What is asked and what is answered, in both languages, as files."""

import dataclasses
import json
import pathlib

OPENAI_PATH = "/v1/chat/completions"
ANTHROPIC_PATH = "/v1/messages"
KEY = "sk-bench-0123456789abcdef0123456789abcdef"
HEADERS = [f"x-api-key: {KEY}", "anthropic-version: 2023-06-01"]

STREAM_CHUNKS = 200
SHORT_STREAM_CHUNKS = 20
CHUNK_BYTES = 300
PROMPT = "Say in one sentence what a reverse proxy is good for."
ANSWER = "It stands in front of other servers and decides who may ask them what."


@dataclasses.dataclass(frozen=True)
class Reply:
    """One static answer of the upstream; `name` is also the model that leads to it."""

    name: str
    path: str
    content_type: str
    end: str


REPLIES = [
    Reply("openai-unary", OPENAI_PATH, "application/json", "total_tokens"),
    Reply("openai-stream", OPENAI_PATH, "text/event-stream", "[DONE]"),
    Reply("openai-short", OPENAI_PATH, "text/event-stream", "[DONE]"),
    Reply("anthropic-unary", ANTHROPIC_PATH, "application/json", "output_tokens"),
    Reply("anthropic-stream", ANTHROPIC_PATH, "text/event-stream", "message_stop"),
]


@dataclasses.dataclass(frozen=True)
class Cell:
    """One comparison: what the client sends to the gateway, and what nginx relays meanwhile."""

    title: str
    client_path: str
    reply: Reply
    # What the gateway's answer must end with; it is the client's language, not the upstream's.
    end: str
    is_streamed: bool
    goal: float


def reply(name):
    return next(reply for reply in REPLIES if reply.name == name)


CELLS = [
    Cell("unary, Anthropic translated to OpenAI", ANTHROPIC_PATH, reply("openai-unary"),
         "output_tokens", False, 0.80),
    Cell("200-chunk stream, Anthropic translated to OpenAI", ANTHROPIC_PATH,
         reply("openai-stream"), "message_stop", True, 0.90),
    Cell("unary, OpenAI as it is", OPENAI_PATH, reply("openai-unary"), "total_tokens", False,
         0.90),
    Cell("200-chunk stream, OpenAI as it is", OPENAI_PATH, reply("openai-stream"), "[DONE]", True,
         1.00),
    Cell("unary, Anthropic as it is", ANTHROPIC_PATH, reply("anthropic-unary"), "output_tokens",
         False, 0.90),
    Cell("200-chunk stream, Anthropic as it is", ANTHROPIC_PATH, reply("anthropic-stream"),
         "message_stop", True, 1.00),
]


def request_body(client_path, model, is_streamed):
    """A small request; `max_tokens` is there because Anthropic wants it."""
    body = {"model": model, "max_tokens": 256,
            "messages": [{"role": "user", "content": PROMPT}]}
    if is_streamed:
        body["stream"] = True
        if client_path == OPENAI_PATH:
            body["stream_options"] = {"include_usage": True}
    return json.dumps(body, separators=(",", ":")).encode()


def write_replies(directory: pathlib.Path):
    """Writes each reply as a file of its name."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        "openai-unary": _openai_unary(),
        "openai-stream": _openai_stream(STREAM_CHUNKS),
        "openai-short": _openai_stream(SHORT_STREAM_CHUNKS),
        "anthropic-unary": _anthropic_unary(),
        "anthropic-stream": _anthropic_stream(STREAM_CHUNKS),
    }
    for name, text in texts.items():
        (directory / name).write_bytes(text.encode())


def _compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _filled(make):
    """`make(text)` with as much text as brings it to the size of a chunk."""
    missing = CHUNK_BYTES - len(make(""))
    return make("words " * (missing // 6) + "w" * (missing % 6))


def _openai_chunk(delta, finish=None, **more):
    chunk = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1790000000,
             "model": "bench",
             "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
    chunk.update(more)
    return f"data: {_compact(chunk)}\n\n"


def first_chunk():
    """The first event of an OpenAI stream that says something."""
    return _openai_chunk({"role": "assistant", "content": "It"})


def _openai_stream(chunks):
    usage = {"prompt_tokens": 20, "completion_tokens": chunks, "total_tokens": chunks + 20}
    events = [_openai_chunk({"role": "assistant", "content": ""})]
    events += [_filled(lambda text: _openai_chunk({"content": text}))] * chunks
    events += [_openai_chunk({}, "stop"), _openai_chunk({}, choices=[], usage=usage),
               "data: [DONE]\n\n"]
    return "".join(events)


def _openai_unary():
    return _compact({
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1790000000,
        "model": "bench",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER},
                     "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 15, "total_tokens": 35}})


def _anthropic_message(content, stop, output):
    return {"id": "msg_bench", "type": "message", "role": "assistant", "model": "bench",
            "content": content, "stop_reason": stop, "stop_sequence": None,
            "usage": {"input_tokens": 20, "output_tokens": output}}


def _anthropic_unary():
    return _compact(_anthropic_message([{"type": "text", "text": ANSWER}], "end_turn", 15))


def _anthropic_event(name, **members):
    return f"event: {name}\ndata: {_compact({'type': name, **members})}\n\n"


def _anthropic_stream(chunks):
    def delta(text):
        return _anthropic_event(
            "content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    return "".join([
        _anthropic_event("message_start", message=_anthropic_message([], None, 1)),
        _anthropic_event(
            "content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *[_filled(delta)] * chunks,
        _anthropic_event("content_block_stop", index=0),
        _anthropic_event("message_delta",
                         delta={"stop_reason": "end_turn", "stop_sequence": None},
                         usage={"output_tokens": chunks}),
        _anthropic_event("message_stop"),
    ])
