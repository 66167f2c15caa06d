"""Writes the golden run directory golden/run: a small run whose every figure is known.

Invented figures from a seeded generator, in the format of results/README.md: three schedulers and one that is not
installed, fib and tree_sum, the two wave workloads at three sizes, seven units of one turn, one wrong cell, one cell that does
not apply, one that timed out, a torn last line. summary.json is computed here by plain arithmetic that shares
nothing with analysis/, so that the tests compare two computations.

    python3 -m tests.analysis.make_golden            writes golden/run
    python3 -m tests.analysis.make_golden tables     writes golden/*.md from it: read the difference before keeping it
"""

import json
import random
import statistics
import sys
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
ROUNDS = 7  # each a unit: at seven the 95 % sign-test interval is [smallest, largest]
WAVE_SIZES = (64, 1024, 4096)

# workload -> (size, operations an iteration, serial ns per operation)
SERIAL = {
    ("fib", 30): (1346268, 3.6),
    ("tree_sum", 65535): (65535, 2.4),
    ("wave_add", 64): (1, 12.1), ("wave_add", 1024): (1, 168.0), ("wave_add", 4096): (1, 720.0),
    ("wave_phasor", 64): (1, 390.0), ("wave_phasor", 1024): (1, 6250.0), ("wave_phasor", 4096): (1, 25600.0),
}
# scheduler -> workload -> workers -> factor over serial
FACTORS = {
    "chase_lev": {"fib": {1: 4.1, 2: 2.15}, "tree_sum": {1: 3.2, 2: 1.7}},
    "heartbeat": {"fib": {1: 1.3, 2: 0.72}, "tree_sum": {1: 1.21, 2: 0.66}},
    "heartbeat beat_us=100": {"fib": {1: 1.17, 2: 0.69}},
    "resonance": {"fib": {1: 2.9, 2: 1.5}, "tree_sum": {1: 2.2, 2: 1.14},
                  "wave_add": {1: 1.05}, "wave_phasor": {1: 1.01}},
}
FAILED = {
    "fib/n:30/sched:onetbb/workers:1": ("n/a", "cell-onetbb was not built: TBB was not found"),
    "tree_sum/n:65535/sched:heartbeat/workers:2":
        ("wrong", "round 3: the digest is 2147385344, expected 2147385345"),
    "tree_sum/n:65535/sched:resonance/workers:2": ("timeout", "no reply to turn within 60 s"),
}


def cell_name(workload, size, scheduler, option, workers):
    setting = f"/set:{option}" if option else ""
    parameter = "elements" if workload.startswith("wave") else "n"
    return f"{workload}/{parameter}:{size}/sched:{scheduler}{setting}/workers:{workers}"


def plan():
    """Every cell in order: (workload, size, scheduler, option, workers, factor over serial)."""
    cells = []
    for workload, size in SERIAL:
        cells.append((workload, size, "serial", "", 1, 1.0))
        for series, workloads in FACTORS.items():
            scheduler, _, option = series.partition(" ")
            for workers, factor in workloads.get(workload, {}).items():
                cells.append((workload, size, scheduler, option, workers, factor))
    cells.append(("fib", 30, "onetbb", "", 1, 1.0))
    return cells


def make_samples(rng):
    """Records in the order in which the turns ran. The disturbance of a round hits all its turns alike."""
    records, clock = [], 5_000_000_000
    for round_number in range(ROUNDS):
        for group in SERIAL:
            disturbance = 1 + 0.06 * rng.random()
            turn = 0
            for workload, size, scheduler, option, workers, factor in plan():
                name = cell_name(workload, size, scheduler, option, workers)
                status = FAILED.get(name, ("ok",))[0]
                if (workload, size) != group or status == "n/a" or (status != "ok" and round_number > 3):
                    continue
                if status == "timeout" and round_number == 3:
                    continue
                operations, serial_ns = SERIAL[group]
                iterations = max(1, round(20e6 / (operations * serial_ns * factor)))
                noise = 1 + 0.02 * (rng.random() - 0.5)
                ns = round(iterations * operations * serial_ns * factor * disturbance * noise)
                clock += ns
                records.append(sample(name, round_number, turn, ns, iterations, iterations * operations, rng, clock)
                               | {"ok": not (status == "wrong" and round_number == 3),
                                  "baseline": scheduler == "serial",
                                  "counters": counters(scheduler, workers, rng)})
                turn += 1
    return records


def counters(scheduler, workers, rng):
    if scheduler == "serial":
        return {}
    return {"steals": int(9 * rng.random()) if workers > 1 else 0, "parks": int(4 * rng.random())}


def sample(name, round_number, position, ns, iterations, ops, rng, clock):
    return {"v": 2, "cell": name, "arm": None, "unit": round_number, "turn": 0, "position": position, "ns": ns, "iterations": iterations,
            "ops": ops, "check": str(int(rng.random() * 2**53) * 1024 + 7), "ok": True,
            "cpu_ns": ns + 21000, "nvcsw": 1, "nivcsw": int(3 * rng.random()), "minflt": 0,
            "maxrss_kib": 3100 + int(50 * rng.random()), "psi_us": 0, "counters": {}, "dropped": None, "baseline": False,
            "t_mono_ns": clock}


def notes(workload, size):
    if workload not in ("wave_add", "wave_phasor"):
        return {}
    return {"wave_bytes": 24 * size, "resident_bytes": 48 * size,
            "moved_bytes_per_op": (24 if workload == "wave_add" else 80) * size}


def make_cells():
    records = []
    for workload, size, scheduler, option, workers, _ in plan():
        name = cell_name(workload, size, scheduler, option, workers)
        status, reason = FAILED.get(name, ("ok", None))
        ran = status == "ok"
        key, _, value = option.partition("=")
        records.append({"v": 2, "cell": name, "arm": None, "scheduler": scheduler, "workload": workload, "size": size,
                        "workers": workers, "options": {key: value} if option else {}, "allocator": "glibc",
                        "status": status, "reason": reason, "baseline": scheduler == "serial",
                        "notes": {} if status == "n/a" else notes(workload, size),
                        "task_bytes": None if scheduler in ("serial", "onetbb") else 40,
                        "live_peak_bytes": 8192 * workers if ran else None, "retained_bytes": 64 if ran else None,
                        "leaked_bytes": 0 if ran else None, "requested_bytes": 9000 * workers if ran else None,
                        "rss_delta_kib": 12 if ran else None,
                        "ops_per_iteration": None if status == "n/a" else SERIAL[workload, size][0],
                        "iterations": None if status == "n/a" else 7,
                        "units": ROUNDS if ran else 0, "dropped": 0, "freezes": True,
                        "stopped": "samples" if ran else None})
    return records


def middle(values):
    """Median, low, high. Seven units: the interval is the whole range."""
    if len(values) != ROUNDS:
        return None, None, None
    return statistics.median(values), min(values), max(values)


def make_summary(samples, cells):
    per_op = {(s["cell"], s["unit"]): s["ns"] / s["ops"] for s in samples}
    best, rows = {}, []
    for cell in (c for c in cells if not c["baseline"]):
        name, ok = cell["cell"], cell["status"] == "ok"
        own = [s for s in samples if s["cell"] == name]
        serial = cell_name(cell["workload"], cell["size"], "serial", "", 1)
        ns = middle([per_op[name, s["unit"]] for s in own]) if ok else (None,) * 3
        x = middle([per_op[name, s["unit"]] / per_op[serial, s["unit"]] for s in own]) if ok else (None,) * 3
        totals = {key: sum(s["counters"][key] for s in own) for key in (own[0]["counters"] if own else {})}
        kept = ("cell", "scheduler", "workload", "size", "workers", "options", "allocator", "status", "reason")
        memory = ("task_bytes", "requested_bytes", "retained_bytes", "leaked_bytes", "rss_delta_kib")
        rows.append({key: cell[key] for key in kept}
                    | {"samples": len(own), "units": len(own), "dropped": 0, "stopped": cell["stopped"],
                       "ops": cell["ops_per_iteration"], "ns_per_op": ns[0], "ns_low": ns[1],
                       "ns_high": ns[2], "x_serial": x[0], "x_serial_low": x[1], "x_serial_high": x[2],
                       "x_best": None,
                       "bytes_per_op": cell["live_peak_bytes"] / cell["ops_per_iteration"] if ok else None,
                       **{key: cell[key] for key in memory},
                       "rss_peak_kib": max((s["maxrss_kib"] for s in own), default=None), "verified": ok,
                       "counters": totals, "notes": cell["notes"]})
        if ok:
            group = cell["workload"], cell["size"]
            best[group] = min(best.get(group, ns[0]), ns[0])
    for row in rows:
        if row["ns_per_op"] is not None:
            row["x_best"] = row["ns_per_op"] / best[row["workload"], row["size"]]
    return rows


def make_manifest():
    cell_build = {"compiler": "GCC 12.2.0", "flags": "-O3 -march=x86-64-v3", "type": "Release", "sanitizer": "",
                  "publishable": True, "version": "0.1.0"}
    build = {"conductor": {"compiler": "GCC 12.2.0"}, "publishable": True,
             "cells": {name: cell_build for name in ("serial", "chase_lev", "heartbeat", "resonance")}}
    machine = {"cpu": "Golden CPU @ 2.50GHz", "cores": 2, "logical_cpus": 2, "allowed_cpus": [0, 1],
               "caches": [{"type": "Data", "level": 1, "bytes": 32768, "cpus": 1},
                          {"type": "Instruction", "level": 1, "bytes": 32768, "cpus": 1},
                          {"type": "Unified", "level": 2, "bytes": 1048576, "cpus": 1}],
               "memory_kib": 8000000, "memory_available_kib": 6000000, "memory_limit_bytes": None,
               "kernel": "6.1.0", "os": "Debian GNU/Linux 12 (bookworm)", "hypervisor": True, "governor": None,
               "turbo": None, "thp": "madvise", "clocksource": "tsc", "smt": "off", "loadavg": [0.1, 0.2, 0.1],
               "host": "0123456789abcdef"}
    kept = ("cell", "scheduler", "workload", "size", "workers", "options", "allocator", "baseline")
    cells = [{name: record[name] for name in kept}
             | {"not_applicable": record["reason"] if record["status"] == "n/a" else None} for record in make_cells()]
    return {"v": 1, "command": ["./harness", "--scheduler=chase_lev,heartbeat,onetbb,resonance",
                                "--workload=fib,tree_sum,wave_add,wave_phasor", "--workers=1,2",
                                f"--samples={ROUNDS}"],
            "started": "2026-11-20T12:00:00Z", "seed": 1,
            "git": {"commit": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
            "build": build, "machine": machine, "allocators": {"glibc": {"version": "2.36", "library": None}},
            "plan": {"samples": ROUNDS, "turns": 1, "rel_ci": None, "budget_ns": None, "alpha": 0.05,
                     "filter_pressure": False, "min_time_ns": 20_000_000, "timeout_ns": 60_000_000_000, "pin": "none",
                     "freeze": True, "memory": True, "cells": cells},
            "placement": [{"workers": 1, "cpus": []}, {"workers": 2, "cpus": []}], "notes": []}


def write_run(folder: Path) -> None:
    """Writes the run directory; the same bytes every time."""
    rng = random.Random(20)
    samples, cells = make_samples(rng), make_cells()
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in samples)
    (folder / "samples.jsonl").write_text(text + '{"v":2,"cell":"fib/n:30/sched:serial/workers:1","arm":nu')
    (folder / "cells.jsonl").write_text(
        "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in cells))
    (folder / "summary.json").write_text(json.dumps(make_summary(samples, cells), indent=1) + "\n")
    (folder / "manifest.json").write_text(json.dumps(make_manifest(), indent=1) + "\n")


def write_tables() -> None:
    from analysis import load, report, tables
    run = load.load(GOLDEN / "run")
    for name in ("overhead", "speedup", "wave", "failures"):
        (GOLDEN / f"{name}.md").write_text(getattr(tables, name)(run), encoding="utf-8")
    (GOLDEN / "report.md").write_text(report.render(run), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["tables"]:
        write_tables()
    else:
        write_run(GOLDEN / "run")
