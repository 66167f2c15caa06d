"""The charts of a run: overhead, speed-up, efficiency, wave. Each function returns a matplotlib figure, or None when the
run has nothing to show (quantities.why_no_* says why).

Every point carries its interval where one exists. A cell without figures is written into its place in grey instead
of being left out. Charts read the frames of quantities.py and compute nothing.
"""

import math

import pandas as pd
from matplotlib import pyplot, ticker

from analysis import quantities, style, tables
from analysis.load import GROUP, WITH_FIGURES, Run

ROW_IN = 0.135  # height of a row of the overhead chart, inches
ROWS_PER_COLUMN = 32  # more rows than this and the overhead chart takes the width of the page
LABEL_PT = 7.5  # height of a line of a direct label, points
GROUPS_PER_COLUMN = 5  # more panels than this and the speed-up chart takes the width of the page
NOTES_MAX = 4  # cells without figures that are named in one panel; the table has them all


def _plain(value, _=None) -> str:
    return f"{value:g}"


def _panel_title(axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=6.5, fontweight="bold", color=style.INK, pad=3)


def _group_title(key) -> str:
    return f"{key[0]}, n = {key[1]:,}"


def _errors(row, prefix: str):
    """Distances to the ends of the interval, as errorbar wants them; None when there is no interval."""
    value, low, high = row[prefix], row[f"{prefix}_low"], row[f"{prefix}_high"]
    return None if math.isnan(low) else [[value - low], [high - value]]


def _split(groups: list) -> list:
    """Cuts a list of (key, rows) in two so that the taller part is as low as possible; order is kept."""
    def height(part):
        return sum(len(rows) + 1 for _, rows in part)

    cut = min(range(1, len(groups)), key=lambda i: max(height(groups[:i]), height(groups[i:])), default=0)
    return [groups[:cut], groups[cut:]] if cut else [groups]


def overhead(run: Run):
    """T_1 / T_s: a row a scheduler, a block a workload and size, logarithmic axis, a line at 1 (serial)."""
    if quantities.why_no_overhead(run):
        return None
    frame = quantities.charted(quantities.overhead(run))
    groups = list(frame.groupby(GROUP, sort=False))
    columns = _split(groups) if len(frame) + len(groups) > ROWS_PER_COLUMN else [groups]
    rows_max = max(sum(len(rows) + 1 for _, rows in column) for column in columns)
    with pyplot.rc_context(style.RC):
        figure, grid = pyplot.subplots(
            1, len(columns), squeeze=False, layout="constrained", sharex=True,
            figsize=(style.PAGE_IN if len(columns) > 1 else style.COLUMN_IN, ROW_IN * (rows_max + 1) + 0.4))
        looks = style.looks(list(run.cells["series"].unique()))
        for axes, column in zip(grid[0], columns):
            _overhead_column(axes, column, rows_max, looks)
        _overhead_axis(grid[0], frame)
    return figure


def _overhead_column(axes, column: list, rows_max: int, looks: dict) -> None:
    ticks, labels, y = [], [], 0
    side = axes.get_yaxis_transform()
    for key, rows in column:
        ticks.append(y)
        labels.append(_group_title(key))
        for y, (_, row) in enumerate(rows.iterrows(), start=y + 1):
            ticks.append(y)
            labels.append(row["series"])
            colour, marker = looks[row["series"]]
            if math.isnan(row["overhead"]):
                axes.annotate(row["status"], (1, y), xytext=(4, 0), textcoords="offset points", color=style.FAINT,
                              style="italic", va="center_baseline", fontsize=6.5)
            else:
                axes.errorbar(row["overhead"], y, xerr=_errors(row, "overhead"), color=colour, marker=marker,
                              **style.POINT)
                axes.text(1.015, y, tables.number(row["overhead"]), transform=side, va="center_baseline", fontsize=6.5)
        y += 1
    axes.axvline(1, color=style.INK, linewidth=0.8, zorder=1)
    axes.set_yticks(ticks, labels)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if ", n = " in label.get_text() else "normal")
    axes.tick_params(axis="y", length=0, pad=3)
    axes.set_ylim(rows_max - 0.3, -0.7)
    axes.spines["left"].set_visible(False)


def _overhead_axis(grid, frame: pd.DataFrame) -> None:
    high = max(frame["overhead"].max(), frame["overhead_high"].max())
    low = min(frame["overhead"].min(), frame["overhead_low"].min(), 1.0)
    low, high = low * 0.9, max(high * 1.12, 1.5)
    for axes in grid:
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        steps = (1, 1.5, 2, 3, 5, 7) if high / low < 12 else (1, 2, 5) if high / low < 200 else (1,)
        axes.xaxis.set_major_locator(ticker.LogLocator(base=10, subs=steps, numticks=20))
        axes.xaxis.set_major_formatter(ticker.FuncFormatter(_plain))
        axes.xaxis.set_minor_locator(ticker.NullLocator())
        axes.grid(axis="x", color="#dddddd", linewidth=0.5, zorder=0)
        axes.set_axisbelow(True)
        axes.set_xlabel("time on one worker over serial, $T_1/T_s$ (log)")


def speedup(run: Run):
    """T_s / T_W on the left and T_1 / T_W on the right against W, a row a workload and size; the dashed line is W."""
    if quantities.why_no_speedup(run):
        return None
    frame = quantities.charted(quantities.speedup(run))
    groups = list(frame.groupby(GROUP, sort=False))
    across = 2 if len(groups) > GROUPS_PER_COLUMN else 1
    down = math.ceil(len(groups) / across)
    looks = style.looks(list(run.cells["series"].unique()))
    with pyplot.rc_context(style.RC):
        figure, grid = pyplot.subplots(
            down, 2 * across, squeeze=False, layout="constrained", sharex=True, sharey=True,
            figsize=(style.PAGE_IN if across > 1 else style.COLUMN_IN, _panel_in(frame) * down + 0.35))
        figure.get_layout_engine().set(w_pad=0.02, h_pad=0.03)
        _speedup_axes(grid, frame, run)
        pairs = [grid[row][2 * place:2 * place + 2] for row in range(down) for place in range(across)]
        for left, right in pairs[len(groups):]:
            left.set_axis_off()
            right.set_axis_off()
        ends = []
        for (key, rows), (left, right) in zip(groups, pairs):
            _panel_title(left, _group_title(key))
            over_serial = _speedup_lines(left, rows, "over_serial", looks)
            ends.append(over_serial | _speedup_lines(right, rows, "over_own", looks))
            _absent_notes(right, rows, lambda row: f"W = {row['workers']}")
        figure.draw_without_rendering()  # the labels need the final heights
        for (_, right), lines in zip(pairs, ends):
            _direct_labels(right, lines, looks)
    return figure


def _panel_in(frame: pd.DataFrame) -> float:
    """Height of a panel in which every series can be labelled, inches."""
    return max(1.25, (frame["series"].nunique() + 3) * LABEL_PT / 72)


def _absent_notes(axes, rows: pd.DataFrame, place_of) -> None:
    """Names the cells without figures in the lower left corner, which the data leave free."""
    absent = rows[~rows["status"].isin(WITH_FIGURES)]
    notes = [f"{row['series']}, {place_of(row)}: {row['status']}" for _, row in absent.iterrows()]
    if len(notes) > NOTES_MAX:
        notes[NOTES_MAX - 1:] = [f"and {len(notes) - NOTES_MAX + 1} more: see the table"]
    axes.text(0.03, 0.03, "\n".join(notes), transform=axes.transAxes, color=style.FAINT, style="italic", fontsize=5.5)


def _speedup_axes(grid, frame: pd.DataFrame, run: Run) -> None:
    workers_max = int(frame["workers"].max())
    logarithmic = workers_max > 8
    counts = sorted(frame["workers"].unique())
    high = max(workers_max, frame[["over_serial_high", "over_own_high", "over_serial", "over_own"]].max().max())
    cores = (run.manifest.get("machine") or {}).get("cores")
    for axes in grid.flat:
        if logarithmic:
            axes.set_xscale("log", base=2)
            axes.set_yscale("log", base=2)
            axes.yaxis.set_major_locator(ticker.LogLocator(base=2, numticks=9))
            axes.yaxis.set_major_formatter(ticker.FuncFormatter(_plain))
        else:
            axes.set_ylim(0, high * 1.08)
            axes.yaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=5))
        axes.set_xlim(*((0.85, workers_max * 1.15) if logarithmic else (0.8, workers_max + 0.2)))
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.xaxis.set_minor_locator(ticker.NullLocator())
        axes.plot([1, workers_max], [1, workers_max], color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        axes.axhline(1, color=style.FAINT, linewidth=0.5, zorder=0)
        if isinstance(cores, int) and workers_max > cores:
            axes.axvspan(cores * 1.05, axes.get_xlim()[1], color="#eeeeee", linewidth=0, zorder=-1)
    grid[0][0].annotate("linear", (workers_max, workers_max), xytext=(-5, -1), textcoords="offset points", fontsize=6,
                        color=style.FAINT, ha="right", va="bottom")
    for row in grid:
        row[0].set_ylabel("speed-up")
    for left, right in zip(grid[-1][0::2], grid[-1][1::2]):
        left.set_xlabel("workers W\n($T_s/T_W$: over serial)")
        right.set_xlabel("workers W\n($T_1/T_W$: over itself)")


def _speedup_lines(axes, rows: pd.DataFrame, column: str, looks: dict) -> dict:
    """Draws a line a series; returns where each ends, for the direct labels."""
    ends = {}
    for series, points in rows[rows[column].notna()].groupby("series", sort=False):
        colour, marker = looks[series]
        axes.plot(points["workers"], points[column], color=colour, zorder=3)
        for _, row in points.iterrows():
            axes.errorbar(row["workers"], row[column], yerr=_errors(row, column), color=colour, marker=marker,
                          **style.POINT)
        ends[series] = float(points[column].iloc[-1])
    return ends


def _direct_labels(axes, ends: dict, looks: dict) -> None:
    """Names each line at the right edge of the panel with its marker and colour, moved apart where they would touch.

    `ends` maps a series to the last value of its line. The layout of the figure must have been computed.
    """
    if not ends:
        return
    names = sorted(ends, key=lambda name: (ends[name], name))
    texts = [name.replace(" ", "\n") if len(name) > 12 else name for name in names]
    panel_pt = axes.get_window_extent().height / axes.figure.dpi * 72
    heights = [(text.count("\n") + 1) * LABEL_PT / panel_pt for text in texts]
    to_axes = axes.transData + axes.transAxes.inverted()
    places = spread([to_axes.transform((1, ends[name]))[1] for name in names], heights)
    for name, text, place in zip(names, texts, places):
        colour, marker = looks[name]
        axes.plot([1.05], [place], transform=axes.transAxes, color=colour, marker=marker, markersize=2.8, clip_on=False)
        axes.annotate(text, xy=(1.05, place), xycoords="axes fraction", xytext=(4, 0), textcoords="offset points",
                      color=colour, fontsize=6, va="center", linespacing=0.95, annotation_clip=False)


def spread(places: list, heights: list) -> list:
    """Moves labels at ascending `places` apart so that none overlaps, with the least sum of squared moves, and keeps
    them between 0 and 1 when they fit.

    Subtracting the heights below turns "no overlap" into "ascending", which pooling adjacent violators solves.
    """
    below, total = [], 0.0
    for height in heights:
        below.append(total + height / 2)
        total += height
    pools = []  # mean, count
    for place, offset in zip(places, below):
        pools.append((place - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, count), (last, more) = pools[-2:]
            pools[-2:] = [((mean * count + last * more) / (count + more), count + more)]
    free = max(0.0, 1 - total)
    means = [min(max(mean, 0.0), free) for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, below)]


def caches(manifest: dict) -> list:
    """(name, bytes) of the L1 data cache and the L2 cache, where the manifest knows them."""
    found = {}
    for cache in (manifest.get("machine") or {}).get("caches") or []:
        level, kind, size = cache.get("level"), cache.get("type"), cache.get("bytes")
        if level in (1, 2) and kind != "Instruction" and size:
            found[level] = (f"L{level}{'d' if kind == 'Data' else ''}", size)
    return [found[level] for level in sorted(found)]


def _panels_over_x(run: Run, frame: pd.DataFrame, by: str, panel, column: str, x_label: str):
    """Panels below each other with one x axis, one for each value of `by`, drawn by panel(axes, value, rows, looks).
    Every line ends at its last value of `column`, which gets its label."""
    groups = list(frame.groupby(by, sort=False))
    looks = style.looks(list(run.cells["series"].unique()))
    with pyplot.rc_context(style.RC):
        figure, grid = pyplot.subplots(len(groups), 1, squeeze=False, layout="constrained", sharex=True,
                                       figsize=(style.COLUMN_IN, (_panel_in(frame) + 0.2) * len(groups) + 0.3))
        for axes, (value, rows) in zip(grid[:, 0], groups):
            panel(axes, value, rows, looks)
        grid[-1][0].set_xlabel(x_label)
        figure.draw_without_rendering()  # the labels need the final heights
        for axes, (_, rows) in zip(grid[:, 0], groups):
            ends = {series: float(points[column].iloc[-1]) for series, points
                    in rows[rows[column].notna()].groupby("series", sort=False)}
            _direct_labels(axes, ends, looks)
    return figure


def wave(run: Run):
    """Nanoseconds per element against the number of elements (log), a panel a workload, from 0."""
    if quantities.why_no_wave(run):
        return None
    frame = quantities.wave(run)
    frame = frame[frame["workers"] == frame["workers"].min()]
    sizes = sorted(set(frame["size"]) | set(quantities.DOCUMENT_NS_PER_OP))

    def panel(axes, workload, rows, looks):
        _wave_panel(axes, workload, rows, sizes, looks)
        _cache_lines(axes, rows, caches(run.manifest), sizes)

    return _panels_over_x(run, frame, "workload", panel, "ns_per_element", "elements a wave, n (log)")


def _wave_panel(axes, workload: str, rows: pd.DataFrame, sizes: list, looks: dict) -> None:
    claim, _ = quantities.WAVES[workload]
    _panel_title(axes, f"{workload} ({claim})")
    axes.set_xscale("log", base=2)
    axes.set_xlim(sizes[0] * 0.75, sizes[-1] * 1.35)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    top = max(rows["ns_per_element"].max(), rows["ns_high_per_element"].max())
    if workload == "wave_add":
        published = [quantities.DOCUMENT_NS_PER_OP[size] / size for size in quantities.DOCUMENT_NS_PER_OP]
        axes.plot(list(quantities.DOCUMENT_NS_PER_OP), published, color=style.FAINT, marker="x", markersize=4,
                  markeredgewidth=1, linewidth=0, zorder=6)
        axes.annotate("document says", (min(quantities.DOCUMENT_NS_PER_OP), published[0]), xytext=(-3, -5),
                      textcoords="offset points", color=style.FAINT, fontsize=6, va="top")
        top = max(top, *published)
    axes.set_ylim(0, top * 1.15)
    axes.set_ylabel("ns per element")
    for series, points in rows[rows["ns_per_element"].notna()].groupby("series", sort=False):
        colour, marker = looks[series]
        axes.plot(points["size"], points["ns_per_element"], color=colour, zorder=3)
        for _, row in points.iterrows():
            value, low, high = row["ns_per_element"], row["ns_low_per_element"], row["ns_high_per_element"]
            axes.errorbar(row["size"], value, yerr=None if math.isnan(low) else [[value - low], [high - value]],
                          color=colour, marker=marker, **style.POINT)
    _absent_notes(axes, rows, lambda row: f"n = {row['size']:,}")


def _cache_lines(axes, rows: pd.DataFrame, known: list, sizes: list) -> None:
    """Vertical lines where what the workload keeps resident is as large as a cache."""
    sized = rows[rows["resident_bytes"].notna()]
    if sized.empty:
        return
    bytes_per_element = float((sized["resident_bytes"] / sized["size"]).iloc[-1])
    for name, size in known:
        n = size / bytes_per_element
        if sizes[0] <= n <= sizes[-1]:
            axes.axvline(n, color=style.FAINT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
            axes.annotate(name, (n, 0), xycoords=("data", "axes fraction"), xytext=(2, 3),
                          textcoords="offset points", color=style.FAINT, fontsize=6)


def efficiency(run: Run):
    """T_s / (W T_W) against the length of a task (log), a panel a number of workers; the dashed line is one half."""
    if quantities.why_no_efficiency(run):
        return None
    frame = quantities.efficiency(run).sort_values(["workers", "task_ns"])
    return _panels_over_x(run, frame, "workers", _efficiency_panel, "efficiency", "length of a task, ns (log)")


def _efficiency_panel(axes, workers: int, rows: pd.DataFrame, looks: dict) -> None:
    _panel_title(axes, f"W = {workers}")
    axes.set_xscale("log")
    axes.set_ylim(0, max(1.1, rows["efficiency"].max() * 1.05, rows["efficiency_high"].max() * 1.05))
    axes.set_ylabel("efficiency, $T_s/(W T_W)$")
    axes.axhline(0.5, color=style.FAINT, linewidth=0.8, linestyle="--", zorder=1)
    for series, points in rows[rows["efficiency"].notna()].groupby("series", sort=False):
        colour, marker = looks[series]
        axes.plot(points["task_ns"], points["efficiency"], color=colour, zorder=3)
        for _, row in points.iterrows():
            axes.errorbar(row["task_ns"], row["efficiency"], yerr=_errors(row, "efficiency"), color=colour,
                          marker=marker, **style.POINT)
    _absent_notes(axes, rows, lambda row: f"n = {row['size']:,}")
