"""A run directory as tidy pandas data frames: `load(path)` gives samples, cells and the manifest.

The columns and their units are in README.md of this folder and in SAMPLE_COLUMNS and CELL_COLUMNS below. Cells that
are wrong, crashed, timed out or do not apply keep their row and their status, and have no figures: a failed cell
publishes nothing and disappears nowhere. Statistics are computed here from the samples; summary.json is only
compared with them (`disagreements`).
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis import rundir, stats

STATUSES = ("ok", "partial", "wrong", "crash", "timeout", "n/a")
WITH_FIGURES = ("ok", "partial")
UNFINISHED = "the run ended before this cell finished"

DEFAULT_ALLOCATOR = "glibc"
MEMORY = ("task_bytes", "live_peak_bytes", "retained_bytes", "leaked_bytes", "requested_bytes", "rss_delta_kib")

SAMPLE_COLUMNS = (
    "cell", "workload", "size", "scheduler", "options", "allocator", "workers", "series", "status", "baseline",
    "unit", "turn", "position", "ns", "iterations", "ops", "ns_per_op", "x_serial", "check", "ok", "cpu_ns", "nvcsw", "nivcsw",
    "minflt", "maxrss_kib", "psi_us", "t_mono_ns",
)
CELL_COLUMNS = (
    "cell", "workload", "size", "scheduler", "options", "allocator", "workers", "series", "status", "reason",
    "baseline", "samples", "units", "ops_per_iteration", "ns_per_op", "ns_low", "ns_high", "x_serial", "x_serial_low",
    "x_serial_high",
    *MEMORY, "bytes_per_op", "rss_peak_kib", "notes",
)
NULLABLE = ("cpu_ns", "nvcsw", "nivcsw", "minflt", "maxrss_kib", "psi_us")
GROUP = ["workload", "size"]


@dataclass(frozen=True)
class Run:
    """One run directory. `warnings` are sentences for the reader: torn lines, files that are missing."""

    path: Path
    manifest: dict
    samples: pd.DataFrame
    cells: pd.DataFrame
    warnings: list = field(default_factory=list)
    version: int = rundir.VERSIONS[-1]  # of the samples


def split_name(name: str) -> dict:
    """The identity in a cell name such as fib/n:30/sched:resonance/set:grouping=off/workers:2.

    Keys: workload, size, scheduler, options ("grouping=off", sorted, joined by a blank; "" for none), allocator,
    workers and series (scheduler, options and an allocator that is not glibc: what gets one colour and one label).
    Raises ValueError for another shape.
    """
    parts = name.split("/")
    if len(parts) < 4:
        raise ValueError(f"the cell name '{name}' has fewer than four parts")
    keys, options = {}, []
    for part in parts[2:]:
        key, colon, value = part.partition(":")
        if not colon or key not in ("alloc", "sched", "workers", "set") or (key != "set" and key in keys):
            raise ValueError(f"the cell name '{name}' has the unexpected part '{part}'")
        if key == "set":
            options.append(value)
        else:
            keys[key] = value
    size = parts[1].partition(":")[2]
    if not size.isdigit() or not keys.get("workers", "").isdigit() or not keys.get("sched"):
        raise ValueError(f"the cell name '{name}' lacks a size, a scheduler or a number of workers")
    text = " ".join(sorted(options))
    allocator = keys.get("alloc", DEFAULT_ALLOCATOR)
    return {"workload": parts[0], "size": int(size), "scheduler": keys["sched"], "options": text,
            "allocator": allocator, "workers": int(keys["workers"]),
            "series": series_name(f"{keys['sched']} {text}".rstrip(), allocator)}


def series_name(scheduler_and_options: str, allocator: str) -> str:
    """What a series is called under an allocator: the default one is not named."""
    return scheduler_and_options + ("" if allocator == DEFAULT_ALLOCATOR else f" alloc:{allocator}")


def load(path) -> Run:
    """Reads a run directory. Raises rundir.BadInput that names file and line."""
    folder = Path(path)
    manifest = rundir.read_manifest(folder)
    sample_lines, warnings = rundir.read_lines(folder / "samples.jsonl", rundir.SAMPLE)
    cell_lines, more = rundir.read_lines(folder / "cells.jsonl", rundir.CELL)
    warnings += more
    _refuse_duplicates(folder / "samples.jsonl", sample_lines, ("cell", "arm", "unit", "turn"))
    _refuse_arms(folder / "samples.jsonl", sample_lines)
    _refuse_duplicates(folder / "cells.jsonl", cell_lines, ("cell",))
    identities = _identities(folder, sample_lines, cell_lines)
    records = {record["cell"]: record for _, record in cell_lines}
    for entry in _planned(manifest):
        identities.setdefault(entry, split_name(entry))
    if not identities:
        raise rundir.BadInput(f"{folder}: the run has no cells.", "it was ended before the first sample",
                              "run the harness again")
    status = _statuses(identities, records, [record for _, record in sample_lines])
    kept = [record for _, record in sample_lines if record["dropped"] is None]
    samples = _samples_frame(kept, identities, status)
    cells = _cells_frame(identities, records, status, samples, interval_alpha(manifest))
    version = min((record["v"] for _, record in sample_lines), default=rundir.VERSIONS[-1])
    return Run(folder, manifest, samples, cells, warnings, version)


def interval_alpha(manifest: dict) -> float:
    """The two-sided level of the run's intervals: less than 5 % for a run that looked whether it could stop."""
    plan = manifest.get("plan")
    alpha = plan.get("alpha", stats.ALPHA) if isinstance(plan, dict) else stats.ALPHA
    return alpha if isinstance(alpha, float) else stats.ALPHA


def by_turn(turns: pd.DataFrame, column: str = "ns_per_op") -> pd.Series:
    """One column of the turns of one cell, indexed by unit and turn."""
    return turns.set_index(["unit", "turn"])[column]


def _refuse_duplicates(path: Path, lines: list, key: tuple) -> None:
    seen = {}
    for number, record in lines:
        value = tuple(record[name] for name in key)
        if value in seen:
            raise rundir.line_error(path, number, f"repeats {' and '.join(key)} of line {seen[value]}")
        seen[value] = number


def _refuse_arms(path: Path, lines: list) -> None:
    for number, record in lines:
        if record["arm"] is not None:
            raise rundir.BadInput(f"{path}:{number}: the turn belongs to arm {record['arm']}.",
                                  "the directory holds a comparison of builds, not a run",
                                  "read verdict.json, which has its figures")


def _identities(folder: Path, sample_lines: list, cell_lines: list) -> dict:
    """Cell name -> identity. The members of cells.jsonl must say the same as the name."""
    identities = {}
    for file, lines in (("samples.jsonl", sample_lines), ("cells.jsonl", cell_lines)):
        for number, record in lines:
            try:
                identity = split_name(record["cell"])
            except ValueError as error:
                raise rundir.line_error(folder / file, number, f"cannot be placed: {error}") from None
            for member in ("workload", "size", "scheduler", "allocator", "workers"):
                if member in record and record[member] != identity[member]:
                    raise rundir.line_error(folder / file, number, f"says {member} = {record[member]!r}, its name "
                                                                   f"says {identity[member]!r}")
            if record.get("status", "ok") not in STATUSES:
                raise rundir.line_error(folder / file, number, f"has the unknown status {record['status']!r}")
            identities[record["cell"]] = identity
    return identities


def _planned(manifest: dict) -> list:
    """Names of the planned cells, so that a cell the run never reached is listed as unfinished."""
    plan = manifest.get("plan")
    cells = plan.get("cells") if isinstance(plan, dict) else None
    return [entry["cell"] for entry in cells or [] if isinstance(entry, dict) and isinstance(entry.get("cell"), str)]


def _statuses(identities: dict, records: dict, samples: list) -> dict:
    """Cell name -> status. One wrong turn makes the cell wrong, whatever was or was not recorded later."""
    wrong = {record["cell"] for record in samples if not record["ok"]}
    result = {}
    for name in identities:
        status = records[name]["status"] if name in records else "partial"
        result[name] = "wrong" if name in wrong and status in WITH_FIGURES else status
    return result


def _samples_frame(records: list, identities: dict, status: dict) -> pd.DataFrame:
    rows = []
    for record in records:
        row = {**record, **identities[record["cell"]], "status": status[record["cell"]]}
        usable = row["status"] in WITH_FIGURES
        row["ns_per_op"] = record["ns"] / record["ops"] if usable else math.nan
        rows.append(row | {f"counter_{name}": value for name, value in record["counters"].items()})
    counters = sorted({name for row in rows for name in row if name.startswith("counter_")})
    frame = pd.DataFrame(rows, columns=[*SAMPLE_COLUMNS, *counters])
    frame = frame.astype({name: "Int64" for name in (*NULLABLE, *counters)})
    frame["x_serial"] = _x_serial(frame)
    frame["rank"] = frame["scheduler"] != "serial"
    order = ["workload", "size", "rank", "series", "workers", "unit", "turn"]
    return frame.sort_values(order, kind="stable").drop(columns="rank").reset_index(drop=True)


def _x_serial(samples: pd.DataFrame) -> pd.Series:
    """ns_per_op over that of the serial cell of the same round, workload, size and allocator; NaN without one."""
    key = [*GROUP, "allocator", "unit", "turn"]
    is_unit = samples["series"] == [series_name("serial", allocator) for allocator in samples["allocator"]]
    serial = samples[is_unit].set_index(key)["ns_per_op"]
    base = serial.reindex(pd.MultiIndex.from_frame(samples[key]))
    return pd.Series(samples["ns_per_op"].to_numpy(float) / base.to_numpy(float), index=samples.index)


def _cells_frame(identities: dict, records: dict, status: dict, samples: pd.DataFrame, alpha) -> pd.DataFrame:
    turns = dict(tuple(samples.groupby("cell", sort=False)))
    rows = [_cell_row(name, identity, records.get(name), status[name], turns.get(name), alpha)
            for name, identity in identities.items()]
    frame = pd.DataFrame(rows, columns=CELL_COLUMNS)
    integers = ("ops_per_iteration", *MEMORY, "rss_peak_kib")
    frame = frame.astype({name: "Int64" for name in integers})
    frame["rank"] = frame["scheduler"] != "serial"
    frame = frame.sort_values(["workload", "size", "rank", "series", "workers"], kind="stable")
    return frame.drop(columns="rank").reset_index(drop=True)


def _cell_row(name: str, identity: dict, record, status: str, turns, alpha: float) -> dict:
    usable = status in WITH_FIGURES and turns is not None
    ns = stats.unit_estimate(by_turn(turns), alpha) if usable else stats.NO_ESTIMATE
    ratio = stats.unit_estimate(by_turn(turns, "x_serial"), alpha) if usable else stats.NO_ESTIMATE
    row = {"cell": name, **identity, "status": status, "samples": 0 if turns is None else len(turns),
           "units": 0 if turns is None else turns["unit"].nunique(),
           "ns_per_op": ns.value, "ns_low": ns.low, "ns_high": ns.high,
           "x_serial": ratio.value, "x_serial_low": ratio.low, "x_serial_high": ratio.high,
           "rss_peak_kib": None if turns is None else turns["maxrss_kib"].max(), "bytes_per_op": math.nan}
    if record is None:
        baseline = bool(turns["baseline"].any()) if turns is not None else False
        return row | {"reason": UNFINISHED if status == "partial" else "a turn gave a wrong answer",
                      "baseline": baseline, "notes": {}}
    for member in ("reason", "baseline", "notes", "ops_per_iteration", *MEMORY):
        row[member] = record[member]
    if status == "wrong" and row["reason"] is None:
        row["reason"] = "a turn gave a wrong answer"
    if record["live_peak_bytes"] is not None and record["ops_per_iteration"] and usable:
        row["bytes_per_op"] = record["live_peak_bytes"] / record["ops_per_iteration"]
    return row


def disagreements(run: Run) -> list:
    """Sentences for every figure of summary.json that differs from the one computed here from the samples."""
    path = run.path / "summary.json"
    if not path.exists():
        return ["summary.json is missing: the run ended early"]
    entries = rundir.read_json(path)
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "cell" in e for e in entries):
        raise rundir.BadInput(f"{path}: is not an array of cells.", "the file was damaged",
                              "delete it: everything in it can be computed from the samples")
    cells = run.cells.set_index("cell")
    # Version 1 had intervals over the turns of one process: there is nothing here to compare them with.
    columns = ("ns_per_op", "ns_low", "ns_high", "x_serial", "x_serial_low", "x_serial_high")
    columns = columns if run.version > 1 else ("ns_per_op", "x_serial")
    result = []
    for entry in entries:
        name = entry["cell"]
        if name not in cells.index:
            result.append(f"{name} is in summary.json and nowhere else")
            continue
        row = cells.loc[name]
        for column in columns:
            theirs, ours = entry.get(column), row[column]
            theirs = math.nan if theirs is None else theirs
            if not (math.isnan(theirs) and math.isnan(ours)) and not math.isclose(theirs, ours, rel_tol=1e-6):
                result.append(f"{name}: {column} is {theirs:.6g} in summary.json, {ours:.6g} from the samples")
    return result
