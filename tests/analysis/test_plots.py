"""analysis/plots.py and style.py: what the charts draw, read back from the figures."""

import json
import pytest
from matplotlib import pyplot

from analysis import load, plots, quantities, style, tables


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def bars(figure):
    """Every interval that is drawn, as (low, high) pairs in data units, in both directions."""
    found = []
    for axes in figure.axes:
        for container in axes.containers:
            for collection in container.lines[2]:
                (segment,) = collection.get_segments()
                found += [tuple(segment[:, 0]), tuple(segment[:, 1])]
    return found


@pytest.fixture
def drawn(golden):
    figures = {name: getattr(plots, name)(golden) for name in ("overhead", "speedup", "wave")}
    yield figures
    pyplot.close("all")


def test_overhead_draws_every_figure_with_its_interval_and_names_the_missing(golden, drawn):
    frame = quantities.charted(quantities.overhead(golden))
    intervals = bars(drawn["overhead"])
    for _, row in frame[frame["overhead"].notna()].iterrows():
        assert any(pair == pytest.approx((row["overhead_low"], row["overhead_high"])) for pair in intervals)
    (axes,) = drawn["overhead"].axes
    assert axes.get_xscale() == "log" and axes.get_xlim()[0] < 1 < axes.get_xlim()[1]
    assert "n/a" in texts(drawn["overhead"])
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert "fib, n = 30" in labels and "heartbeat beat_us=100" in labels and "onetbb" in labels


def test_speedup_has_both_bases_a_linear_reference_and_starts_at_zero(golden, drawn):
    axes = drawn["speedup"].axes
    assert len(axes) == 4 and all(panel.get_ylim()[0] == 0 for panel in axes)
    assert all(any(list(line.get_xdata()) == [1, 2] == list(line.get_ydata()) for line in panel.lines)
               for panel in axes)
    intervals = bars(drawn["speedup"])
    for _, row in quantities.charted(quantities.speedup(golden)).iterrows():
        for column in ("over_serial", "over_own"):
            if row[f"{column}_n"] >= 6:
                pair = (row[f"{column}_low"], row[f"{column}_high"])
                assert any(found == pytest.approx(pair) for found in intervals)
    assert any("heartbeat, W = 2: wrong" in text for text in texts(drawn["speedup"]))


def test_speedup_labels_every_series_once_a_panel_row(drawn):
    found = texts(drawn["speedup"])
    assert found.count("chase_lev") == 2 and found.count("heartbeat\nbeat_us=100") == 1


def test_wave_starts_at_zero_draws_the_document_and_the_caches_of_the_manifest(golden, drawn):
    add, phasor = drawn["wave"].axes
    assert add.get_ylim()[0] == 0 == phasor.get_ylim()[0] and add.get_xscale() == "log"
    published = [line for line in add.lines if line.get_marker() == "x"]
    assert [list(line.get_ydata()) for line in published] == \
        [[ns / n for n, ns in quantities.DOCUMENT_NS_PER_OP.items()]]
    assert "L1d" in texts(drawn["wave"])
    vertical = [line.get_xdata()[0] for line in add.lines if len(line.get_xdata()) == 2
                and line.get_xdata()[0] == line.get_xdata()[1]]
    assert vertical == [pytest.approx(32768 / 48)]


def test_caches_that_are_unknown_are_not_drawn():
    assert plots.caches({}) == [] and plots.caches({"machine": {"caches": None}}) == []
    assert plots.caches({"machine": {"caches": [{"type": "Data", "level": 1, "bytes": 9},
                                                {"type": "Instruction", "level": 1, "bytes": 8},
                                                {"type": "Unified", "level": 3, "bytes": 7}]}}) == [("L1d", 9)]


@pytest.mark.parametrize("name, kept", [
    ("overhead", lambda cell: "sched:serial" not in cell), ("speedup", lambda cell: cell.endswith("workers:1")),
    ("wave", lambda cell: "wave" not in cell)])
def test_a_chart_without_cells_is_omitted_with_a_reason(copy, keep, name, kept):
    keep(copy, kept)
    run = load.load(copy)
    assert getattr(plots, name)(run) is None
    assert getattr(quantities, f"why_no_{name}")(run).startswith("the run has no ")


@pytest.mark.parametrize("keep_units", [1, 5])
def test_below_six_units_no_interval_is_drawn(copy, keep_units):
    lines = (copy / "samples.jsonl").read_text().split("\n")[:-1]
    few = [line for line in lines if json.loads(line)["unit"] < keep_units]
    (copy / "samples.jsonl").write_text("".join(line + "\n" for line in few))
    run = load.load(copy)
    for name in ("overhead", "speedup", "wave"):
        assert bars(getattr(plots, name)(run)) == []
    pyplot.close("all")


def test_labels_do_not_overlap_and_stay_inside():
    places = plots.spread([0.9, 0.91, 0.92, 0.1], [0.1, 0.1, 0.1, 0.1])
    assert all(b - a >= 0.1 - 1e-12 for a, b in zip(places, places[1:]))
    assert min(places) >= 0.05 - 1e-12 and max(places) <= 0.95 + 1e-12
    assert plots.spread([0.2, 0.8], [0.1, 0.1]) == pytest.approx([0.2, 0.8])


def test_a_scheduler_has_the_same_colour_in_every_chart_even_where_others_are_missing(golden, drawn):
    colours = {name: {text.get_color() for axes in figure.axes for text in axes.texts if text.get_text() == "resonance"}
               for name, figure in drawn.items()}
    assert colours["speedup"] == colours["wave"] == {style.looks(list(golden.cells["series"]))["resonance"][0]}


def test_every_series_has_a_look_of_its_own_and_keeps_it_in_any_order():
    names = ["serial", "chase_lev", "heartbeat", "resonance", *(f"peer{i}" for i in range(20))]
    looks = style.looks(names)
    assert len(set(looks.values())) == len(names)
    assert style.looks(names[::-1]) == looks


def test_efficiency_is_drawn_against_the_serial_time_of_a_task(copy):
    for name in ("samples.jsonl", "cells.jsonl", "manifest.json", "summary.json"):
        text = (copy / name).read_text().replace("wave_add", "spin_tree")
        (copy / name).write_text(text)
    run = load.load(copy)
    frame = quantities.efficiency(run)
    assert sorted(frame["size"]) == [64, 1024, 4096] and set(frame["workers"]) == {1}
    for _, row in frame.iterrows():
        cells = run.cells[(run.cells["workload"] == "spin_tree") & (run.cells["size"] == row["size"])]
        serial = cells[cells["scheduler"] == "serial"].iloc[0]
        own = cells[cells["scheduler"] == row["scheduler"]].iloc[0]
        assert row["task_ns"] == serial["ns_per_op"]
        assert row["efficiency"] == pytest.approx(1 / own["x_serial"])
        assert row["efficiency_low"] <= row["efficiency"] <= row["efficiency_high"]
    axes, = plots.efficiency(run).axes
    assert axes.get_xscale() == "log" and axes.get_title(loc="left") == "W = 1"
    assert "4,096" in tables.efficiency(run)
    assert "spin_tree" not in set(quantities.charted(quantities.overhead(run))["workload"])
    pyplot.close("all")
