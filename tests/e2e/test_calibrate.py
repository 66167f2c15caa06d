"""`harness calibrate` and `harness misfire` on fakes whose times are made up: the truth is known, and no
figure depends on the machine the test runs on."""
import json
import os
import signal

import pytest
from conftest import check_run_directory, complete_lines, validator, wait_until

CELLS = ["--scheduler=made_up", "--workload=fib", "--size=500", "--pressure=keep", "--out=run"]


@pytest.fixture
def made_up(harness):
    def use(mode):
        harness.add_cell("made_up", mode)
        harness.environment["ANTINODE_FAKE_CLOCK"] = str(harness.folder / "clock")
        return harness
    return use


def knows_hz(harness):
    return json.loads(harness.run("env", "--format=json").stdout)["hz"] is not None


def test_a_quick_calibration_finds_what_was_made_up(made_up):
    harness = made_up("made_up")
    result = harness.run("calibrate", "--quick", "--units=30", "--turns=5", "--workers=1", *CELLS)
    assert result.returncode == 0, result.stderr
    run = harness.folder / "run"
    check_run_directory(run, finished=False)
    found = json.loads((run / "calibration.json").read_text())
    validator("calibration").validate(found)
    (cell,) = found["cells"]
    assert cell["cell"] == "fib/n:500/sched:made_up/workers:1"
    assert cell["noise"]["units"] == 30 and cell["noise"]["rounds_kept"] == 150
    assert abs(cell["noise"]["effect"]["change"]) < 0.006
    # A layout of 0.5 % and noise of 1 % per turn, of two arms; the median of five turns.
    assert 0.004 < cell["noise"]["sigma"] < 0.018
    assert cell["resampled"]["regressed"]["count"] == 0 and cell["real"] is None
    assert cell["injection"]["size"] in range(545, 556)
    assert 0.09 < cell["injection"]["effect"]["change"] < 0.11
    assert cell["injection"]["resampled"]["regressed"]["count"] >= 960
    assert [point["slowdown"] for point in cell["power"]][-1] == 0.15
    assert cell["power"][-1]["regressed"]["count"] >= 990
    assert found["trap"] is None and "two workers" in found["no_trap"]
    arms = {line["arm"] for line in complete_lines(run / "samples.jsonl")}
    assert arms == {"R", "C", "R'", "S"}
    assert "false alarms      0 of 1000" in result.stdout


def test_the_trap_is_reported_as_invalid(made_up):
    harness = made_up("made_up")
    if not knows_hz(harness):
        pytest.skip("the kernel does not tell its HZ")
    result = harness.run("calibrate", "--quick", "--units=20", "--turns=3", "--workers=2", *CELLS)
    assert result.returncode == 0, result.stderr
    run = harness.folder / "run"
    trap = json.loads((run / "calibration.json").read_text())["trap"]
    assert trap["verdict"] == "INVALID" and "tick-quantised" in trap["reason"]
    assert trap["at_ticks"] == trap["turns"] == 12 * 3 * 3
    assert abs(trap["effect"]["change"]) < 0.01, "10 % slower reads as nothing"
    check_run_directory(run / "trap", finished=False)
    assert not json.loads((run / "trap" / "manifest.json").read_text())["plan"]["freeze"]


def test_a_gate_that_runs_is_counted(made_up):
    harness = made_up("made_up")
    result = harness.run("calibrate", "--gates=1", "--units=4", "--turns=3", "--workers=1", "--format=json", *CELLS)
    assert result.returncode == 4 and "0 of 2 gates" in result.stderr, "two prove no rate below 5 %"
    found = json.loads(result.stdout)
    validator("calibration").validate(found)
    (cell,) = found["cells"]
    assert cell["real"]["verdicts"] == {"OK": 2}, "the batch that confirms the slow arm is one more"
    assert cell["real"]["mean_units"] == 12
    assert cell["injection"]["real"]["verdicts"] == {"REGRESSED": 1}
    assert cell["injection"]["real"]["mean_units"] >= 24


def test_a_workload_whose_size_is_no_delay_has_no_injection(harness):
    result = harness.run("calibrate", "--quick", "--units=2", "--turns=1", "--scheduler=good", "--workload=fib", "--size=9",
                         "--workers=1", "--min-time=1us", "--pressure=keep", "--out=run", "--format=json")
    found = json.loads(result.stdout)
    validator("calibration").validate(found)
    assert found["cells"][0]["injection"] is None


def test_a_cell_that_fails_exits_3_and_has_no_figures(harness):
    harness.add_cell("bad", "wrong")
    result = harness.run("calibrate", "--quick", "--scheduler=bad", "--workload=fib", "--size=9", "--workers=1",
                         "--min-time=1us", "--out=run")
    assert result.returncode == 3, result.stderr
    found = json.loads((harness.folder / "run" / "calibration.json").read_text())
    validator("calibration").validate(found)
    assert found["cells"][0]["status"] == "wrong" and "noise" not in found["cells"][0]


def test_an_interrupt_leaves_the_turns_and_exits_130(made_up):
    harness = made_up("made_up")
    process = harness.start("calibrate", "--workers=1", *CELLS)
    samples = harness.folder / "run" / "samples.jsonl"
    wait_until(lambda: samples.exists() and samples.read_bytes().count(b"\n") > 50, "50 samples")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    check_run_directory(harness.folder / "run", finished=False)
    assert not (harness.folder / "run" / "calibration.json").exists()


def test_sequential_rules_misfire_on_a_drift_and_the_gate_does_not(made_up):
    harness = made_up("drifting")
    result = harness.run("misfire", "--quick", "--units=30", "--turns=5", "--workers=1", "--format=json", *CELLS)
    assert result.returncode == 0, result.stderr
    assert result.stdout == (harness.folder / "run" / "misfire.json").read_text()
    found = json.loads(result.stdout)
    validator("misfire").validate(found)
    rates = {rate["rule"]: rate for rate in found["cells"][0]["rates"]}
    assert rates["compare.py"]["false_alarms"] > 15
    assert rates["benchstat"]["false_alarms"] > 15
    assert rates["median 5 %"]["false_alarms"] > 15
    assert rates["gate"]["false_alarms"] == 0 and rates["gate"]["of"] == 30
    assert rates["gate"]["no_verdict"] < 5
    check_run_directory(harness.folder / "run", finished=False)


@pytest.mark.parametrize("arguments, message", [
    (["run", "--quick"], "--quick is for calibrate and misfire"),
    (["list", "--gates=3"], "--gates is for calibrate and misfire"),
    (["calibrate", "--quick", "--gates=3"], "exclude each other"),
    (["misfire", "--gates=0"], "--gates"),
    (["calibrate", "--workload=fib", "--scheduler=good", "--size=9", "--filter=nothing"], "No cell is selected"),
])
def test_wrong_usage_exits_2(harness, arguments, message):
    result = harness.run(*arguments)
    assert result.returncode == 2 and message in result.stderr, result.stderr
    assert not os.path.exists(harness.folder / "results" / "calibration.json")
