"""The figures of the runtime core: memory of tasks, their life, tasks from outside, the runtime at rest."""

import json
from pathlib import Path

from analysis import stats
from analysis.figure import BUILDS, Figure, output_of, ratios, run_harness, run_micro, turns

AT_REST = ["central_queue", "chase_lev", "heartbeat", "near_first", "resonance"]
WORKERS_AT_REST = 4


def median(values: dict) -> stats.Estimate:
    return stats.median_estimate(values.values())


def pool(compiler: str, binaries: Path, repetitions: int) -> list:
    ns = run_micro(binaries / "pool_bench", repetitions, "^(hot|batch|cross)<(Pool|Heap|Array)>(/1000)?(/real_time)?$")
    figures = []
    for name, what, target in [("hot<Pool>", "same thread", 3.0), ("batch<Pool>/1000", "batches of 1,000", 5.5),
                               ("cross<Pool>", "cross-thread", 35.0)]:
        figures.append(Figure(f"pool 64 B, {what}, ns a pair", compiler, median(ns[name]), target))
        figures.append(Figure("the same by malloc of glibc", compiler, median(ns[name.replace("Pool", "Heap")]), None))
    figures.append(Figure("moving a written line between two CPUs, no allocator", compiler, median(ns["cross<Array>"]), None))
    return figures


def tasks(compiler: str, binaries: Path, repetitions: int) -> list:
    ns = run_micro(binaries / "task_bench", repetitions, "^(publish|spawn_run|inject)<", value="ns_per_item")
    figures = [Figure("spawn_batch(64), ns a task to publish", compiler, median(ns["publish<ChaseLev>/1"]), 6.0)]
    for name in ["ChaseLev", "NearFirst", "Heartbeat", "Resonance"]:
        one, two = ns[f"spawn_run<{name}>/1"], ns[f"spawn_run<{name}>/2"]
        figures.append(Figure(f"{name}: spawn and run an empty task at W=1, ns", compiler, median(one), 20.0))
        figures.append(Figure(f"{name}: W=2 over W=1, batches of 4,096", compiler, ratios(two, one), None))
    figures.append(Figure("external inject beside one consumer, ns", compiler, median(ns["inject<ChaseLev>/2"]), 80.0))
    figures.append(Figure("external inject without a consumer, ns", compiler, median(ns["inject<ChaseLev>/1"]), 80.0))
    return figures


def second_worker(compiler: str, binaries: Path, samples: int) -> list:
    """A million empty tasks at a time, as the peers were measured: does a second worker make it slower?"""
    schedulers = ["chase_lev", "near_first", "heartbeat", "resonance"]
    run = run_harness(binaries, samples, "--scheduler=" + ",".join(schedulers), "--workload=noop_batch", "--size=large",
                      "--workers=1,2", "--baseline=none")
    figures = []
    for name in schedulers:
        one, two = (turns(run, "noop_batch", name, workers) for workers in (1, 2))
        figures.append(Figure(f"{name}: an empty task of a million at W=1, ns", compiler, stats.unit_estimate(one), 20.0))
        figures.append(Figure(f"{name}: the same at W=2 over W=1", compiler,
                              stats.unit_estimate(stats.paired_ratio(two, one)), 1.0, unless_shown=True))
    return figures


def at_rest(compiler: str, binaries: Path, repetitions: int) -> list:
    def resident_kib(what: str) -> int:
        return json.loads(output_of(str(binaries / "rest_probe"), what, str(WORKERS_AT_REST)))["resident_kib"]

    added = {name: [] for name in AT_REST}
    for _ in range(min(repetitions, 9)):
        bare = resident_kib("bare")
        for name in AT_REST:
            added[name].append((resident_kib(name) - bare) / 1024)
    return [Figure(f"resident above a bare process, {name} of {WORKERS_AT_REST} at rest, MiB", compiler,
                   stats.median_estimate(values), 1.0) for name, values in added.items()]


def measure(samples: int) -> list:
    figures = []
    for compiler, binaries in BUILDS.items():
        figures += pool(compiler, binaries, samples)
        figures += tasks(compiler, binaries, samples)
        figures += second_worker(compiler, binaries, samples)
        figures += at_rest(compiler, binaries, samples)
    return figures
