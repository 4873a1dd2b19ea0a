"""A vendor's surface on loopback.

It recognises the scenario, validates what it receives, records it, and replies by script.
"""

from __future__ import annotations

import dataclasses
import http.server
import itertools
import json
import re
import socket
import ssl
import threading
import typing
import urllib.parse

from vendors.language import Asked, Event, Language, Problems
from words import Call, Part, Reply, Seen

#: Every prompt carries one: the scenario and the cell it is asked for.
MARK = re.compile(rb"\[\[(\w+)/([\w-]+)\]\]")
#: Lengths of the pieces a stream is cut into; they fall inside names, escapes and characters.
_CUTS = (17, 311, 5, 113, 1, 64, 900)


@dataclasses.dataclass
class Record:
    """One request as it arrived."""
    surface: str
    path: str
    body: dict
    seen: Seen | None
    problems: Problems

    @property
    def is_unverified(self) -> bool:
        """Refused for thoughts that were sealed elsewhere."""
        return any("could not be verified" in problem for problem in self.problems)


class Board:
    """Scripts by scenario, and what each cell's vendors received."""

    def __init__(self, scripts: dict[str, tuple[Reply, ...]]) -> None:
        self._scripts = scripts
        self._lock = threading.Lock()
        self._records: dict[str, list[Record]] = {}

    def next(self, scenario: str, cell: str, record: Record) -> tuple[Reply, int]:
        """Notes a request of the cell; answers its reply and its number."""
        replies = self._scripts[scenario]
        with self._lock:
            records = self._records.setdefault(cell, [])
            records.append(record)
            # What was refused for its thoughts alone is asked again.
            step = sum(1 for earlier in records[:-1] if not earlier.is_unverified)
        return replies[min(step, len(replies) - 1)], step

    def of(self, cell: str) -> list[Record]:
        """What arrived of a cell so far."""
        with self._lock:
            return list(self._records.get(cell, ()))

    def take(self, cell: str) -> list[Record]:
        """The same, and forgets it."""
        with self._lock:
            return self._records.pop(cell, [])


class Surface(typing.Protocol):
    """A way to reach a language: its paths, its credential, its framing."""
    name: str
    language: Language

    stream_type: str

    def admit(self, asked: Asked) -> Problems:
        """Checks method, path, query and credential, and tells `asked` what they say."""

    def framed(self, event: Event) -> bytes:
        """An event as this surface carries it."""


def _as_offered(reply: Reply, seen: Seen) -> Reply:
    """The reply with its calls named as the request named the tools, should it have shortened."""
    def named(part: Part) -> Part:
        if not isinstance(part, Call) or part.name in seen.tools:
            return part
        offered = [name for name in seen.tools if name[:12] == part.name[:12]]
        return dataclasses.replace(part, name=offered[0]) if len(offered) == 1 else part
    return dataclasses.replace(reply, parts=tuple(map(named, reply.parts)))


def _tried(rule: typing.Callable[[Asked], Problems], asked: Asked) -> Problems:
    """What a rule finds; a request that it cannot even read is refused like others."""
    try:
        return rule(asked)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        return [f"malformed: {error!r}"]


class VendorServer:
    """One surface with a port of its own."""

    def __init__(self, surface: Surface, board: Board,
                 tls: ssl.SSLContext | None = None) -> None:
        self.surface = surface
        self.board = board
        #: Used behind CONNECT: the surface is reached under its vendor's own name.
        self.tls = tls
        self._server = _QuietServer(("127.0.0.1", 0), _Exchange)
        self._server.vendor = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    vendor: VendorServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that are dropped are what some scenarios are about."""


class _Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _QuietServer

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        asked = self._read()
        surface, board = self.server.vendor.surface, self.server.vendor.board
        problems = _tried(surface.admit, asked)
        found = MARK.search(asked.data)
        if not found:
            return self._refuse([*problems, "no scenario named in the prompt"])
        scenario = found[1].decode()
        cell = f"{scenario}/{found[2].decode()}"
        seen = None
        if not problems:
            problems = _tried(surface.language.check, asked)
        if not problems:
            seen = surface.language.see(asked)
        record = Record(surface.name, asked.path, asked.body, seen, problems)
        reply, step = board.next(scenario, cell, record)
        asked.note = f"{found[2].decode()}.{step}"
        if seen:
            reply = _as_offered(reply, seen)
        if problems:
            return self._refuse(problems)
        if asked.is_count:
            return self._send(200, surface.language.count(asked))
        return self._answer(asked, reply)

    def do_CONNECT(self) -> None:
        """Plays the proxy and the vendor behind it."""
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.server.vendor.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    do_GET = do_PUT = do_DELETE = do_POST

    def _read(self) -> Asked:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length", 0))
        data = self.rfile.read(length)
        parts = urllib.parse.urlsplit(self.path)
        try:
            body = json.loads(data or b"null")
        except ValueError:
            body = None
        return Asked(self.command, parts.path, dict(urllib.parse.parse_qsl(parts.query)), headers,
                     data, body if isinstance(body, dict) else {})

    def _answer(self, asked: Asked, reply: Reply) -> None:
        fault, language = reply.fault, self.server.vendor.surface.language
        if fault and fault.place == "status":
            status, headers = language.status(fault.kind)
            return self._send(status, language.error(fault.kind, fault.message), headers)
        if fault and fault.place == "in_body":
            return self._send(200, language.error(fault.kind, fault.message))
        if asked.is_streamed:
            return self._stream(asked, reply)
        return self._send(200, language.whole(asked, reply))

    def _refuse(self, problems: Problems) -> None:
        language = self.server.vendor.surface.language
        status, headers = language.status("invalid")
        message = "refused by the scripted vendor: " + "; ".join(problems[:6])
        self._send(status, language.error("invalid", message), headers)

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, asked: Asked, reply: Reply) -> None:
        surface = self.server.vendor.surface
        language = surface.language
        self.send_response(200)
        self.send_header("content-type", surface.stream_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        events = list(language.events(asked, reply))
        fault = reply.fault
        if fault:
            # Past the first text in every language, and short of its end.
            events = events[:max(1, len(events) * 3 // 5)]
        if fault and fault.place == "in_stream":
            events.append(language.fault_event(fault))
        data = b"".join(surface.framed(event) for event in events)
        start = 0
        for size in itertools.cycle(_CUTS):
            if start >= len(data):
                break
            self._chunk(data[start:start + size])
            start += size
        if fault and fault.place == "cut":
            self._cut()
            return
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _cut(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
