"""The README followed literally: its scheduler and its workload, in a copy of the sources, built and run."""
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT


def code_after(text, phrase, language):
    """The first fenced block of `language` after `phrase`."""
    match = re.search(re.escape(phrase) + r".*?```" + language + r"\n(.*?)```", text, re.DOTALL)
    assert match, f"the README no longer says: {phrase}"
    return match.group(1)


@pytest.fixture
def copy(tmp_path):
    """The tracked sources, without history and builds."""
    target = tmp_path / "antinode"
    skip = shutil.ignore_patterns("build", ".git", "run-*", "__pycache__")
    shutil.copytree(ROOT, target, ignore=skip)
    return target


def test_a_scheduler_and_a_workload_are_added_as_the_readme_says(copy, harness):
    readme = (copy / "README.md").read_text()
    (copy / "schedulers/reversed.hpp").write_text(code_after(readme, "`schedulers/reversed.hpp`", "cpp"))
    schedulers = copy / "schedulers/CMakeLists.txt"
    schedulers.write_text(schedulers.read_text() + code_after(readme, "One line in `schedulers/CMakeLists.txt`", "cmake"))
    (copy / "workloads/descent.hpp").write_text(code_after(readme, "`workloads/descent.hpp`", "cpp"))
    line = code_after(readme, "One line in `workloads/all.hpp`", "cpp").strip()
    listing = copy / "workloads/all.hpp"
    text = listing.read_text()
    text = text.replace('#include "workloads/fib.hpp"', '#include "workloads/descent.hpp"\n#include "workloads/fib.hpp"')
    text = text.replace("using All = List<", f"using All = List<{line} ", 1)
    assert line in text
    listing.write_text(text)

    build = copy / "build"
    configure = ["cmake", "-G", "Ninja", "-S", copy, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DAN_TESTS=OFF",
                 "-DCMAKE_CXX_COMPILER=" + os.environ["AN_COMPILER"]]
    subprocess.run(configure, check=True, capture_output=True)
    subprocess.run(["cmake", "--build", build, "--target", "cell-reversed"], check=True, capture_output=True)

    harness.cells = build / "bin"
    result = harness.run("--scheduler=reversed", "--workload=fib,descent", "--size=small", "--workers=1",
                         "--samples=1", "--baseline=none", "--format=json")
    assert result.returncode == 0, result.stderr
    cells = json.loads(result.stdout)
    assert {cell["workload"] for cell in cells} == {"fib", "descent"}
    assert all(cell["status"] == "ok" and cell["verified"] for cell in cells)
