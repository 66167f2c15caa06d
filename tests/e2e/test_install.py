"""An installed antinode, used from an empty directory as the README says: a scheduler of one's own runs against
those installed, and a missing library is a row with a reason."""
import json
import os
import re
import shlex
import subprocess

import pytest
from conftest import ROOT
from test_readme import code_after

BUILD = os.environ.get("AN_BUILD", "")
pytestmark = pytest.mark.skipif(not BUILD, reason="AN_BUILD names no complete build")
README = (ROOT / "README.md").read_text()
SECTION = README[README.index("## Use it from another project"):README.index("## Add a workload")]


def shell_lines(first_word):
    """The indented command lines of the section that start with `first_word`."""
    return [line.strip() for line in SECTION.splitlines() if line.startswith("    " + first_word)]


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", BUILD, "--prefix", folder)
    return folder


@pytest.fixture(scope="module")
def project(prefix, tmp_path_factory):
    """The README's folder, configured and built; a peer that is not there beside it."""
    folder = tmp_path_factory.mktemp("project")
    header = code_after(README, "`schedulers/reversed.hpp`", "cpp")
    (folder / "mine.hpp").write_text(header.replace("reversed", "mine"))
    cmake = code_after(SECTION, "Beside it `CMakeLists.txt`", "cmake")
    (folder / "squares.cpp").write_text(code_after(SECTION, "`squares.cpp`", "cpp"))
    cmake += code_after(SECTION, "Two more lines", "cmake")
    (folder / "CMakeLists.txt").write_text(cmake + "antinode_add_scheduler(absent a.hpp REQUIRES no::such)\n")
    configure, build = shell_lines("cmake -S")[0], shell_lines("cmake --build")[0]
    configure = configure.replace("~/antinode", str(prefix))
    # A test is read, not measured: compiled in half the time.
    run(*shlex.split(configure), "-GNinja", "-DCMAKE_CXX_COMPILER=" + os.environ["AN_COMPILER"],
        "-DCMAKE_CXX_FLAGS_RELEASE=-O1", cwd=folder)
    run(*shlex.split(build), cwd=folder)
    return folder


@pytest.fixture
def harness(prefix, project):
    command = shlex.split(shell_lines("~/antinode/bin/harness")[0].replace("~/antinode", str(prefix)))
    environment = dict(os.environ, ANTINODE_LOCK="off")

    def start(*arguments):
        return run(*command, *arguments, cwd=project, env=environment)

    start.list = lambda: json.loads(run(command[0], "list", "--cells=build", "--format=json", cwd=project,
                                        env=environment))
    return start


def test_a_scheduler_of_ones_own_runs_against_the_installed_ones(harness):
    cells = json.loads(harness("--format=json"))
    assert {cell["scheduler"] for cell in cells} == {"mine", "serial"}
    done = [cell for cell in cells if cell["status"] == "ok"]
    assert {cell["scheduler"] for cell in done} == {"mine", "serial"}
    assert all(cell["verified"] and cell["status"] in ("ok", "n/a") for cell in done)


def test_it_has_every_workload_and_its_memory_is_measured(harness):
    cells = json.loads(harness("--format=json", "--workers=1"))
    assert all(cell["bytes_per_op"] is not None for cell in cells), cells
    entries = {entry["name"]: entry for entry in harness.list()["schedulers"]}
    assert entries["mine"]["workloads"] == entries["serial"]["workloads"]


def test_a_release_cell_on_a_debug_package_is_not_publishable(harness):
    builds = {entry["name"]: entry["build"] for entry in harness.list()["schedulers"]}
    assert builds["mine"]["type"].startswith("Release") and "-O1" in builds["mine"]["flags"]
    assert builds["mine"]["publishable"] == builds["serial"]["publishable"]


def test_a_program_uses_the_runtime(project):
    assert run(project / "build/squares") == "42 332833500 on heartbeat\n"


def test_a_missing_library_is_a_row_with_its_reason(harness):
    entry, = [entry for entry in harness.list()["schedulers"] if entry["name"] == "absent"]
    assert entry["absent_reason"] == "no::such was not found when this was built"


def test_no_installed_file_names_the_folder_it_was_built_in(prefix):
    package = prefix / "lib/cmake/antinode"
    assert (package / "antinode-config.cmake").exists()
    for file in package.iterdir():
        assert not re.search(re.escape(str(ROOT)) + r"(?=[/\"; ]|$)", file.read_text()), file.name
