"""What every client language offers; one module for each, with the vendor's own SDK."""

from __future__ import annotations

import dataclasses
import typing

from words import Ask, Outcome

LOSS_HEADER = "x-anyllm-degradation"


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a client connects: the gateway, or a scripted vendor itself."""
    url: str
    key: str
    #: The vendor's surface when there is no gateway between.
    surface: str | None = None


class Talk(typing.Protocol):
    """A conversation that keeps its history in the client's own words."""

    def say(self, ask: Ask, model: str, is_streamed: bool) -> Outcome:
        """Adds the turns of `ask` to the history, sends it, and adds the reply."""

    def count(self, ask: Ask, model: str) -> Outcome:
        """Has the tokens counted."""


class Client(typing.Protocol):
    def talk(self) -> Talk:
        """A new conversation over the client's connections."""

    def close(self) -> None:
        """Ends its connections."""


def losses(headers: typing.Mapping[str, str]) -> tuple[str, ...]:
    told = headers.get(LOSS_HEADER, "")
    return tuple(word.strip() for word in told.split(",") if word.strip())


def history_id(number: int) -> str:
    """How a client names a call that no vendor made."""
    return f"call_history_{number}"
