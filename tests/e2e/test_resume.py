"""A run that is killed again and again and resumed each time ends as if nothing had happened."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from conftest import DEADLINE_S, Harness, check_run_directory, complete_lines

SEED = int(os.environ.get("AN_SEED", "20240301"))
KILLS = 50
TURNS, SAMPLES = 2, 8  # four units
FLAGS = ["--scheduler=good,wrong", "--workload=fib,tree_sum", "--size=8", "--workers=1", f"--turns={TURNS}",
         f"--samples={SAMPLES}", "--min-time=1us", "--out=run"]
RESUME = ["run", "--resume", "--out=run"]


def places(run):
    return [(sample["cell"], sample["unit"], sample["turn"]) for sample in complete_lines(run / "samples.jsonl")]


def check_ended(run):
    """Every cell once, and of every cell that did not fail every turn once."""
    check_run_directory(run, finished=True)
    planned = json.loads((run / "manifest.json").read_text())["plan"]["cells"]
    cells = complete_lines(run / "cells.jsonl")
    assert sorted(cell["cell"] for cell in cells) == sorted(cell["cell"] for cell in planned)
    status = {cell["cell"]: cell["status"] for cell in cells}
    assert set(status.values()) == {"ok", "wrong"}
    samples = complete_lines(run / "samples.jsonl")
    counted = [(sample["cell"], sample["unit"], sample["turn"]) for sample in samples]
    assert len(counted) == len(set(counted)), "a turn stands there twice"
    for cell in cells:
        if cell["status"] == "ok":
            units = {}
            iterations = set()
            for sample in samples:
                if sample["cell"] == cell["cell"]:
                    units.setdefault(sample["unit"], []).append(sample["dropped"])
                    iterations.add(sample["iterations"])
            assert sorted(units) == list(range(SAMPLES // TURNS))
            assert all(kept.count(None) == TURNS or len(kept) == 2 * TURNS for kept in units.values())
            assert iterations == {cell["iterations"]}, "calibrated once"
            assert cell["units"] == SAMPLES // TURNS and cell["notes"] == {"resident_bytes": 64}
    summary = json.loads((run / "summary.json").read_text())
    assert {cell["cell"] for cell in summary} == {cell["cell"] for cell in planned if not cell["baseline"]}


@pytest.fixture
def faulty(harness):
    harness.add_cell("wrong", "wrong_first")
    return harness


def written(run):
    """Bytes in the files that grow while a run lasts."""
    return sum(path.stat().st_size for path in run.glob("*.jsonl"))


def wait_for_moment(process, run, generator):
    """A while after the start, or after a few of the units that this attempt writes."""
    if generator.random() < 0.3:
        deadline = time.monotonic() + generator.uniform(0, 1)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        return
    for _ in range(generator.randrange(1, 4)):
        before = written(run) if run.exists() else 0
        while process.poll() is None and not (run.exists() and written(run) != before):
            time.sleep(0.002)
    time.sleep(generator.uniform(0, 0.2))


def test_kill_9_at_random_moments(faulty):
    generator = random.Random(SEED)
    run = faulty.folder / "run"
    kills = ended = 0
    while kills < KILLS or run.exists():
        # The flags begin it: a kill may come before the manifest.
        process = faulty.start(*FLAGS, "--resume", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if kills < KILLS:
            wait_for_moment(process, run, generator)
            process.kill()
        errors = process.communicate(timeout=DEADLINE_S)[1].decode()
        if process.returncode == -signal.SIGKILL:
            kills += 1
            if (run / "manifest.json").exists():
                check_run_directory(run, finished=False)
        else:
            assert process.returncode == 3, f"seed {SEED}, after {kills} kills: {errors}"
            check_ended(run)
            shutil.rmtree(run)
            ended += 1
    print(f"seed {SEED}: {kills} kills, {ended} runs")


@pytest.fixture(scope="module")
def ended_once(tmp_path_factory):
    harness = Harness(tmp_path_factory.mktemp("ended"))
    for name, mode in (("serial", ""), ("good", ""), ("wrong", "wrong_first")):
        harness.add_cell(name, mode)
    assert harness.run(*FLAGS).returncode == 3
    (harness.folder / "run").rename(harness.folder / "kept")
    return harness


@pytest.fixture
def ended(ended_once):
    """A harness with a run that has ended, anew for each test."""
    run = ended_once.folder / "run"
    shutil.copytree(ended_once.folder / "kept", run)
    yield ended_once
    shutil.rmtree(run)


def cut(path, size):
    with open(path, "r+b") as file:
        file.truncate(size)


@pytest.mark.parametrize("part", [0.0, 0.13, 0.4, 0.61, 0.97])
def test_a_file_torn_anywhere_is_made_whole(ended, part):
    run = ended.folder / "run"
    before = sorted(places(run))
    cut(run / "samples.jsonl", int(part * (run / "samples.jsonl").stat().st_size))
    lines = (run / "cells.jsonl").read_text().splitlines(keepends=True)
    failed = "".join(line for line in lines if '"status":"wrong"' in line)
    (run / "cells.jsonl").write_text(failed + lines[-1][:17])
    (run / "summary.json").unlink()
    result = ended.run(*RESUME)
    assert result.returncode == 3, result.stderr
    check_ended(run)
    of_ok = [place for place in before if "wrong" not in place[0]]
    assert sorted(place for place in places(run) if "wrong" not in place[0]) == of_ok
    event, = [line for line in complete_lines(run / "events.jsonl") if line["event"] == "resumed"]
    assert event["torn_lines"] in (1, 2)
    assert (event["turns_removed"] > 0) == (event["units_removed"] > 0)


def test_a_finished_run_is_printed_again(ended):
    run = ended.folder / "run"
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    result = ended.run(*RESUME)
    assert result.returncode == 3, "a wrong cell stays wrong"
    assert "nothing to resume" in result.stderr and "ns/op" in result.stdout
    assert before == {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


def test_an_interrupted_run_goes_on(harness):
    harness.add_cell("wrong", "wrong_first")
    run = harness.folder / "run"
    process = harness.start(*FLAGS)
    while process.poll() is None and not (run.exists() and complete_lines(run / "samples.jsonl")):
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert harness.run(*RESUME).returncode == 3
    check_ended(run)


@pytest.mark.parametrize("flag, named", [
    ("--samples=18", "plan.samples (8 then, 18 now)"), ("--turns=4", "plan.turns (2 then, 4 now)"),
    ("--seed=5", "seed (1 then, 5 now)"), ("--workload=fib", "plan.cells"),
    ("--set=good.beat_us=7", "plan.cells"), ("--rel-ci=2%", "plan.rel_ci (null then, 0.02 now)"),
    ("--budget=1s", "plan.budget_ns (null then, 1000000000 now)")])
def test_another_plan_is_refused_by_name(ended, flag, named):
    name = flag.split("=")[0]
    flags = [given for given in FLAGS if not given.startswith(name + "=")]
    before = (ended.folder / "run/samples.jsonl").read_bytes()
    result = ended.run(*flags, flag, "--resume")
    assert result.returncode == 2 and named in result.stderr, result.stderr
    assert (ended.folder / "run/samples.jsonl").read_bytes() == before


def test_another_executable_is_refused(faulty):
    assert faulty.run(*FLAGS).returncode == 3
    cell = faulty.cells / "cell-good"
    text = cell.read_text()
    cell.unlink()
    cell.write_text(text + "# another build\n")
    cell.chmod(0o755)
    result = faulty.run(*RESUME)
    assert result.returncode == 2 and "build.cells.good.code_hash" in result.stderr, result.stderr


@pytest.mark.parametrize("file, old, new, named", [
    ("manifest.json", '"v": 1,', '"v": 0,', "v (0 then, 1 now)"),
    ("samples.jsonl", '{"v":2,', '{"v":1,', "samples.jsonl: v (1 then, 2 now)")])
def test_another_schema_version_is_refused(ended, file, old, new, named):
    path = ended.folder / "run" / file
    path.write_text(path.read_text().replace(old, new, 1))
    result = ended.run(*RESUME)
    assert result.returncode == 2 and named in result.stderr, result.stderr


@pytest.mark.parametrize("arguments, named", [
    (["run", "--resume"], "--resume needs --out"), (["run", "--resume", "--out=none"], "none holds no run")])
def test_nothing_to_go_by_is_a_usage_error(harness, arguments, named):
    result = harness.run(*arguments)
    assert result.returncode == 2 and named in result.stderr, result.stderr
    assert not (harness.folder / "none").exists()


def test_a_run_that_lasts_is_not_resumed(harness):
    run = harness.folder / "run"
    process = harness.start("--scheduler=good", "--workload=fib", "--size=8", "--workers=1", "--min-time=1us",
                            "--samples=100000", "--memory=off", "--out=run")
    while process.poll() is None and not (run.exists() and complete_lines(run / "samples.jsonl")):
        pass
    result = harness.run(*RESUME)
    process.kill()
    process.communicate()
    assert result.returncode == 4 and "is being written" in result.stderr, result.stderr


@pytest.mark.parametrize("line", ["[]", "0", "null", '"text"'])
@pytest.mark.parametrize("file", ["samples.jsonl", "cells.jsonl", "manifest.json"])
def test_a_line_that_is_no_record_is_named(ended, file, line):
    path = ended.folder / "run" / file
    path.write_text(line + "\n" if file == "manifest.json" else line + "\n" + path.read_text())
    result = ended.run(*RESUME)
    assert result.returncode == 4 and file in result.stderr and "JSON object" in result.stderr, result.stderr


@pytest.mark.parametrize("member, code, named", [
    ("command", 4, "manifest.json has no `command`"), ("build", 2, "build.cells (null then"),
    ("machine", 2, "machine.cpu (null then"), ("plan", 2, "plan (")])
def test_a_manifest_with_a_list_in_the_place_of_a_member_is_refused(ended, member, code, named):
    path = ended.folder / "run/manifest.json"
    manifest = json.loads(path.read_text())
    manifest[member] = []
    path.write_text(json.dumps(manifest))
    result = ended.run(*RESUME)
    assert result.returncode == code and named in result.stderr, result.stderr


def forget(run, part):
    """As if it had been killed once that part of the samples was written."""
    samples = run / "samples.jsonl"
    cut(samples, int(part * samples.stat().st_size))
    cut(run / "cells.jsonl", 0)
    (run / "summary.json").unlink()


@pytest.mark.parametrize("part", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("flag, stopped, units", [
    ("--rel-ci=2%", "rel-ci", 12), ("--budget=1us", "budget", 1), ("--budget=3600s", "samples", 48)])
def test_what_ends_a_run_ends_it_when_resumed(harness, flag, stopped, units, part):
    harness.environment["ANTINODE_FAKE"] = "invented"  # no noise: the first look is enough
    run = harness.folder / "run"
    flags = ["--scheduler=good", "--workload=fib", "--size=8", "--workers=1", "--turns=1", "--min-time=1us",
             "--memory=off", "--samples=48", flag, "--out=run"]
    assert harness.run(*flags).returncode == 0
    before = sorted(places(run))
    forget(run, part)
    result = harness.run(*RESUME)
    assert result.returncode == 0, result.stderr
    check_run_directory(run, finished=True)
    assert {(cell["stopped"], cell["units"]) for cell in complete_lines(run / "cells.jsonl")} == {(stopped, units)}
    assert sorted(places(run)) == before


@pytest.fixture
def planned(harness):
    flags = ["--scheduler=good", "--workload=fib", "--size=8,9", "--workers=1", "--samples=4", "--turns=2", "--min-time=1us"]
    assert harness.run("plan", "--shards=2", "--out=sweep", *flags).returncode == 0
    return harness


SHARD = ["run", "--plan=sweep", "--shard=1/2"]
SECOND = ["run", "--plan=sweep", "--shard=2/2", "--resume"]


@pytest.mark.parametrize("again", [
    [*SHARD, "--resume"], [*SHARD, "--resume", "--out=sweep/shard-1"], ["run", "--resume", "--out=sweep/shard-1"]])
def test_a_shard_goes_on_and_is_merged(planned, again):
    assert planned.run(*SHARD).returncode == 0
    forget(planned.folder / "sweep/shard-1", 0.7)
    result = planned.run(*again)
    assert result.returncode == 0, result.stderr
    check_run_directory(planned.folder / "sweep/shard-1", finished=True)
    begun = planned.run(*SECOND)
    assert begun.returncode == 0, f"--resume begins a shard too: {begun.stderr}"
    assert planned.run("merge", "sweep/shard-1", "sweep/shard-2", "--out=all").returncode == 0
    assert len(set(places(planned.folder / "all"))) == 2 * 2 * 4


def test_a_shard_is_not_resumed_as_another(planned):
    run = planned.folder / "sweep/shard-1"
    assert planned.run(*SHARD).returncode == 0
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    result = planned.run(*SECOND, "--out=sweep/shard-1")
    assert result.returncode == 2 and "plan.cells" in result.stderr, result.stderr
    assert before == {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


def test_a_shard_that_was_killed_before_its_manifest_is_begun(planned):
    run = planned.folder / "sweep/shard-1"
    assert planned.run(*SHARD).returncode == 0
    for path in run.iterdir():
        if path.is_file() and path.name != "shard.json":
            path.unlink()
    shutil.rmtree(run / "stderr")
    (run / "samples.jsonl").touch()
    result = planned.run(*SHARD, "--resume")
    assert result.returncode == 0, result.stderr
    check_run_directory(run, finished=True)
