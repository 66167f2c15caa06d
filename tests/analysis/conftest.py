"""Shared by the tests of analysis/: where the golden run is, and copies of it that a test may damage."""

import json
import shutil
from pathlib import Path

import pytest

from analysis import load
from tests.analysis.make_golden import GOLDEN


@pytest.fixture(scope="session")
def golden():
    return load.load(GOLDEN / "run")


@pytest.fixture
def copy(tmp_path):
    """A copy of the golden run directory."""
    return Path(shutil.copytree(GOLDEN / "run", tmp_path / "run"))


@pytest.fixture
def edit():
    """edit(path, line, **members): changes members of one line (from 1) of a .jsonl file."""
    def change(path, line, **members):
        lines = path.read_text().split("\n")
        record = json.loads(lines[line - 1])
        assert all(name in record for name in members)
        lines[line - 1] = json.dumps(record | members)
        path.write_text("\n".join(lines))
    return change


@pytest.fixture
def keep():
    """keep(folder, predicate): drops every record whose cell name does not satisfy the predicate, everywhere."""
    def drop(folder, predicate):
        for name in ("samples.jsonl", "cells.jsonl"):
            lines = [line for line in (folder / name).read_text().split("\n")[:-1]
                     if predicate(json.loads(line)["cell"])]
            (folder / name).write_text("".join(line + "\n" for line in lines))
        manifest = json.loads((folder / "manifest.json").read_text())
        plan = manifest["plan"]
        plan["cells"] = [entry for entry in plan["cells"] if predicate(entry["cell"])]
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "summary.json").unlink()
    return drop
