"""Markdown tables of a run: overhead, speed-up, efficiency, the wave table, and the cells without figures.

A cell without figures keeps its row: its status stands where the figure would. Ratios and times have three
significant digits and, from six units on, a 95 % interval in brackets.
"""

import math

import pandas as pd

from analysis import quantities
from analysis.load import WITH_FIGURES, Run

NOTHING = "–"


def _decimals(value) -> int:
    return max(0, 2 - math.floor(math.log10(abs(float(f"{value:.3g}"))))) if value else 0


def number(value) -> str:
    """Three significant digits without an exponent; a dash for what is not known."""
    return NOTHING if value is None or pd.isna(value) else f"{value:,.{_decimals(value)}f}"


def with_interval(value, low, high) -> str:
    """`1.33 [1.31, 1.36]`, all to the decimals of the value; the value alone when n is too small for an interval."""
    if pd.isna(value) or pd.isna(low):
        return number(value)
    decimals = _decimals(value)
    return f"{number(value)} [{low:,.{decimals}f}, {high:,.{decimals}f}]"


def byte_count(value) -> str:
    """`1.5 KiB`: exact powers of 1024, one decimal at most."""
    if value is None or pd.isna(value):
        return NOTHING
    for unit, factor in (("MiB", 1024**2), ("KiB", 1024)):
        if value >= factor:
            return f"{value / factor:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{value:,} B"


def escape(text: str) -> str:
    """Text that may stand in a table cell."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def markdown(header: list, rows: list) -> str:
    """A table; a header that ends in `:` is aligned to the right, which is how figures are read."""
    rule = ["---:" if title.endswith(":") else "---" for title in header]
    lines = [[title.removesuffix(":") for title in header], rule]
    lines += [[escape(value) for value in row] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _figure(row, prefix: str) -> str:
    if row["status"] not in WITH_FIGURES:
        return row["status"]
    text = with_interval(row[prefix], row[f"{prefix}_low"], row[f"{prefix}_high"])
    return f"{text} (partial)" if row["status"] == "partial" and text != NOTHING else text


def overhead(run: Run) -> str:
    """T_1 / T_s per workload, size and scheduler."""
    rows = [[row["workload"], f"{row['size']:,}", row["series"], _figure(row, "overhead"), row["overhead_n"]]
            for _, row in quantities.overhead(run).iterrows()]
    return markdown(["workload", "n:", "scheduler", "T1/Ts:", "units:"], rows)


def speedup(run: Run) -> str:
    """T_s / T_W and T_1 / T_W per workload, size, scheduler and number of workers W."""
    rows = [[row["workload"], f"{row['size']:,}", row["series"], row["workers"], _figure(row, "over_serial"),
             _figure(row, "over_own") if row["workers"] > 1 else NOTHING,
             row["over_serial_n"] or row["over_own_n"]]
            for _, row in quantities.speedup(run).iterrows()]
    return markdown(["workload", "n:", "scheduler", "W:", "Ts/TW:", "T1/TW:", "units:"], rows)


def wave(run: Run) -> str:
    """Claims C1 and C1b: what the document says beside what this run measured."""
    rows = []
    for _, row in quantities.wave(run).iterrows():
        usable = row["status"] in WITH_FIGURES
        ns = with_interval(row["ns_per_op"], row["ns_low"], row["ns_high"]) if usable else row["status"]
        document = NOTHING if math.isnan(row["document_ns_per_op"]) else f"{row['document_ns_per_op']:,.2f}"
        rows.append([row["claim"], row["workload"], f"{row['size']:,}", row["series"], row["workers"], ns,
                     number(row["ns_per_element"]), byte_count(row["wave_bytes"]),
                     byte_count(row["resident_bytes"]), byte_count(row["moved_bytes_per_op"]), document])
    return markdown(["claim", "workload", "size:", "scheduler", "W:", "ns/op:", "ns/element:", "bytes per wave:",
                     "resident:", "moved per op:", "document says, ns/op:"], rows)


def efficiency(run: Run) -> str:
    """T_s / (W T_W) by length of a task; harness metg reads its figure off this curve."""
    rows = [[f"{row['size']:,}", number(row["task_ns"]), row["series"], row["workers"], _figure(row, "efficiency")]
            for _, row in quantities.efficiency(run).iterrows()]
    return markdown(["size:", "task, ns:", "scheduler", "W:", "efficiency:"], rows)


def failures(run: Run) -> str:
    """The cells that have no figures or only some, with the reason."""
    rows = [[row["cell"], row["status"], row["samples"], row["reason"] or NOTHING]
            for _, row in quantities.failures(run).iterrows()]
    return markdown(["cell", "status", "turns:", "reason"], rows)
