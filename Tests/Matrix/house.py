"""Everything a cell needs: the scripted vendors, a gateway before them, and the clients."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

import backends
import clients
from authority import Authority
from clients.client import Client, Place
from scenarios import SCENARIOS
from vendors import surfaces
from vendors.server import Board, VendorServer

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "PythonSupport"))

from gateway_process import GatewayProcess  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("ANYLLM_BUILD_DIR", ROOT / ".build" / "debug")) / "anyllm-tui"


class House:
    """One run's servers; ends with its `with` block."""

    def __init__(self, is_direct: bool) -> None:
        self.is_direct = is_direct
        self.board = Board({scenario.name: tuple(step.reply for step in scenario.steps)
                            for scenario in SCENARIOS})
        self._folder = tempfile.TemporaryDirectory(prefix="anyllm-matrix-")
        self._clients: dict[tuple[str, str | None], Client] = {}
        self.gateway: GatewayProcess | None = None
        #: Surfaces that the gateway's configuration does not know yet, with what it says.
        self.unknown: dict[str, str] = {}

    def __enter__(self) -> House:
        folder = pathlib.Path(self._folder.name)
        authority = Authority(folder)
        self.servers = {}
        for surface in surfaces.surfaces():
            host = backends.BY_SURFACE[surface.name].host
            tls = authority.context(host) if host else None
            self.servers[surface.name] = VendorServer(surface, self.board, tls)
        if not self.is_direct:
            self._start_gateway(folder, authority)
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()
        if self.gateway:
            self.gateway.stop()
        for server in self.servers.values():
            server.stop()
        self._folder.cleanup()

    def _start_gateway(self, folder: pathlib.Path, authority: Authority) -> None:
        urls = {}
        for name, server in self.servers.items():
            reason = _refusal(folder, backends.configuration({name: server.url}, authority.file))
            if reason:
                self.unknown[name] = reason
            else:
                urls[name] = server.url
        configuration = backends.configuration(urls, authority.file)
        self.gateway = GatewayProcess(PROGRAM, folder / "gateway", configuration)
        self.gateway.start()

    def family(self, surface: str) -> set[str]:
        """The surfaces whose opaque state this one takes back."""
        language = self.servers[surface].surface.language
        if not language.has_opaque_state:
            return set()
        family = language.mint.family
        return {name for name, server in self.servers.items()
                if server.surface.language.mint.family == family}

    def client(self, name: str, surface: str) -> Client:
        """A client of the gateway, or of the surface itself; made once."""
        place = (Place(self.servers[surface].url, surfaces.KEY, surface) if self.is_direct
                 else Place(self.gateway.url, backends.CALLER_KEY))
        key = (name, place.surface)
        if key not in self._clients:
            self._clients[key] = clients.make(name, place)
        return self._clients[key]

    def model(self, surface: str, kind: str) -> str:
        if self.is_direct:
            return backends.BY_SURFACE[surface].models[kind]
        return backends.client_model(surface, kind)


def _refusal(folder: pathlib.Path, configuration: str) -> str:
    """What the gateway has against a configuration; empty when it takes it."""
    file = folder / "probe.yaml"
    file.write_text(configuration)
    ran = subprocess.run(
        [str(PROGRAM), "--check", "--config", str(file)], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=30,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)})
    if ran.returncode == 0:
        return ""
    return (ran.stderr + ran.stdout).strip().splitlines()[0] or "refused"
