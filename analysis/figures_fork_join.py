"""The figures of fork-join: what a join costs above a call, the peers beside it, the deques by themselves.

Times of one figure come from one run, in which the schedulers took turns; ratios and differences are within a round.
Workers are pinned: on a guest one of two CPUs may be half as fast as the other for minutes, and the turns of a round
should share them. One worker has the first, so figures across numbers of workers depend on which is the slower one.
heartbeat is named in advance as the scheduler that is compared with the peers. A figure that needs a peer which is not
installed is missed. Peers are measured with the published compiler only: those of other languages are the same anyway.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import stats
from analysis.figure import BUILDS, Figure, ratios, run_harness, run_micro, turns

PUBLISHED = "GCC"
NATIVE = ["heartbeat", "split_deque", "chase_lev"]
PEERS = ["rayon", "onetbb", "openmp", "tokio", "go"]
# Whose best is what heartbeat is compared with, bound by bound; the others are several times slower in the means.
RIVALS = ["rayon", "onetbb", "openmp"]
KERNEL_UNITS = 3  # times as many: a bound is as far away as its interval is wide
# Joins per operation: an inner node of tree_sum forks once, a node of skynet nine times for ten children.
FINE = {"fib": (30, 1.0), "integrate": (3000, 1.0), "skynet": (1_000_000, 999_999 / 1_111_111),
        "tree_sum": (1_048_575, 524_287 / 1_048_575)}
COARSE = {"nqueens": 13, "tree_sum": 16_777_215, "uts": 4_112_897}
KERNELS = {"nqueens": 11, "matmul": 256, "mergesort": 500_000, "uts": 3_987, "strassen": 256}
BEATS = ["self", "ticker", "signal"]  # over the default, "idle"
BEAT_SIZES = {"fib": 30, "nqueens": 11}
# The cells of the geometric mean. Small enough for the slowest peer.
CELLS = {"fib": 25, "integrate": 150, "skynet": 100_000, "tree_sum": 65_535, **KERNELS}
WORKERS = [1, 2]
ON_THEM = ["--workers=1,2", "--pin=compact"]


def sweep(binaries, samples: int, schedulers: list, sizes: dict) -> dict:
    """(workload, scheduler, workers) -> ns/op by unit and turn. One run a workload: --size is for all of a run."""
    cells = {}
    for workload, size in sizes.items():
        run = run_harness(binaries, samples, "--scheduler=" + ",".join(["serial", *schedulers]),
                          f"--workload={workload}", f"--size={size}", *ON_THEM)
        for scheduler in ["serial", *schedulers]:
            for workers in WORKERS:
                cell = turns(run, workload, scheduler, workers)
                if len(cell) > 0:
                    cells[workload, scheduler, workers] = cell
    return cells


def ratio(cells: dict, over: tuple, under: tuple) -> stats.Estimate:
    """`over` / `under` within a round; no estimate when either is not there."""
    if over not in cells or under not in cells:
        return stats.NO_ESTIMATE
    return stats.unit_estimate(stats.paired_ratio(cells[over], cells[under]))


def added(cells: dict, over: tuple, under: tuple, joins: float) -> stats.Estimate:
    """What a join adds, in ns."""
    rounds = cells[over].index.intersection(cells[under].index)
    return stats.unit_estimate((cells[over].loc[rounds] - cells[under].loc[rounds]) / joins)


def fine_forks(compiler: str, cells: dict) -> list:
    figures = []
    limit = 1.0 if compiler == PUBLISHED else 1.5
    for workload, (_, joins) in FINE.items():
        serial = (workload, "serial", 1)
        figures.append(Figure(f"{workload}, heartbeat W=1 above serial, ns a join", compiler,
                              added(cells, (workload, "heartbeat", 1), serial, joins), limit))
    serial = ("fib", "serial", 1)
    for scheduler, limit in [("split_deque", 4.0), ("chase_lev", 9.0)]:
        figures.append(Figure(f"fib, {scheduler} W=1 above serial, ns a join", compiler,
                              added(cells, ("fib", scheduler, 1), serial, 1.0), limit))
    for workers, limit in [(1, 1.30), (2, 0.66)]:
        figures.append(Figure(f"fib, heartbeat W={workers} over serial", compiler,
                              ratio(cells, ("fib", "heartbeat", workers), serial), limit))
        figures.append(Figure(f"fib, split_deque W={workers} over serial", compiler,
                              ratio(cells, ("fib", "split_deque", workers), serial), None))
    return figures


def coarse_forks(compiler: str, cells: dict) -> list:
    return [Figure(f"{workload} {size}, heartbeat W={workers} over serial", compiler,
                   ratio(cells, (workload, "heartbeat", workers), (workload, "serial", 1)), limit)
            for workload, size in COARSE.items() for workers, limit in [(1, 1.05), (2, 0.54)]]


def small_tree(compiler: str, binaries, samples: int) -> list:
    cells = sweep(binaries, samples, NATIVE, {"tree_sum": 1023})
    return [Figure(f"tree of 1,023 nodes, {scheduler} W={workers} over serial", compiler,
                   ratio(cells, ("tree_sum", scheduler, workers), ("tree_sum", "serial", 1)),
                   1.4 if scheduler == "heartbeat" else None)
            for scheduler in NATIVE for workers in WORKERS]


def against_rayon(compiler: str, cells: dict) -> list:
    return [Figure(f"{workload}, Rayon over heartbeat, W={workers}", compiler,
                   ratio(cells, (workload, "rayon", workers), (workload, "heartbeat", workers)), 3.0, at_least=True)
            for workload in ["fib", "skynet"] for workers in WORKERS]


def split_against_peers(compiler: str, cells: dict) -> list:
    """At W=2: the worst of the workloads, each peer."""
    figures = []
    for peer in ["rayon", "onetbb", "openmp"]:
        there = {workload: ratio(cells, (workload, "split_deque", 2), (workload, peer, 2)) for workload in CELLS}
        known = {workload: estimate for workload, estimate in there.items() if estimate.n > 0}
        worst = max(known, key=lambda workload: known[workload].value, default=None)
        figures.append(Figure(f"split_deque over {peer}, W=2, worst of {len(known)} workloads ({worst})", compiler,
                              known.get(worst, stats.NO_ESTIMATE), 1.0))
    return figures


def against_best_peer(compiler: str, cells: dict) -> list:
    """heartbeat over the peer with the lowest median: its whole interval must lie below the target."""
    figures = []
    for workload in KERNELS:
        for workers in WORKERS:
            there = {peer: cells[workload, peer, workers] for peer in RIVALS if (workload, peer, workers) in cells}
            best = min(there, key=lambda peer: there[peer].median(), default=None)
            estimate = ratio(cells, (workload, "heartbeat", workers), (workload, best, workers))
            figures.append(Figure(f"{workload}, heartbeat over the best peer ({best}), W={workers}, upper bound", compiler,
                                  replace(estimate, value=estimate.high, mde=math.nan), 1.05))
    return figures


def to_best(cells: dict, scheduler: str) -> stats.Estimate:
    """Time over that of the best scheduler of the cell, the geometric mean over all cells, by unit. The best is the one
    with the lowest median, for all units the same. No estimate if the scheduler lacks a cell."""
    logs = []
    for workload in CELLS:
        for workers in WORKERS:
            there = {name: cell for (of, name, count), cell in cells.items()
                     if (of, count) == (workload, workers) and name != "serial"}
            if scheduler not in there:
                return stats.NO_ESTIMATE
            best = min(there.values(), key=lambda cell: cell.median())
            rounds = stats.paired_ratio(there[scheduler], best).groupby(level="unit").median()
            logs.append(np.log(rounds))
    return stats.median_estimate(np.exp(pd.concat(logs, axis=1).dropna().mean(axis=1)))


def means(compiler: str, cells: dict) -> list:
    return [Figure(f"geometric mean of time over the best, all {2 * len(CELLS)} cells, {scheduler}", compiler,
                   to_best(cells, scheduler), 1.05 if scheduler == "heartbeat" else None)
            for scheduler in NATIVE + PEERS]


def beat_cells(binaries, samples: int, beat: str) -> dict:
    """(workload, workers) -> heartbeat's time over serial's, by unit and turn, under one source of beats. One run a
    source: a run has one value of an option."""
    cells = {}
    for workload, size in BEAT_SIZES.items():
        run = run_harness(binaries, samples, "--scheduler=serial,heartbeat", f"--workload={workload}", f"--size={size}",
                          *ON_THEM, f"--set=heartbeat.beat={beat}")
        for workers in WORKERS:
            cells[workload, workers] = stats.paired_ratio(turns(run, workload, "heartbeat", workers),
                                                          turns(run, workload, "serial", 1))
    return cells


def beats(compiler: str, binaries, samples: int) -> list:
    """Each source over the default: both by serial of their own run, units and turns matched by number."""
    own = beat_cells(binaries, samples, "idle")
    figures = []
    for beat in BEATS:
        other = beat_cells(binaries, samples, beat)
        figures += [Figure(f"{workload} {BEAT_SIZES[workload]}, heartbeat W={workers}, beat={beat} over idle", compiler,
                           stats.unit_estimate(stats.paired_ratio(other[workload, workers], own[workload, workers])), None)
                    for workload in BEAT_SIZES for workers in WORKERS]
    return figures


def resident(compiler: str, binaries, samples: int) -> list:
    figures = []
    for workload, size in {"fib": 30, "uts": 3_987}.items():
        run = run_harness(binaries, min(samples, 9), "--scheduler=heartbeat", f"--workload={workload}",
                          f"--size={size}", *ON_THEM, "--baseline=none")
        for workers in WORKERS:
            rows = run.samples[run.samples.workers == workers]
            megabytes = rows.groupby("unit").maxrss_kib.max() * 1024 / 1e6
            figures.append(Figure(f"{workload}, heartbeat W={workers}, peak RSS, MB", compiler,
                                  stats.median_estimate(megabytes), 4.5))
    return figures


def deques(compiler: str, binaries, repetitions: int) -> list:
    ns = run_micro(binaries / "deque_bench", repetitions, "^(push_pop|last_item)")
    crossing = run_micro(binaries / "deque_bench", repetitions, "^(steal_idle|contended|line)", value="ns_per_item")
    crossing = {name.split("/")[0]: values for name, values in crossing.items()}
    figures = []
    for name, limit in [("ChaseLev", 9.0), ("Split", 2.5)]:
        figures.append(Figure(f"{name}: push and pop, ns", compiler, stats.median_estimate(ns[f"push_pop<{name}>"].values()), limit))
        figures.append(Figure(f"{name}: steal from an idle owner, ns", compiler,
                              stats.median_estimate(crossing[f"steal_idle<{name}>"].values()), 30.0))
        figures.append(Figure(f"{name}: contended steal, line transfers", compiler,
                              ratios(crossing[f"contended<{name}>"], crossing["line"]), 2.5))
    figures.append(Figure("a line from CPU to CPU, ns", compiler, stats.median_estimate(crossing["line"].values()), None))
    return figures


def measure(samples: int) -> list:
    figures = []
    for compiler, binaries in BUILDS.items():
        schedulers = NATIVE + (["rayon"] if compiler == PUBLISHED else [])
        fine = sweep(binaries, samples, schedulers, {workload: size for workload, (size, _) in FINE.items()})
        figures += fine_forks(compiler, fine)
        if compiler == PUBLISHED:
            figures += against_rayon(compiler, fine)
        figures += coarse_forks(compiler, sweep(binaries, samples, ["heartbeat"], COARSE))
        figures += small_tree(compiler, binaries, samples)
        figures += deques(compiler, binaries, samples)
    binaries = BUILDS[PUBLISHED]
    cells = sweep(binaries, samples, NATIVE + PEERS, CELLS)
    figures += split_against_peers(PUBLISHED, cells)
    kernels = sweep(binaries, KERNEL_UNITS * samples, ["heartbeat", *RIVALS], KERNELS)
    figures += against_best_peer(PUBLISHED, kernels)
    figures += means(PUBLISHED, cells)
    figures += beats(PUBLISHED, binaries, samples)
    figures += resident(PUBLISHED, binaries, samples)
    return figures
