"""analysis/tables.py against golden text. To accept a change: python3 -m tests.analysis.make_golden tables."""

import json
import math

import pytest

from analysis import load, quantities, tables
from tests.analysis.make_golden import GOLDEN

NAMES = ("overhead", "speedup", "wave", "failures")


@pytest.mark.parametrize("name", NAMES)
def test_tables_equal_the_golden_text(golden, name):
    assert getattr(tables, name)(golden) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cell, changed", [
    ("fib/n:30/sched:heartbeat/workers:1", {"overhead", "speedup"}),
    ("fib/n:30/sched:resonance/workers:2", {"speedup"}),
    ("wave_phasor/elements:1024/sched:serial/workers:1", {"overhead", "wave"})])
def test_a_corrupted_figure_changes_the_tables_that_show_it_and_no_other(copy, edit, cell, changed):
    path = copy / "samples.jsonl"
    lines = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    for number, record in enumerate(lines, start=1):
        if record["cell"] == cell:
            edit(path, number, ns=record["ns"] * 11 // 10)
    run = load.load(copy)
    assert {name for name in NAMES
            if getattr(tables, name)(run) != (GOLDEN / f"{name}.md").read_text(encoding="utf-8")} == changed
    assert any(cell in text or cell.replace("serial", "resonance") in text for text in load.disagreements(run))


def test_overhead_is_the_factor_the_golden_run_was_made_with(golden):
    frame = quantities.overhead(golden).set_index(["workload", "size", "series"])
    row = frame.loc[("fib", 30, "heartbeat")]
    assert row["overhead"] == pytest.approx(1.3, rel=0.02)
    assert row["overhead_low"] <= 1.3 <= row["overhead_high"]


def test_self_speedup_is_not_speedup(golden):
    frame = quantities.speedup(golden).set_index(["workload", "size", "series", "workers"])
    row = frame.loc[("fib", 30, "chase_lev", 2)]
    assert row["over_serial"] == pytest.approx(1 / 2.15, rel=0.02)
    assert row["over_own"] == pytest.approx(4.1 / 2.15, rel=0.02)


def test_the_document_is_quoted_exactly(golden):
    frame = quantities.wave(golden)
    assert quantities.DOCUMENT_NS_PER_OP == {64: 9.89, 256: 38.48, 1024: 163.48, 4096: 1096.08}
    text = tables.wave(golden)
    assert "1,096.08" in text and "document says, ns/op" in text
    assert set(frame["claim"]) == {"C1", "C1b"}


def test_a_size_the_document_does_not_have_gets_a_dash(copy):
    for name in ("samples.jsonl", "cells.jsonl", "manifest.json"):
        text = (copy / name).read_text().replace("wave_add/elements:4096", "wave_add/elements:16384")
        text = text.replace('"workload":"wave_add","size":4096', '"workload":"wave_add","size":16384')
        (copy / name).write_text(text)
    row = [line for line in tables.wave(load.load(copy)).split("\n") if "| wave_add | 16,384 |" in line][0]
    assert row.endswith("| – |")


def test_failed_cells_stand_in_the_tables_with_their_status(golden):
    assert "| fib | 30 | onetbb | n/a | 0 |" in tables.overhead(golden)
    assert "| tree_sum | 65,535 | heartbeat | 2 | wrong | wrong | 0 |" in tables.speedup(golden)
    assert tables.failures(golden).count("\n") == 2 + 3


@pytest.mark.parametrize("value, text", [
    (None, "–"), (math.nan, "–"), (0, "0"), (1.0, "1.00"), (9.996, "10.0"), (0.999, "0.999"), (0.01234, "0.0123"),
    (163.48, "163"), (1096.08, "1,096"), (99.96, "100")])
def test_numbers_have_three_significant_digits(value, text):
    assert tables.number(value) == text


def test_an_interval_has_the_decimals_of_its_value():
    assert tables.with_interval(1.004, 0.9994, 1.02) == "1.00 [1.00, 1.02]"
    assert tables.with_interval(1.33, math.nan, math.nan) == "1.33"


@pytest.mark.parametrize("value, text", [(None, "–"), (8, "8 B"), (1536, "1.5 KiB"), (3072, "3 KiB"),
                                         (3 * 2**20, "3 MiB")])
def test_bytes_are_powers_of_1024(value, text):
    assert tables.byte_count(value) == text


def test_a_bar_in_a_reason_does_not_break_the_table():
    assert tables.markdown(["a", "b:"], [["x|y", 1]]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n"
