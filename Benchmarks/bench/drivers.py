"""Programs that load a server, and what they saw."""

import dataclasses
import http.client
import json
import pathlib
import re
import subprocess

from . import workloads

WRK_SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "load" / "post.lua"
LOAD_SOURCES = pathlib.Path(__file__).resolve().parent.parent / "load"
CONNECTIONS = 32


class Unserved(RuntimeError):
    """A server answered something else than what is measured."""


def compile_programs(directory: pathlib.Path):
    """Builds the load generator and the paced upstream; answers their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    load, paced = directory / "load", directory / "paced_upstream"
    for target, sources in ((load, ["load.c", "response.c"]), (paced, ["paced_upstream.c"])):
        subprocess.run(
            ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(target),
             *[str(LOAD_SOURCES / source) for source in sources]], check=True)
    return load, paced


def check(port, path, body, end):
    """One request by hand, so that no error page is ever measured."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = dict(header.split(": ", 1) for header in workloads.HEADERS)
    headers["content-type"] = "application/json"
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.status != 200 or end not in text[-400:]:
        raise Unserved(f"{path} on port {port}: {response.status} {text[-300:]!r}")


@dataclasses.dataclass
class Rate:
    requests_per_second: float
    megabytes_per_second: float


def wrk(port, path, body_file, seconds):
    """Closed loop over keep-alive connections; answers the rate."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s",
               "-s", str(WRK_SCRIPT)]
    for header in workloads.HEADERS:
        command += ["-H", header]
    command += [f"http://127.0.0.1:{port}{path}", "--", str(body_file)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for trouble in ("Non-2xx", "Socket errors"):
        if trouble in output:
            line = next(line for line in output.splitlines() if trouble in line)
            raise Unserved(f"{path} on port {port}: {line.strip()}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    amount, unit = re.search(r"Transfer/sec:\s+([\d.]+)(\w+)", output).groups()
    scale = {"B": 1e-6, "KB": 1e-3, "MB": 1, "GB": 1e3}[unit]
    return Rate(rate, float(amount) * scale)


def load(program, mode, port, path, body_file, end, **options):
    """Runs the load generator; answers its figures."""
    command = [str(program), mode, "--port", str(port), "--path", path, "--body", str(body_file),
               "--end", end]
    for header in workloads.HEADERS:
        command += ["--header", header]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(output)
