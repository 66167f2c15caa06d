"""Fixtures that run the real harness on fake cells in a temporary directory.

AN_HARNESS names the harness, AN_CELLS the folder of the real cells (default: beside the harness). The
machine-wide lock is off: these tests measure nothing.
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/harness"))
from validate_run import check_run, validator  # noqa: E402, F401 -- the tests take it from here
FAKE_CELL = ROOT / "tests/harness/fake_cell.py"
DEADLINE_S = 60


def wait_until(condition, what):
    """Polls until `condition()` is true and returns its value; fails the test after a minute."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    pytest.fail(f"waited {DEADLINE_S} s for: {what}")


def complete_lines(path):
    """The lines of a file that end with a line end, parsed; a torn last line is ignored."""
    if not path.exists():
        return []
    text = path.read_bytes()
    return [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]


def check_run_directory(run, finished):
    """Every file of `run` against its schema."""
    assert not check_run(run, is_whole=finished)


class Harness:
    """Runs the harness in `folder` with the fake cells of `folder`/cells."""

    def __init__(self, folder):
        self.path = os.environ["AN_HARNESS"]
        self.folder = folder
        self.cells = folder / "cells"
        self.cells.mkdir()
        self.mark = "ANTINODE_E2E=" + uuid.uuid4().hex
        self.environment = dict(os.environ, ANTINODE_LOCK="off", TERM="xterm")
        self.environment.update([self.mark.split("=")])
        self.environment.pop("NO_COLOR", None)
        self.environment.pop("ANTINODE_FAKE", None)

    def add_cell(self, name, mode=""):
        """A fake scheduler called `name` that misbehaves as `mode` says."""
        link = self.cells / f"cell-{name}"
        link.symlink_to(FAKE_CELL)
        if mode:
            known = self.environment.get("ANTINODE_FAKE", "")
            self.environment["ANTINODE_FAKE"] = f"{known},{name}:{mode}".lstrip(",")

    def command(self, *arguments):
        cells = [] if arguments[:1] in (("gate",), ("compare",)) else [f"--cells={self.cells}"]
        return [self.path, *cells, *arguments]

    def run(self, *arguments, **options):
        options.setdefault("cwd", self.folder)
        options.setdefault("timeout", DEADLINE_S)
        return subprocess.run(self.command(*arguments), env=self.environment, capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL, **options)

    def start(self, *arguments, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen(self.command(*arguments), env=self.environment, cwd=self.folder,
                                stdin=subprocess.DEVNULL, **options)

    def survivors(self):
        """Processes that this harness or its children started and that are not zombies."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                is_ours = self.mark.encode() in (process / "environ").read_bytes()
                if is_ours and "\nState:\tZ" not in (process / "status").read_text():
                    found.append(process.name)
            except OSError:
                continue  # it ended meanwhile, or belongs to somebody else
        return found


@pytest.fixture
def harness(tmp_path):
    """A harness with two well-behaved fakes, serial and good."""
    instance = Harness(tmp_path)
    instance.add_cell("serial")
    instance.add_cell("good")
    yield instance
    wait_until(lambda: not instance.survivors(), "every process of the harness to end")
