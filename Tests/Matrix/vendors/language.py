"""What every scripted vendor language offers; one subclass for each."""

from __future__ import annotations

import dataclasses
import typing

from vendors.minting import Mint
from words import Fault, Reply, Seen

Problems = list[str]
#: An event's name, where the language has one, and its body.
Event = tuple[typing.Optional[str], typing.Union[dict, str]]


@dataclasses.dataclass
class Asked:
    """A request on its way through a vendor."""
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    data: bytes
    body: dict
    #: The model, wherever the surface has it.
    model: str = ""
    is_streamed: bool = False
    is_count: bool = False
    #: Of the API, where a vendor has several.
    version: str = ""
    #: Names the cell and the step, for seals and identifiers.
    note: str = ""


class Language:
    """Validates requests, reads them, and says replies in one vendor's words."""

    #: Whether thoughts have a seal that must come back.
    has_opaque_state = True

    def __init__(self, mint: Mint) -> None:
        self.mint = mint

    def check(self, asked: Asked) -> Problems:
        """What the vendor would refuse; empty when it would take the request."""
        raise NotImplementedError

    def see(self, asked: Asked) -> Seen:
        raise NotImplementedError

    def whole(self, asked: Asked, reply: Reply) -> dict:
        raise NotImplementedError

    def events(self, asked: Asked, reply: Reply) -> typing.Iterator[Event]:
        """A complete stream, an event at a time."""
        raise NotImplementedError

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        """The vendor's status for a kind of failure, and the headers that go with it."""
        raise NotImplementedError

    def error(self, kind: str, message: str) -> dict:
        """The body of a failed reply."""
        raise NotImplementedError

    def fault_event(self, fault: Fault) -> Event:
        """An error in the middle of a stream."""
        raise NotImplementedError

    def count(self, asked: Asked) -> dict:
        """Answers the vendor's own endpoint for counting tokens."""
        raise NotImplementedError


#: What the scripted counters count.
COUNTED_TOKENS = 4321
