"""The surfaces: where a language is reached, with which credential, in which framing."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import typing
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from vendors import aws_failures, frames
from vendors.anthropic_messages import NEWER_VERSION, AnthropicMessages
from vendors.bedrock_converse import BedrockConverse
from vendors.gemini import Gemini
from vendors.language import COUNTED_TOKENS, Asked, Event, Language, Problems
from vendors.minting import Mint
from vendors.openai_chat import OpenAIChat
from vendors.openai_responses import OpenAIResponses
from words import Fault

KEY = "upstream-key-0123456789"
ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE0123456789", "secret/of+the+upstream", "us-east-1"
AZURE_VERSION = "2024-10-21"
_GEMINI_ACTIONS = "generateContent|streamGenerateContent|countTokens"
PROJECT, LOCATION = "matrix-project", "us-central1"


@dataclasses.dataclass
class Surface:
    """One way to a language. `paths` are patterns whose groups are the model and the action."""
    name: str
    language: Language
    paths: tuple[str, ...]
    credential: typing.Callable[[Asked], Problems]
    adapt: typing.Callable[[Asked], Problems] = lambda asked: []
    frame: typing.Callable[[Event], bytes] | None = None
    stream_type: str = "text/event-stream"

    def admit(self, asked: Asked) -> Problems:
        if asked.method != "POST":
            return [f"method {asked.method}"]
        for pattern in self.paths:
            found = re.fullmatch(pattern, asked.path)
            if found:
                break
        else:
            return [f"no such path: {asked.path}"]
        named = found.groupdict()
        asked.model = urllib.parse.unquote(named.get("model") or asked.body.get("model", ""))
        action = f"{named.get('model', '')}:{named.get('action', '')}"
        asked.is_streamed = bool(asked.body.get("stream")) or "stream" in action.lower()
        asked.is_count = "count" in action.lower() or asked.path.endswith("input_tokens")
        problems = self.credential(asked) + self.adapt(asked)
        if not asked.headers.get("content-type", "").startswith("application/json"):
            problems.append("content-type must be application/json")
        return problems

    def framed(self, event: Event) -> bytes:
        return (self.frame or server_sent)(event)


def server_sent(event: Event) -> bytes:
    name, body = event
    data = body if isinstance(body, str) else json.dumps(
        body, ensure_ascii=False, separators=(",", ":"))
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data}\n\n".encode()


class BedrockAnthropic(AnthropicMessages):
    """Claude behind Bedrock's invoke: Anthropic's words, Amazon's failures."""
    runs_server_tools = False

    def status(self, kind: str) -> tuple[int, dict[str, str]]:
        return aws_failures.status(kind)

    def count(self, asked: Asked) -> dict:
        return {"inputTokens": COUNTED_TOKENS}

    def error(self, kind: str, message: str) -> dict:
        return aws_failures.error(kind, message)

    def fault_event(self, fault: Fault) -> Event:
        return aws_failures.event(fault)


def _converse_frame(event: Event) -> bytes:
    name, body = event
    if name.endswith("Exception"):
        return frames.exception(name, body["message"])
    return frames.event(name, body)


def _invoke_frame(event: Event) -> bytes:
    """Bedrock's invoke stream: each event of the model's language in a `chunk`."""
    name, body = event
    if name.endswith("Exception"):
        return frames.exception(name, body["message"])
    data = base64.b64encode(json.dumps(body, ensure_ascii=False).encode()).decode()
    return frames.event("chunk", {"bytes": data})


def _header(name: str, value: str) -> typing.Callable[[Asked], Problems]:
    others = {"authorization", "x-api-key", "api-key", "x-goog-api-key"} - {name}

    def credential(asked: Asked) -> Problems:
        problems = [] if asked.headers.get(name) == value else [f"header {name} is wrong"]
        return problems + [f"header {other} has no place here" for other in others
                           if other in asked.headers]
    return credential


def _anthropic_key(asked: Asked) -> Problems:
    """A key in its own header or, as newer SDKs send it, as a bearer."""
    name = "authorization" if "authorization" in asked.headers else "x-api-key"
    return _header(name, f"Bearer {KEY}" if name == "authorization" else KEY)(asked)


def _anthropic_version(asked: Asked) -> Problems:
    asked.version = asked.headers.get("anthropic-version", "")
    is_known = asked.version in ("2023-06-01", NEWER_VERSION)
    return [] if is_known else [f"anthropic-version is {asked.version}"]


def _version_in_body(asked: Asked, older: str) -> Problems:
    asked.version = asked.body.pop("anthropic_version", "")
    is_known = asked.version in (older, NEWER_VERSION)
    return [] if is_known else [f"anthropic_version is {asked.version}, not {older}"]


def _azure_key(asked: Asked) -> Problems:
    """The v1 surface takes its key in either header, and no dated version."""
    name = "authorization" if "authorization" in asked.headers else "api-key"
    problems = _header(name, f"Bearer {KEY}" if name == "authorization" else KEY)(asked)
    version = asked.query.get("api-version")
    return problems if version in (None, "v1", "preview") else [
        *problems, f"api-version is {version}"]


def _azure_version(asked: Asked) -> Problems:
    version = asked.query.get("api-version")
    return [] if version == AZURE_VERSION else [f"api-version is {version}"]


def _publisher(asked: Asked) -> Problems:
    """Vertex's OpenAI surface names the publisher before the model."""
    return [] if asked.model.startswith("google/") else [f"model: no publisher: {asked.model}"]


def _vertex_anthropic(asked: Asked) -> Problems:
    problems = _version_in_body(asked, "vertex-2023-10-16")
    if "model" in asked.body and not asked.is_count:
        problems.append("model: Extra inputs are not permitted")
    if not asked.is_count:
        asked.body["model"] = asked.model
    return problems


def _bedrock_anthropic(asked: Asked) -> Problems:
    if asked.is_count:
        # The counter takes the body that it counts wrapped in its own.
        asked.data = base64.b64decode(asked.body["input"]["invokeModel"]["body"])
        asked.body = json.loads(asked.data)
    problems = _version_in_body(asked, "bedrock-2023-05-31")
    asked.body.pop("max_tokens" if asked.is_count else "", None)
    betas = asked.body.pop("anthropic_beta", [])
    if not isinstance(betas, list):
        problems.append("anthropic_beta must be a list")
    problems += [f"{name}: Extra inputs are not permitted"
                 for name in ("model", "stream") if name in asked.body]
    asked.body["model"] = asked.model
    return problems


def signed(asked: Asked) -> Problems:
    """SigV4 as botocore signs it, over the very headers that the request names as signed."""
    told = asked.headers.get("authorization", "")
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?"
                         r"Signature=([0-9a-f]{64})", told)
    if not found:
        return [f"authorization is no SigV4: {told[:40]}"]
    names = found[2].split(";")
    if "host" not in names or "x-amz-date" not in names:
        return ["host and x-amz-date must be signed"]
    query = "&".join(f"{name}={value}" for name, value in asked.query.items())
    request = botocore.awsrequest.AWSRequest(
        asked.method, f"http://{asked.headers['host']}{asked.path}" + (f"?{query}" * bool(query)),
        {name: asked.headers.get(name, "") for name in names if name != "host"}, asked.data)
    request.context["timestamp"] = asked.headers["x-amz-date"]
    credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY)
    signer = botocore.auth.SigV4Auth(credentials, "bedrock", REGION)
    canonical = signer.canonical_request(request)
    wanted = signer.signature(signer.string_to_sign(request, canonical), request)
    scope = f"{ACCESS_KEY}/{signer.credential_scope(request)}"
    problems = [] if found[1] == scope else [f"credential scope {found[1]}, wanted {scope}"]
    return problems if wanted == found[3] else [*problems, "the signature does not match"]


def surfaces() -> list[Surface]:
    """Every surface with a fresh language; mints are shared where the vendors' states are."""
    google = Mint("gemini")
    claude, bearer = Mint("claude"), _header("authorization", f"Bearer {KEY}")
    vertex = rf"/v1/projects/{PROJECT}/locations/{LOCATION}/publishers"
    return [
        Surface("openai_chat", OpenAIChat(Mint("openai")), ("/v1/chat/completions",), bearer),
        Surface("openai_responses", OpenAIResponses(Mint("openai")),
                ("/v1/responses", "/v1/responses/input_tokens"), bearer),
        Surface("azure_responses", OpenAIResponses(Mint("azure")), ("/openai/v1/responses",),
                _azure_key),
        Surface("compatible", OpenAIChat(Mint("compatible"), is_compatible=True),
                ("/v1/chat/completions",), bearer),
        Surface("azure_chat", OpenAIChat(Mint("azure"), is_azure=True),
                (r"/openai/deployments/(?P<model>[\w.-]+)/chat/completions",),
                _header("api-key", KEY), _azure_version),
        Surface("gemini_openai", OpenAIChat(Mint("gemini"), is_compatible=True),
                ("/v1beta/openai/chat/completions",), bearer),
        Surface("vertex_openai", OpenAIChat(Mint("gemini"), is_compatible=True),
                (rf"/v1/projects/{PROJECT}/locations/{LOCATION}/endpoints/openapi"
                 "/chat/completions",), bearer, _publisher),
        Surface("anthropic", AnthropicMessages(claude),
                ("/v1/messages", "/v1/messages/(?P<action>count_tokens)"),
                _anthropic_key, _anthropic_version),
        Surface("vertex_anthropic", AnthropicMessages(claude),
                (rf"{vertex}/anthropic/models/(?P<model>[\w.@%-]+):(?P<action>\w+)",), bearer,
                _vertex_anthropic),
        Surface("gemini", Gemini(google),
                (rf"/v1(beta)?/models/(?P<model>[\w.-]+):(?P<action>{_GEMINI_ACTIONS})",),
                _header("x-goog-api-key", KEY)),
        Surface("vertex_gemini", Gemini(google),
                (rf"{vertex}/google/models/(?P<model>[\w.-]+):(?P<action>{_GEMINI_ACTIONS})",),
                bearer),
        Surface("bedrock_invoke", BedrockAnthropic(claude),
                (r"/model/(?P<model>[\w.:%-]+)/"
                 r"(?P<action>invoke(-with-response-stream)?|count-tokens)",),
                signed, _bedrock_anthropic, _invoke_frame,
                "application/vnd.amazon.eventstream"),
        Surface("bedrock_converse", BedrockConverse(claude),
                (r"/model/(?P<model>[\w.:%-]+)/(?P<action>converse(-stream)?|count-tokens)",),
                signed, frame=_converse_frame, stream_type="application/vnd.amazon.eventstream"),
    ]
