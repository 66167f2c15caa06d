"""Every verdict and every exit code of compare and gate, on builds whose turns last what they say they do."""
import json
import os
import re
import shutil
import signal
import subprocess

import pytest
from conftest import FAKE_CELL, check_run_directory, complete_lines, validator, wait_until

SELECT = ["--scheduler=good", "--workload=fib", "--size=8", "--workers=1"]
PLAIN = "1.0"
LINE = re.compile(r"VERDICT: regressed=\d+ ok=\d+ improved=\d+ identical=\d+ inconclusive=\d+ invalid=\d+ "
                  r"underpowered=\d+ mde=(none|\d+\.\d%)( failed=\d+)?( na=\d+)?( partial=\d+)?")


class Gate:
    """Two folders, ref and cand, with builds of the scheduler `good`; see pace() of fake_cell.py."""

    def __init__(self, harness):
        self.harness = harness
        harness.environment["ANTINODE_FAKE"] = "invented"
        self.out = harness.folder / "out"

    def build(self, folder, pace=PLAIN, name="good", edit=lambda text: text):
        cell = self.harness.folder / folder / f"cell-{name}"
        cell.parent.mkdir(exist_ok=True)
        text = FAKE_CELL.read_text()
        assert "return 1.0 + 0 * unit" in text
        cell.write_text(edit(text.replace("return 1.0 + 0 * unit", f"return {pace}  # {folder}")))
        cell.chmod(0o755)

    def arguments(self, command="gate", *more):
        # One build's neighbours may press on the CPU: that is not what is tested here.
        defaults = ["--turns=1", "--min-time=1us", "--pressure=keep", f"--out={self.out}"]
        given = {word.split("=")[0] for word in more}
        return [command, f"--ref={self.harness.folder}/ref", f"--cand={self.harness.folder}/cand", *more,
                *[word for word in defaults if word.split("=")[0] not in given]]

    def run(self, command="gate", *more, select=SELECT):
        return self.harness.run(*self.arguments(command, *select, *more))

    def verdict(self):
        check_run_directory(self.out, finished=False)
        return json.loads((self.out / "verdict.json").read_text())


@pytest.fixture
def gate(harness):
    copies = harness.folder / "copies"
    copies.mkdir()
    harness.environment["TMPDIR"] = str(copies)
    yield Gate(harness)
    assert list(copies.iterdir()) == [], "the arms' copies go with the gate"


def counts(**others):
    names = ("regressed", "ok", "improved", "identical", "inconclusive", "invalid", "underpowered", "failed",
             "not_applicable", "partial")
    return {**dict.fromkeys(names, 0), **others}


# What the arms do, the verdict, the exit code, and whether --strict makes it 4. The folder of R is r, of its copy s.
CASES = {
    "ok": (PLAIN, "1.001", "OK", 0, 0),
    "improved": (PLAIN, "0.8", "IMPROVED", 0, 0),
    "regressed": (PLAIN, "1.2", "REGRESSED", 1, 1),
    "inconclusive": (PLAIN, "(1.02, 1.08)[unit % 2]", "INCONCLUSIVE", 0, 4),
    "underpowered": ("(0.85, 1 / 0.85)[unit % 2] if ARM == 's' else 1", "(1.02, 1.08)[unit % 2]", "UNDERPOWERED", 0, 4),
    "unconfirmed": (PLAIN, "1.2 if unit < 12 else 1", "INCONCLUSIVE", 0, 4),
    "worsening": ("1.03 if ARM == 's' and unit >= 12 else 1", "1.2", "INVALID", 4, 4),
    "control": ("1.03 if ARM == 's' else 1", PLAIN, "INVALID", 4, 4),
}


@pytest.mark.parametrize("case", CASES)
def test_a_gate_says(gate, case):
    reference, candidate, verdict, code, strict_code = CASES[case]
    gate.build("ref", reference)
    gate.build("cand", candidate)
    strict = ["--strict"] if strict_code != code else []
    result = gate.run("gate", *strict)
    assert result.returncode == strict_code, result.stdout + result.stderr
    data = gate.verdict()
    assert data["exit_code"] == strict_code and data["command"] == "gate"
    assert data["counts"] == counts(**{verdict.lower(): 1})
    cell = data["cells"][0]
    assert cell["cell"] == "fib/n:8/sched:good/workers:1"
    assert cell["decision"]["verdict"] == verdict
    assert [batch["verdict"] for batch in cell["batches"]] == {
        "regressed": ["REGRESSED", "REGRESSED"], "unconfirmed": ["REGRESSED", "OK"], "worsening": ["REGRESSED", "INVALID"]}.get(case, [verdict])
    last = result.stdout.splitlines()[-1]
    assert LINE.fullmatch(last) and f"{verdict.lower()}=1" in last
    units = {sample["unit"] for sample in complete_lines(gate.out / "samples.jsonl")}
    assert units == set(range(sum(batch["units_measured"] for batch in cell["batches"])))
    if case == "regressed":
        assert 0.19 < cell["decision"]["change_low"] <= cell["decision"]["change"] < 0.21
    if case == "inconclusive":
        loose = gate.run("gate", f"--out={gate.harness.folder}/loose")
        assert loose.returncode == code, loose.stderr


def test_compare_reports_what_only_a_gate_fails_for(gate):
    gate.build("ref")
    gate.build("cand", "1.2")
    result = gate.run("compare")
    assert result.returncode == 0, result.stderr
    assert "REGRESSED" in result.stdout and "+20.0" in result.stdout
    assert not (gate.out / "verdict.json").exists()
    result = gate.run("compare", "--format=json", f"--out={gate.harness.folder}/json")
    data = json.loads(result.stdout)
    validator("verdict").validate(data)
    assert [len(cell["batches"]) for cell in data["cells"]] == [1]


def test_equal_code_is_not_timed(gate):
    gate.build("ref")
    (gate.harness.folder / "cand").mkdir()
    shutil.copy(gate.harness.folder / "ref/cell-good", gate.harness.folder / "cand")
    result = gate.run()
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == (
        "VERDICT: regressed=0 ok=0 improved=0 identical=1 inconclusive=0 invalid=0 underpowered=0 mde=none")
    assert complete_lines(gate.out / "samples.jsonl") == []
    assert gate.verdict()["counts"] == counts(identical=1)
    printed = gate.run("gate", "--format=json", f"--out={gate.harness.folder}/json")
    assert printed.stdout == (gate.harness.folder / "json/verdict.json").read_text()


@pytest.mark.parametrize("mode", ["wrong", "segv", "hang"])
def test_a_failed_cell_publishes_nothing_and_exits_3(gate, mode):
    gate.build("ref")
    # The candidate's own text: the environment is that of all arms.
    gate.build("cand", edit=lambda text: text.replace("OUT = os.fdopen", f"MODES.add({mode!r})\nOUT = os.fdopen"))
    result = gate.run("gate", "--timeout=2s", "--turns=3")
    assert result.returncode == 3, result.stdout + result.stderr
    data = gate.verdict()
    assert data["counts"] == counts(failed=1) and data["exit_code"] == 3
    cell = data["cells"][0]
    assert cell["decision"] is None and cell["batches"] == [] and cell["reason"].startswith("C: ")
    assert cell["status"] == {"wrong": "wrong", "segv": "crash", "hang": "timeout"}[mode]
    assert "failed=1" in result.stdout.splitlines()[-1]


def test_a_filter_that_leaves_nothing_exits_2_and_a_stale_verdict_goes(gate):
    gate.build("ref")
    gate.build("cand")
    gate.out.mkdir()
    (gate.out / "verdict.json").write_text('{"exit_code": 0}')
    result = gate.run("gate", "--filter=nothing")
    assert result.returncode == 2 and "no cell is selected" in result.stderr
    assert not (gate.out / "verdict.json").exists()


def test_a_cell_that_the_candidate_lost_is_invalid_and_a_new_one_is_not_applicable(gate):
    gate.build("ref")
    gate.build("ref", name="old")
    gate.build("cand")
    gate.build("cand", name="new")
    select = ["--workload=fib", "--size=8", "--workers=1"]
    result = gate.run(select=[*select, "--scheduler=good,old,new"])
    assert result.returncode == 4, result.stderr
    data = gate.verdict()
    assert data["counts"] == counts(ok=1, invalid=1, not_applicable=1)
    reasons = {cell["cell"]: cell["reason"] or cell["decision"]["reason"] for cell in data["cells"]}
    assert "the candidate cannot run" in reasons["fib/n:8/sched:old/workers:1"]
    assert "the reference cannot run" in reasons["fib/n:8/sched:new/workers:1"]
    alone = gate.run("gate", f"--out={gate.harness.folder}/alone", select=[*select, "--scheduler=new"])
    assert alone.returncode == 4 and alone.stdout.splitlines()[-1].endswith("mde=none na=1")


def test_different_work_has_no_ratio(gate):
    gate.build("ref")
    gate.build("cand", edit=lambda text: text.replace("n * (n + 1) // 2", "n * n").replace(
        "answer = sum(range(n + 1))", "answer = n * n").replace("self.n * (self.n + 1) // 2", "self.n * self.n"))
    result = gate.run()
    assert result.returncode == 4, result.stdout + result.stderr
    assert "different work" in gate.verdict()["cells"][0]["decision"]["reason"]


def test_builds_of_different_kinds_are_refused(gate):
    gate.build("ref")
    gate.build("cand", edit=lambda text: text.replace('"Release"', '"Debug"'))
    result = gate.run()
    assert result.returncode == 4
    assert "the reference is Release, the candidate Debug" in result.stderr


def test_an_interrupt_exits_130_without_a_verdict(gate):
    gate.build("ref")
    gate.build("cand", "1.001")
    process = gate.harness.start(*gate.arguments("gate", *SELECT, "--turns=200"))
    samples = gate.out / "samples.jsonl"
    wait_until(lambda: samples.exists() and samples.read_bytes() or process.poll() is not None, "a unit")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"VERDICT" not in output and b"there is no verdict" in errors
    assert not (gate.out / "verdict.json").exists()
    assert {sample["arm"] for sample in complete_lines(samples)} == {"R", "C", "R'"}
    check_run_directory(gate.out, finished=False)


@pytest.mark.parametrize("words, part", [
    (["gate"], "--ref-rev"),
    (["gate", "--ref=/nowhere"], "/nowhere is not a folder"),
    (["gate", "--ref=."], "holds no cell"),
    (["gate", "--ref=cells", "--ref-rev=main"], "say it twice"),
    (["gate", "--ref=cells", "--tolerance=5"], "not a percentage"),
    (["gate", "--ref=cells", "--family-alpha=2"], "level of significance"),
    (["gate", "--ref=cells", "--rel-ci=2%"], "for run"),
    (["gate", "--ref=cells", "--format=csv"], "no CSV"),
    (["gate", "--ref=cells", "--freeze=off"], "does not run with --freeze=off"),
    (["gate", "--ref=cells", "--cells=cells"], "--cells has no effect here"),
    (["gate", "--ref=cells", "--resume"], "--resume has no effect here"),
    (["compare", "--ref=cells", "--memory=off"], "--memory has no effect here"),
    (["calibrate", "--dry-run"], "--dry-run has no effect here"),
    (["misfire", "--rel-ci=2%"], "--rel-ci has no effect here"),
    (["misfire", "--units=3"], "misfire --quick"),
    (["count", "--out=x"], "--out has no effect here"),
    (["run", "--tolerance=5%"], "is for compare and gate"),
])
def test_mistakes_exit_2(harness, words, part):
    result = harness.run(*words)
    assert result.returncode == 2, result.stderr
    assert part in result.stderr
    assert not (harness.folder / "results").exists()


def git(folder, *words):
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    done = subprocess.run(["git", "-C", folder, *words], env={**os.environ, **names}, check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


CMAKE = """cmake_minimum_required(VERSION 3.25)
project(fake NONE)
add_custom_target(cell-good ALL COMMAND {})
"""
PRESETS = {"version": 6, "configurePresets": [{
    "name": "bench", "generator": "Ninja", "binaryDir": "${sourceDir}/build/${presetName}"}]}


@pytest.fixture
def clone(gate):
    """A repository whose build is a copy of its cell into build/bin."""
    folder = gate.harness.folder / "clone"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    gate.build("clone")
    copy = "${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/cell-good ${CMAKE_SOURCE_DIR}/build/bin/cell-good"
    (folder / "CMakeLists.txt").write_text(CMAKE.format(
        "${CMAKE_COMMAND} -E make_directory ${CMAKE_SOURCE_DIR}/build/bin COMMAND " + copy))
    (folder / "CMakePresets.json").write_text(json.dumps(PRESETS))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    gate.harness.environment["ANTINODE_CACHE"] = str(gate.harness.folder / "cache")
    return folder


def run_revision(gate, clone, revision, *more):
    words = ["gate", f"--ref-rev={revision}", f"--cand={gate.harness.folder}/cand", *SELECT, "--turns=1",
             "--min-time=1us", "--pressure=keep", f"--out={gate.out}", *more]
    return gate.harness.run(*words, cwd=clone)


def test_a_revision_is_built_for_reference(gate, clone):
    gate.build("cand", "1.2")
    result = run_revision(gate, clone, "main")
    assert result.returncode == 1, result.stdout + result.stderr
    data = gate.verdict()
    assert data["reference"]["revision"] == git(clone, "rev-parse", "main")
    assert "building the cells of main" in result.stderr


def test_a_revision_that_does_not_build_exits_4_and_leaves_no_worktree(gate, clone):
    gate.build("cand")
    (clone / "CMakeLists.txt").write_text(CMAKE.format("false"))
    git(clone, "commit", "-q", "-a", "-m", "broken")
    result = run_revision(gate, clone, "main")
    assert result.returncode == 4, result.stderr
    assert "the build failed" in result.stderr and "--ref=DIR" in result.stderr
    assert list((gate.harness.folder / "cache").iterdir()) == []
    assert len(git(clone, "worktree", "list").splitlines()) == 1
    unknown = run_revision(gate, clone, "nowhere")
    assert unknown.returncode == 2 and "names no commit" in unknown.stderr


def test_an_interrupted_build_leaves_no_worktree(gate, clone):
    gate.build("cand")
    (clone / "CMakeLists.txt").write_text(CMAKE.format("sleep 600"))
    git(clone, "commit", "-q", "-a", "-m", "slow")
    process = subprocess.Popen(gate.harness.command("gate", "--ref-rev=main", *SELECT), cwd=clone,
                               env=gate.harness.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: list((gate.harness.folder / "cache").glob("*/build/bench/build.ninja")) or
               process.poll() is not None, "the configured build")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert list((gate.harness.folder / "cache").iterdir()) == []
