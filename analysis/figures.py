"""Measures and judges the figures of one area: `python3 -m analysis.figures skeleton`, or `./dev figures skeleton`.

Every figure is a ratio or a difference of turns that alternated in one run, with the 95 % interval of its median,
for each compiler. A figure is met when its median meets the target. Exit code 1 when one is missed, 2 for bad
input. `--quick` makes fewer rounds, to try the command itself.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from analysis import load, stats

ROOT = Path(__file__).resolve().parent.parent
BUILDS = {"GCC": ROOT / "build/bin", "Clang": ROOT / "build/bench-clang/bin"}
STEALING = ["chase_lev", "heartbeat", "resonance"]


@dataclass(frozen=True)
class Figure:
    """One judged number: `target` is the most allowed, or the least when `at_least`."""

    what: str
    compiler: str
    estimate: stats.Estimate
    target: float
    at_least: bool = False

    def is_met(self) -> bool:
        if self.at_least:
            return self.estimate.value >= self.target
        return self.estimate.value <= self.target


def run_harness(binaries: Path, samples: int, *arguments: str) -> load.Run:
    """One sweep into a temporary run directory, loaded."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [str(binaries / "harness"), f"--samples={samples}", "--memory=off", "--format=json",
                   f"--out={out}", *arguments]
        print("figures:", " ".join(command), file=sys.stderr)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return load.load(out)


def turns(run: load.Run, workload: str, scheduler: str, workers: int):
    """ns/op of one cell, indexed by round."""
    rows = run.samples
    rows = rows[(rows.workload == workload) & (rows.scheduler == scheduler) & (rows.workers == workers)]
    return rows.set_index("round")["ns_per_op"]


def fork_costs(compiler: str, binaries: Path, samples: int) -> list:
    run = run_harness(binaries, samples, "--scheduler=serial,chase_lev,heartbeat", "--workload=fib",
                      "--size=medium", "--workers=1")
    serial = turns(run, "fib", "serial", 1)
    ratio = stats.paired_ratio(turns(run, "fib", "heartbeat", 1), serial)
    chase_lev = turns(run, "fib", "chase_lev", 1)
    rounds = chase_lev.index.intersection(serial.index)
    added = chase_lev.loc[rounds] - serial.loc[rounds]
    return [
        Figure("fib, heartbeat W=1 over serial", compiler, stats.median_estimate(ratio), 1.4),
        Figure("fib, chase_lev W=1 above serial, ns a join", compiler, stats.median_estimate(added), 12.0),
    ]


def speedups(compiler: str, binaries: Path, samples: int) -> list:
    figures = []
    for workload in ["nqueens", "tree_sum"]:
        run = run_harness(binaries, samples, "--scheduler=" + ",".join(STEALING), f"--workload={workload}",
                          "--size=large", "--workers=1,2", "--baseline=none")
        for scheduler in STEALING:
            ratio = stats.paired_ratio(turns(run, workload, scheduler, 1), turns(run, workload, scheduler, 2))
            figures.append(Figure(f"{workload} large, {scheduler} speed-up at W=2 over W=1", compiler,
                                  stats.median_estimate(ratio), 1.8, at_least=True))
    return figures


def idle_workers(compiler: str, binaries: Path) -> list:
    output = subprocess.run([str(binaries / "idle_probe")], check=True, capture_output=True, text=True).stdout
    figures = []
    for line in output.splitlines():
        probe = json.loads(line)
        share = 100 * probe["cpu_share"]
        figures.append(Figure(f"idle CPU of {probe['workers']} workers, {probe['scheduler']}, %", compiler,
                              stats.median_estimate([share]), 1.0))
    return figures


def wave_kernels(compiler: str, binaries: Path, repetitions: int) -> list:
    command = [str(binaries / "wave_bench"), "--benchmark_format=json", f"--benchmark_repetitions={repetitions}",
               "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.01",
               "--benchmark_filter=/(64|256|1024)$"]
    print("figures:", " ".join(command), file=sys.stderr)
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = {}
    for entry in json.loads(output)["benchmarks"]:
        if entry["run_type"] == "iteration":
            kernel, size = entry["run_name"].split("/")
            times.setdefault((kernel, int(size)), {})[entry["repetition_index"]] = entry["real_time"]
    figures = []
    for size in [64, 256, 1024]:
        simd, plain = times[("wave_add_simd", size)], times[("wave_add_plain", size)]
        ratios = [simd[i] / plain[i] for i in simd.keys() & plain.keys()]
        figures.append(Figure(f"wave_add {size} over a plain loop", compiler, stats.median_estimate(ratios), 1.2))
    return figures


def skeleton(samples: int) -> list:
    figures = []
    for compiler, binaries in BUILDS.items():
        figures += fork_costs(compiler, binaries, samples)
        figures += speedups(compiler, binaries, samples)
        figures += idle_workers(compiler, binaries)
        figures += wave_kernels(compiler, binaries, samples)
    return figures


AREAS = {"skeleton": skeleton}


def render(figures: list) -> str:
    """A Markdown table, one row a figure."""
    lines = ["| figure | compiler | target | measured [95 %] | n | |", "|---|---|---|---|---|---|"]
    for figure in figures:
        estimate = figure.estimate
        interval = f" [{estimate.low:.3g}, {estimate.high:.3g}]" if estimate.low == estimate.low else ""
        sign = ">=" if figure.at_least else "<="
        lines.append(f"| {figure.what} | {figure.compiler} | {sign} {figure.target:g} "
                     f"| {estimate.value:.3g}{interval} | {estimate.n} | {'met' if figure.is_met() else 'MISSED'} |")
    return "\n".join(lines)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="./dev figures", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("area", choices=sorted(AREAS), help="which area's figures to measure")
    parser.add_argument("--quick", action="store_true", help="few rounds: tries the command, proves nothing")
    options = parser.parse_args(arguments)
    missing = [str(folder) for folder in BUILDS.values() if not (folder / "harness").exists()]
    if missing:
        print(f"figures: no harness in {', '.join(missing)}. It was not built. Run ./dev figures {options.area}, "
              "which builds both.", file=sys.stderr)
        return 2
    figures = AREAS[options.area](7 if options.quick else 31)
    print(render(figures))
    missed = sum(not figure.is_met() for figure in figures)
    print(f"\n{len(figures) - missed} of {len(figures)} figures met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
