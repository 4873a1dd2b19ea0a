"""What keys, limits, routes and a long ledger cost: the gateway with all of it beside itself without."""

import dataclasses
import http.client
import json
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import time

from . import drivers, servers, workloads

KEYS = 10_000
LEDGER_ROWS = 1_000_000
IMPORT_BATCH = 1000
UNARY = workloads.Cell(
    "unary, Anthropic translated to OpenAI", workloads.ANTHROPIC_PATH,
    workloads.reply("openai-unary"), "output_tokens", False, 0)


class LimitedGateway(servers.Gateway):
    """The same gateway with limits on the key, a budget, prices and a route with a fallback."""

    @staticmethod
    def written(directory, backends):
        lines = servers.Gateway.written(directory, backends).splitlines()
        at = next(n for n, line in enumerate(lines) if "secret:" in line)
        lines[at + 1:at + 1] = [
            "    requests_per_minute: 100000000", "    tokens_per_minute: 1000000000",
            "    concurrent_requests: 100000", "    budgets: 100000000/month",
            "    models: [\"openai-*\", \"anthropic-*\"]"]
        names = [name for name, _, _ in backends]
        mappings = lines.index("mappings:")
        lines = lines[:mappings] + ["prices: {\"*\": {input: 3, output: 15}}", "routes:"]
        for name in names:
            lines += [f"  {name}-route:",
                      f"    deployments: [\"{name}:bench\", \"{name}:second\"]",
                      "    strategy: least_busy", f"    fallbacks: [\"{name}:third\"]"]
        lines.append("mappings:")
        lines += [f"  - {name}: {name}-route" for name in names]
        return "\n".join(lines) + "\n"


@dataclasses.dataclass
class Row:
    what: str
    seen: str
    wanted: str


class Control(http.client.HTTPConnection):
    """HTTP over the operator's socket."""

    def __init__(self, path):
        super().__init__("anyllm", timeout=120)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def add_keys(gateway):
    control = Control(gateway.socket_path)
    for start in range(0, KEYS, IMPORT_BATCH):
        keys = [{"name": f"key-{n}", "key": f"sk-many-{n:032d}",
                 "terms": {"requests_per_minute": 100,
                           "budgets": [{"limit_micro_dollars": 50_000_000}]}}
                for n in range(start, start + IMPORT_BATCH)]
        control.request("POST", "/admin/v1/keys/import", json.dumps({"keys": keys}))
        answer = control.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise RuntimeError(f"keys were not taken: {answer.status} {text[:300]}")
    control.close()


def fill_ledger(directory: pathlib.Path):
    """A million rows over thirty days and all keys, as the gateway would have written them."""
    file = next(directory.rglob("anyllm.db"))
    database = sqlite3.connect(file)
    now = int(time.time() * 1000)
    columns = {row[1] for row in database.execute("PRAGMA table_info(ledger)")}
    start = database.execute("SELECT number FROM meta WHERE name = 'last_sequence'").fetchone()[0]
    row = {"sequence": 0, "at_ms": 0, "key_id": 0, "key_name": "", "owner": "", "backend": "b",
           "model": "m", "model_requested": "m", "route": "", "input_tokens": 1000,
           "output_tokens": 200, "cache_read_tokens": 0, "cache_write_tokens": 0,
           "cache_write_1h_tokens": 0, "reasoning_tokens": 0, "web_searches": 0,
           "cost_nano_dollars": 100_000}
    names = [name for name in row if name in columns]
    insert = (f"INSERT INTO ledger ({', '.join(names)}) "
              f"VALUES ({', '.join(':' + name for name in names)})")

    def rows():
        for number in range(1, LEDGER_ROWS + 1):
            key = number % KEYS + 1
            yield {**row, "sequence": start + number, "key_id": key, "key_name": f"key-{key}",
                   "owner": f"key:{key}",
                   "at_ms": now - (LEDGER_ROWS - number) * 30 * 86_400_000 // LEDGER_ROWS}

    with database:
        database.executemany(insert, rows())
        database.execute("UPDATE meta SET number = ? WHERE name = 'last_sequence'",
                         [start + LEDGER_ROWS])
    database.close()


def ask(port, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = dict(header.split(": ", 1) for header in workloads.HEADERS)
    connection.request("POST", UNARY.client_path, body, {**headers, "content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {text[:300]}")
    connection.close()


def start_times(gateway, body, rounds):
    """From the start of the program to the answer of the first request."""
    times = []
    for _ in range(rounds):
        began = time.monotonic()
        gateway.start()
        ask(gateway.port, body)
        times.append(time.monotonic() - began)
        gateway.stop()
    return times


def command_times(program, gateway, words, rounds):
    times = []
    for _ in range(rounds):
        began = time.monotonic()
        subprocess.run([program, "--socket", gateway.socket_path, *words, "--json"],
                       check=True, stdout=subprocess.DEVNULL)
        times.append(1000 * (time.monotonic() - began))
    return statistics.median(times)


def measure(program, place, upstream, bodies, plan, say):
    backends = servers.backends_of(upstream)
    body = bodies.file(UNARY.client_path, UNARY.reply.name, False)
    rates = {"plain": [], "limited": []}
    limited = LimitedGateway(program, place / "limited", backends)
    with servers.Gateway(program, place / "plain", backends) as plain, limited:
        began = time.monotonic()
        add_keys(limited)
        imported = time.monotonic() - began
        for server in (plain, limited):
            drivers.check(server.port, UNARY.client_path, body.read_bytes(), UNARY.end)
            drivers.wrk(server.port, UNARY.client_path, body, 1)
        for number in range(plan.rounds):
            pair = [("plain", plain), ("limited", limited)]
            for name, server in pair if number % 2 == 0 else reversed(pair):
                rate = drivers.wrk(server.port, UNARY.client_path, body, plan.seconds)
                rates[name].append(rate.requests_per_second)
        command = program.parent / "anyllmctl"
        commands = {words: command_times(command, limited, words.split(), 5 + 3 * plan.rounds)
                    for words in ("status", "keys show key-777", "mappings list")}
    ratio = statistics.median(a / b for a, b in zip(rates["limited"], rates["plain"]))
    fill_ledger(limited.directory)
    first = start_times(limited, body.read_bytes(), 1)[0]
    later = statistics.median(start_times(limited, body.read_bytes(), plan.rounds))
    rows = [
        Row(f"throughput with {KEYS:,} keys, limits, a budget and routes, of that without",
            f"{ratio:.2f} ({statistics.median(rates['limited']):,.0f} of "
            f"{statistics.median(rates['plain']):,.0f}/s)", "≥ 0.90"),
        Row(f"start to first answer, {LEDGER_ROWS:,} rows and {KEYS:,} keys", f"{later:.2f} s",
            "≤ 1 s"),
        Row("the same when the rows were never summed before", f"{first:.2f} s", ""),
        Row(f"taking {KEYS:,} keys over the socket", f"{imported:.1f} s", ""),
    ]
    rows += [Row(f"anyllmctl {words}", f"{value:.1f} ms", "≤ 20 ms")
             for words, value in commands.items()]
    for row in rows:
        say(f"{row.what}: {row.seen}")
    return rows
