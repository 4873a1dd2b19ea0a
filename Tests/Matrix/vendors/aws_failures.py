"""How Bedrock fails, whatever language the model behind it speaks."""

from __future__ import annotations

from vendors.language import Event
from words import Fault

_FAULTS = {
    "invalid": (400, "ValidationException"), "overflow": (400, "ValidationException"),
    "authentication": (403, "UnrecognizedClientException"),
    "permission": (403, "AccessDeniedException"),
    "missing": (404, "ResourceNotFoundException"), "rate": (429, "ThrottlingException"),
    "server": (500, "InternalServerException"),
    "overloaded": (503, "ServiceUnavailableException"),
}


def status(kind: str) -> tuple[int, dict[str, str]]:
    number, word = _FAULTS[kind]
    return number, {"x-amzn-errortype": f"{word}:http://internal.amazon.com/coral/",
                    "x-amzn-requestid": "2b8f5e0e-0000-4000-8000-000000000000"}


def error(kind: str, message: str) -> dict:
    if kind == "overflow":
        message = "Input is too long for requested model."
    return {"message": message}


def event(fault: Fault) -> Event:
    """An exception's frame; its name begins small there."""
    _, word = _FAULTS[fault.kind]
    return word[0].lower() + word[1:], {"message": fault.message}
