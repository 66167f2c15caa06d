"""One judged figure, and how it is measured: sweeps of the harness and programs of the micro suite.

Every figure is a ratio or a difference of turns that alternated in one run, or the median of repetitions, with the
95 % interval of its median.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from analysis import load, stats

TURNS = 3  # per unit
ROOT = Path(__file__).resolve().parent.parent
BUILDS = {"GCC": ROOT / "build/bin", "Clang": ROOT / "build/bench-clang/bin"}


@dataclass(frozen=True)
class Figure:
    """One number: `target` is the most allowed, or the least when `at_least`; None: stated beside others, not judged.

    The median decides. With `unless_shown`, the claim is that something is not worse: it is missed when the whole
    interval lies beyond the target, that is, when the opposite is shown.
    """

    what: str
    compiler: str
    estimate: stats.Estimate
    target: float | None
    at_least: bool = False
    unless_shown: bool = False

    def is_met(self) -> bool:
        if self.target is None:
            return True
        if self.unless_shown:
            return self.estimate.low <= self.target
        if self.at_least:
            return self.estimate.value >= self.target
        return self.estimate.value <= self.target

    def verdict(self) -> str:
        return "" if self.target is None else "met" if self.is_met() else "MISSED"


class Host:
    """What the units of all sweeps say of the machine: results/README.md, events.jsonl."""

    def __init__(self):
        self.bursts = []  # ns

    def read(self, directory: Path) -> None:
        for line in (directory / "events.jsonl").read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "unit":
                self.bursts.append((event["burst_before_ns"] + event["burst_after_ns"]) / 2)

    def __str__(self) -> str:
        if not self.bursts:
            return ""
        best, typical = min(self.bursts), statistics.median(self.bursts)
        calm = sum(burst <= 1.15 * best for burst in self.bursts) / len(self.bursts)
        return (f"Host: independent additions took {typical / best:.2f} times the best, median over units; at most 1.15 times "
                f"in {calm:.0%} of them. More: other hardware threads had part of the cores, or the clock was lower.")


HOST = Host()


def say(command: list) -> None:
    print("figures:", " ".join(str(word) for word in command), file=sys.stderr)


def run_harness(binaries: Path, samples: int, *arguments: str) -> load.Run:
    """One sweep into a temporary run directory, loaded."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [str(binaries / "harness"), f"--samples={samples}", f"--turns={TURNS}", "--memory=off", "--format=json",
                   f"--out={out}", *arguments]
        say(command)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        HOST.read(out)
        return load.load(out)


def turns(run: load.Run, workload: str, scheduler: str, workers: int):
    """ns/op of one cell, indexed by unit and turn."""
    rows = run.samples
    rows = rows[(rows.workload == workload) & (rows.scheduler == scheduler) & (rows.workers == workers)]
    return load.by_turn(rows)


def output_of(*command: str) -> str:
    say(list(command))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_micro(program: Path, repetitions: int, pattern: str, value: str = "real_time") -> dict:
    """A Google Benchmark program, its repetitions alternating: name -> {repetition: `value`}."""
    output = output_of(str(program), "--benchmark_format=json", f"--benchmark_repetitions={repetitions}",
                       "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.02",
                       f"--benchmark_filter={pattern}")
    values = {}
    for entry in json.loads(output)["benchmarks"]:
        if entry["run_type"] == "iteration":
            name = entry["run_name"].removesuffix("/real_time").removesuffix("/manual_time")
            values.setdefault(name, {})[entry["repetition_index"]] = entry[value]
    return values


def ratios(numerator: dict, denominator: dict) -> stats.Estimate:
    """The median over repetitions of the ratio within the repetition."""
    return stats.median_estimate([numerator[i] / denominator[i] for i in numerator.keys() & denominator.keys()])


def render(figures: list) -> str:
    """A Markdown table, one row a figure. MDE: the minimum detectable effect, in the figure's unit (stats.Estimate)."""
    lines = ["| figure | compiler | target | measured [95 %] | MDE | n | |", "|---|---|---|---|---|---|---|"]
    for figure in figures:
        estimate = figure.estimate
        interval = f" [{estimate.low:.3g}, {estimate.high:.3g}]" if estimate.low == estimate.low else ""
        mde = f"{estimate.mde:.2g}" if estimate.mde == estimate.mde else ""
        sign = ">=" if figure.at_least else "not above" if figure.unless_shown else "<="
        target = "" if figure.target is None else f"{sign} {figure.target:g}"
        lines.append(f"| {figure.what} | {figure.compiler} | {target} "
                     f"| {estimate.value:.3g}{interval} | {mde} | {estimate.n} | {figure.verdict()} |")
    return "\n".join(lines)
