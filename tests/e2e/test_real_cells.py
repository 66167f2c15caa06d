"""The command of the README on the cells that were built, over the smallest sizes."""
import json
import os

import pytest
from conftest import check_run_directory

CELLS = os.environ.get("AN_CELLS", "")
pytestmark = pytest.mark.skipif(not CELLS, reason="AN_CELLS names no folder of built cells")
NATIVE = ["chase_lev", "heartbeat", "resonance", "serial"]
PEERS = ["asio_pool", "onetbb", "openmp", "openmp_llvm", "std_async"]


@pytest.fixture
def built(harness):
    """The harness on the built cells instead of the fakes."""
    harness.cells = CELLS
    return harness


def test_every_native_scheduler_is_there(built):
    catalogue = json.loads(built.run("list", "--format=json").stdout)
    present = {entry["name"] for entry in catalogue["schedulers"] if entry["absent_reason"] is None}
    assert present >= set(NATIVE)


def test_a_peer_is_there_or_has_a_reason(built):
    catalogue = json.loads(built.run("list", "--format=json").stdout)
    peers = {entry["name"]: entry for entry in catalogue["schedulers"] if entry["name"] in PEERS}
    assert sorted(peers) == PEERS
    assert peers["std_async"]["absent_reason"] is None  # it needs no library
    for entry in peers.values():
        assert entry["absent_reason"] is None or "was not found" in entry["absent_reason"]


# Two workloads: beside other tests the spinning peers take seconds for each. contract_* runs more.
@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_answers_right(built, peer):
    catalogue = json.loads(built.run("list", "--format=json").stdout)
    reason, = [entry["absent_reason"] for entry in catalogue["schedulers"] if entry["name"] == peer]
    if reason is not None:
        pytest.skip(f"{peer}: {reason}")
    result = built.run(f"--scheduler={peer}", "--workload=fib,tile_updates", "--size=small", "--workers=1,2",
                       "--samples=1", "--min-time=1us", "--format=json")
    assert result.returncode == 0, result.stderr
    cells = json.loads(result.stdout)
    assert {cell["workload"] for cell in cells if cell["scheduler"] == peer} == {"fib", "tile_updates"}
    assert all(cell["status"] == "ok" and cell["verified"] for cell in cells if cell["scheduler"] == peer)


def test_every_native_scheduler_answers_every_workload_right(built):
    result = built.run("--scheduler=" + ",".join(NATIVE), "--workload=all", "--size=small",
                       "--workers=1,2", "--samples=1", "--min-time=1us", "--format=json", "--out=run")
    assert result.returncode == 0, result.stderr
    cells = json.loads(result.stdout)
    assert {cell["scheduler"] for cell in cells} == set(NATIVE)
    failed = [cell for cell in cells if cell["status"] not in ("ok", "n/a")]
    assert not failed
    assert all(cell["verified"] for cell in cells if cell["status"] == "ok")
    check_run_directory(built.folder / "run", finished=True)


def test_figures_of_a_build_that_is_not_release_are_marked(built):
    result = built.run("--scheduler=serial", "--workload=fib", "--size=small", "--workers=1",
                       "--samples=1", "--min-time=1us")
    assert result.returncode == 0, result.stderr
    described = json.loads(built.run("describe", "serial", "--format=json").stdout)
    is_publishable = described["scheduler"]["build"]["publishable"]
    assert ("Not publishable" in result.stdout) == (not is_publishable)


@pytest.mark.parametrize("scheduler, workload", [
    ("drops_task", "fib"), ("drops_task", "noop_batch"), ("drops_task", "tile_updates"),
    ("runs_twice", "noop_batch"), ("runs_twice", "tile_updates"),
    ("returns_early", "noop_batch"), ("returns_early", "tile_updates"),
])
def test_a_broken_scheduler_publishes_nothing(built, scheduler, workload):
    """Schedulers with one fault each (tests/contract/broken) through the whole harness."""
    built.cells = os.environ["AN_BROKEN_CELLS"]
    result = built.run(f"--scheduler={scheduler}", f"--workload={workload}", "--size=small",
                       "--workers=1", "--samples=3", "--min-time=1us", "--format=json")
    assert result.returncode == 3, result.stderr
    cell, = json.loads(result.stdout)
    assert cell["status"] == "wrong"
    assert cell["ns_per_op"] is None and not cell["verified"]
