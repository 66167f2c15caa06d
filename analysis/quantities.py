"""What the tables and the charts show, computed once: overhead, speed-up and the wave claims.

Notation: T_s is the time per operation of the serial elision (the scheduler called serial), T_W that of a scheduler
with W workers. Overhead is T_1 / T_s, speed-up is T_s / T_W, self-speed-up is T_1 / T_W; each is the ratio
within a round, median per unit, median over units, with its interval. Every frame keeps the cells that have no figures.
"""

import math

import pandas as pd

from analysis import stats
from analysis.load import GROUP, WITH_FIGURES, Run, by_turn, interval_alpha, series_name

# Claims C1 and C1b: the wave interference table of the Crystal Wave Runtime's document. Nanoseconds per operation
# by number of elements; the document names neither machine, commit nor command.
DOCUMENT_NS_PER_OP = {64: 9.89, 256: 38.48, 1024: 163.48, 4096: 1096.08}
WAVES = {
    "wave_add": ("C1", "the loop the document timed: one f64 array added to another"),
    "wave_phasor": ("C1b", "interference of two waves as the words promise it: every array is touched"),
}
GRANULARITY = "spin_tree"  # its size is the length of its tasks: what `harness metg` measures
WAVE_NOTES = ("wave_bytes", "resident_bytes", "moved_bytes_per_op")


def _turns(run: Run) -> dict:
    """Cell name -> ns_per_op by unit and turn, for the cells that have figures."""
    usable = run.samples[run.samples["status"].isin(WITH_FIGURES)]
    return {name: by_turn(rows) for name, rows in usable.groupby("cell", sort=False)}


def _ratio(turns: dict, numerator, denominator, alpha: float) -> stats.Estimate:
    if numerator not in turns or denominator not in turns:
        return stats.NO_ESTIMATE
    return stats.unit_estimate(stats.paired_ratio(turns[numerator], turns[denominator]), alpha)


def _columns(prefix: str, estimate: stats.Estimate) -> dict:
    return {prefix: estimate.value, f"{prefix}_low": estimate.low, f"{prefix}_high": estimate.high,
            f"{prefix}_n": estimate.n}


def _identity(row) -> dict:
    return {name: row[name] for name in
            (*GROUP, "scheduler", "options", "allocator", "series", "workers", "status", "reason")}


def _name_of(cells: pd.DataFrame, series: str, workers: int):
    match = cells[(cells["series"] == series) & (cells["workers"] == workers)]
    return match["cell"].iloc[0] if len(match) else None


def _serial_name_of(cells: pd.DataFrame, cell):
    """The serial cell that `cell` is measured against: that of its allocator."""
    return _name_of(cells, series_name("serial", cell["allocator"]), 1)


def overhead(run: Run) -> pd.DataFrame:
    """One row per one-worker cell that is not serial: `overhead` = T_1 / T_s with _low, _high and _n (units).

    Workloads and sizes without a single pair of figures are left out only when they have no serial cell at all.
    """
    turns, alpha, rows = _turns(run), interval_alpha(run.manifest), []
    for _, cells in run.cells.groupby(GROUP, sort=False):
        for _, cell in cells[(cells["workers"] == 1) & (cells["scheduler"] != "serial")].iterrows():
            serial = _serial_name_of(cells, cell)
            if serial is not None:
                rows.append(_identity(cell) | _columns("overhead", _ratio(turns, cell["cell"], serial, alpha)))
    return pd.DataFrame(rows)


def speedup(run: Run) -> pd.DataFrame:
    """One row per cell that is not serial, of the workloads and sizes with a cell of two or more workers:
    `over_serial` = T_s / T_W and `over_own` = T_1 / T_W, each with _low, _high and _n (units)."""
    turns, alpha, rows = _turns(run), interval_alpha(run.manifest), []
    for _, cells in run.cells.groupby(GROUP, sort=False):
        if (cells["workers"] < 2).all():
            continue
        for _, cell in cells[cells["scheduler"] != "serial"].iterrows():
            serial = _serial_name_of(cells, cell)
            own = _name_of(cells, cell["series"], 1)
            rows.append(_identity(cell) | _columns("over_serial", _ratio(turns, serial, cell["cell"], alpha))
                        | _columns("over_own", _ratio(turns, own, cell["cell"], alpha)))
    return pd.DataFrame(rows)


def wave(run: Run) -> pd.DataFrame:
    """One row per cell of a wave workload. One operation is one interference of `size` elements.

    Columns beside the identity: claim; ns_per_op with its interval; ns_per_element and its interval; wave_bytes (one
    wave; two are live), resident_bytes and moved_bytes_per_op (notes of the cell, missing when it has none);
    document_ns_per_op (what the document says for that size; NaN elsewhere).
    """
    rows = []
    for _, cell in run.cells[run.cells["workload"].isin(WAVES)].iterrows():
        size = cell["size"]
        row = _identity(cell) | {"claim": WAVES[cell["workload"]][0], "n": cell["units"]}
        for column in ("ns_per_op", "ns_low", "ns_high"):
            row[column] = cell[column]
            row[column.replace("_per_op", "") + "_per_element"] = cell[column] / size if size else math.nan
        row |= {name: cell["notes"].get(name) for name in WAVE_NOTES}
        row["document_ns_per_op"] = DOCUMENT_NS_PER_OP.get(size, math.nan)
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.astype({name: "Int64" for name in WAVE_NOTES}) if rows else frame


def efficiency(run: Run) -> pd.DataFrame:
    """One row per cell of spin_tree that is not serial: `task_ns`, the length of a task, which is the serial time of one
    operation; `efficiency` = T_s / (W T_W) with _low, _high and _n (units). Sizes without a serial cell are left out."""
    rows = []
    cells = run.cells[run.cells["workload"] == GRANULARITY]
    for _, cell in cells[cells["scheduler"] != "serial"].iterrows():
        serial = cells[(cells["size"] == cell["size"]) & (cells["workers"] == 1)
                       & (cells["series"] == series_name("serial", cell["allocator"]))]
        if serial.empty:
            continue
        workers = cell["workers"]
        rows.append(_identity(cell) | {
            "task_ns": serial["ns_per_op"].iloc[0], "efficiency": 1 / (workers * cell["x_serial"]),
            "efficiency_low": 1 / (workers * cell["x_serial_high"]),
            "efficiency_high": 1 / (workers * cell["x_serial_low"]), "efficiency_n": cell["units"]})
    return pd.DataFrame(rows)


def charted(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of overhead() or speedup() that go into the chart: the wave workloads and spin_tree have charts of their
    own, with many sizes each, so they stay in the table unless there is nothing else."""
    others = frame[~frame["workload"].isin([*WAVES, GRANULARITY])]
    return frame if others.empty else others


def failures(run: Run) -> pd.DataFrame:
    """The cells that are not `ok`, or are but have no sample: what a reader must know is missing or incomplete."""
    cells = run.cells
    return cells[(cells["status"] != "ok") | (cells["samples"] == 0)]


def why_no_overhead(run: Run) -> str:
    """Why there is nothing to chart; empty when there is something."""
    frame = overhead(run)
    if (run.cells["scheduler"] == "serial").sum() == 0:
        return "the run has no serial cell, and overhead is measured against serial"
    if frame.empty:
        return "the run has no one-worker cell beside a serial one"
    return "" if frame["overhead"].notna().any() else "no one-worker cell has figures in the rounds of a serial one"


def why_no_speedup(run: Run) -> str:
    """As why_no_overhead, for the speed-up chart."""
    frame = speedup(run)
    if frame.empty:
        return "the run has no cell with two or more workers"
    several = frame[frame["workers"] >= 2]
    if several[["over_serial", "over_own"]].notna().any(axis=None):
        return ""
    return "no cell with two or more workers has figures that pair with serial or with one worker"


def why_no_wave(run: Run) -> str:
    """As why_no_overhead, for the wave chart."""
    frame = wave(run)
    if frame.empty:
        return f"the run has no cell of {' or '.join(WAVES)}"
    return "" if frame["ns_per_op"].notna().any() else "no wave cell has figures"


def why_no_efficiency(run: Run) -> str:
    """As why_no_overhead, for the chart of efficiency against task length."""
    frame = efficiency(run)
    if frame.empty:
        return f"the run has no cell of {GRANULARITY} beside a serial one"
    usable = frame["efficiency"].notna() & frame["task_ns"].notna()
    return "" if usable.any() else f"no cell of {GRANULARITY} has figures in the rounds of a serial one"
