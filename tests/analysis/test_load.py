"""analysis/load.py and rundir.py: the frames of the golden run, and every way in which a run can be bad."""

import json
import math
import statistics

import pytest

from analysis import load, quantities, rundir
from tests.analysis import make_golden


def test_the_golden_run_is_what_its_script_writes(copy, tmp_path):
    make_golden.write_run(tmp_path / "again")
    for name in ("manifest.json", "samples.jsonl", "cells.jsonl", "summary.json"):
        assert (tmp_path / "again" / name).read_bytes() == (copy / name).read_bytes()


def test_samples_are_one_row_a_turn_with_the_documented_columns(golden):
    lines = (golden.path / "samples.jsonl").read_text().count("\n")
    assert len(golden.samples) == lines
    assert tuple(golden.samples.columns) == (*load.SAMPLE_COLUMNS, "counter_parks", "counter_steals")
    row = golden.samples[golden.samples["cell"] == "fib/n:30/sched:heartbeat/set:beat_us=100/workers:2"].iloc[0]
    assert (row["workload"], row["size"], row["scheduler"], row["options"], row["workers"], row["series"]) == \
        ("fib", 30, "heartbeat", "beat_us=100", 2, "heartbeat beat_us=100")
    assert row["ns_per_op"] == row["ns"] / row["ops"]


def test_x_serial_pairs_turns_of_the_same_round(golden):
    turns = golden.samples.set_index(["cell", "unit"])
    for round_number in range(7):
        ours = turns.loc[("tree_sum/n:65535/sched:chase_lev/workers:2", round_number)]
        serial = turns.loc[("tree_sum/n:65535/sched:serial/workers:1", round_number)]
        assert ours["x_serial"] == pytest.approx(ours["ns"] / ours["ops"] / (serial["ns"] / serial["ops"]), rel=1e-12)


def test_cells_have_the_documented_columns_and_one_row_each(golden):
    assert tuple(golden.cells.columns) == load.CELL_COLUMNS
    assert golden.cells["cell"].is_unique
    assert len(golden.cells) == (golden.path / "cells.jsonl").read_text().count("\n")


def test_figures_agree_with_the_independent_summary(golden):
    assert load.disagreements(golden) == []


def test_a_changed_summary_figure_is_noticed(copy):
    entries = json.loads((copy / "summary.json").read_text())
    entries[0]["ns_low"] *= 1.001
    (copy / "summary.json").write_text(json.dumps(entries))
    (found,) = load.disagreements(load.load(copy))
    assert "ns_low" in found and entries[0]["cell"] in found


@pytest.mark.parametrize("status, turns", [("wrong", 4), ("timeout", 3), ("n/a", 0)])
def test_failed_cells_are_present_and_have_no_figures(golden, status, turns):
    row = golden.cells[golden.cells["status"] == status].iloc[0]
    assert row["samples"] == turns and row["reason"]
    assert all(math.isnan(row[name]) for name in ("ns_per_op", "ns_low", "x_serial", "bytes_per_op"))
    assert golden.samples[golden.samples["cell"] == row["cell"]]["ns_per_op"].isna().all()


def test_a_turn_with_a_wrong_answer_fails_the_cell_whatever_its_record_says(copy, edit):
    edit(copy / "samples.jsonl", 1, ok=False)
    run = load.load(copy)
    row = run.cells[run.cells["cell"] == json.loads((copy / "samples.jsonl").read_text().split("\n")[0])["cell"]]
    assert row["status"].item() == "wrong" and row["ns_per_op"].isna().all()


def test_a_torn_last_line_is_a_warning(golden):
    assert any("samples.jsonl:" in text and "torn last line" in text for text in golden.warnings)


def in_version_1(line):
    record = json.loads(line)
    record |= {"v": 1, "round": record["unit"]}
    return json.dumps({name: value for name, value in record.items()
                       if name not in ("arm", "unit", "turn", "psi_us", "dropped")})


def test_a_run_of_version_1_is_one_unit_and_has_no_intervals(copy, golden):
    path = copy / "samples.jsonl"
    path.write_text("".join(in_version_1(line) + "\n" for line in path.read_text().split("\n")[:-1]))
    run = load.load(copy)
    assert set(run.samples["unit"]) == {0} and set(run.samples["turn"]) == set(range(7))
    assert run.cells["ns_low"].isna().all()
    assert run.cells["x_serial"].equals(golden.cells["x_serial"])
    assert load.disagreements(run) == []


def test_turns_of_a_unit_are_one_value(copy, golden):
    """The first three units made one of three turns: five units have no interval, and the median is over medians."""
    path = copy / "samples.jsonl"
    records = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    for record in records:
        if record["unit"] < 3:
            record |= {"unit": 0, "turn": record["unit"]}
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    cell = load.load(copy).cells.set_index("cell").loc["fib/n:30/sched:chase_lev/workers:2"]
    assert cell["samples"] == 7 and cell["units"] == 5 and math.isnan(cell["ns_low"])
    turns = golden.samples[golden.samples["cell"] == cell.name]["ns_per_op"].tolist()
    assert cell["ns_per_op"] == statistics.median([statistics.median(turns[:3]), *turns[3:]])


def test_dropped_turns_do_not_count(copy, edit):
    edit(copy / "samples.jsonl", 1, dropped="pressure", ns=1)
    name = json.loads((copy / "samples.jsonl").read_text().split("\n")[0])["cell"]
    run = load.load(copy)
    assert run.cells.set_index("cell").loc[name, "samples"] == 6
    assert run.samples["ns"].min() > 1


def test_a_comparison_is_no_run(copy, edit):
    edit(copy / "samples.jsonl", 2, arm="C")
    with pytest.raises(rundir.BadInput, match="samples.jsonl:2: .* arm C"):
        load.load(copy)


def test_every_torn_prefix_of_the_samples_loads(copy):
    data = (copy / "samples.jsonl").read_bytes()
    for end in range(0, 3000, 97):
        (copy / "samples.jsonl").write_bytes(data[:end])
        assert len(load.load(copy).samples) == data[:end].count(b"\n")


def test_a_run_killed_before_its_first_cell_ended_lists_the_planned_cells_as_partial(copy):
    (copy / "cells.jsonl").unlink()
    (copy / "summary.json").unlink()
    run = load.load(copy)
    row = run.cells[run.cells["cell"] == "fib/n:30/sched:onetbb/workers:1"].iloc[0]
    assert (row["status"], row["reason"]) == ("partial", load.UNFINISHED)
    assert len(run.cells) == len(run.manifest["plan"]["cells"])
    assert any("cells.jsonl is missing" in text for text in run.warnings)


@pytest.mark.parametrize("line, says", [
    ("{\"v\":1,", "is not JSON"), ("[]", "is not an object"), ("{\"v\":3}", "version 3"), ("", "is not JSON"),
    ("{\"v\":1}", "no member 'cell'"), ("\xff", "is not JSON"), ("{\"v\":1,\"ns\":NaN}", "NaN is not JSON")])
def test_a_bad_line_elsewhere_is_an_error_with_file_and_line(copy, line, says):
    lines = (copy / "samples.jsonl").read_text().split("\n")
    (copy / "samples.jsonl").write_bytes("\n".join([*lines[:4], line, *lines[4:]]).encode("latin-1"))
    with pytest.raises(rundir.BadInput, match="samples.jsonl:5: ") as caught:
        load.load(copy)
    assert says in caught.value.what and caught.value.cause and caught.value.remedy


@pytest.mark.parametrize("file, members, says", [
    ("samples.jsonl", {"ns": 0}, "'ns' = 0"), ("samples.jsonl", {"ops": "7"}, "'ops' = \"7\""),
    ("samples.jsonl", {"ok": 1}, "'ok' = 1"), ("samples.jsonl", {"ns": 1.5}, "'ns' = 1.5"),
    ("samples.jsonl", {"unit": True}, "'unit' = true"), ("samples.jsonl", {"counters": {"steals": "x"}}, "counters"),
    ("samples.jsonl", {"cell": "fib"}, "fewer than four parts"),
    ("samples.jsonl", {"cell": "fib/n:x/sched:serial/workers:1"}, "lacks a size"),
    ("samples.jsonl", {"cell": "fib/n:1/sched:serial/threads:1"}, "unexpected part 'threads:1'"),
    ("cells.jsonl", {"status": "fine"}, "unknown status 'fine'"), ("cells.jsonl", {"workers": 9}, "says workers = 9"),
    ("cells.jsonl", {"allocator": "tcmalloc"}, "says allocator = 'tcmalloc'"),
    ("cells.jsonl", {"reason": 4}, "'reason' = 4")])
def test_a_member_that_breaks_the_format_is_an_error_with_file_and_line(copy, edit, file, members, says):
    edit(copy / file, 3, **members)
    with pytest.raises(rundir.BadInput, match=f"{file}:3: ") as caught:
        load.load(copy)
    assert says in caught.value.what


@pytest.mark.parametrize("file", ["samples.jsonl", "cells.jsonl"])
def test_a_line_that_occurs_twice_is_an_error(copy, file):
    lines = (copy / file).read_text().split("\n")
    (copy / file).write_text("\n".join([lines[0], *lines]))
    with pytest.raises(rundir.BadInput, match=f"{file}:2: the line repeats .* of line 1"):
        load.load(copy)


def test_a_folder_that_is_no_run_directory_is_refused(tmp_path):
    with pytest.raises(rundir.BadInput, match="has no manifest.json"):
        load.load(tmp_path)
    with pytest.raises(rundir.BadInput, match="is not a directory"):
        load.load(tmp_path / "absent")


@pytest.mark.parametrize("text, says", [("{", "cannot be read as JSON"), ("[]", "is not an object"),
                                        ('{"v":7}', "version 7")])
def test_a_bad_manifest_is_refused(copy, text, says):
    (copy / "manifest.json").write_text(text)
    with pytest.raises(rundir.BadInput, match=says):
        load.load(copy)


def test_an_allocator_is_part_of_the_identity_and_has_a_serial_cell_of_its_own(copy):
    """Renames one serial and one chase_lev cell of fib to mimalloc: their pairs are each other."""
    mine = ("fib/n:30/sched:serial/", "fib/n:30/sched:chase_lev/")
    for name in ("samples.jsonl", "cells.jsonl"):
        lines = [json.loads(line) for line in (copy / name).read_text().split("\n")[:-1]]
        extra = []
        for record in lines:
            if record["cell"].startswith(mine):
                other = record | {"cell": record["cell"].replace("/sched", "/alloc:mimalloc/sched")}
                other |= {"ns": 3 * record["ns"]} if "ns" in record and "serial" in record["cell"] else {}
                extra.append(other | ({"allocator": "mimalloc"} if "allocator" in record else {}))
        (copy / name).write_text("".join(json.dumps(record) + "\n" for record in lines + extra))
    run = load.load(copy)
    cells = run.cells.set_index("cell")
    ours, theirs = cells.loc["fib/n:30/alloc:mimalloc/sched:chase_lev/workers:2"], \
        cells.loc["fib/n:30/sched:chase_lev/workers:2"]
    assert (ours["allocator"], ours["series"]) == ("mimalloc", "chase_lev alloc:mimalloc")
    assert (theirs["allocator"], theirs["series"]) == ("glibc", "chase_lev")
    assert ours["x_serial"] == pytest.approx(theirs["x_serial"] / 3)
    frame = quantities.overhead(run).set_index(["workload", "series"])["overhead"]
    assert frame.loc["fib", "chase_lev alloc:mimalloc"].item() == pytest.approx(
        frame.loc["fib", "chase_lev"].item() / 3)
