"""The reading of lcov files, the sums, the README's line and the exit code."""
import subprocess
from pathlib import Path

import line_coverage as coverage
import pytest

ROOT = Path("/r")
LCOV = """SF:/r/core/a.hpp
FN:1,f
DA:1,5
DA:2,0
end_of_record
SF:/r/harness/b.cpp
DA:7,1
DA:8,18446744073709551615
end_of_record
SF:/usr/include/vector
DA:1,0
end_of_record
SF:/r/tests/core/a_test.cpp
DA:1,0
end_of_record
SF:/r/core/a.hpp
DA:2,3
DA:3,0
end_of_record
"""


def test_records_of_one_file_are_added_and_foreign_files_dropped():
    files = coverage.read_lcov(LCOV, ROOT)
    assert dict(files["core/a.hpp"]) == {1: 5, 2: 3, 3: 0}
    assert set(files) == {"core/a.hpp", "harness/b.cpp", "tests/core/a_test.cpp"}


def test_relative_paths_are_of_this_repository():
    assert set(coverage.read_lcov("SF:core/a.hpp\nDA:1,1\nend_of_record\n", ROOT)) == {"core/a.hpp"}


def test_a_torn_record_is_an_error_with_its_line():
    with pytest.raises(ValueError, match="line 2"):
        coverage.read_lcov("SF:core/a.hpp\nDA:1\n", ROOT)


def test_totals_are_per_room_without_tests_and_empty_rooms():
    assert coverage.totals(coverage.read_lcov(LCOV, ROOT)) == {
        "core": (2, 3), "harness": (2, 2), "total": (4, 5)}


def test_percent_is_cut_not_rounded():
    assert coverage.percent(8999, 10000) == 89.9
    assert coverage.percent(9, 10) == 90.0
    assert coverage.percent(0, 0) == 0.0


def test_the_report_names_every_line_that_did_not_run():
    lines = coverage.read_lcov("SF:core/a.hpp\n" + "".join(f"DA:{n},0\n" for n in (3, 4, 5, 9)), ROOT)
    assert "core/a.hpp: 3-5, 9" in coverage.report(lines)
    assert "a_test" not in coverage.report(coverage.read_lcov(LCOV, ROOT))


def test_a_source_that_no_program_contains_is_found():
    tracked = ["core/a.hpp", "core/c.cpp", "core/d.hpp", "harness/b.cpp", "tests/x.cpp"]
    assert coverage.never_linked(coverage.read_lcov(LCOV, ROOT), tracked) == ["core/c.cpp"]


def test_the_badge_replaces_what_stands_between_its_comments():
    text = coverage.badge_text({"core": (9, 10), "total": (9, 10)}, "2026-01-02", "abc")
    before = "# A\n<!-- coverage -->old\\1<!-- end of coverage -->\nrest"
    after = coverage.with_badge(before, text)
    assert "**90.0 %** (core 90.0; 2026-01-02, commit abc; `./dev coverage`)" in after
    assert "old" not in after and after.endswith("\nrest") and after.startswith("# A\n")
    assert coverage.with_badge(after, text) == after
    with pytest.raises(ValueError, match="coverage"):
        coverage.with_badge("no line", text)


@pytest.fixture
def repository(tmp_path):
    """A git repository with one source, four of five lines covered."""
    (tmp_path / "core").mkdir()
    (tmp_path / "core/a.cpp").write_text("")
    (tmp_path / "README.md").write_text("<!-- coverage --><!-- end of coverage -->")
    (tmp_path / "lcov").write_text("SF:core/a.cpp\n" + "".join(f"DA:{n},{n % 5}\n" for n in range(1, 6)))
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run(git + command, check=True)
    return tmp_path


@pytest.mark.parametrize("least, code", [("80", 0), ("80.1", 1)])
def test_the_exit_code_says_whether_enough_was_reached(repository, least, code):
    arguments = [str(repository / "lcov"), "--root", str(repository), "--least", least,
                 "--readme", str(repository / "README.md")]
    assert coverage.main(arguments) == code
    assert "**80.0 %**" in (repository / "README.md").read_text()


def test_an_unlinked_source_and_an_empty_file_fail(repository, capsys):
    arguments = ["--root", str(repository), "--least", "1"]
    (repository / "core/b.cpp").write_text("")
    subprocess.run(["git", "-C", repository, "add", "."], check=True)
    assert coverage.main([str(repository / "lcov"), *arguments]) == 1
    assert "core/b.cpp" in capsys.readouterr().err
    (repository / "empty").write_text("")
    assert coverage.main([str(repository / "empty"), *arguments]) == 1
