"""A cell that misbehaves is shown as what it is, costs the exit code, and does not hurt its neighbours."""
import json

import pytest
from conftest import check_run_directory

RUN = ["--workload=fib", "--size=8", "--workers=1", "--samples=3", "--min-time=1us", "--timeout=1s",
       "--format=json", "--out=run"]

EXPECTED = {
    "segv": "crash", "exit3": "crash", "midline": "crash", "garbage": "crash",
    "hang": "timeout", "hang_prepare": "timeout",
    "wrong": "wrong", "wrong_first": "wrong",
    "unsupported": "n/a",
}


def run_beside_good(harness, *modes):
    for mode in modes:
        harness.add_cell("bad_" + mode, mode)
    names = ",".join(["good"] + ["bad_" + mode for mode in modes])
    result = harness.run(f"--scheduler={names}", *RUN)
    cells = {cell["scheduler"]: cell for cell in json.loads(result.stdout)}
    check_run_directory(harness.folder / "run", finished=True)
    good = cells["good"]
    assert good["status"] == "ok" and good["verified"] and good["samples"] == 3
    return result, cells


@pytest.mark.parametrize("mode", EXPECTED)
def test_status_reason_and_exit_code(harness, mode):
    result, cells = run_beside_good(harness, mode)
    bad = cells["bad_" + mode]
    assert bad["status"] == EXPECTED[mode], bad
    assert bad["reason"]
    assert not bad["verified"]
    assert bad["ns_per_op"] is None, "a failed cell publishes nothing"
    assert result.returncode == (0 if EXPECTED[mode] == "n/a" else 3)


def test_all_of_them_at_once(harness):
    modes = ["segv", "garbage", "hang", "midline", "wrong"]
    result, cells = run_beside_good(harness, *modes)
    assert result.returncode == 3
    assert {mode: cells["bad_" + mode]["status"] for mode in modes} == {
        mode: EXPECTED[mode] for mode in modes}


def test_a_noisy_cell_is_none_the_worse(harness):
    harness.add_cell("loud", "noise")
    result = harness.run("--scheduler=loud", *RUN)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)[0]["status"] == "ok"


def test_a_failed_baseline_is_said(harness):
    (harness.cells / "cell-serial").unlink()
    harness.add_cell("serial", "segv")
    result = harness.run("--scheduler=good", *[word for word in RUN if "json" not in word])
    assert "no x serial" in result.stdout
    assert result.returncode == 3
