#!/usr/bin/env python3
"""Runs spin over the models of this folder, as they are and with each planted defect.

    tests/model/promela/check_promela.py [--list] [--only NAME] [--all]

A model must be clean; a defect must be found, by the property it is listed with. Prints a table and
exits 1 when a verdict is not the expected one, 2 when spin or gcc is missing. --only takes what --list
prints, or a part of it. About a minute and 1.5 GB; with --all,
which adds two searches for fair cycles, half a minute more. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS_MAX = 120
BYTES_MAX = 2 << 30
# How deep a search may go: what pan takes for its stack, and an error when it does not suffice.
DEPTH_MAX = {"park forever": 3_500_000}
DEPTH_MAX_ELSE = 400_000


@dataclass(frozen=True)
class Check:
    model: str  # file and shape
    prop: str  # "safety", or the name of a formula
    mutant: str = ""  # empty: the model as it is
    spurious: int = 1  # how often the kernel may return for no reason; -1: for ever
    invariant: bool = True  # whether I1 of the event count is asserted
    is_long: bool = False  # run only when asked for: 10 s and more

    @property
    def name(self) -> str:
        invariant = "" if self.invariant else "+NO_INVARIANT"
        return f"{self.model}: {self.prop} {self.mutant}{invariant}".strip()

    @property
    def file(self) -> str:
        return self.model.split()[0] + ".pml"

    def definitions(self) -> list[str]:
        shape = self.model.split()[1:]
        return (
            [f"-DSPURIOUS={self.spurious}"]
            + [f"-DSHAPE={name.upper()}" for name in shape]
            + ([f"-DMUTANT={self.mutant}"] if self.mutant else [])
            + ([] if self.invariant else ["-DNO_INVARIANT"])
        )


def clean() -> list[Check]:
    """The models as they are. Liveness with spurious returns for ever, where that is affordable."""
    shapes = ("park batch", "park pair", "park join", "park aside", "start_stop")
    return [Check(shape, "safety") for shape in shapes] + [
        Check("park batch", "queued_is_taken", spurious=0, is_long=True),
        Check("park pair", "queued_is_taken", spurious=0, is_long=True),
        Check("park forever", "queued_is_taken", spurious=0),
        Check("park join", "nobody_sleeps_beside", spurious=-1),
        Check("park aside", "queued_is_taken", spurious=-1),
        Check("start_stop", "all_end", spurious=-1),
    ]


def defects() -> list[Check]:
    """Each planted defect, in the smallest shape that shows it."""
    lost = {
        "NO_HEAVY_BARRIER": "park pair",
        "NO_SECOND_LOOK": "park pair",
        "NO_HAND_ON": "park batch",
        "HAND_ON_IF_NOTHING_FOUND": "park batch",
        "HAND_ON_IF_SOMETHING_FOUND": "park join",
        "WAKE_BEFORE_PUBLISH": "park pair",
        "JOINS_CHOSEN_FOR_TASKS": "park aside",
        "TOKEN_BY_STORE": "park pair",
        "SEARCH_LEAVES_ONE_OUT": "park pair",
        "FORGETS_THE_DEBT": "park batch",
    }
    counts = ("STATE_BEFORE_COUNT", "WITHDRAW_BY_STORE", "CLAIM_BY_STORE")
    stops = (
        "NO_HEAVY_BARRIER",
        "TOKEN_BY_STORE",
        "LOOK_IGNORES_FLAG",
        "NO_FLAG",
        "WAKE_BEFORE_FLAG",
        "STOP_WAKES_ONE",
        "STOP_WITHOUT_JOIN",
        "FLAG_AFTER_LATCH",
        "MISSING_NOT_COUNTED",
        "NO_SECOND_LATCH",
        "NO_FIRST_LATCH",
        "LATCH_WAKES_ONE",
        "LATCH_SLEEPS_BLINDLY",
    )
    return (
        [Check(model, "safety", mutant) for mutant, model in lost.items()]
        + [Check("park join", "safety", mutant) for mutant in counts]
        + [Check("park join", "safety", mutant, invariant=False) for mutant in counts]
        + [
            Check("park join", "nobody_sleeps_beside", "NO_HAND_ON", spurious=-1),
            Check("park aside", "queued_is_taken", "JOINS_CHOSEN_FOR_TASKS", spurious=-1),
            Check("park forever", "queued_is_taken", "NO_HEAVY_BARRIER", spurious=0),
        ]
        + [Check("start_stop", "safety", mutant) for mutant in stops]
        + [Check("start_stop", "all_end", "LOOK_IGNORES_FLAG", spurious=-1)]
    )


@dataclass(frozen=True)
class Verdict:
    text: str  # "clean", "error", or what went wrong with the run itself
    states: int = 0
    output: str = ""


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX))

    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, preexec_fn=limit
    )


def verdict_of(output: str) -> Verdict:
    """What pan's output says. A search that was cut short is neither clean nor an error."""
    errors = re.search(r"errors: (\d+)", output)
    states = re.search(r"(\d+) states, stored", output)
    count = int(states.group(1)) if states else 0
    if errors is None:
        return Verdict("no verdict", count, output)
    if int(errors.group(1)) > 0:
        return Verdict("error", count, output)
    cut = "max search depth too small" in output or "Search not completed" in output
    return Verdict("incomplete" if cut else "clean", count, output)


def check(one: Check) -> Verdict:
    """Translates, compiles and runs one verifier."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Most searches are over before an optimising compiler is.
        is_big = one.model in ("park batch", "park pair", "park forever") and not one.mutant
        optimise = "-O2" if is_big else "-O0"
        kind = ["-DSAFETY", "-DNOCLAIM"] if one.prop == "safety" else ["-DNFAIR=3"]
        search = [] if one.prop == "safety" else ["-a", "-f", "-N", one.prop]
        depth = DEPTH_MAX.get(one.model, DEPTH_MAX_ELSE)
        steps = [
            ["spin", "-a", *one.definitions(), str(HERE / one.file)],
            ["gcc", optimise, "-w", *kind, "-o", "pan", "pan.c"],
            ["./pan", f"-m{depth}", *search],
        ]
        output = ""
        try:
            for step in steps:
                result = run(step, folder)
                output = result.stdout + result.stderr
                if step[0] != "./pan" and (result.returncode != 0 or "Error" in result.stdout):
                    return Verdict(f"{step[0]} failed", 0, output)
        except subprocess.TimeoutExpired:
            return Verdict(f"over {SECONDS_MAX} s")
        return verdict_of(output)


def report(checks: list[Check]) -> int:
    """Runs `checks`, prints a line for each; how many verdicts were not the expected ones."""
    print(f"{'model':<13} {'property':<21} {'mutant':<33} {'states':>9} {'s':>5}  verdict")
    unexpected = 0
    for one in checks:
        begin = time.monotonic()
        verdict = check(one)
        expected = "error" if one.mutant else "clean"
        is_expected = verdict.text == expected
        unexpected += not is_expected
        mutant = (one.mutant or "-") + ("" if one.invariant else " (I1 unchecked)")
        judged = f"{verdict.text}, as expected" if is_expected else (
            f"{verdict.text}, NOT as expected ({expected})")
        print(f"{one.model:<13} {one.prop:<21} {mutant:<33} {verdict.states:>9}"
              f" {time.monotonic() - begin:>5.1f}  {judged}", flush=True)
        if not is_expected:
            print(verdict.output)
            print(f"To see the trace: spin -a {' '.join(one.definitions())} {one.file}, compile and run"
                  f" pan, then spin -t -p with the same definitions.")
    return unexpected


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Model-checks sleeping, waking, starting, stopping.")
    parser.add_argument("--list", action="store_true", help="print the names of the checks")
    parser.add_argument("--only", metavar="NAME", help="run the checks whose names contain NAME")
    parser.add_argument("--all", action="store_true", help="the long ones too")
    options = parser.parse_args(arguments)
    is_all = options.all or options.list or options.only
    checks = [one for one in clean() + defects()
              if (options.only or "") in one.name and (is_all or not one.is_long)]
    if not checks:
        print(f"check_promela: no check is called '{options.only}'. --list prints the names.")
        return 2
    if options.list:
        print("\n".join(one.name for one in checks))
        return 0
    for tool, package in (("spin", "spin"), ("gcc", "gcc")):
        if shutil.which(tool) is None:
            print(f"check_promela: {tool} was not found. The models need it. "
                  f"Install it: apt-get install {package}", file=sys.stderr)
            return 2
    begin = time.monotonic()
    unexpected = report(checks)
    print(f"{len(checks)} checks, {unexpected} not as expected, {time.monotonic() - begin:.0f} s")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
