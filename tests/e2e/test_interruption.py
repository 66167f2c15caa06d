"""Whatever ends a run, what is on disk stays readable and no process stays behind."""
import json
import os
import random
import signal

import pytest
from conftest import check_run_directory, complete_lines, wait_until

# Long enough to be interrupted at any of the moments below.
LONG = ["--scheduler=good,other", "--workload=fib,tree_sum", "--size=small", "--workers=1",
        "--min-time=1us", "--samples=100000", "--memory=off", "--out=run"]
SEED = int(os.environ.get("AN_SEED", "20240229"))
KILLS = 10


def sample_count(run):
    path = run / "samples.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def kill_moments():
    """Sample counts at which to kill: the very start, and then at random."""
    generator = random.Random(SEED)
    return [0] + [generator.randrange(1, 400) for _ in range(KILLS - 1)]


@pytest.mark.parametrize("moment", kill_moments())
def test_kill_9_leaves_complete_lines_that_parse(harness, moment):
    print(f"seed {SEED}, killed once {moment} samples are written")
    harness.add_cell("other")
    run = harness.folder / "run"
    process = harness.start(*LONG)
    wait_until(lambda: run.exists() and sample_count(run) >= moment or process.poll() is not None,
               f"{moment} samples")
    assert process.poll() is None, process.stderr.read()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    check_run_directory(run, finished=False)
    samples = complete_lines(run / "samples.jsonl")
    assert len(samples) >= moment
    if samples:
        assert json.loads((run / "manifest.json").read_text())["seed"] == 1
    wait_until(lambda: not harness.survivors(), "the cells to follow their conductor")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_exits_130_and_keeps_the_run(harness, number):
    harness.add_cell("other")
    run = harness.folder / "run"
    process = harness.start(*LONG)
    wait_until(lambda: sample_count(run) >= 20 or process.poll() is not None, "20 samples")
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"Interrupted" in output and b"run" in output
    check_run_directory(run, finished=True)
    summary = json.loads((run / "summary.json").read_text())
    assert "partial" in {cell["status"] for cell in summary}
    assert not harness.survivors()


def test_an_interrupt_reaches_through_a_hanging_cell(harness):
    harness.add_cell("stuck", "hang")
    run = harness.folder / "run"
    process = harness.start("--scheduler=stuck", "--workload=fib", "--size=8", "--workers=1",
                            "--min-time=1us", "--baseline=none", "--memory=off", "--out=run")
    wait_until(lambda: (run / "manifest.json").exists() or process.poll() is not None, "the manifest")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors + output
    assert not harness.survivors()
