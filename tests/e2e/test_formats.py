"""What the harness prints, and the run directory it leaves."""
import csv
import fcntl
import io
import json
import os
import struct
import subprocess
import termios

import pytest
from conftest import check_run_directory, validator

RUN = ["--scheduler=good", "--workload=fib", "--size=small", "--workers=1,2", "--samples=2",
       "--min-time=1us"]


def test_json_is_one_array_that_fits_its_schema(harness):
    result = harness.run(*RUN, "--format=json", "--out=run")
    assert result.returncode == 0, result.stderr
    cells = json.loads(result.stdout)
    validator("summary").validate(cells)
    assert [cell["cell"] for cell in cells] == [
        f"fib/n:{n}/sched:good/workers:{workers}" for n in (8, 9) for workers in (1, 2)]
    assert all(cell["status"] == "ok" and cell["verified"] for cell in cells)
    assert json.loads((harness.folder / "run/summary.json").read_text()) == cells


def test_every_file_of_a_run_fits_its_schema(harness):
    assert harness.run(*RUN, "--out=run").returncode == 0
    check_run_directory(harness.folder / "run", finished=True)


def test_the_default_run_directory_is_under_results(harness):
    result = harness.run(*RUN)
    assert result.returncode == 0, result.stderr
    (run,) = (harness.folder / "results").iterdir()
    assert run.name.startswith("run-20")
    assert f"results/{run.name}" in result.stdout
    check_run_directory(run, finished=True)


def test_csv_parses(harness):
    result = harness.run(*RUN, "--format=csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 4
    assert {row["scheduler"] for row in rows} == {"good"}
    assert all(float(row["ns_per_op"]) > 0 for row in rows)
    assert all(None not in row and None not in row.values() for row in rows), "ragged lines"


def test_markdown_is_a_table(harness):
    lines = harness.run(*RUN, "--format=markdown").stdout.splitlines()
    assert lines[0] == "### fib"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 4
    assert len({row.count("|") for row in rows}) == 1


def test_the_table_shows_rows_and_provenance(harness):
    result = harness.run(*RUN)
    assert "\x1b" not in result.stdout + result.stderr, "colour without a terminal"
    for part in ["fib  (one operation: addition)", "x serial", "good", "machine", "command"]:
        assert part in result.stdout
    coloured = harness.run(*RUN, "--color=always")
    assert "\x1b[" in coloured.stdout


def test_progress_is_plain_lines_without_a_terminal(harness):
    result = harness.run(*RUN, "--baseline=none", "--format=json")
    lines = result.stderr.splitlines()
    assert "\r" not in result.stderr
    for index in range(1, 5):
        assert any(line.startswith(f"[{index}/4] fib/") for line in lines), result.stderr


def test_progress_is_a_bar_on_a_terminal(harness):
    try:
        master, slave = os.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal here ({error}); mount devpts to run this test")
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    process = harness.start(*RUN, "--format=json", stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the last holder of the terminal is gone
            break
        if not chunk:
            break
        shown += chunk
    os.close(master)
    json.loads(process.stdout.read())
    assert process.wait() == 0
    assert b"\r\x1b[K[" in shown and b"cells left" in shown and b"ETA" in shown
    bar = max((line for line in shown.split(b"\r") if b"cells left" in line), key=len)
    assert len(bar) <= 100 + len(b"\x1b[K")


def test_stdout_carries_nothing_but_the_result(harness):
    result = harness.run(*RUN, "--format=json")
    assert result.stdout.startswith("[") and result.stdout.rstrip().endswith("]")
    assert "machine" in result.stderr


def test_dry_run_prints_the_plan_and_leaves_nothing(harness):
    result = harness.run(*RUN, "--dry-run")
    assert result.returncode == 0
    assert "fib/n:8/sched:good/workers:2" in result.stdout.splitlines()
    assert not (harness.folder / "results").exists()
    plan = json.loads(harness.run(*RUN, "--dry-run", "--format=json").stdout)
    assert {"cell": "fib/n:8/sched:good/workers:2", "baseline": False, "not_applicable": None} in plan


def test_a_setting_is_part_of_the_cells_name(harness):
    result = harness.run(*RUN, "--set=good.beat_us=7", "--format=json")
    cells = json.loads(result.stdout)
    assert cells[0]["options"] == {"beat_us": "7"}
    assert "set:beat_us=7" in cells[0]["cell"]


def test_list_and_describe_know_everything(harness):
    listed = harness.run("list")
    assert listed.returncode == 0 and "good" in listed.stdout and "tree_sum" in listed.stdout
    catalogue = json.loads(harness.run("list", "--format=json").stdout)
    assert "good" in [entry["name"] for entry in catalogue["schedulers"]]
    assert "sums 1..n" in harness.run("describe", "fib").stdout
    assert "beat_us" in harness.run("describe", "good").stdout
    described = json.loads(harness.run("describe", "good", "--format=json").stdout)
    assert described["scheduler"]["options"][0]["default"] == "30"


def test_an_absent_scheduler_is_listed_and_not_applicable(harness):
    (harness.cells / "cells.absent").write_text("peer\tits library is not installed\n")
    assert "its library is not installed" in harness.run("list").stdout
    result = harness.run("--scheduler=peer,good", "--workload=fib", "--size=8", "--workers=1",
                         "--samples=1", "--format=json")
    assert result.returncode == 0, result.stderr
    cells = {cell["scheduler"]: cell for cell in json.loads(result.stdout)}
    assert cells["peer"]["status"] == "n/a"
    assert "its library is not installed" in cells["peer"]["reason"]
    assert cells["good"]["status"] == "ok"


@pytest.mark.parametrize("arguments", [["env"], ["env", "--format=json"]])
def test_env_prints_the_machine(harness, arguments):
    result = harness.run(*arguments)
    assert result.returncode == 0
    assert "kernel" in result.stdout
    if "--format=json" in arguments:
        assert json.loads(result.stdout)["allowed_cpus"]


def test_help_teaches_by_example(harness):
    result = subprocess.run([harness.path, "--help"], capture_output=True, text=True, check=True)
    assert "harness --scheduler=resonance --workload=fib" in result.stdout
    for flag in ["--scheduler", "--size", "--workers", "--filter", "--set", "--dry-run", "--freeze", "--allocator"]:
        assert flag in result.stdout


def test_conform_passes_a_good_cell_and_fails_a_bad_one(harness):
    good = harness.run("conform", str(harness.cells / "cell-good"), "--timeout=5s")
    assert good.returncode == 0, good.stdout
    harness.add_cell("bad", "garbage")
    bad = harness.run("conform", str(harness.cells / "cell-bad"), "--timeout=5s", "--min-time=1us")
    assert bad.returncode == 3 and "FAIL" in bad.stdout
