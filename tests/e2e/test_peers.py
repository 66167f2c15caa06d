"""Cells in other languages: each workload against the same one in C++, and the harness around them."""
import itertools
import json
import os
import pathlib
import select
import subprocess

import pytest
from conftest import check_run_directory

CELLS = pathlib.Path(os.environ.get("AN_CELLS", "."))
pytestmark = pytest.mark.skipif("AN_CELLS" not in os.environ, reason="AN_CELLS names no folder of built cells")
PEERS = ["go", "rayon", "tokio"]
NOT_IN_PLACE = {"fib", "integrate", "knapsack", "noop_batch", "nqueens", "skynet", "tree_sum", "uts"}
ALL = NOT_IN_PLACE | {"matmul", "mergesort", "strassen"}
WORKLOADS = {"go": ALL, "rayon": ALL, "tokio": NOT_IN_PLACE}
# Sizes that leave a remainder somewhere, beside the named ones.
ODD_SIZES = {"fib": [2, 17], "integrate": [1, 77], "knapsack": [1, 13], "matmul": [1, 100], "mergesort": [1, 513, 5001],
             "noop_batch": [1, 77], "nqueens": [1, 2, 9], "skynet": [1, 999], "strassen": [1, 150, 300],
             "tree_sum": [1, 2, 1000], "uts": [1, 100]}


def absent_reasons():
    """Why a cell was not built, by name."""
    text = (CELLS / "cells.absent").read_text() if (CELLS / "cells.absent").exists() else ""
    return dict(line.split("\t", 1) for line in text.splitlines())


def cell_of(peer):
    """The executable; skips with the reason when the build could not make it."""
    reason = absent_reasons().get(peer)
    if reason:
        pytest.skip(f"{peer} is absent: {reason}")
    return CELLS / f"cell-{peer}"


class Cell:
    """A process that is asked and answers."""

    def __init__(self, executable):
        self.process = subprocess.Popen([executable], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0
        self.process.stdout.close()

    def ask(self, request, **members):
        self.process.stdin.write(json.dumps({"request": request, **members}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def workloads(self):
        return {entry["name"]: entry for entry in self.ask("describe")["workloads"]}

    def prepare(self, workload, n, workers, seed=1, **members):
        return self.ask("prepare", workload=workload, n=n, workers=workers, seed=seed, **members)


@pytest.fixture(params=PEERS)
def peer(request):
    cell_of(request.param)
    return request.param


def test_a_peer_conforms(harness, peer):
    result = harness.run("conform", str(cell_of(peer)), "--timeout=60s", timeout=240)
    assert result.returncode == 0, result.stdout


def test_a_workload_describes_itself_as_in_cpp(peer):
    with Cell(CELLS / "cell-serial") as serial, Cell(cell_of(peer)) as cell:
        theirs, ours = serial.workloads(), cell.workloads()
    assert set(ours) == WORKLOADS[peer]
    for name, entry in ours.items():
        assert entry == theirs[name]


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_workload_has_the_input_the_operations_and_the_answer_of_cpp(peer, name):
    if name not in WORKLOADS[peer]:
        pytest.skip(f"{peer} has no {name}")
    with Cell(CELLS / "cell-serial") as serial, Cell(cell_of(peer)) as cell:
        small = [size["n"] for size in serial.workloads()[name]["sizes"] if size["name"] == "small"]
        for n, seed in itertools.product(small + ODD_SIZES[name], [1, 2**64 - 1]):
            theirs = serial.prepare(name, n, 1, seed)
            their_turn = serial.ask("turn", iterations=2)
            for workers in (1, 2):
                ours = cell.prepare(name, n, workers, seed)
                assert (ours["expected"], ours["ops"], ours["notes"]) == (
                    theirs["expected"], theirs["ops"], theirs["notes"]), (n, seed)
                turn = cell.ask("turn", iterations=2)
                assert (turn["check"], turn["ops"]) == (their_turn["check"], their_turn["ops"]), (n, seed, workers)
                assert turn["cpu_ns"] > 0 and turn["maxrss_kib"] > 0


def cpus_allowed(process):
    """The sets of CPUs of the threads of a process, one for each."""
    status = [path.read_text() for path in pathlib.Path(f"/proc/{process.pid}/task").glob("*/status")]
    return [line.split()[1] for text in status for line in text.splitlines() if line.startswith("Cpus_allowed_list:")]


def test_a_placement_pins_and_a_later_one_without_releases(peer):
    cpu = sorted(os.sched_getaffinity(0))[-1]
    with Cell(cell_of(peer)) as cell:
        free = cpus_allowed(cell.process)[0]
        cell.prepare("fib", 10, 1, placement={"cpus": [cpu]})
        cell.ask("turn", iterations=1)
        assert str(cpu) in cpus_allowed(cell.process)
        cell.prepare("fib", 10, 1, placement={"cpus": []})
        cell.ask("turn", iterations=1)
        assert set(cpus_allowed(cell.process)) == {free}
        refusal = cell.prepare("fib", 10, 2, placement={"cpus": [cpu]})
        assert (refusal["reply"], refusal["kind"]) == ("error", "usage")


def test_too_many_workers_are_unsupported_and_a_missing_size_is_a_usage_error(peer):
    with Cell(cell_of(peer)) as cell:
        assert cell.prepare("fib", 10, 1025)["kind"] == "unsupported"
        assert cell.prepare("fib", 51, 1)["kind"] == "usage"
        assert cell.ask("prepare", workload="fib", workers=1, seed=1)["kind"] == "usage"
        assert cell.ask("turn", iterations=1)["kind"] == "usage"


def test_a_peer_dies_with_its_parent(peer):
    """Its input stays open, so it is not the end of that."""
    shell = subprocess.Popen(["/bin/sh", "-c", 'exec 3<&0; "$0" <&3 & wait', cell_of(peer)], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, bufsize=0)
    shell.stdin.write(b'{"request":"describe"}\n')
    assert shell.stdout.readline().startswith(b"{"), "it serves, so it has asked for the signal"
    shell.kill()
    readable, _, _ = select.select([shell.stdout], [], [], 60)
    assert readable and shell.stdout.read(1) == b"", "its end of the pipe is closed"
    shell.stdin.close()
    shell.stdout.close()
    shell.wait()


def test_a_line_too_long_is_an_error_and_the_cell_stays_usable(peer):
    with Cell(cell_of(peer)) as cell:
        for length in (2**20 + 1, 3 * 2**20):
            assert cell.ask("describe", padding="x" * length)["kind"] == "usage"
        assert cell.ask("describe")["reply"] == "describe"


def test_the_harness_runs_peers_and_says_which_workload_one_lacks(harness, peer):
    harness.cells = CELLS
    result = harness.run(f"--scheduler={peer}", "--workload=fib,noop_batch,tile_updates", "--size=small", "--workers=1,2",
                         "--samples=1", "--min-time=1us", "--format=json", "--out=run")
    assert result.returncode == 0, result.stderr
    cells = [cell for cell in json.loads(result.stdout) if cell["scheduler"] == peer]
    for cell in cells:
        lacks = cell["workload"] == "tile_updates"
        assert (cell["status"], cell["verified"]) == (("n/a", False) if lacks else ("ok", True))
        assert not lacks or f"{peer} has no workload" in cell["reason"]
    assert len(cells) == 6
    check_run_directory(harness.folder / "run", finished=True)


@pytest.mark.parametrize("peer", ["rayon", "tokio"])
def test_a_peer_in_rust_is_metered_and_does_not_leak(harness, peer):
    cell_of(peer)
    harness.cells = CELLS
    result = harness.run(f"--scheduler={peer}", "--workload=fib,noop_batch", "--size=small", "--workers=1,2", "--samples=1",
                         "--min-time=1us", "--format=json")
    assert result.returncode == 0, result.stderr
    cells = [cell for cell in json.loads(result.stdout) if cell["scheduler"] == peer]
    # What a thread of Rayon leaves is reclaimed when a later one happens to look: some KiB either way.
    late = 1 << 14 if peer == "rayon" else 0
    assert len(cells) == 4 and all(abs(cell["leaked_bytes"]) <= late for cell in cells)
    assert all(cell["bytes_per_op"] > 8 for cell in cells if cell["workload"] == "noop_batch")
