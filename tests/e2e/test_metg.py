"""`harness metg` on built cells: a run directory like any other, read again to the same figures."""
import json
import os

import pytest
from conftest import check_run_directory, validator

CELLS = os.environ.get("AN_CELLS", "")
pytestmark = pytest.mark.skipif(not CELLS, reason="AN_CELLS names no folder of built cells")
METG = ["metg", "--scheduler=chase_lev", "--workers=1", "--size=1,4096", "--samples=6", "--turns=1",
        "--min-time=1us"]


@pytest.fixture
def built(harness):
    """The harness on the built cells instead of the fakes."""
    harness.cells = CELLS
    return harness


def test_the_figures_are_in_the_run_and_read_again(built):
    result = built.run(*METG, "--out=run", "--format=json")
    assert result.returncode == 0, result.stderr
    check_run_directory(built.folder / "run", finished=True)
    report = json.loads(result.stdout)
    validator("metg").validate(report)
    row, = report["rows"]
    assert (row["scheduler"], row["workers"], row["units"]) == ("chase_lev", 1, 6)
    assert [point["size"] for point in row["curve"]] == [1, 4096]
    summary = {cell["size"]: cell for cell in json.loads((built.folder / "run/summary.json").read_text())}
    for point in row["curve"]:
        assert point["efficiency"] == pytest.approx(1 / summary[point["size"]]["x_serial"])
    assert json.loads(built.run("metg", "run", "--format=json").stdout) == report
    table = built.run("metg", "run").stdout
    assert "METG(50 %)" in table and "efficiency" in table


def test_a_curve_that_never_falls_below_the_target_gives_a_bound(built):
    result = built.run(*METG, "--target=1%", "--format=json")
    assert result.returncode == 0, result.stderr
    row, = json.loads(result.stdout)["rows"]
    assert row["metg"]["sign"] == "<"
    assert row["metg"]["ns"] == pytest.approx(row["curve"][0]["task_ns"], rel=0.9)


def test_a_run_goes_on(built):
    assert built.run(*METG, "--out=run").returncode == 0
    again = built.run("metg", "--resume", "--out=run")
    assert again.returncode == 0 and "is finished" in again.stderr and "METG" in again.stdout
    refused = built.run("run", "--resume", "--out=run")
    assert refused.returncode == 2 and "was not written by run" in refused.stderr


@pytest.mark.parametrize("arguments, message", [
    (["--scheduler=serial"], "serial has no METG"),
    (["--workload=fib"], "--workload has no effect"),
    (["--memory=on"], "--memory has no effect"),
    (["--filter=x"], "--filter has no effect"),
    (["--target=0%"], "--target"),
    (["--format=csv"], "does not print --format=csv"),
    (["--gates=5"], "--gates is for calibrate"),
    (["a", "b"], "one run directory"),
    (["a", "--samples=3"], "--samples has no effect"),
    (["a", "--out=b"], "--out has no effect"),
])
def test_bad_input_is_refused(built, arguments, message):
    result = built.run("metg", *arguments)
    assert result.returncode == 2 and message in result.stderr, result.stderr


def test_the_target_belongs_to_metg(built):
    result = built.run("--target=50%", "--dry-run")
    assert result.returncode == 2 and "--target is for metg" in result.stderr


def test_a_run_of_another_workload_has_none(harness):
    assert harness.run("--scheduler=good", "--workload=fib", "--size=8", "--workers=1", "--samples=1",
                       "--min-time=1us", "--out=run").returncode == 0
    result = harness.run("metg", f"{harness.folder}/run")
    assert result.returncode == 2 and "has no METG" in result.stderr
