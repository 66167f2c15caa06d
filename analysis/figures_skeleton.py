"""The figures of the skeleton: what a fork costs, two workers against one, idle workers, the wave kernels.

A speed-up cannot exceed what two CPUs of the machine give at that moment, and on a shared host that moves between 1
and 2 by the minute. So the ceiling (two serial kernels at once against one alone) is measured before and after each
sweep and stated beside it. The rule, made before anything is measured: a sweep counts when both ceilings are at least
CEILING_LEAST; otherwise it is repeated, at most SWEEPS_MAX times, and the one with the best ceiling counts.
"""

import json
from pathlib import Path

from analysis import stats
from analysis.figure import BUILDS, Figure, output_of, ratios, run_harness, run_micro, turns

STEALING = ["chase_lev", "heartbeat", "resonance"]
CEILING_LEAST = 1.9
SWEEPS_MAX = 6
CEILING_ROUNDS = 15


def fork_costs(compiler: str, binaries: Path, samples: int) -> list:
    run = run_harness(binaries, samples, "--scheduler=serial,chase_lev,heartbeat", "--workload=fib",
                      "--size=medium", "--workers=1")
    serial = turns(run, "fib", "serial", 1)
    ratio = stats.paired_ratio(turns(run, "fib", "heartbeat", 1), serial)
    chase_lev = turns(run, "fib", "chase_lev", 1)
    rounds = chase_lev.index.intersection(serial.index)
    added = chase_lev.loc[rounds] - serial.loc[rounds]
    return [
        Figure("fib, heartbeat W=1 over serial", compiler, stats.unit_estimate(ratio), 1.4),
        Figure("fib, chase_lev W=1 above serial, ns a join", compiler, stats.unit_estimate(added), 12.0),
    ]


def ceiling(binaries: Path, workload: str) -> stats.Estimate:
    output = output_of(str(binaries / "ceiling_probe"), workload, str(CEILING_ROUNDS))
    return stats.median_estimate(json.loads(output)["speedup"])


def speedup_sweep(compiler: str, binaries: Path, samples: int, workload: str) -> tuple:
    """The lower of the ceilings around one sweep, and the sweep's figures."""
    before = ceiling(binaries, workload)
    run = run_harness(binaries, samples, "--scheduler=" + ",".join(STEALING), f"--workload={workload}",
                      "--size=large", "--workers=1,2", "--baseline=none")
    lower = min(before, ceiling(binaries, workload), key=lambda estimate: estimate.value)
    figures = []
    for scheduler in STEALING:
        ratio = stats.paired_ratio(turns(run, workload, scheduler, 1), turns(run, workload, scheduler, 2))
        figures.append(Figure(f"{workload} large, {scheduler} speed-up at W=2 over W=1", compiler,
                              stats.unit_estimate(ratio), 1.8, at_least=True))
    return lower, figures


def speedups(compiler: str, binaries: Path, samples: int) -> list:
    figures = []
    for workload in ["nqueens", "tree_sum"]:
        best = None
        for attempt in range(1, SWEEPS_MAX + 1):
            lower, judged = speedup_sweep(compiler, binaries, samples, workload)
            if best is None or lower.value > best[0].value:
                best = (lower, judged)
            if lower.value >= CEILING_LEAST:
                break
        figures.append(Figure(f"{workload} large, ceiling of the machine (sweeps: {attempt})", compiler, best[0], None))
        figures += best[1]
    return figures


def idle_workers(compiler: str, binaries: Path) -> list:
    figures = []
    for line in output_of(str(binaries / "idle_probe")).splitlines():
        probe = json.loads(line)
        share = 100 * probe["cpu_share"]
        figures.append(Figure(f"idle CPU of {probe['workers']} workers, {probe['scheduler']}, %", compiler,
                              stats.median_estimate([share]), 1.0))
    return figures


def wave_kernels(compiler: str, binaries: Path, repetitions: int) -> list:
    times = run_micro(binaries / "wave_bench", repetitions, "/(64|256|1024)$")
    return [Figure(f"wave_add {size} over a plain loop", compiler,
                   ratios(times[f"wave_add_simd/{size}"], times[f"wave_add_plain/{size}"]), 1.2)
            for size in [64, 256, 1024]]


def measure(samples: int) -> list:
    figures = []
    for compiler, binaries in BUILDS.items():
        figures += fork_costs(compiler, binaries, samples)
        figures += speedups(compiler, binaries, samples)
        figures += idle_workers(compiler, binaries)
        figures += wave_kernels(compiler, binaries, samples)
    return figures
