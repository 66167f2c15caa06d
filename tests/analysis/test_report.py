"""analysis/report.py as a user meets it: a command, its files, its exit code, its messages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import load, report
from tests.analysis.make_golden import GOLDEN

ROOT = Path(__file__).parents[2]
FIGURES = [f"{name}.{suffix}" for name in ("overhead", "speedup", "wave") for suffix in ("png", "pdf")]


def run_report(*arguments, seed="0"):
    return subprocess.run([sys.executable, "-m", "analysis.report", *map(str, arguments)], cwd=ROOT, text=True,
                          capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}, check=False)


@pytest.fixture(scope="module")
def two_reports(tmp_path_factory):
    """The same run reported by two processes with different hash seeds."""
    out = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    return out, [run_report(GOLDEN / "run", "--out", folder, seed=str(i)) for i, folder in enumerate(out)]


def test_it_writes_every_file_and_prints_what_it_wrote(two_reports):
    (out, _), (done, _) = two_reports
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == sorted([*FIGURES, "report.md"])
    assert done.stdout.splitlines() == [
        *(str(out / name) for name in [*FIGURES, "report.md"]),
        "no efficiency chart: the run has no cell of spin_tree beside a serial one"]
    assert "torn last line" in done.stderr


@pytest.mark.parametrize("name", [*FIGURES, "report.md"])
def test_a_second_run_gives_the_same_bytes(two_reports, name):
    (first, second), _ = two_reports
    assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_carries_a_date_or_a_version(two_reports, name):
    (first, _), _ = two_reports
    data = (first / name).read_bytes()
    assert len(data) > 5000
    assert not any(word in data for word in (b"CreationDate", b"Producer", b"Software", b"tIME"))


def test_the_page_equals_the_golden_text(two_reports):
    (first, _), _ = two_reports
    assert (first / "report.md").read_text(encoding="utf-8") == (GOLDEN / "report.md").read_text(encoding="utf-8")


def test_every_caption_says_n_interval_machine_date_commit_and_command(golden):
    captions = [line for line in report.render(golden).split("\n") if line.startswith("*") and line.endswith("*")
                and not line.startswith("**")]
    assert len(captions) == 3
    for caption in captions:
        for word in ("n = 7 units", "95 % sign-test interval", "Golden CPU", "2026-11-20T12:00:00Z",
                     "0123456789abcdef0123456789abcdef01234567", "--samples=7"):
            assert word in caption


def test_every_cell_that_is_not_ok_is_listed(golden):
    page = report.render(golden)
    for _, cell in golden.cells[golden.cells["status"] != "ok"].iterrows():
        assert f"| {cell['cell']} | {cell['status']} |" in page


def test_an_omitted_chart_is_explained_and_an_old_one_removed(copy, keep, tmp_path):
    out = tmp_path / "out"
    report.write(load.load(copy), out)
    keep(copy, lambda cell: cell.startswith("wave_add") and cell.endswith("sched:serial/workers:1"))
    assert report.main([str(copy), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["report.md", "wave.pdf", "wave.png"]
    page = (out / "report.md").read_text(encoding="utf-8")
    assert "No chart: the run has no one-worker cell beside a serial one." in page
    assert "No chart: the run has no cell with two or more workers." in page


def test_a_build_that_is_not_publishable_is_marked(copy):
    path = copy / "manifest.json"
    assert "may not be published" not in report.render(load.load(copy))
    path.write_text(path.read_text().replace('"publishable": true', '"publishable": false', 1))
    assert "may not be published" in report.render(load.load(copy))


def test_without_out_the_report_goes_into_the_run(copy):
    assert run_report(copy).returncode == 0
    assert (copy / "report" / "report.md").exists()


def test_a_run_that_does_not_exist_exits_2_with_what_cause_and_remedy(tmp_path):
    done = run_report(tmp_path / "absent")
    assert done.returncode == 2 and done.stdout == ""
    assert "is not a directory" in done.stderr and "cause:" in done.stderr and "remedy:" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_input_and_bad_usage_exit_2(copy, edit, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert report.main([str(copy), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    edit(copy / "samples.jsonl", 7, ns=-1)
    assert report.main([str(copy)]) == 2
    assert "samples.jsonl:7:" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        report.main([])
