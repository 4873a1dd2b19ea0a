"""The matrix's own words: what a client asks, what a vendor replies, what each of them saw.

They belong to no vendor. `clients/` says an `Ask` in a client's language, `vendors/` says a `Reply`
in a vendor's and reads what arrived as a `Seen`.
"""

from __future__ import annotations

import base64
import dataclasses
import typing
import zlib

# A picture of one red pixel, a page, and a moment of silence: small, and truly what they claim.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")
_PAGE = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
         b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
         b"trailer<</Root 1 0 R>>\n%%EOF\n")
_SILENCE = (b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"
            b"\x80\x3e\x00\x00\x02\x00\x10\x00data\x08\x00\x00\x00" + b"\x00" * 8)
PNG, PDF, WAV = (base64.b64encode(data).decode() for data in (_PIXEL, _PAGE, _SILENCE))
PICTURE_URL = "https://pictures.example/red.png"


@dataclasses.dataclass(frozen=True)
class Text:
    text: str
    is_cached: bool = False


@dataclasses.dataclass(frozen=True)
class Image:
    """A picture: base64 of a PNG, or a URL."""
    data: str = PNG
    url: str | None = None


@dataclasses.dataclass(frozen=True)
class Document:
    """A PDF in base64, or plain text."""
    title: str
    pdf: str | None = None
    text: str | None = None


@dataclasses.dataclass(frozen=True)
class Audio:
    data: str = WAV


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    arguments: dict
    id: str = ""


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of the call with that place in the last assistant turn (or with that id)."""
    content: tuple[Text | Image | Document, ...]
    call: int = 0
    is_error: bool = False


@dataclasses.dataclass(frozen=True)
class Thinking:
    text: str
    is_redacted: bool = False


@dataclasses.dataclass(frozen=True)
class Citation:
    """Text that a source on the web stands for."""
    text: str
    url: str
    title: str


@dataclasses.dataclass(frozen=True)
class Refusal:
    text: str


Part = typing.Union[
    Text, Image, Document, Audio, Call, Result, Thinking, Citation, Refusal]


@dataclasses.dataclass(frozen=True)
class Turn:
    role: str
    parts: tuple[Part, ...]


def user(*parts: Part | str) -> Turn:
    return Turn("user", _parts(parts))


def assistant(*parts: Part | str) -> Turn:
    return Turn("assistant", _parts(parts))


def system(*parts: Part | str) -> Turn:
    return Turn("system", _parts(parts))


def _parts(parts: tuple[Part | str, ...]) -> tuple[Part, ...]:
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str
    schema: dict
    description: str = "A tool of the tests"
    is_strict: bool = False
    is_cached: bool = False


@dataclasses.dataclass(frozen=True)
class Ask:
    """A request; `turns` of a later step are what is added to the client's own history."""
    turns: tuple[Turn, ...]
    system: tuple[Text, ...] = ()
    tools: tuple[Tool, ...] = ()
    #: None, "auto", "any", "none", or a tool's name.
    choice: str | None = None
    is_parallel: bool = True
    searches_web: bool = False
    max_tokens: int = 4096
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    #: A budget in tokens or a word for the effort.
    budget: int | None = None
    effort: str | None = None
    #: A JSON schema, or "object" for any.
    format: dict | str | None = None
    user: str | None = None
    tier: str | None = None


@dataclasses.dataclass(frozen=True)
class Usage:
    """Tokens; `input` and `output` are whole, the others are parts of them."""
    input: int = 120
    output: int = 30
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclasses.dataclass(frozen=True)
class Fault:
    """How a vendor fails: a status and its words, or a place in the reply."""
    #: "status", "in_body" (an error inside a 200), "in_stream", "cut"
    place: str
    kind: str = "server"
    message: str = "The server had an error while processing your request"


@dataclasses.dataclass(frozen=True)
class Reply:
    parts: tuple[Part, ...] = ()
    #: "stop", "length", "tool", "stop_sequence", "refusal", "filter"
    stop: str = "stop"
    usage: Usage = Usage()
    fault: Fault | None = None
    #: Bytes of each fragment of text and of arguments.
    grain: int = 7
    #: Arguments arrive only in the event that closes the call, where the language has one.
    closes_whole: bool = False
    #: Overrides the vendor's own way to name calls.
    call_ids: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, (Text, Citation)))

    @property
    def thinking(self) -> str:
        return "".join(part.text for part in self.parts
                       if isinstance(part, Thinking) and not part.is_redacted)

    @property
    def calls(self) -> list[Call]:
        return [part for part in self.parts if isinstance(part, Call)]

    @property
    def citations(self) -> list[Citation]:
        return [part for part in self.parts if isinstance(part, Citation)]

    @property
    def refusal(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Refusal))


@dataclasses.dataclass
class Error:
    """A failure as the client's SDK tells it."""
    status: int | None
    message: str
    kind: str = ""
    retry_after: str | None = None


@dataclasses.dataclass
class Outcome:
    """What a client's program got."""
    text: str = ""
    thinking: str = ""
    calls: list[Call] = dataclasses.field(default_factory=list)
    #: In the client's own word.
    stop: str | None = None
    usage: Usage | None = None
    citations: list[str] = dataclasses.field(default_factory=list)
    refusal: str = ""
    error: Error | None = None
    losses: tuple[str, ...] = ()
    #: What an endpoint other than a conversation answered.
    count: int | None = None


@dataclasses.dataclass
class SeenResult:
    """A tool's result as it arrived, with the name of the call that it answers."""
    call: str
    text: str
    is_error: bool


@dataclasses.dataclass
class Seen:
    """A request as a vendor understood it."""
    system: str = ""
    roles: list[str] = dataclasses.field(default_factory=list)
    text: str = ""
    images: list[str] = dataclasses.field(default_factory=list)
    documents: list[str] = dataclasses.field(default_factory=list)
    audio: list[str] = dataclasses.field(default_factory=list)
    calls: list[Call] = dataclasses.field(default_factory=list)
    results: list[SeenResult] = dataclasses.field(default_factory=list)
    #: How many thoughts came back with this vendor's own proof.
    thoughts: int = 0
    tools: dict[str, dict] = dataclasses.field(default_factory=dict)
    choice: str | None = None
    is_parallel: bool = True
    searches_web: bool = False
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: list[str] = dataclasses.field(default_factory=list)
    #: Whether thinking was asked for, in whatever measure.
    thinks: bool = False
    format: dict | str | None = None
    user: str | None = None
    tier: str | None = None
    cache_marks: int = 0


def pieces(text: str, grain: int) -> list[str]:
    """Fragments of a text; an empty text has none."""
    return [text[start:start + grain] for start in range(0, len(text), grain)]


def short_digest(text: str) -> str:
    return format(zlib.crc32(text.encode()), "08x")
