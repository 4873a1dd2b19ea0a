"""Opaque state as vendors mint it: verifiable by its family and by nobody else."""

from __future__ import annotations

import base64
import binascii
import hashlib

#: Gemini's documented way to send a call that it did not make itself.
GEMINI_SKIP_MARKS = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")


class Mint:
    """Seals a note; `verifies` tells whether a text is a seal of this mint."""

    def __init__(self, family: str) -> None:
        self.family = family

    def seal(self, note: str) -> str:
        return base64.b64encode(self._digest(note) + note.encode()).decode()

    def verifies(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return False
        digest, note = data[:16], data[16:]
        return digest == self._digest(note.decode(errors="replace"))

    def _digest(self, note: str) -> bytes:
        return hashlib.blake2b(note.encode(), key=self.family.encode(), digest_size=16).digest()
