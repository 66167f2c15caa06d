"""Memory figures of the cells that were built, and the allocators they can run with."""
import ctypes.util
import json
import os
import pathlib

import pytest
from conftest import check_run_directory

CELLS = os.environ.get("AN_CELLS", "")
pytestmark = pytest.mark.skipif(not CELLS, reason="AN_CELLS names no folder of built cells")
PRELOADED = {"mimalloc": ("mimalloc", "libmimalloc2.0"), "tcmalloc": ("tcmalloc_minimal", "libtcmalloc-minimal4")}
TASKS = 10_000
# Peers, whose memory is theirs, and serial, which has none.
NOT_OURS = ["asio_pool", "go", "onetbb", "openmp", "openmp_llvm", "rayon", "serial", "std_async", "tokio"]


@pytest.fixture
def built(harness):
    """The harness on the built cells instead of the fakes."""
    harness.cells = CELLS
    return harness


def run(built, *arguments):
    """The cells of a run, by name."""
    result = built.run("--samples=1", "--min-time=1us", "--format=json", "--out=run", *arguments)
    assert result.returncode == 0, result.stderr
    check_run_directory(built.folder / "run", finished=True)
    return {cell["cell"]: cell for cell in json.loads(result.stdout)}


def need(allocator):
    library, package = PRELOADED[allocator]
    if ctypes.util.find_library(library) is None:
        pytest.skip(f"{allocator} is not installed: apt-get install {package}")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_of_tasks_occupies_its_tasks_and_leaves_nothing(built, workers):
    cells = run(built, "--scheduler=chase_lev,heartbeat,resonance", "--workload=noop_batch", f"--size={TASKS}",
                f"--workers={workers}")
    assert len(cells) == 3
    for cell in cells.values():
        assert cell["task_bytes"] >= 32
        assert cell["leaked_bytes"] == 0
        # Some tasks ran before the last was spawned, so the most live at once may be less than all.
        assert 0 < cell["bytes_per_op"] < 100 * cell["task_bytes"]
        assert cell["retained_bytes"] <= cell["bytes_per_op"] * TASKS
    if workers == 1:  # nobody else runs any: all are live at once, though a pool may have held some before
        ours = cells[f"noop_batch/tasks:{TASKS}/sched:chase_lev/workers:1"]
        assert ours["bytes_per_op"] >= ours["task_bytes"] / 2


def test_what_allocates_nothing_has_zeros(built):
    (cell,) = run(built, "--scheduler=serial", "--workload=fib", "--size=20", "--workers=1").values()
    assert cell["task_bytes"] is None
    assert (cell["bytes_per_op"], cell["requested_bytes"], cell["retained_bytes"], cell["leaked_bytes"]) == (0, 0, 0, 0)
    assert cell["rss_delta_kib"] is not None


@pytest.mark.parametrize("workers", [1, 2])
def test_no_native_scheduler_leaks_on_any_workload(built, workers):
    cells = run(built, "--scheduler=all", "--workload=all", "--size=small", f"--workers={workers}", "--baseline=none",
                f"--filter=-/sched:({'|'.join(NOT_OURS)})/")
    ran = [cell for cell in cells.values() if cell["status"] == "ok"]
    assert {cell["workload"] for cell in ran} >= {"fib", "noop_batch", "tile_updates", "tree_sum"}
    assert not [cell["cell"] for cell in ran if cell["leaked_bytes"] != 0]


@pytest.mark.parametrize("allocator", list(PRELOADED))
def test_an_allocator_is_an_axis(built, allocator):
    need(allocator)
    cells = run(built, "--scheduler=chase_lev", "--workload=noop_batch", f"--size={TASKS}", "--workers=1",
                f"--allocator=glibc,{allocator}")
    theirs = cells.pop(f"noop_batch/tasks:{TASKS}/sched:chase_lev/workers:1")
    ours = cells.pop(f"noop_batch/tasks:{TASKS}/alloc:{allocator}/sched:chase_lev/workers:1")
    assert not cells
    assert (ours["allocator"], theirs["allocator"]) == (allocator, "glibc")
    assert ours["requested_bytes"] == theirs["requested_bytes"], "the meter sees requests, whoever serves them"
    assert ours["leaked_bytes"] == theirs["leaked_bytes"] == 0
    assert ours["x_serial"] is not None and theirs["x_serial"] is not None
    manifest = json.loads((built.folder / "run/manifest.json").read_text())
    assert pathlib.Path(manifest["allocators"][allocator]["library"]).is_file()
    assert manifest["allocators"][allocator]["version"]


def test_without_memory_its_figures_are_unknown(built):
    (cell,) = run(built, "--scheduler=chase_lev", "--workload=fib", "--size=10", "--workers=1", "--memory=off").values()
    assert cell["task_bytes"] is not None
    for member in ("bytes_per_op", "requested_bytes", "retained_bytes", "leaked_bytes", "rss_delta_kib"):
        assert cell[member] is None


def test_a_leak_is_a_warning_below_the_table(harness):
    """On a fake cell: none of the built ones leaks."""
    harness.add_cell("leaky", "leaks")
    (harness.cells / "libantinode_meter.so").write_text("")  # the loader ignores what it cannot preload
    result = harness.run("--scheduler=leaky,good", "--workload=fib", "--size=8", "--workers=1", "--samples=1",
                         "--min-time=1us")
    assert result.returncode == 0, result.stderr
    (warning,) = [line for line in result.stdout.splitlines() if line.strip().startswith("warning:")]
    assert "fib/n:8/sched:leaky/workers:1 leaks 24 B" in warning
