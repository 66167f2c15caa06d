"""A sweep in shards: planned, run apart, merged; the scripts of harness/shards on fake cells."""
import json
import os
import subprocess

import pytest
from conftest import ROOT, check_run_directory, complete_lines, validator

SCRIPTS = ROOT / "harness/shards"
FLAGS = ["--scheduler=good", "--workload=fib,tree_sum", "--size=8,9", "--workers=1", "--samples=1", "--turns=1",
         "--min-time=1us", "--seed=7"]
FILES = ["manifest.json", "samples.jsonl", "cells.jsonl", "events.jsonl", "summary.json", "shard.json"]


def content(run):
    return {file: (run / file).read_bytes() for file in FILES}


def shard(harness, index, *arguments, count=3):
    return harness.run("run", "--plan=sweep", f"--shard={index}/{count}", *arguments)


@pytest.fixture
def planned(harness):
    result = harness.run("plan", "--shards=3", "--out=sweep", *FLAGS)
    assert result.returncode == 0, result.stderr
    return harness


@pytest.fixture
def sharded(planned):
    for index in [1, 2, 3]:
        result = shard(planned, index)
        assert result.returncode == 0, result.stderr
    return planned


def test_a_plan_gives_every_cell_one_shard_and_keeps_groups_whole(planned):
    plan = json.loads((planned.folder / "sweep/plan.json").read_text())
    validator("plan").validate(plan)
    listed = planned.run(*FLAGS, "--dry-run", "--format=json").stdout
    assert [cell["cell"] for cell in plan["cells"]] == [cell["cell"] for cell in json.loads(listed)]
    groups = {}
    for cell in plan["cells"]:
        groups.setdefault((cell["workload"], cell["size"]), set()).add(cell["shard"])
    assert all(len(shards) == 1 for shards in groups.values())
    assert {cell["shard"] for cell in plan["cells"]} == {1, 2, 3}
    assert planned.run("plan", "--shards=3", "--out=sweep", *FLAGS).returncode == 0, "the same plan again"
    assert planned.run("plan", "--shards=2", "--out=sweep", *FLAGS).returncode == 2


def test_merging_is_independent_of_order_and_repetition(sharded):
    sweep = sharded.folder / "sweep"
    assert sharded.run("merge", *(f"sweep/shard-{i}" for i in [1, 2, 3]), "--out=all").returncode == 0
    check_run_directory(sharded.folder / "all", finished=True)
    expected = content(sharded.folder / "all")
    turned = sharded.run("merge", *(f"sweep/shard-{i}" for i in [3, 1, 3, 2]), "--out=turned")
    assert turned.returncode == 0 and content(sharded.folder / "turned") == expected
    part = sharded.run("merge", "sweep/shard-3", "sweep/shard-2", "--out=steps")
    assert part.returncode == 4 and "shard 1 is missing" in part.stderr
    assert sharded.run("merge", "sweep/shard-1", "--out=steps").returncode == 0
    assert content(sharded.folder / "steps") == expected
    assert sharded.run("merge", "all", "--out=all").returncode == 0
    assert content(sharded.folder / "all") == expected
    lines = [complete_lines(sweep / f"shard-{i}/samples.jsonl") for i in [1, 2, 3]]
    assert complete_lines(sharded.folder / "all/samples.jsonl") == sum(lines, [])


def test_a_merged_run_is_exported_as_if_it_were_whole(sharded):
    assert sharded.run("merge", "sweep/shard-1", "sweep/shard-2", "sweep/shard-3", "--out=all").returncode == 0
    cells = json.loads(sharded.run("export", "all", "--format=json").stdout)
    validator("summary").validate(cells)
    listed = json.loads(sharded.run(*FLAGS, "--dry-run", "--format=json").stdout)
    assert [cell["cell"] for cell in cells] == [cell["cell"] for cell in listed if not cell["baseline"]]
    assert all(cell["status"] == "ok" and cell["x_serial"] for cell in cells)


def test_cells_of_a_missing_shard_are_partial(planned):
    assert shard(planned, 2).returncode == 0
    assert planned.run("merge", "sweep/shard-2", "--out=part").returncode == 4
    check_run_directory(planned.folder / "part", finished=True)
    cells = json.loads(planned.run("export", "part", "--format=json").stdout)
    validator("summary").validate(cells)
    assert {cell["status"] for cell in cells} == {"ok", "partial"}


def test_another_plan_or_binary_is_refused_by_name(sharded):
    assert sharded.run("plan", "--shards=3", "--out=other", *FLAGS[:-1], "--seed=8").returncode == 0
    assert sharded.run("run", "--plan=other", "--shard=1/3").returncode == 0
    refused = sharded.run("merge", "sweep/shard-1", "other/shard-1", "--out=all")
    assert refused.returncode == 4 and "the seed" in refused.stderr
    link = sharded.cells / "cell-good"
    text = link.read_text()
    link.unlink()
    link.write_text(text + "# changed\n")
    link.chmod(0o755)
    refused = shard(sharded, 1, "--out=again")
    assert refused.returncode == 4 and "the executable of good" in refused.stderr
    assert not (sharded.folder / "again").exists()


def test_a_killed_shard_is_left_out_until_it_has_gone_on(sharded):
    run = sharded.folder / "sweep/shard-1"
    lines = (run / "cells.jsonl").read_text().splitlines(keepends=True)
    (run / "cells.jsonl").write_text("".join(lines[:-1]))
    (run / "summary.json").unlink()
    shards = [f"sweep/shard-{i}" for i in [1, 2, 3]]
    result = sharded.run("merge", *shards, "--out=all")
    assert result.returncode == 4 and "shard 1 was killed" in result.stderr, result.stderr
    assert "merged shard 2, 3" in result.stdout
    assert shard(sharded, 1, "--resume").returncode == 0
    assert sharded.run("merge", *shards, "--out=all").returncode == 0
    check_run_directory(sharded.folder / "all", finished=True)
    alone = sharded.run("merge", "sweep/shard-2", "--out=one")
    assert alone.returncode == 4


@pytest.mark.parametrize("place", ["allocators", "machine", "notes"])
def test_a_damaged_manifest_is_not_merged(sharded, place):
    path = sharded.folder / "sweep/shard-2/manifest.json"
    manifest = json.loads(path.read_text())
    del manifest[place]
    path.write_text(json.dumps(manifest))
    refused = sharded.run("merge", "sweep/shard-1", "sweep/shard-2", "--out=all")
    assert refused.returncode == 4 and f"{place}" in refused.stderr, refused.stderr
    assert not (sharded.folder / "all/samples.jsonl").exists()


def test_a_shard_that_was_measured_twice_is_refused(sharded):
    assert shard(sharded, 1, "--out=again").returncode == 0
    refused = sharded.run("merge", "sweep/shard-1", "again", "--out=all")
    assert refused.returncode == 4 and "both hold shard 1" in refused.stderr


@pytest.mark.parametrize("arguments, says", [
    (["plan", "--shards=9", "--out=x", *FLAGS], "--shards=9 is more"),
    (["plan", "--shards=2"], "plan needs --out"),
    (["plan", "--out=x"], "plan needs --shards"),
    (["run", "--plan=sweep"], "go together"),
    (["run", "--plan=sweep", "--shard=4/3"], "is no shard of this plan"),
    (["run", "--plan=sweep", "--shard=1/2"], "is no shard of this plan"),
    (["run", "--plan=sweep", "--shard=1"], "is not I/N"),
    (["run", "--plan=sweep", "--shard=1/3", "--seed=8"], "exclude each other"),
    (["run", "--plan=nowhere", "--shard=1/3"], "does not exist"),
    (["merge", "--out=x"], "needs a run directory"),
])
def test_wrong_use_is_refused(planned, arguments, says):
    result = planned.run(*arguments)
    assert result.returncode in (2, 4) and says in result.stderr, result.stderr


def script(harness, name, *arguments, **variables):
    command = [SCRIPTS / name, "sweep", harness.path, *arguments, f"--cells={harness.cells}"]
    return subprocess.run(command, env=dict(harness.environment, **variables), cwd=harness.folder, check=False,
                          capture_output=True, text=True)


def test_the_local_driver_runs_what_is_missing_and_merges(planned):
    assert shard(planned, 2).returncode == 0
    before = (planned.folder / "sweep/shard-2/samples.jsonl").read_bytes()
    result = script(planned, "local.sh")
    assert result.returncode == 0, result.stderr
    assert (planned.folder / "sweep/shard-2/samples.jsonl").read_bytes() == before
    check_run_directory(planned.folder / "sweep/merged", finished=True)


def test_the_local_driver_goes_on_with_what_was_killed_or_interrupted(sharded):
    sweep = sharded.folder / "sweep"
    before = [len(complete_lines(sweep / f"shard-{i}/samples.jsonl")) for i in [1, 2, 3]]
    (sweep / "shard-1/summary.json").unlink()
    for index, status in [(1, None), (2, "partial")]:
        (sweep / f"shard-{index}/samples.jsonl").write_text("")
        cells = (sweep / f"shard-{index}/cells.jsonl").read_text()
        (sweep / f"shard-{index}/cells.jsonl").write_text(cells.replace('"ok"', f'"{status}"') if status else "")
    summary = sweep / "shard-2/summary.json"
    summary.write_text(summary.read_text().replace('"ok"', '"partial"'))
    result = script(sharded, "local.sh")
    assert result.returncode == 0, result.stderr
    assert before == [len(complete_lines(sweep / f"shard-{i}/samples.jsonl")) for i in [1, 2, 3]]
    check_run_directory(sweep / "merged", finished=True)


def test_the_local_driver_sends_shards_to_hosts(planned):
    ssh = planned.folder / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text('#!/bin/sh\necho "$1" >>hosts\nexec sh -c "$2"\n')
    ssh.chmod(0o755)
    result = script(planned, "local.sh", HOSTS="one two", PATH=f"{ssh.parent}:{os.environ['PATH']}")
    assert result.returncode == 0, result.stderr
    assert sorted((planned.folder / "hosts").read_text().split()) == ["one", "one", "two"]


def test_the_slurm_script_runs_the_shard_of_its_task(planned):
    for name in ["slurm.sh", "local.sh"]:
        assert subprocess.run(["bash", "-n", SCRIPTS / name], check=False).returncode == 0
    result = script(planned, "slurm.sh", SLURM_ARRAY_TASK_ID="2")
    assert result.returncode == 0, result.stderr
    assert json.loads((planned.folder / "sweep/shard-2/shard.json").read_text())["shards"] == [2]
