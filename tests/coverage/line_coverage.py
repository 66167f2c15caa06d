#!/usr/bin/env python3
"""Line coverage per room from an lcov file; the README's coverage line comes from here.

    tests/coverage/line_coverage.py LCOV [--readme README.md] [--least PERCENT] [--root DIR]

A line counts as covered when some instantiation of it ran in some process of the tests. Lines of templates
that nothing instantiates do not exist for the compiler; a source file that no test links does, and fails the
command. Exit code 1: below PERCENT, or such a file. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

ROOMS = ("core", "reactor", "schedulers", "workloads", "harness")
LEAST_PERCENT = 90.0
BADGE = re.compile(r"<!-- coverage -->.*?<!-- end of coverage -->", re.DOTALL)

Lines = dict[str, dict[int, int]]


def read_lcov(text: str, root: Path) -> Lines:
    """Executions by file and line, for files under `root`. Records of one file are added up."""
    files: Lines = defaultdict(lambda: defaultdict(int))
    here: dict[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        kind, _, rest = line.partition(":")
        if kind == "SF":
            path = Path(rest)
            inside = not path.is_absolute() or path.is_relative_to(root)
            name = path.relative_to(root) if path.is_absolute() and inside else path
            here = files[name.as_posix()] if inside else None
        elif kind == "DA" and here is not None:
            match = re.fullmatch(r"(\d+),(\d+)(?:,.*)?", rest)
            if not match:
                raise ValueError(f"line {number}: '{line}' is no DA record of lcov")
            here[int(match.group(1))] += int(match.group(2))
        elif kind == "end_of_record":
            here = None
    return files


def room_of(path: str) -> str:
    room = path.partition("/")[0]
    return room if room in ROOMS else ""


def totals(files: Lines) -> dict[str, tuple[int, int]]:
    """Covered and executable lines by room, and under `total`; rooms without a line are left out."""
    sums: dict[str, tuple[int, int]] = {}
    for room in ROOMS:
        counts = [n for path, lines in files.items() if room_of(path) == room for n in lines.values()]
        if counts:
            sums[room] = (sum(n > 0 for n in counts), len(counts))
    sums["total"] = (sum(c for c, _ in sums.values()), sum(n for _, n in sums.values()))
    return sums


def percent(covered: int, lines: int) -> float:
    """Cut, not rounded, to a tenth: 89.96 is not 90."""
    return covered * 1000 // lines / 10 if lines else 0.0


def ranges(numbers: list[int]) -> str:
    """3-5, 9 for [3, 4, 5, 9]."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def report(files: Lines) -> str:
    rows = [f"{'room':<12}{'lines':>8}{'covered':>9}{'%':>8}"]
    for room, (covered, lines) in totals(files).items():
        rows.append(f"{room:<12}{lines:>8}{covered:>9}{percent(covered, lines):>8.1f}")
    rows.append("")
    rows.append("Not run:")
    for path, lines in sorted(files.items()):
        missed = [number for number, count in lines.items() if count == 0]
        if room_of(path) and missed:
            rows.append(f"  {path}: {ranges(missed)}")
    return "\n".join(rows)


def never_linked(files: Lines, tracked: list[str]) -> list[str]:
    """Tracked .cpp files of the rooms that no measured program contains."""
    return [path for path in tracked if path.endswith(".cpp") and room_of(path) and path not in files]


def with_badge(readme: str, text: str) -> str:
    """The README with `text` between its two coverage comments. Raises ValueError without them."""
    if not BADGE.search(readme):
        raise ValueError("it has no line <!-- coverage --> .. <!-- end of coverage -->")
    return BADGE.sub(lambda _: f"<!-- coverage -->{text}<!-- end of coverage -->", readme, count=1)


def badge_text(sums: dict[str, tuple[int, int]], day: str, commit: str) -> str:
    rooms = ", ".join(f"{room} {percent(*sums[room]):.1f}" for room in sums if room != "total")
    return f"Line coverage **{percent(*sums['total']):.1f} %** ({rooms}; {day}, commit {commit}; `./dev coverage`)"


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=True).stdout


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="line coverage per room from an lcov file")
    parser.add_argument("lcov", type=Path)
    parser.add_argument("--readme", type=Path, help="rewrite the coverage line of this file")
    parser.add_argument("--least", type=float, default=LEAST_PERCENT, metavar="PERCENT")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    options = parser.parse_args(arguments)
    files = read_lcov(options.lcov.read_text(), options.root)
    sums = totals(files)
    if not sums["total"][1]:
        print(f"coverage: {options.lcov} has no line of this repository. Did the tests run?", file=sys.stderr)
        return 1
    print(report(files))
    missing = never_linked(files, git(options.root, "ls-files").splitlines())
    for path in missing:
        print(f"coverage: {path} is in no program that was measured", file=sys.stderr)
    if options.readme:
        commit = git(options.root, "rev-parse", "--short=12", "HEAD").strip()
        text = badge_text(sums, date.today().isoformat(), commit)
        options.readme.write_text(with_badge(options.readme.read_text(), text))
    reached = percent(*sums["total"])
    if reached < options.least:
        print(f"coverage: {reached:.1f} % of the lines, at least {options.least:.1f} % wanted", file=sys.stderr)
    return 1 if missing or reached < options.least else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
