"""Holds what a client was sent against the published types: the SDKs themselves let much pass."""

from __future__ import annotations

import base64
import functools
import typing

import botocore.session
import pydantic

from vendors import typed


class BadReply(Exception):
    """A reply that the language's own types do not allow."""


def hold(model: pydantic.BaseModel) -> None:
    """Refuses a reply or an event with a member missing or of another type."""
    sent = model.model_dump(exclude_unset=True, by_alias=True, warnings=False)
    try:
        type(model).model_validate(sent)
    except pydantic.ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
                         for one in error.errors()[:4])
        raise BadReply(f"{type(model).__name__} {told}") from None


class EventCheck:
    """Holds the first event of each type, and every one that is no delta."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def see(self, kind: str, event: pydantic.BaseModel) -> None:
        if "delta" in kind and kind in self._met:
            return
        self._met.add(kind)
        hold(event)


def hold_shape(operation: str, sent: dict) -> None:
    """The same for a reply of Bedrock's, by its service description."""
    shape = _operation(operation).output_shape
    told = {name: _plain(value) for name, value in sent.items() if name != "ResponseMetadata"}
    problems = typed.check_shape(told, shape)
    if problems:
        raise BadReply("; ".join(problems[:4]))


def hold_event(event: dict) -> None:
    stream = _operation("ConverseStream").output_shape.members["stream"]
    problems = typed.check_shape(_plain(event), stream)
    if problems:
        raise BadReply("; ".join(problems[:4]))


@functools.cache
def _operation(name: str) -> typing.Any:
    session = botocore.session.get_session()
    return session.get_service_model("bedrock-runtime").operation_model(name)


def _plain(value: typing.Any) -> typing.Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
