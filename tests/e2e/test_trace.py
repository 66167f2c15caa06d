"""`--trace`: a Chrome trace of one more turn of each cell, and who cannot make one."""
import collections
import json
import os

import pytest
from conftest import check_run_directory, validator

CELLS = os.environ.get("AN_CELLS", "")
pytestmark = pytest.mark.skipif(not CELLS, reason="AN_CELLS names no folder of built cells")
KINDS = {"steal", "park", "promote", "cohort"}
RUN = ["--size=small", "--workers=2", "--samples=2", "--turns=2", "--min-time=5ms", "--memory=off", "--baseline=none"]


@pytest.fixture
def built(harness):
    """The harness on the built cells instead of the fakes."""
    harness.cells = CELLS
    return harness


def trace_of(path):
    """Of each cell: what is said of it, and its events by name."""
    trace = json.loads(path.read_text())
    validator("trace").validate(trace)
    cells = {}
    for cell in trace["otherData"]["cells"]:
        events = [event for event in trace["traceEvents"] if event["pid"] == cell["pid"] and event["ph"] != "M"]
        cells[cell["cell"]] = (cell, events)
    assert len(trace["traceEvents"]) == sum(len(events) + 3 for _, events in cells.values()), "names of two workers each"
    return cells


def test_every_event_is_of_the_turn_and_steals_are_those_counted(built):
    result = built.run("--scheduler=heartbeat,chase_lev", "--workload=fib,noop_batch", *RUN, "--trace", "--out=run")
    assert result.returncode == 0, result.stderr
    check_run_directory(built.folder / "run", finished=True)
    cells = trace_of(built.folder / "run/trace.json")
    assert len(cells) == 4
    for cell, events in cells.values():
        counts = collections.Counter(event["name"] for event in events)
        assert set(counts) <= KINDS
        for event in events:
            assert 0 <= event["ts"] <= event["ts"] + event.get("dur", 0) <= cell["ns"] / 1000 + 0.001
            assert event["tid"] in (0, 1)
            assert event["name"] != "steal" or event["args"]["victim"] == 1 - event["tid"]
        if cell["lost"] == 0:
            assert counts["steal"] == cell["counters"]["steals"]
            assert counts["promote"] == cell["counters"].get("promotions", 0)
    assert any(events for _, events in cells.values())


def test_cohorts_are_spans_with_the_key_of_their_phase(built):
    result = built.run("--scheduler=resonance", "--workload=tile_updates", *RUN, "--trace=here.json", "--out=run")
    assert result.returncode == 0, result.stderr
    assert not (built.folder / "run/trace.json").exists()
    (cell, events), = trace_of(built.folder / "here.json").values()
    cohorts = [event for event in events if event["name"] == "cohort"]
    assert cell["lost"] > 0 or len(cohorts) == cell["counters"]["cohorts"]
    assert cohorts and all(event["ph"] == "X" and event["args"]["key"] >= 0 for event in cohorts)
    for worker in (0, 1):
        ends = 0
        for event in sorted((e for e in cohorts if e["tid"] == worker), key=lambda e: e["ts"]):
            assert event["ts"] >= ends - 0.001, "one at a time"
            ends = event["ts"] + event["dur"]


def test_who_cannot_be_traced_is_said_and_measured_all_the_same(built):
    result = built.run("--scheduler=serial,chase_lev", "--workload=fib", "--size=20", "--workers=1", "--samples=1",
                       "--min-time=1us", "--memory=off", "--trace", "--out=run", "--format=json")
    assert result.returncode == 0, result.stderr
    assert "serial cannot be traced" in result.stderr
    assert {cell["status"] for cell in json.loads(result.stdout)} == {"ok"}
    trace = json.loads((built.folder / "run/trace.json").read_text())
    assert [cell["cell"] for cell in trace["otherData"]["cells"]] == ["fib/n:20/sched:chase_lev/workers:1"]


def test_a_cell_that_knows_no_trace_is_said_too(harness):
    result = harness.run("--scheduler=good", "--workload=fib", "--size=8", "--workers=1", "--samples=1",
                         "--min-time=1us", "--trace", "--out=run")
    assert result.returncode == 0 and "good cannot be traced" in result.stderr


def test_without_the_flag_there_is_no_trace(harness):
    assert harness.run("--scheduler=good", "--workload=fib", "--size=8", "--workers=1", "--samples=1",
                       "--min-time=1us", "--out=run").returncode == 0
    assert not list(harness.folder.glob("**/trace.json"))


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_made(harness):
    result = harness.run("--scheduler=good", "--workload=fib", "--trace=/nonexistent/trace.json", "--out=run")
    assert result.returncode == 2 and "--trace=/nonexistent/trace.json cannot be written" in result.stderr
    assert not (harness.folder / "run").exists()


@pytest.mark.parametrize("command", [["list"], ["env"], ["metg"], ["count"]])
def test_it_belongs_to_run(harness, command):
    result = harness.run(*command, "--trace")
    assert result.returncode == 2 and "--trace is for run" in result.stderr
