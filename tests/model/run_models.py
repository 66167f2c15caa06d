#!/usr/bin/env python3
"""Runs every executable of models, two at a time, and sums up what they found.

    tests/model/run_models.py [--build DIR] [--deep] [-j N]

Exit code 1: a model fails (its interleaving is printed), or an executable is not built; 2: there is
nothing to run. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from mutant_runs import Row, programs_in, row_of

ROOT = Path(__file__).resolve().parents[2]


def run(program: Path, options: list[str]) -> tuple[int, str]:
    """Exit code and output."""
    if not program.is_file():
        return 1, f"{program.name} is not built\n"
    command = [str(program), *options]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def summary(rows: list[Row], failed: list[str], wall_s: float) -> str:
    """`rows` of all models, names of the executables that `failed`."""
    cpu_s = sum(row.seconds for row in rows)
    operations = sum(row.operations for row in rows)
    verdicts = ("proven", "found", "no failure", "FAILED")
    counts = ", ".join(
        f"{sum(row.verdict == one for row in rows)} {one}"
        for one in verdicts
        if any(row.verdict == one for row in rows)
    )
    rate = operations / cpu_s / 1e6 if cpu_s else 0.0
    return (
        f"{len(rows)} models: {counts}\n"
        f"{sum(row.executions for row in rows)} executions, {operations} operations, "
        f"{rate:.1f} million a second of CPU time; {cpu_s:.1f} s of CPU time in {wall_s:.1f} s"
        + (f"\nFAILED: {' '.join(sorted(failed))}" if failed else "")
    )


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="default: build/dev")
    parser.add_argument("--deep", action="store_true", help="with the wider bounds of each model")
    parser.add_argument("-j", type=int, default=2, help="executables at a time; default: 2")
    arguments = parser.parse_args(words)
    if arguments.j < 1:
        parser.error(f"-j {arguments.j}: nothing would run. Give 1 or more.")
    try:
        names = programs_in(arguments.build)
    except (OSError, json.JSONDecodeError) as error:
        parser.error(f"{error}. {arguments.build} is not configured. Run: cmake --preset dev")
    if not names:
        parser.error(
            f"there are no models in {arguments.build}. It is not of the preset dev, or its compiler"
            " is not GCC. Run: cmake --preset dev"
        )
    options = ["--deep"] if arguments.deep else []
    rows, failed, start = [], [], time.monotonic()
    with ThreadPoolExecutor(arguments.j) as pool:
        tasks = {
            pool.submit(run, arguments.build / "bin" / f"model_{name}", options): f"model_{name}"
            for name in names
        }
        for task in as_completed(tasks):
            code, output = task.result()
            print(f"{tasks[task]}\n{output}", flush=True)
            rows += [row for row in map(row_of, output.splitlines()) if row]
            failed += [tasks[task]] if code != 0 else []
    print(summary(rows, failed, time.monotonic() - start))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
