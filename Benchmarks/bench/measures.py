"""The measurements, each as a function from running servers to figures."""

import dataclasses
import pathlib
import statistics
import time

from . import drivers, workloads

RATES = [500, 1000, 5000]
OPEN_STREAMS = 1000
CHUNKS_PER_SECOND = 20

LATENCY_CELLS = [
    workloads.Cell("unary", workloads.ANTHROPIC_PATH, workloads.reply("openai-unary"),
                   "output_tokens", False, 0),
    workloads.Cell("20-chunk stream", workloads.ANTHROPIC_PATH, workloads.reply("openai-short"),
                   "message_stop", True, 0),
]


@dataclasses.dataclass
class Plan:
    """How long and how often."""

    rounds: int = 5
    seconds: int = 5
    latency_seconds: int = 6
    stream_chunks: int = 200
    cancellations: int = 500

    @classmethod
    def quick(cls):
        return cls(rounds=1, seconds=2, latency_seconds=1, stream_chunks=60, cancellations=100)


class Bodies:
    """Request bodies as files, made once."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def file(self, path, model, is_streamed):
        body = workloads.request_body(path, model, is_streamed)
        name = f"{path.strip('/').replace('/', '-')}-{model}-{is_streamed}.json"
        file = self.directory / name
        file.write_bytes(body)
        return file

    def for_server(self, server, cell):
        """What is sent to that server; only the gateway gets another language than the upstream's."""
        path = cell.reply.path if server.name != "gateway" else cell.client_path
        return self.file(path, cell.reply.name, cell.is_streamed)


@dataclasses.dataclass
class Comparison:
    cell: workloads.Cell
    proxy: list
    gateway: list

    @property
    def ratio(self):
        return statistics.median(
            ours.requests_per_second / theirs.requests_per_second
            for ours, theirs in zip(self.gateway, self.proxy))

    @staticmethod
    def median(rates):
        return statistics.median(rate.requests_per_second for rate in rates)


def compare(proxy, gateway, cells, bodies, plan, say):
    """Alternates between the two servers, cell by cell, round by round."""
    comparisons = [Comparison(cell, [], []) for cell in cells]
    for cell in cells:
        for server in (proxy, gateway):
            body = bodies.for_server(server, cell)
            drivers.check(server.port, server.path(cell), body.read_bytes(), server.end(cell))
            drivers.wrk(server.port, server.path(cell), body, 1)
    for number in range(plan.rounds):
        for comparison in comparisons:
            cell = comparison.cell
            pair = [(proxy, comparison.proxy), (gateway, comparison.gateway)]
            for server, rates in pair if number % 2 == 0 else reversed(pair):
                body = bodies.for_server(server, cell)
                rates.append(drivers.wrk(server.port, server.path(cell), body, plan.seconds))
            say(f"round {number + 1}, {cell.title}: nginx "
                f"{comparison.proxy[-1].requests_per_second:,.0f}, gateway "
                f"{comparison.gateway[-1].requests_per_second:,.0f}")
    return comparisons


@dataclasses.dataclass
class LatencyRow:
    cell: workloads.Cell
    rate: int
    server: str
    figures: dict


class Direct:
    """The upstream itself, asked without anything between."""

    name = "direct"

    def __init__(self, upstream):
        self.port = upstream.port

    def path(self, cell):
        return f"/{cell.reply.name}{cell.reply.path}"

    def end(self, cell):
        return cell.reply.end


def latencies(load, servers, bodies, plan, say):
    """Open loop at each rate; the same requests directly, through nginx, through the gateway."""
    rows = []
    for cell in LATENCY_CELLS:
        for rate in RATES:
            for server in servers:
                figures = drivers.load(
                    load, "rate", server.port, server.path(cell),
                    bodies.for_server(server, cell), server.end(cell), rate=rate,
                    seconds=plan.latency_seconds, connections=256)
                rows.append(LatencyRow(cell, rate, server.name, figures))
                say(f"{cell.title} at {rate}/s, {server.name}: p50 {figures['p50_us']:.0f} us, "
                    f"p99 {figures['p99_us']:.0f} us, {figures['failed']} failed")
    return rows


@dataclasses.dataclass
class StreamRow:
    server: str
    figures: dict
    peak_memory: int
    cpu_percent: float


def open_streams(load, server, cell, bodies, plan, say):
    """Many paced streams at once; were all served, how late, at what cost."""
    before, started = server.cpu_seconds(), time.monotonic()
    figures = drivers.load(
        load, "streams", server.port, server.path(cell), bodies.for_server(server, cell),
        server.end(cell), streams=OPEN_STREAMS, ramp=1000,
        seconds=plan.stream_chunks // CHUNKS_PER_SECOND + 20)
    cpu = 100 * (server.cpu_seconds() - before) / (time.monotonic() - started)
    row = StreamRow(server.name, figures, server.peak_memory(), cpu)
    say(f"{OPEN_STREAMS} streams, {server.name}: {figures['answered']} served, chunk delay p99 "
        f"{figures['delay_p99_us']:.0f} us, {row.peak_memory / 1e6:.1f} MB, {cpu:.0f} % of a core")
    return row
