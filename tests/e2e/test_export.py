"""Stored runs in the formats of other tools, read back by these tools where Debian has them."""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import ROOT, validator

COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
GOLDEN = ROOT / "tests/harness/golden/v1"
RUN = ["--scheduler=good", "--workload=fib", "--size=8", "--workers=1,2", "--samples=3", "--turns=1",
       "--min-time=1us"]
FORMATS = ["table", "json", "csv", "markdown", "latex", "gbench", "benchfmt"]


@pytest.fixture
def stored(harness):
    assert harness.run(*RUN, "--out=run").returncode == 0
    return harness


def export(harness, run, form, *arguments):
    result = harness.run("export", str(run), f"--format={form}", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_stored_run_is_printed_as_a_fresh_one(harness):
    fresh = harness.run(*RUN, "--format=json", "--out=run").stdout
    assert export(harness, "run", "json") == fresh
    for form in ["csv", "markdown"]:
        fresh = harness.run(*RUN, f"--format={form}", f"--out={form}").stdout
        # The name of one operation is the cell's to say and stands in no file.
        fresh = fresh.replace("One operation: addition.\n\n", "")
        assert export(harness, form, form) == fresh


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_prints_what_is_not_a_number(stored, form):
    for run in ["run", GOLDEN]:
        text = export(stored, run, form)
        assert text and not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE)


def test_google_benchmarks_compare_reads_two_exports(stored, tmp_path):
    assert stored.run(*RUN, "--seed=2", "--out=other").returncode == 0
    files = []
    for run in ["run", "other"]:
        files.append(tmp_path / f"{run}.json")
        files[-1].write_text(export(stored, run, "gbench"))
    result = subprocess.run([sys.executable, COMPARE, "--no-color", "benchmarks", *files], check=False,
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    for workers in [1, 2]:
        name = f"fib/n:8/sched:good/workers:{workers}/real_time"
        rows = [line for line in result.stdout.splitlines() if line.startswith(name)]
        assert len([row for row in rows if not row.startswith(name + "_")]) == 3, result.stdout
        assert any(row.startswith(name + "_pvalue") for row in rows), "the U test needs repetitions"
    assert "nan" not in result.stdout.lower()


def test_benchfmt_lines_are_those_of_go(stored):
    text = export(stored, "run", "benchfmt")
    head, _, body = text.partition("\n\n")
    assert all(re.fullmatch(r"[a-z][^ A-Z:]*: .*", line) for line in head.splitlines())
    lines = body.splitlines()
    assert len(lines) == 2 * 3
    assert all(re.fullmatch(r"BenchmarkFib/n=8/sched=good-[12] \d+ [\d.e+-]+ ns/op", line) for line in lines)


def test_csv_and_latex_of_the_golden_run(stored):
    rows = list(csv.DictReader(io.StringIO(export(stored, GOLDEN, "csv"))))
    assert {row["status"] for row in rows} == {"ok", "crash", "wrong", "n/a"}
    latex = export(stored, GOLDEN, "latex")
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 2
    assert not re.search(r"(?<!\\)_", latex.replace("% tree_sum", "")), "an underscore that TeX would read"


def test_json_of_the_golden_run_obeys_the_schema(stored):
    validator("summary").validate(json.loads(export(stored, GOLDEN, "json")))


@pytest.mark.parametrize("arguments, says", [
    (["export"], "needs a run directory"),
    (["export", "nowhere"], "holds no run"),
    (["export", "run", "run"], "both hold"),
    (["export", "run", "--arm=R"], "has no arms"),
    (["run", "--arm=R"], "--arm is for export"),
    (["run", "--format=gbench"], "does not print --format=gbench"),
    (["list", "--format=latex"], "does not print --format=latex"),
])
def test_what_cannot_be_exported_is_refused(stored, arguments, says):
    result = stored.run(*arguments)
    assert result.returncode in (2, 4), result.stderr
    assert says in result.stderr and result.stdout == ""


def test_a_damaged_file_is_named_with_its_line(stored):
    samples = stored.folder / "run/samples.jsonl"
    lines = samples.read_text().splitlines()
    lines[4] = lines[4].replace('"ns":', '"ms":')
    samples.write_text("\n".join(lines) + "\n")
    result = stored.run("export", "run")
    assert result.returncode == 4
    assert "samples.jsonl:5: `ns` is missing" in result.stderr
