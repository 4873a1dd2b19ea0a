#!/usr/bin/env python3
"""Measures the release build beside nginx and writes docs/benchmarks.md.

`--quick` takes about a minute and only prints; `--stand-in` puts a second nginx in the gateway's
place, which shows what the harness itself cannot tell apart.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "PythonSupport"))

from bench import (  # noqa: E402
    cancellation, drivers, measures, operation, report, servers, tokens, workloads)

PROGRAM = ROOT / ".build" / "release" / "anyllm-tui"


def say(line):
    print(line, flush=True)


def make_gateway(options, directory, backends, upstream):
    if options.stand_in:
        stand_in = servers.PlainProxy(directory.parent, upstream, directory.name)
        stand_in.name = "stand-in"
        return stand_in
    return servers.Gateway(PROGRAM, directory, backends)


def measure_rates(options, plan, place, upstream, bodies):
    backends = servers.backends_of(upstream)
    with servers.PlainProxy(place, upstream) as proxy, \
            make_gateway(options, place / "rates", backends, upstream) as gateway:
        comparisons = measures.compare(proxy, gateway, workloads.CELLS, bodies, plan, say)
        return comparisons, gateway.peak_memory()


def measure_latencies(options, plan, place, upstream, bodies, load):
    backends = servers.backends_of(upstream)
    with servers.PlainProxy(place, upstream) as proxy, \
            make_gateway(options, place / "latency", backends, upstream) as gateway:
        line = [measures.Direct(upstream), proxy, gateway]
        return measures.latencies(load, line, bodies, plan, say)


def measure_streams(options, plan, place, bodies, load, paced):
    cell = workloads.Cell("paced", workloads.ANTHROPIC_PATH, workloads.reply("openai-stream"),
                          "message_stop", True, 0)
    interval = 1000 // measures.CHUNKS_PER_SECOND
    rows = []
    with servers.PacedUpstream(paced, plan.stream_chunks, interval) as upstream:
        upstream.path, upstream.end = (lambda _: workloads.OPENAI_PATH), (lambda _: "[DONE]")
        rows.append(measures.open_streams(load, upstream, cell, bodies, plan, say))
        backends = [(cell.reply.name, "openai", f"http://127.0.0.1:{upstream.port}/v1")]
        for server in (servers.PlainProxy(place, upstream, "paced-proxy"),
                       make_gateway(options, place / "streams", backends, upstream)):
            with server:
                rows.append(measures.open_streams(load, server, cell, bodies, plan, say))
    return rows


def measure_cancellations(plan, place):
    with cancellation.WatchingUpstream() as upstream, \
            servers.Gateway(
                PROGRAM, place / "cancellation", cancellation.backends(upstream)) as gateway:
        return cancellation.measure(upstream, gateway, plan.cancellations, say)


def measure_codecs():
    """The micro-benchmark of the codecs, when the package has it."""
    if '"codec-bench"' not in (ROOT / "Package.swift").read_text():
        return []
    command = ["swift", "run", "-c", "release", "--quiet", "codec-bench"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    say(done.stdout)
    return [("Chunks and requests through the codecs", done.stdout), measure_tokens()]


def measure_tokens():
    lines = tokens.measure()
    say(lines)
    return ("Counting tokens", lines)


def measure_screen(plan):
    """What drawing a hundred busy streams costs, on a terminal of the program's own."""
    fixture = ROOT / "Tests" / "Terminal" / "fixture.json"
    frames = "100" if plan.rounds == 1 else "1000"
    done = subprocess.run(
        [PROGRAM, "--bench-ui", frames, "--fixture", str(fixture)],
        capture_output=True, text=True, check=True)
    say(done.stdout)
    return [("Drawing the screen", done.stdout)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--stand-in", action="store_true")
    options = parser.parse_args()
    plan = measures.Plan.quick() if options.quick else measures.Plan()
    load, paced = drivers.compile_programs(ROOT / ".build" / "bench")
    with tempfile.TemporaryDirectory(prefix="anyllm-bench-") as folder:
        place = pathlib.Path(folder)
        bodies = measures.Bodies(place / "bodies")
        with servers.StaticUpstream(place) as upstream:
            comparisons, memory = measure_rates(options, plan, place, upstream, bodies)
            latency_rows = measure_latencies(options, plan, place, upstream, bodies, load)
            operation_rows = [] if options.stand_in else operation.measure(
                PROGRAM, place, upstream, bodies, plan, say)
        stream_rows = measure_streams(options, plan, place, bodies, load, paced)
        cancellation_rows = [] if options.stand_in else measure_cancellations(plan, place)
    extras = [] if options.stand_in else measure_codecs() + measure_screen(plan)
    text = report.document(
        comparisons, memory, latency_rows, stream_rows, cancellation_rows, operation_rows, extras,
        plan)
    print("\n" + text)
    if not options.quick and not options.stand_in:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "benchmarks.md").write_text(text)
        say("written to docs/benchmarks.md")
    return 0 if all(row.figures["failed"] == 0 for row in stream_rows) else 1


if __name__ == "__main__":
    sys.exit(main())
