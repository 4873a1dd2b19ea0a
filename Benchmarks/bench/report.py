"""The document that a full run writes."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

from . import cancellation, drivers, measures


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "not there"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "not there"


def machine():
    """What the figures depend on, as pairs."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    release = re.search(r'PRETTY_NAME="([^"]+)"', pathlib.Path("/etc/os-release").read_text())
    model = re.search(r"model name\s*:\s*(.+)", cpu)
    libraries = {
        package: first_line("dpkg-query", "-W", "-f", "${Version}", package)
        for package in ("libcurl4", "libuv1", "libsqlite3-0")
    }
    return [
        ("processor", f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores"),
        ("memory", f"{memory / 1e6:.1f} GB"),
        ("system", f"{release[1] if release else 'Linux'}, kernel {platform.release()}"),
        ("Swift", first_line("swift", "--version")),
        ("nginx", first_line("/usr/sbin/nginx", "-v").removeprefix("nginx version: ")),
        ("wrk", first_line("wrk", "-v").split(" [")[0]),
        ("libraries", ", ".join(f"{name} {version}" for name, version in libraries.items())),
    ]


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def rates_section(comparisons, peak_memory):
    rows = [
        (item.cell.title, f"{item.median(item.proxy):,.0f}", f"{item.median(item.gateway):,.0f}",
         f"**{item.ratio:.2f}**", f"≥ {item.cell.goal:.2f}")
        for item in comparisons
    ]
    text = f"""## Requests per second beside nginx

Closed loop, {drivers.CONNECTIONS} keep-alive connections, wrk with one thread. nginx relays the
upstream's bytes and translates nothing; each ratio is the median of the rounds' own ratios.

"""
    text += table(["what", "nginx", "anyllm", "ratio", "wanted"], rows)
    return text + f"\n\nPeak resident memory of the gateway under all of this: " \
                  f"**{peak_memory / 1e6:.1f} MB** (wanted: < 30 MB).\n"


def latency_section(rows):
    cells = []
    for row in rows:
        if row.server == "direct":
            direct = row.figures
        added = [row.figures[name] - direct[name] for name in ("p50_us", "p99_us")]
        cells.append((
            row.cell.title, f"{row.rate:,}", row.server, f"{row.figures['p50_us']:,.0f}",
            f"{row.figures['p99_us']:,.0f}",
            "" if row.server == "direct" else f"{added[0]:,.0f}",
            "" if row.server == "direct" else f"{added[1]:,.0f}",
            f"{row.figures['first_p50_us']:,.0f}", row.figures["failed"]))
    return """## Added latency

Open loop: request n is due at n/rate, and its latency counts from then. Microseconds; the gateway
translates Anthropic to OpenAI, the others pass OpenAI as it is.

""" + table(["what", "requests/s", "through", "p50", "p99", "added p50", "added p99",
             "first byte p50", "failed"], cells) + "\n"


def streams_section(rows):
    cells = [
        (row.server, row.figures["answered"], row.figures["failed"],
         f"{row.figures['chunks']:,}", f"{row.figures['delay_p50_us']:,.0f}",
         f"{row.figures['delay_p99_us']:,.0f}",
         "" if row.server != "gateway" else f"{row.peak_memory / 1e6:.1f} MB",
         "" if row.server == "paced upstream" else f"{row.cpu_percent:.0f} %")
        for row in rows
    ]
    return f"""## {measures.OPEN_STREAMS:,} streams open at once

Each stream gets {measures.CHUNKS_PER_SECOND} chunks of 300 bytes a second, stamped where they are
made; the delay is from the stamp to the client, in microseconds. The gateway translates OpenAI to
Anthropic, nginx passes the bytes. Wanted: all served in < 100 MB.

""" + table(["through", "served", "failed", "chunks", "delay p50", "delay p99", "peak memory",
             "of a core"], cells) + "\n"


def cancellation_section(rows):
    if not rows:
        return ""
    cells = [(row.moment, row.samples, f"{row.p50_ms:.2f} ms", f"{row.p99_ms:.2f} ms")
             for row in rows]
    return f"""## Cancellation

From the moment a client closes its connection until the upstream sees its own closed. Wanted:
within {cancellation.WANTED_MS} ms.

""" + table(["the client leaves", "samples", "p50", "p99"], cells) + "\n"


def operation_section(rows):
    if not rows:
        return ""
    cells = [(row.what, row.seen, row.wanted) for row in rows]
    return """## Keys, limits, routes and a long ledger

The gateway beside itself: the same load with everything on and with one plain key.

""" + table(["what", "seen", "wanted"], cells) + "\n"


def extras_section(extras):
    return "".join(f"## {title}\n\n```\n{text.strip()}\n```\n\n" for title, text in extras)


def document(
        comparisons, peak_memory, latency_rows, stream_rows, cancellation_rows, operation_rows,
        extras, plan):
    today = datetime.date.today().isoformat()
    parts = [
        f"""# Benchmarks

Written by `make bench` on {today}: {plan.rounds} rounds of {plan.seconds} s a cell, nginx and the
gateway in turn. The gateway runs one loop with its key check, accounting, SQLite log and metrics on;
nginx one worker with keep-alive and buffering off. Load, upstream and proxy share this machine's
cores, so only ratios of one run mean something.
""",
        table(["", "this machine"], machine()) + "\n",
        rates_section(comparisons, peak_memory),
        latency_section(latency_rows),
        streams_section(stream_rows),
        cancellation_section(cancellation_rows),
        operation_section(operation_rows),
        extras_section(extras),
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"
