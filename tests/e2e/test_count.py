"""`harness count`: counts of one build and of two, with fake cells and once with real ones under real valgrind."""
import json
import os
import pathlib
import shutil

import pytest
from conftest import FAKE_CELL, ROOT, validator

FAKE_VALGRIND = ROOT / "tests/harness/fake_valgrind.py"
COUNT = ["count", "--scheduler=good", "--workload=fib", "--size=8"]


@pytest.fixture
def builds(harness):
    """Two equal builds in the folders ref and cand, and a valgrind that only pretends."""
    tools = harness.folder / "tools"
    tools.mkdir()
    (tools / "valgrind").symlink_to(FAKE_VALGRIND)
    harness.environment["PATH"] = f"{tools}:/usr/bin:/bin"
    for name in ("ref", "cand"):
        (harness.folder / name).mkdir()
        shutil.copy(FAKE_CELL, harness.folder / name / "cell-good")
    return harness


def compare(harness, *arguments, samples=2):
    result = harness.run(*COUNT, f"--samples={samples}", "--ref=ref", "--cand=cand", "--format=json", *arguments)
    report = json.loads(result.stdout) if result.stdout else None
    if report:
        validator("count").validate(report)
    return result, report


def edit(harness, old, new):
    """Changes the candidate's cell."""
    cell = harness.folder / "cand/cell-good"
    text = cell.read_text()
    assert old in text
    cell.write_text(text.replace(old, new))


def verdicts(report):
    return {(change["subject"].split("/")[-1], change["quantity"]): change["verdict"]
            for change in report["changes"]}


def test_equal_builds_are_the_same(builds):
    result, report = compare(builds, "--workers=1,2", samples=9)
    assert result.returncode == 0, result.stderr
    assert set(verdicts(report).values()) == {"same"}
    assert ("workers:1", "instructions_per_op") in verdicts(report)
    assert ("workers:2", "instructions_per_op") not in verdicts(report)
    work = report["cells"][1]["builds"][0]["work_proxy"]
    assert work["instructions_per_op"] is None and "more than one worker" in work["reason"]


def test_one_build_is_counted_without_a_verdict(builds):
    result = builds.run(*COUNT, "--workers=1", "--samples=2")
    assert result.returncode == 0, result.stderr
    assert "625.00 instructions/op" in result.stdout
    assert "COUNTS" not in result.stdout


def test_more_instructions_exit_1(builds):
    (builds.folder / "cand/cell-good.instructions").write_text("5060")
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 1
    assert verdicts(report)["workers:1", "instructions_per_op"] == "CHANGED"


def test_half_a_per_cent_more_is_the_same(builds):
    (builds.folder / "cand/cell-good.instructions").write_text("5025")
    assert compare(builds, "--workers=1")[0].returncode == 0


def test_a_changed_counter_of_one_worker_exits_1(builds):
    edit(builds, '"steals": 2', '"steals": 3')
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 1
    assert verdicts(report)["workers:1", "steals"] == "CHANGED"


def test_many_workers_may_differ_by_a_fifth(builds):
    for name in ("ref", "cand"):
        cell = builds.folder / name / "cell-good"
        cell.write_text(cell.read_text().replace('"steals": 2', '"steals": 100 + os.getpid() % 3'))
    assert verdicts(compare(builds, "--workers=2", samples=9)[1])["workers:2", "steals"] == "same"
    edit(builds, '"steals": 100', '"steals": 150')
    result, report = compare(builds, "--workers=2", samples=9)
    assert result.returncode == 1
    assert verdicts(report)["workers:2", "steals"] == "CHANGED"


def test_a_larger_file_or_task_exits_1(builds):
    edit(builds, "else 48", "else 56")
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 1
    assert verdicts(report)["good", "task_bytes"] == "CHANGED"
    assert verdicts(report)["good", "file_bytes"] == "same"
    edit(builds, "else 56", "else 56 ")
    assert verdicts(compare(builds, "--workers=1")[1])["good", "file_bytes"] == "CHANGED"


def test_a_wrong_answer_exits_3(builds):
    builds.environment["ANTINODE_FAKE"] = "wrong_first"
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 3
    assert report["cells"][0]["builds"][0]["status"] == "wrong"


def test_without_valgrind_work_is_unknown_and_strict_exits_4(builds):
    builds.environment["PATH"] = str(builds.folder / "cells")
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 0
    assert verdicts(report)["workers:1", "instructions_per_op"] == "unknown"
    assert "apt-get install valgrind" in report["cells"][0]["builds"][0]["work_proxy"]["reason"]
    assert compare(builds, "--workers=1", "--strict")[0].returncode == 4


def test_a_scheduler_that_the_candidate_lacks_is_a_change(builds):
    (builds.folder / "cand/cell-good").unlink()
    result, report = compare(builds, "--workers=1")
    assert result.returncode == 1
    assert [change["verdict"] for change in report["changes"] if change["quantity"] == "cell"] == ["CHANGED"]
    assert "no cell-good" in report["cells"][0]["builds"][0]["reason"]


@pytest.mark.parametrize("arguments, word", [
    (["--ref=ref"], "--cand"), (["--ref=ref", "--cand=nowhere"], "nowhere"),
    (["--filter=nothing"], "nothing"), (["--allocator=mimalloc"], "--allocator"), (["--format=csv"], "--format")])
def test_wrong_usage_exits_2(builds, arguments, word):
    result = builds.run(*COUNT, *arguments)
    assert result.returncode == 2, result.stderr
    assert word in result.stderr


def test_ref_is_for_count(builds):
    assert builds.run("run", "--ref=ref", "--cand=cand").returncode == 2


def test_real_cells_under_real_valgrind(harness):
    if shutil.which("valgrind") is None:
        pytest.skip("there is no valgrind (apt-get install valgrind)")
    cells = pathlib.Path(os.environ["AN_CELLS"])
    result = harness.run("count", f"--ref={cells}", f"--cand={cells}", "--scheduler=serial,chase_lev",
                         "--workload=nqueens", "--size=8", "--workers=1", "--samples=3", "--format=json",
                         timeout=240)
    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    validator("count").validate(report)
    work = {cell["cell"].split("/")[2]: cell["builds"][0]["work_proxy"] for cell in report["cells"]}
    assert all(count["spread"] < 0.01 for count in work.values())
    assert work["sched:serial"]["instructions_per_op"] < work["sched:chase_lev"]["instructions_per_op"], (
        "a fork costs instructions")
