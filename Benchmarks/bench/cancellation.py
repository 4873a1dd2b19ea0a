"""How soon an upstream sees that the client has left: what it goes on to generate is billed."""

import dataclasses
import socket
import statistics
import time

from . import workloads

CLIENT_PATH = workloads.ANTHROPIC_PATH
REPLY = workloads.reply("openai-stream")
WANTED_MS = 100
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclasses.dataclass
class CancellationRow:
    moment: str
    samples: int
    p50_ms: float
    p99_ms: float


class WatchingUpstream:
    """Takes one connection at a time and is asked when it was closed."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]
        return self

    def __exit__(self, *_):
        self.listener.close()

    def take_request(self):
        connection, _ = self.listener.accept()
        connection.settimeout(10)
        request = b""
        while not request.endswith(b"}"):
            request += connection.recv(65_536)
        return connection


def backends(upstream):
    return [(REPLY.name, "openai", f"http://127.0.0.1:{upstream.port}/v1")]


def measure(upstream, gateway, samples, say):
    """Leaves before the reply and in the middle of it, again and again, all in one thread."""
    rows = []
    for moment, is_begun in (("before the reply", False), ("in the middle of a stream", True)):
        delays = sorted(_leave(upstream, gateway, is_begun) for _ in range(samples))
        row = CancellationRow(
            moment, samples, statistics.median(delays), delays[int(len(delays) * 0.99)])
        say(f"client left {moment}: upstream saw it after p50 {row.p50_ms:.2f} ms, "
            f"p99 {row.p99_ms:.2f} ms")
        rows.append(row)
    return rows


def _leave(upstream, gateway, is_begun):
    body = workloads.request_body(CLIENT_PATH, REPLY.name, True)
    fields = "".join(f"{field}\r\n" for field in workloads.HEADERS)
    with socket.create_connection(("127.0.0.1", gateway.port), 10) as client:
        client.sendall(
            f"POST {CLIENT_PATH} HTTP/1.1\r\nHost: bench\r\n{fields}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body)
        connection = upstream.take_request()
        if is_begun:
            chunk = workloads.first_chunk().encode()
            connection.sendall(HEAD + f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            while b"message_start" not in client.recv(65_536):
                pass
        started = time.perf_counter()
    with connection:
        if connection.recv(1):
            raise RuntimeError("the gateway sent more than a request")
        return 1000 * (time.perf_counter() - started)
