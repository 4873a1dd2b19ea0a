"""How the gateway is told of each surface: the one place that knows its settings' names."""

from __future__ import annotations

import dataclasses
import pathlib

from vendors import surfaces as vendor

#: What a client gives the gateway.
CALLER_KEY = "sk-matrix-0123456789abcdef0123456789"
CALLER_ACCESS_KEY, CALLER_SECRET_KEY = "AKIDMATRIX0123456789", "secret-of-the-matrix-caller-0123"

_CLAUDE = {"plain": "claude-sonnet-4-5", "budget": "claude-sonnet-4-5",
           "effort": "claude-opus-4-6"}
_BEDROCK = {"plain": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "budget": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "effort": "us.anthropic.claude-opus-4-6-v1:0"}
_GPT = {"plain": "gpt-4o", "budget": "gpt-5.1", "effort": "gpt-5.1"}
_GEMINI = {"plain": "gemini-2.5-flash", "budget": "gemini-2.5-pro", "effort": "gemini-3-pro"}


@dataclasses.dataclass(frozen=True)
class Backend:
    """A surface as the gateway's configuration names it."""
    surface: str
    #: The wire language, a name of `abilities`.
    language: str
    #: The upstream's names of models by what a scenario needs of them.
    models: dict[str, str]
    #: YAML members; `{url}` is the vendor's address.
    settings: str
    #: The vendor's own host name, when it is reached by it through a proxy.
    host: str | None = None


_KEY = f"api_key: {vendor.KEY}"
_VERTEX = (f'kind: vertex, project: {vendor.PROJECT}, region: {vendor.LOCATION}, '
           f'base_url: "{{url}}", auth_token: {vendor.KEY}')
_AWS = (f'kind: bedrock, region: {vendor.REGION}, base_url: "{{url}}", '
        f'access_key_id: {vendor.ACCESS_KEY}, secret_access_key: "{vendor.SECRET_KEY}"')

BACKENDS = (
    Backend("openai_chat", "chat", _GPT,
            f'kind: openai, base_url: "https://api.openai.com/v1", {_KEY}', "api.openai.com"),
    Backend("openai_responses", "responses", _GPT,
            f'kind: openai, format: responses, base_url: "https://api.openai.com/v1", {_KEY}',
            "api.openai.com"),
    Backend("azure_chat", "chat", _GPT,
            f'kind: azure, format: chat, base_url: "{{url}}", '
            f'api_version: "{vendor.AZURE_VERSION}", {_KEY}'),
    Backend("azure_responses", "responses", _GPT,
            f'kind: azure, format: responses, base_url: "{{url}}", api_version: v1, {_KEY}'),
    Backend("vertex_gemini", "gemini", _GEMINI, f"{_VERTEX}, format: gemini"),
    Backend("vertex_anthropic", "anthropic",
            {kind: name + "@20260101" if kind == "effort" else name + "@20250929"
             for kind, name in _CLAUDE.items()}, f"{_VERTEX}, format: anthropic"),
    Backend("gemini", "gemini", _GEMINI, f'kind: gemini, base_url: "{{url}}/v1beta", {_KEY}'),
    Backend("anthropic", "anthropic", _CLAUDE, f'kind: anthropic, base_url: "{{url}}", {_KEY}'),
    Backend("bedrock_invoke", "anthropic", _BEDROCK, f"{_AWS}, format: invoke"),
    Backend("bedrock_converse", "converse", _BEDROCK, f"{_AWS}, format: converse"),
    Backend("gemini_openai", "chat", _GEMINI,
            f'kind: gemini, format: openai, base_url: "{{url}}/v1beta", {_KEY}'),
    Backend("vertex_openai", "chat", _GEMINI, f"{_VERTEX}, format: openai"),
    Backend("compatible", "chat", _GPT, f'kind: openai, base_url: "{{url}}/v1", {_KEY}'),
)
BY_SURFACE = {backend.surface: backend for backend in BACKENDS}


def client_model(surface: str, kind: str) -> str:
    """The name by which clients ask for a surface's model."""
    return f"{surface.replace('_', '-')}-{kind}"


def configuration(urls: dict[str, str], authority: pathlib.Path) -> str:
    """The gateway's YAML with the surfaces in `urls`."""
    lines = ["keys:", f"  - {{name: matrix, secret: {CALLER_KEY}}}", "backends:"]
    for surface, url in urls.items():
        backend = BY_SURFACE[surface]
        members = [backend.settings.format(url=url), "retries: 0"]
        if backend.host:
            members.append(f'proxy: "{url}", ca_file: "{authority}"')
        lines.append(f"  {surface}: {{{', '.join(members)}}}")
    lines.append("mappings:")
    for surface in urls:
        for kind, model in BY_SURFACE[surface].models.items():
            lines.append(f'  - "{client_model(surface, kind)}": "{surface}:{model}"')
    return "\n".join(lines) + "\n"
