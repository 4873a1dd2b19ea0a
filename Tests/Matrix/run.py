#!/usr/bin/env python3
"""Runs the compatibility matrix; the interpreter is the one of .build/venv.

  run.py                 every client through the gateway to every surface
  run.py --direct        every SDK straight to the scripted vendor of its language
  run.py --write         also writes docs/compatibility.md
  run.py --only TEXT     only cells whose name contains TEXT, with all that is wrong with them;
                         a name is client/surface/scenario/mode; may be given several times
"""

from __future__ import annotations

import argparse
import concurrent.futures
import itertools
import multiprocessing
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cells  # noqa: E402
import refusals  # noqa: E402
import report  # noqa: E402
from cells import Cell, Verdict  # noqa: E402
from house import House  # noqa: E402

WORKERS = 2
THREADS = 3


def run_share(share: int, workers: int, is_direct: bool, chosen: list[str]) -> list[Verdict]:
    """One worker's part, in a process with servers of its own."""
    mine = wanted(is_direct, chosen)[share::workers]
    with House(is_direct) as house, concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(cells.run, itertools.repeat(house), mine))


def wanted(is_direct: bool, chosen: list[str]) -> list[Cell]:
    return [cell for cell in cells.all_cells(is_direct)
            if not chosen or any(text in report.full_name(cell) for text in chosen)]


def run_all(is_direct: bool, chosen: list[str]) -> list[Verdict]:
    workers = 1 if len(wanted(is_direct, chosen)) < 40 else WORKERS
    if workers == 1:
        return run_share(0, 1, is_direct, chosen)
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        shares = [(share, workers, is_direct, chosen) for share in range(workers)]
        return [verdict for part in pool.starmap(run_share, shares) for verdict in part]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    started = time.monotonic()
    verdicts = run_all(options.direct, options.only)
    if options.direct and not options.only:
        tried, wrongly = refusals.failures()
        print(f"{tried} requests to be taken or refused, {len(wrongly)} wrongly", *wrongly, sep="\n  ")
    else:
        wrongly = []
    pending = [] if options.direct else report.read_pending(HERE / "pending.txt")
    outcome = report.sort(verdicts, pending)
    report.show(outcome, is_detailed=bool(options.only))
    print(f"{'direct' if options.direct else 'through the gateway'}, "
          f"{time.monotonic() - started:.0f} s")
    if options.write and not options.direct:
        (HERE.parent.parent / "docs" / "compatibility.md").write_text(report.document(outcome))
    print(report.counts(outcome))
    return 1 if outcome.failed or outcome.stale or wrongly else 0


if __name__ == "__main__":
    sys.exit(main())
