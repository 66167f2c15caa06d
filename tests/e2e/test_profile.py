"""`harness profile`: with fake cells whose times are invented, to the last digit; and with the real ones, what is exact."""
import json
import os

import pytest
from conftest import check_run_directory, validator

CELLS = os.environ.get("AN_CELLS", "")
needs_cells = pytest.mark.skipif(not CELLS, reason="AN_CELLS names no folder of built cells")
QUICK = ["--samples=2", "--turns=1", "--min-time=1ms", "--format=json"]


@pytest.fixture
def built(harness):
    """The harness on the built cells instead of the fakes."""
    harness.cells = CELLS
    return harness


def invent(harness, instrument):
    """Fakes that take 1.5 ms an iteration, and an instrument of that kind."""
    harness.add_cell("profile", "invented")
    harness.environment["ANTINODE_FAKE"] += f",profile:{instrument},serial:invented,good:invented"


def profile(harness, *arguments):
    """The exit code, standard error, and the one profile that was printed."""
    result = harness.run("profile", *QUICK, *arguments)
    report = json.loads(result.stdout) if result.stdout else {"profiles": [None]}
    if result.stdout:
        validator("profile").validate(report)
    return result.returncode, result.stderr, report["profiles"][0]


def test_figures_are_those_of_the_formulas(harness):
    invent(harness, "profiled")
    code, errors, report = profile(harness, "--workload=fib", "--size=8", "--scheduler=good", "--workers=2", "--out=run")
    assert code == 0, errors
    assert report["work_ns"] == 1_500_000 and report["ops"] == 8
    assert report["counts"] == {"strands": 4, "joins": 1, "tasks": 0, "span_strands": 3}
    assert report["correction"] == pytest.approx(1 / 16)
    assert report["span_ns"]["value"] == pytest.approx(750_000)
    assert report["burdened_span_ns"]["value"] == pytest.approx(800_000)
    speedup, = report["speedups"]
    assert speedup["scheduler"] == "good" and speedup["workers"] == 2 and speedup["speedup"]["value"] == pytest.approx(1)
    assert speedup["speedup_at_most"] == pytest.approx(2)
    assert speedup["speedup_burdened"] == pytest.approx(1_500_000 / (750_000 + 1.7 * 0.5 * 800_000))
    # The fake does not say how long it idles: what is not work is not told apart.
    assert speedup["loss_ns"] == {"total": 3_000_000, "work": 1_500_000, "scheduling": 0, "idle": None, "inflation": None,
                                  "idle_and_inflation": 1_500_000}
    check_run_directory(harness.folder / "run", finished=True)
    summary = json.loads((harness.folder / "run/summary.json").read_text())
    assert sorted((cell["scheduler"], cell["workers"]) for cell in summary) == [
        ("good", 1), ("good", 2), ("profile", 1), ("serial", 1)]


def test_a_probe_that_disturbs_is_refused_and_the_counts_are_printed(harness):
    invent(harness, "disturbed")
    code, errors, report = profile(harness, "--workload=fib", "--size=8", "--scheduler=good", "--workers=2")
    assert code == 4
    assert "a span in time was refused" in errors
    assert "changed the run by 40 %, more than 30 %" in report["refusal"]
    assert "Choose a workload or a size with more work per fork" in report["refusal"]
    assert report["counts"]["joins"] == 1
    assert report["span_ns"]["value"] is None and report["speedups"][0]["speedup_at_most"] is None
    assert report["speedups"][0]["loss_ns"]["total"] == 3_000_000


def test_the_instrument_takes_options(harness):
    invent(harness, "profiled")
    code, errors, _ = profile(harness, "--workload=fib", "--size=8", "--scheduler=good", "--workers=2",
                              "--set=profile.beat_us=31", "--out=run")
    assert code == 0, errors
    cells = {cell["cell"] for cell in json.loads((harness.folder / "run/summary.json").read_text())}
    assert "fib/n:8/sched:profile/set:beat_us=31/workers:1" in cells


def test_a_cell_that_crashes_is_named_and_the_exit_code_says_so(harness):
    invent(harness, "profiled")
    harness.add_cell("bad", "segv")
    code, _, report = profile(harness, "--workload=fib", "--size=8", "--scheduler=bad", "--workers=2")
    assert code == 3
    assert report["refusal"] is None and "SIGSEGV" in report["speedups"][0]["missing"]


@needs_cells
def test_counts_of_real_programs_are_those_of_their_formulas(built):
    # How busy the machine is decides whether serial's turns and profile's were alike; if not, a span is refused.
    code, errors, report = profile(built, "--workload=spin_tree", "--size=16384", "--workers=2", "--out=run")
    assert code in (0, 4), errors
    assert report["counts"] == {"strands": 3 * 1023 + 1, "joins": 1023, "tasks": 0, "span_strands": 2 * 10 + 1}
    assert report["batched"] == 0  # leaves of 20 us
    assert (report["refusal"] is None) == (code == 0)
    speedup, = report["speedups"]
    assert speedup["scheduler"] == "heartbeat" and speedup["workers"] == 2
    loss = speedup["loss_ns"]
    assert 0 <= loss["idle"] <= loss["total"]
    assert loss["work"] + loss["scheduling"] + loss["idle"] + loss["inflation"] == pytest.approx(loss["total"])
    check_run_directory(built.folder / "run", finished=True)
    joins = 10945  # fib(21) - 1
    _, _, report = profile(built, "--workload=fib", "--size=20", "--workers=2")
    assert report["counts"] == {"strands": 3 * joins + 1, "joins": joins, "tasks": 0, "span_strands": 2 * 19 + 1}
    assert report["batched"] > 0.5


@needs_cells
def test_tasks_are_counted_too(built):
    code, errors, report = profile(built, "--workload=noop_batch", "--size=small", "--scheduler=central_queue",
                                   "--workers=2")
    assert code in (0, 4), errors
    assert report["counts"] == {"strands": 2 * report["ops"] + 2, "joins": 0, "tasks": report["ops"],
                                "span_strands": report["ops"] + 2}


@needs_cells
def test_the_instrument_is_no_row_unless_it_is_named(built):
    plan = json.loads(built.run("--workload=fib", "--size=20", "--dry-run", "--format=json").stdout)
    assert plan and not [cell for cell in plan if "sched:profile" in cell["cell"]]
    for named in ("profile", "all,profile"):
        plan = json.loads(built.run(f"--scheduler={named}", "--workload=fib", "--size=20", "--workers=1", "--dry-run",
                                    "--format=json").stdout)
        assert [cell for cell in plan if "sched:profile" in cell["cell"]]


@pytest.mark.parametrize(("arguments", "message"), [
    (["--scheduler=serial"], "--scheduler=serial has no effect here"),
    (["--scheduler=good,profile"], "--scheduler=profile has no effect here"),
    (["--resume"], "--resume has no effect here"),
    (["--filter=fib"], "--filter has no effect here"),
    (["--format=csv"], "does not print --format=csv")])
def test_what_makes_no_sense_is_refused_before_anything_runs(harness, arguments, message):
    invent(harness, "profiled")
    result = harness.run("profile", "--workload=fib", "--size=20", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert not (harness.folder / "results").exists()
