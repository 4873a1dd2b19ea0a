"""Writes AWS event-stream frames; botocore can only read them."""

from __future__ import annotations

import json
import struct
import zlib


def frame(payload: bytes, **headers: str) -> bytes:
    """One frame; `event_type` becomes the header `:event-type`."""
    named = b"".join(_header(":" + name.replace("_", "-"), text) for name, text in headers.items())
    prelude = struct.pack(">II", 16 + len(named) + len(payload), len(named))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + named + payload
    return message + struct.pack(">I", zlib.crc32(message))


def event(kind: str, body: dict) -> bytes:
    data = json.dumps(body, ensure_ascii=False).encode()
    return frame(data, event_type=kind, content_type="application/json", message_type="event")


def exception(kind: str, message: str) -> bytes:
    data = json.dumps({"message": message}).encode()
    return frame(data, exception_type=kind, content_type="application/json",
                 message_type="exception")


def _header(name: str, text: str) -> bytes:
    # 7 is the type of a string.
    return (bytes([len(name)]) + name.encode() + b"\x07"
            + struct.pack(">H", len(text.encode())) + text.encode())
