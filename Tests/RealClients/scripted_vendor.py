"""A vendor on loopback that speaks both languages by script; the model's name chooses the script.

The part after the first dash is the script: `chat-say` and `claude-say` both say something.
"""

import http.server
import json
import threading

TEXT = "Grüße — 天気は晴れ 🌦️."
THINKING = "The user wants to know the weather."
TOOLS = [("call_a", "get_weather", {"town": "Zürich"}), ("call_b", "get_weather", {"town": "京都"})]
FAILURES = {
    "badrequest": (400, "invalid_request_error", "max_tokens is too large: 900000"),
    "overflow": (400, "invalid_request_error",
                 "This model's maximum context length is 8192 tokens. However, your messages "
                 "resulted in 9000 tokens."),
    "forbidden": (403, "permission_error", "this project may not use the model"),
    "missing": (404, "not_found_error", "The model `missing` does not exist"),
    "limited": (429, "rate_limit_error", "Rate limit reached"),
    "broken": (500, "api_error", "The server had an error"),
}


class ScriptedVendor:
    """The server; remembers what it was asked, and who left before the end."""

    def __init__(self):
        self.requests = []
        self.client_left = threading.Event()
        self.server = QuietServer(("127.0.0.1", 0), VendorExchange)
        self.server.vendor = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def take_requests(self):
        """What arrived since the last call."""
        taken, self.requests = self.requests, []
        return taken


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Connections that the gateway drops are what some tests are about."""


class VendorExchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def vendor(self):
        return self.server.vendor

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.vendor.requests.append({"path": self.path, "headers": headers, "body": body})
        script = body["model"].split("-", 1)[1]
        is_openai = self.path.endswith("/chat/completions")
        if script in FAILURES:
            return self.fail(script, is_openai)
        language = OpenAI(body) if is_openai else Anthropic(body)
        if body.get("stream"):
            return self.stream(language.events(script), script)
        return self.send_json(200, language.whole(script))

    def fail(self, script, is_openai):
        status, kind, message = FAILURES[script]
        error = {"type": kind, "message": message}
        if is_openai:
            error.update(param=None, code="context_length_exceeded" if script == "overflow"
                         else "model_not_found" if script == "missing" else None)
            body = {"error": error}
        else:
            body = {"type": "error", "error": error, "request_id": "req_scripted"}
        self.send_json(status, body, {"retry-after": "7"} if status == 429 else {})

    def send_json(self, status, value, headers=None):
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, events, script):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for number, event in enumerate(events):
                if script == "cut" and number == 4:
                    self.close_connection = True
                    return
                data = event.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
            self.vendor.client_left.set()


class Language:
    """What a script says, before a vendor's words."""

    def __init__(self, body):
        self.body = body

    @staticmethod
    def parts(script):
        return {
            "think": [("thinking", THINKING), ("text", TEXT)],
            "tools": [("text", "Let me look."), *(("tool", tool) for tool in TOOLS)],
        }.get(script, [("text", TEXT)])

    @staticmethod
    def stop(script):
        return "tools" if script == "tools" else "length" if script == "length" else "stop"

    @staticmethod
    def pieces(text, size=5):
        return [text[start:start + size] for start in range(0, len(text), size)]


class OpenAI(Language):
    FINISH = {"stop": "stop", "tools": "tool_calls", "length": "length"}
    USAGE = {"prompt_tokens": 21, "completion_tokens": 13, "total_tokens": 34,
             "prompt_tokens_details": {"cached_tokens": 5}}

    def identity(self, kind):
        return {"id": "chatcmpl-scripted", "object": kind, "created": 1790000000,
                "model": self.body["model"]}

    @staticmethod
    def call(tool):
        id_, name, arguments = tool
        return {"id": id_, "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)}}

    def whole(self, script):
        message = {"role": "assistant", "content": None}
        for kind, value in self.parts(script):
            if kind == "tool":
                message.setdefault("tool_calls", []).append(self.call(value))
            else:
                message["content" if kind == "text" else "reasoning_content"] = value
        choice = {"index": 0, "message": message, "finish_reason": self.FINISH[self.stop(script)]}
        return {**self.identity("chat.completion"), "choices": [choice], "usage": self.USAGE}

    def chunk(self, delta, finish=None, **members):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {**self.identity("chat.completion.chunk"), "choices": [choice], **members}
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    def events(self, script):
        yield self.chunk({"role": "assistant", "content": ""})
        index = 0
        for kind, value in self.parts(script):
            if kind == "tool":
                call = {"index": index, **self.call(value)}
                arguments, call["function"] = call["function"]["arguments"], {
                    "name": call["function"]["name"], "arguments": ""}
                yield self.chunk({"tool_calls": [call]})
                for piece in self.pieces(arguments):
                    yield self.chunk({"tool_calls": [
                        {"index": index, "function": {"arguments": piece}}]})
                index += 1
            else:
                name = "content" if kind == "text" else "reasoning_content"
                for piece in self.pieces(value):
                    yield self.chunk({name: piece})
        while script == "endless":
            yield self.chunk({"content": "more and more " * 20})
        if script == "inband":
            yield 'data: {"error":{"message":"The engine is overloaded","type":"server_error"}}\n\n'
            return
        yield self.chunk({}, self.FINISH[self.stop(script)])
        if (self.body.get("stream_options") or {}).get("include_usage"):
            yield self.chunk({}, choices=[], usage=self.USAGE)
        yield "data: [DONE]\n\n"


class Anthropic(Language):
    STOP = {"stop": "end_turn", "tools": "tool_use", "length": "max_tokens"}

    def message(self, content, stop, output_tokens):
        return {"id": "msg_scripted", "type": "message", "role": "assistant",
                "model": self.body["model"], "content": content, "stop_reason": stop,
                "stop_sequence": None,
                "usage": {"input_tokens": 16, "cache_read_input_tokens": 5,
                          "output_tokens": output_tokens}}

    @staticmethod
    def block(kind, value):
        if kind == "thinking":
            return {"type": "thinking", "thinking": value, "signature": "c2lnbmVk"}
        if kind == "text":
            return {"type": "text", "text": value}
        return {"type": "tool_use", "id": value[0], "name": value[1], "input": value[2]}

    def whole(self, script):
        content = [self.block(kind, value) for kind, value in self.parts(script)]
        return self.message(content, self.STOP[self.stop(script)], 13)

    @staticmethod
    def event(name, **members):
        body = json.dumps({"type": name, **members}, ensure_ascii=False)
        return f"event: {name}\ndata: {body}\n\n"

    def deltas(self, kind, value):
        if kind == "thinking":
            for piece in self.pieces(value):
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": "c2lnbmVk"}
        elif kind == "text":
            for piece in self.pieces(value):
                yield {"type": "text_delta", "text": piece}
        else:
            for piece in self.pieces(json.dumps(value[2])):
                yield {"type": "input_json_delta", "partial_json": piece}

    EMPTY = {"thinking": {"thinking": "", "signature": ""}, "text": {"text": ""},
             "tool_use": {"input": {}}}

    def events(self, script):
        yield self.event("message_start", message=self.message([], None, 1))
        yield self.event("ping")
        for index, (kind, value) in enumerate(self.parts(script)):
            block = self.block(kind, value)
            block.update(self.EMPTY[block["type"]])
            yield self.event("content_block_start", index=index, content_block=block)
            for delta in self.deltas(kind, value):
                yield self.event("content_block_delta", index=index, delta=delta)
            while script == "endless":
                yield self.event("content_block_delta", index=index,
                                 delta={"type": "text_delta", "text": "more and more " * 20})
            yield self.event("content_block_stop", index=index)
        if script == "inband":
            yield self.event("error", error={"type": "overloaded_error", "message": "Overloaded"})
            return
        yield self.event("message_delta", usage={"output_tokens": 13},
                         delta={"stop_reason": self.STOP[self.stop(script)],
                                "stop_sequence": None})
        yield self.event("message_stop")
