"""Two stored runs side by side: ratios and ranks everywhere, absolute times on one machine only, never a verdict."""
import json
import re
import shutil

import pytest
from conftest import ROOT, validator

GOLDEN = ROOT / "tests/harness/golden/v1"
RUN = ["--workload=fib", "--size=8", "--workers=1", "--samples=6", "--turns=1", "--min-time=1us",
       "--memory=off"]
VERDICT = r"\b(OK|REGRESSED|IMPROVED|INVALID|VERDICT)\b"


@pytest.fixture
def stored(harness):
    """Runs `before` and `after` of the same cells, and `other`: `after`, as if of another machine."""
    harness.add_cell("better")
    for name in ["before", "after"]:
        result = harness.run("--scheduler=good,better", *RUN, f"--out={name}")
        assert result.returncode == 0, result.stderr
    shutil.copytree(harness.folder / "after", harness.folder / "other")
    manifest = harness.folder / "other/manifest.json"
    facts = json.loads(manifest.read_text())
    facts["machine"].update(cpu="Another CPU", host="fedcba9876543210")
    manifest.write_text(json.dumps(facts))
    return harness


def compare(harness, *arguments):
    result = harness.run("compare", *map(str, arguments))
    assert result.returncode == 0, result.stderr
    return result


def comparison(harness, *runs):
    value = json.loads(compare(harness, *runs, "--format=json").stdout)
    validator("run_comparison").validate(value)
    return value


def test_of_one_machine_absolute_times_are_shown_and_not_judged(stored):
    text = compare(stored, "before", "after").stdout
    assert "ns/op, reference" in text and "drift together" in text and "No verdict" in text
    assert not re.search(VERDICT, text)
    value = comparison(stored, "before", "after")
    assert value["same_machine"] and len(value["cells"]) == 2
    for cell in value["cells"]:
        assert cell["same_work"], "iterations are calibrated anew in every run"
        ratio = cell["candidate"]["x_serial"] / cell["reference"]["x_serial"]
        assert cell["ratio"] == pytest.approx(ratio)
        assert cell["ratio_low"] <= cell["ratio"] <= cell["ratio_high"]
        for side in ["reference", "candidate"]:
            assert cell[side]["units"] == 6 and cell[side]["rank"] in (1, 2) and cell["ranked"] == 2
    summary = json.loads((stored.folder / "before/summary.json").read_text())
    for name in ["x_serial", "x_serial_low", "x_serial_high", "ns_per_op", "ns_low", "ns_high"]:
        figures = {cell["cell"]: cell["reference"][name] for cell in value["cells"]}
        assert figures == {cell["cell"]: cell[name] for cell in summary}


def test_across_machines_absolute_times_are_refused(stored):
    for form in ["table", "markdown"]:
        text = compare(stored, "before", "other", f"--format={form}").stdout
        assert "absolute times are not compared: different machines (cpu " in text
        assert "Another CPU" in text and "ns/op, " not in text
        assert "x serial, reference" in text and "rank" in text
    value = comparison(stored, "before", "other")
    assert not value["same_machine"]
    assert all(cell["ns_ratio"] is None and cell["reference"]["ns_per_op"] is None for cell in value["cells"])


def test_a_run_of_version_1_has_one_unit_and_no_interval(harness):
    again = harness.folder / "again"
    shutil.copytree(GOLDEN, again)
    text = compare(harness, GOLDEN, again).stdout
    assert "too few units" in text and "1.00" in text
    value = comparison(harness, GOLDEN, again)
    assert all(cell["ratio"] == 1 and cell["ratio_low"] is None for cell in value["cells"])


def test_a_run_is_not_compared_with_itself(harness):
    result = harness.run("compare", str(GOLDEN), str(GOLDEN))
    assert result.returncode == 2 and "compared with itself" in result.stderr


def test_what_is_in_one_run_only_or_did_not_end_well_is_named(stored):
    stored.add_cell("falls", "segv")
    assert stored.run("--scheduler=good,falls", *RUN, "--out=failed").returncode == 3
    assert stored.run("--scheduler=good,falls", *RUN, "--out=again").returncode == 3
    result = compare(stored, "failed", "again")
    assert "left out: fib/n:8/sched:falls/workers:1: the reference is crash" in result.stderr
    result = compare(stored, "before", "failed")
    assert "Only in the reference (1): fib/n:8/sched:better/workers:1" in result.stdout
    assert "Only in the candidate (1): fib/n:8/sched:falls/workers:1" in result.stdout
    assert [cell["reason"][:22] for cell in comparison(stored, "failed", "again")["left_out"]] == [
        "the reference is crash"]
    result = stored.run("compare", "before", str(GOLDEN))
    assert (result.returncode, result.stdout) == (2, "")
    assert "no cell is in both runs. before has fib/n:8/sched:better/workers:1" in result.stderr


def test_a_cell_that_did_other_work_is_marked(stored):
    samples = stored.folder / "after/samples.jsonl"
    lines = [json.loads(line) for line in samples.read_text().splitlines()]
    for line in lines:
        if "sched:good/" in line["cell"]:
            line["check"] = str(int(line["check"]) ^ 1)
    samples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    text = compare(stored, "before", "after").stdout
    assert "did different work in 1 of 2 cells" in text
    assert {cell["scheduler"]: cell["same_work"] for cell in comparison(stored, "before", "after")["cells"]} == {
        "good": False, "better": True}


@pytest.mark.parametrize("arguments, code, says", [
    (["compare", "before"], 2, "two run directories, not 1"),
    (["compare", "before", "nowhere"], 4, "nowhere holds no run"),
    (["compare", "cells", "before"], 2, "--ref=DIR and --cand=DIR"),
    (["compare", "before", "after", "--ref=cells"], 2, "exclude each other"),
    (["compare", "before", "after", "--format=csv"], 2, "does not print --format=csv"),
    (["gate", "before", "after"], 2, "measured in one session"),
    (["compare", "before", "after", "--workload=fib"], 2, "has no effect on stored runs"),
])
def test_what_cannot_be_compared_is_refused(harness, arguments, code, says):
    for name in ["before", "after"]:
        shutil.copytree(GOLDEN, harness.folder / name)
    result = harness.run(*arguments)
    assert (result.returncode, result.stdout) == (code, ""), result.stderr
    assert says in result.stderr


def test_arms_of_a_comparison_are_no_runs(stored):
    samples = stored.folder / "after/samples.jsonl"
    records = [dict(json.loads(line), arm="R") for line in samples.read_text().splitlines()]
    samples.write_text("".join(json.dumps(line) + "\n" for line in records))
    result = stored.run("compare", "before", "after")
    assert result.returncode == 2 and "after is a comparison of builds" in result.stderr
