"""`harness micro`: fake programs that misbehave, and once real ones."""
import json
import os
import pathlib
import signal

import pytest
from conftest import ROOT, complete_lines, validator, wait_until

FAKE_BENCH = ROOT / "tests/harness/fake_bench.py"
FAKE = ["micro", "fake", "--samples=3", "--out=run"]


@pytest.fixture
def suite(harness):
    """The harness with one fake program beside the fake cells."""
    (harness.cells / "fake_bench").symlink_to(FAKE_BENCH)
    harness.environment.pop("ANTINODE_FAKE_BENCH", None)
    return harness


def check_directory(run, is_finished=True):
    """Every file of `run` against its schema; the samples."""
    environment = json.loads((run / "environment.json").read_text())
    validator("micro_environment").validate(environment)
    facts = validator("manifest")
    facts.evolve(schema=facts.schema["properties"]["machine"]).validate(environment["machine"])
    samples = complete_lines(run / "micro.jsonl")
    for sample in samples:
        validator("micro_sample").validate(sample)
    if is_finished:
        validator("micro").validate(json.loads((run / "micro.json").read_text()))
    return samples


def test_figures_are_printed_and_kept(suite):
    result = suite.run(*FAKE)
    assert result.returncode == 0, result.stderr
    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line.startswith("  ")}
    assert rows["steady"].split()[1:3] == ["3", "2.50"]
    assert rows["items"].split()[1:3] == ["3", "7.50"], "the time of an item, not of an iteration"
    assert "success_rate 0.250" in rows["items"]
    assert len(check_directory(suite.folder / "run")) == 9


def test_json_is_what_is_kept(suite):
    result = suite.run(*FAKE, "--format=json")
    assert result.returncode == 0, result.stderr
    assert result.stdout == (suite.folder / "run/micro.json").read_text()
    figures = {entry["benchmark"]: entry for entry in json.loads(result.stdout)["benchmarks"]}
    assert figures["fake/a<b>/8"]["ns"]["median"] == 2.5e6
    assert figures["fake/items"]["ns"]["median"] == 7.5
    assert "run" in result.stderr


def test_names_and_filter_select(suite):
    names = suite.run("micro", "fake", "--dry-run").stdout.split()
    assert names == ["fake/steady", "fake/items", "fake/a<b>/8"]
    assert suite.run("micro", "fake/items", "--dry-run").stdout.split() == ["fake/items"]
    assert suite.run("micro", "fake", "--filter=-items", "--dry-run").stdout.split() == [names[0], names[2]]
    assert not (suite.folder / "results").exists(), "a dry run writes nothing"


@pytest.mark.parametrize("arguments, word", [
    (["fakes"], "Did you mean 'fake'"), (["fake/stedy"], "fake/steady"), (["fake", "--filter=nothing"], "nothing"),
    (["fake", "--filter=("], "("), (["fake", "--turns=2"], "--turns"), (["fake", "--format=csv"], "--format"),
    (["fake", "--samples=0"], "--samples")])
def test_wrong_usage_exits_2(suite, arguments, word):
    result = suite.run("micro", *arguments)
    assert result.returncode == 2, result.stderr
    assert word in result.stderr
    assert not (suite.folder / "results").exists()


def test_a_directory_is_never_overwritten(suite):
    assert suite.run(*FAKE).returncode == 0
    result = suite.run(*FAKE)
    assert result.returncode == 2 and "run" in result.stderr


@pytest.mark.parametrize("mode, word", [("crash", "CRASH"), ("garbage", "CRASH"), ("two", "CRASH"), ("fault", "WRONG"),
                                        ("hang", "TIMEOUT")])
def test_a_failure_exits_3_and_the_others_are_measured(suite, mode, word):
    suite.environment["ANTINODE_FAKE_BENCH"] = f"steady:{mode}"
    result = suite.run(*FAKE, "--timeout=1s")
    assert result.returncode == 3, result.stderr
    assert word in result.stdout and "7.50" in result.stdout
    samples = check_directory(suite.folder / "run")
    assert sum(sample["benchmark"] == "fake/steady" for sample in samples) == 1


def test_a_program_that_does_not_start_is_a_row(suite):
    suite.environment["ANTINODE_FAKE_BENCH"] = "list:crash"
    result = suite.run(*FAKE)
    assert result.returncode == 3
    assert "CRASH: it lists no benchmarks" in result.stdout


def test_what_the_machine_lacks_is_not_applicable(suite):
    suite.environment["ANTINODE_FAKE_BENCH"] = "steady:lacking"
    result = suite.run(*FAKE)
    assert result.returncode == 0 and "n/a: needs two CPUs" in result.stdout
    suite.environment["ANTINODE_FAKE_BENCH"] = "steady:lacking,items:lacking,a<b>:lacking"
    result = suite.run("micro", "fake", "--samples=3", "--out=other")
    assert result.returncode == 4 and "nothing was measured" in result.stderr


def test_a_debug_build_may_not_be_published(suite):
    suite.environment["ANTINODE_FAKE_BENCH"] = "build:debug"
    result = suite.run(*FAKE)
    assert "Not publishable" in result.stdout and "fake: Debug" in result.stdout
    assert not any(sample["publishable"] for sample in check_directory(suite.folder / "run"))


def start_long(suite):
    """A run of many units, once it has some samples."""
    process = suite.start("micro", "fake", "--samples=100000", "--out=run")
    samples = suite.folder / "run/micro.jsonl"
    wait_until(lambda: samples.exists() and samples.read_bytes().count(b"\n") >= 4 or process.poll() is not None,
               "four samples")
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_exits_130_and_keeps_what_is_measured(suite, number):
    process = start_long(suite)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"Interrupted" in output and b"2.50" in output
    check_directory(suite.folder / "run")
    assert not suite.survivors()


def test_kill_9_leaves_complete_lines(suite):
    process = start_long(suite)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert len(check_directory(suite.folder / "run", is_finished=False)) >= 4


def test_an_interrupt_reaches_through_a_hanging_benchmark(suite):
    suite.environment["ANTINODE_FAKE_BENCH"] = "steady:hang"
    process = suite.start("micro", "fake/steady", "--out=run")
    wait_until(lambda: (suite.folder / "run/environment.json").exists() or process.poll() is not None, "its start")
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=30)[1]
    assert process.returncode == 130, errors
    assert not suite.survivors()


def test_without_programs_the_environment_is_at_fault(harness):
    bare = harness.folder / "bare"
    bare.mkdir()
    copy = bare / "harness"
    copy.write_bytes(pathlib.Path(harness.path).read_bytes())
    copy.chmod(0o755)
    harness.path = str(copy)
    result = harness.run("micro")
    assert result.returncode == 4 and "*_bench" in result.stderr


def test_a_real_benchmark(harness):
    result = harness.run("micro", "deque/push_pop<ChaseLev>", "pool/hot<Pool>", "--samples=3", "--min-time=5ms",
                         "--format=json", "--out=run")
    assert result.returncode == 0, result.stderr
    shown = {entry["benchmark"] for entry in json.loads(result.stdout)["benchmarks"]}
    assert shown == {"deque/push_pop<ChaseLev>", "pool/hot<Pool>"}
    samples = check_directory(harness.folder / "run")
    assert sorted(sample["unit"] for sample in samples) == [0, 0, 1, 1, 2, 2]
    # The least of three: whoever is kept from the CPU for longer than the time above is asked for no second iteration.
    for name in shown:
        assert 0 < min(sample["ns"] for sample in samples if sample["benchmark"] == name) < 1e6
