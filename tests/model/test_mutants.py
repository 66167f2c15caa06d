"""The parsers on small texts, the verdicts on small tables, and the driver on model_chase_lev."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import mutant_patches
import mutant_runs
import mutant_sites
import mutant_verdicts
import mutants as driver
import run_models
from mutant_runs import Outcome, Program, Row
from mutant_sites import Change, Operation, Site, Sites
from mutant_verdicts import Mutant, Score
from source import SourceFile

BUILD = Path(os.environ.get("AN_BUILD", mutant_sites.ROOT / "build/dev"))

SOURCE = """void f() {
  // (A1) release; pairs with (A2): why.
  mine.store(mine.load(kStat) + 1, kRelease);
  // (A2) acquire; pairs with (A1): a text of
  // two lines, with a.load(kAcquire) in it.
  return job->state.compare_exchange_strong(expected, kAwaited | (owner << kBits), kAcquire,
                                            kAcquire);
  // (A3) seq_cst; pairs with (A3): why.
  if (all.fetch_add(1, kSeqCst) == 0) {
    heavy_barrier();  // (A4) pairs with (A1): why
  }
  count.fetch_add(1, kStat);
  light_barrier();
  // (A5) relaxed; pairs with (A4): why.
  other.load(kRelaxed);
}
"""

DISASSEMBLY = """
0000000000401000 <_ZN2an4pushEv>:
  401000:\tcall   402000 <__tsan_atomic64_load>
  401005:\tmov    %rax,%r13
  401008:\tcall   402010 <__tsan_read8>
  40100d:\tcall   402020 <__tsan_atomic32_compare_exchange_strong>

0000000000401012 <_ZN2an5cleanEv>:
  401012:\tcall   402030 <_ZN2an13heavy_barrierEv>
  401017:\tcall   402040 <_ZN2an23heavy_barrier_availableEv>
  40101c:\tcall   402050 <__tsan_atomic_signal_fence>
  401021:\tret
"""

LINES = """0x0000000000401004
/usr/include/c++/12/bits/atomic_base.h:488
./build/dev/./core/deque/a.hpp:64 (discriminator 2)
./build/dev/./core/deque/caller.hpp:9
0x0000000000401011
/usr/include/c++/12/core/b.h:1
./tests/model/models/a.cpp:17
./core/deque/a.hpp:70
0x0000000000401016
{root}/core/sync/c.cpp:24
0x0000000000401020
??:0
"""


def survivor(label="D1", after="relaxed", verdict="survived"):
    return Mutant("deque", label, "acquire", after, "a.hpp:1", "x.load(kAcquire)", verdict)


# Sources.


def test_operations_have_lines_orders_and_labels():
    assert mutant_sites.operations_in(SourceFile("core/a.hpp", SOURCE)) == [
        Operation(3, 3, "store", "release", "A1"),
        Operation(6, 7, "compare_exchange", "acquire", "A2", "acquire", "A2"),
        Operation(9, 9, "change", "seq_cst", "A3"),
        Operation(10, 10, "barrier", "heavy_barrier", "A4"),
        Operation(13, 13, "barrier", "light_barrier", "A4"),
        Operation(15, 15, "load", "relaxed", "A5"),
    ]


def test_each_weaker_order_is_a_change_and_failures_have_their_own():
    changes = mutant_sites.changes_of("s", SourceFile("core/a.hpp", SOURCE))
    assert [(c.label, c.before, c.after, c.order) for c in changes] == [
        ("A1", "release", "relaxed", "relaxed"),
        ("A2", "acquire", "relaxed", "relaxed"),
        ("A2", "failure acquire", "relaxed", "acquire/relaxed"),
        ("A3", "seq_cst", "acq_rel", "acq_rel"),
        ("A3", "seq_cst", "acquire", "acquire"),
        ("A3", "seq_cst", "release", "release"),
        ("A3", "seq_cst", "relaxed", "relaxed"),
        ("A4", "heavy_barrier", "dropped", "relaxed"),
        ("A4", "light_barrier", "dropped", "relaxed"),
    ]


# Executables.


def test_calls_are_known_by_where_they_return_to():
    assert mutant_sites.calls_in(DISASSEMBLY) == [
        (0x401005, "load"),
        (0x401012, "compare_exchange"),
        (0x401017, "barrier"),
        (0x401021, "barrier"),
    ]


def test_a_site_is_the_innermost_line_of_the_project():
    text = LINES.replace("{root}", str(mutant_sites.ROOT))
    assert mutant_sites.sites_in(text, mutant_sites.calls_in(DISASSEMBLY)) == [
        Site("core/deque/a.hpp", 64, "load", 0x401005),
        Site("core/deque/a.hpp", 70, "compare_exchange", 0x401012),
        Site("core/sync/c.cpp", 24, "barrier", 0x401017),
    ]


def test_addresses_are_those_of_the_statement_and_the_kind_of_access():
    sites = Sites(
        {
            "x": [
                Site("core/a.hpp", 6, "compare_exchange", 1),
                Site("core/a.hpp", 7, "compare_exchange", 2),
                Site("core/a.hpp", 8, "compare_exchange", 3),
                Site("core/a.hpp", 6, "load", 4),
                Site("core/b.hpp", 6, "compare_exchange", 5),
            ]
        }
    )
    operation = Operation(6, 7, "compare_exchange", "acquire", "A2")
    change = Change("s", "A2", "core/a.hpp", operation, "", "acquire", "relaxed", "relaxed")
    assert sites.addresses("x", change) == [1, 2]


def test_a_row_of_an_executable_is_read():
    line = "two_steals                    no failure      2093 executions      43953 operations   0.01 s  <= 3"
    assert mutant_runs.row_of(line) == Row("two_steals", "no failure", 2093, 43953, 0.01)
    assert mutant_runs.row_of("  required: every item is taken once") is None


def script(tmp_path, text):
    path = tmp_path / "model_x"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_run_ends_with_the_first_failure(tmp_path):
    row = "one FAILED 1 executions 1 operations 0.00 s"
    path = script(tmp_path, f"echo '{row}'; echo '  why'; exec sleep 1000")
    assert mutant_runs.run(path, [], 60) == Outcome("killed", "one", "why")


def test_a_run_that_crashes_is_killed_and_one_that_refuses_is_no_verdict(tmp_path):
    assert mutant_runs.run(script(tmp_path, "exit 3"), [], 60).verdict == "killed"
    assert mutant_runs.run(script(tmp_path, "exit 0"), [], 60).verdict == "survived"
    with pytest.raises(mutant_runs.BrokenRun, match="no such model"):
        mutant_runs.run(script(tmp_path, "echo no such model; exit 2"), [], 60)


def test_a_run_that_takes_too_long_is_a_timeout(tmp_path):
    assert mutant_runs.run(script(tmp_path, "while :; do :; done"), [], 1).verdict == "timeout"


def test_a_program_that_fails_unmutated_has_no_baseline(tmp_path):
    with pytest.raises(mutant_runs.BrokenRun, match="without any mutation"):
        mutant_runs.measure(Program("x", script(tmp_path, "exit 1")))


def test_the_summary_names_failures_and_counts_operations():
    rows = [Row("a", "proven", 10, 3_000_000, 0.5), Row("b", "FAILED", 1, 1_000_000, 0.5)]
    text = run_models.summary(rows, ["model_b"], 1.0)
    assert "2 models: 1 proven, 1 FAILED" in text
    assert "4.0 million a second" in text
    assert text.endswith("FAILED: model_b")


def test_what_a_weaker_order_survives_a_stronger_one_survives_unrun(tmp_path):
    text = "// (A1) acq_rel; pairs with (A1): why.\nx.exchange(1, kAcqRel);\n"
    changes = mutant_sites.changes_of("s", SourceFile("core/a.hpp", text))
    row = "one FAILED 1 executions 1 operations 0.00 s"
    # Relaxed and release are killed, acquire is not.
    path = script(tmp_path, f'case "$*" in *=acquire) exit 0; esac; echo "{row}"; echo why')
    sites = Sites({"x": [Site("core/a.hpp", 2, "change", 16)]})
    structure = driver.Structure("s", ("core/a.hpp",), ())
    judged = driver.judge_operation(changes, structure, [Program("x", path)], sites)
    assert [(m.after, m.verdict) for m in judged] == [
        ("acquire", "survived"),
        ("release", "killed"),
        ("relaxed", "killed"),
    ]
    path.write_text("#!/bin/sh\ncase \"$*\" in *=relaxed) exit 0; esac; exit 2\n")
    judged = driver.judge_operation(changes, structure, [Program("x", path)], sites)
    assert [m.verdict for m in judged] == ["survived"] * 3  # the others would raise BrokenRun


def test_an_order_that_no_model_comes_by_survives():
    text = "// (A1) acquire; pairs with (A1): why.\nx.load(kAcquire);\n"
    changes = mutant_sites.changes_of("s", SourceFile("core/a.hpp", text))
    structure = driver.Structure("s", ("core/a.hpp",), ())
    mutant = driver.judge_operation(changes, structure, [], Sites({}))[0]
    assert (mutant.verdict, mutant.found) == ("survived", "no model is compiled from this line")


# Verdicts.


def test_the_score_leaves_out_equivalent_and_beyond_but_not_stronger():
    mutants = [survivor(verdict="killed") for _ in range(6)] + [survivor() for _ in range(4)]
    for mutant, why in zip(mutants[6:], [*mutant_verdicts.CLASSES, ""]):
        mutant.explanation = why
    score = mutant_verdicts.score_of(mutants)
    assert score == Score(mutants=10, killed=6, killable=8)
    assert (score.raw, score.adjusted) == (0.6, 0.75)
    patch = Mutant("deque", "-", "a.patch", "patched", "a.hpp", "drops it", "killed")
    assert mutant_verdicts.score_of([*mutants, patch]) == score


def entry(**changes):
    fields = {"structure": "deque", "label": "D1", "from": "acquire", "to": "relaxed"}
    return {**fields, "class": "equivalent", "reason": "because", **changes}


@pytest.mark.parametrize("bad", [entry(reason=""), entry(more="x"), {**entry(), "class": "other"}])
def test_an_explanation_without_a_class_or_a_reason_is_refused(bad):
    with pytest.raises(mutant_verdicts.BadExplanations):
        mutant_verdicts.read_explanations(json.dumps([bad]))


def test_an_explanation_given_twice_is_refused():
    with pytest.raises(mutant_verdicts.BadExplanations, match="twice"):
        mutant_verdicts.read_explanations(json.dumps([entry(), entry()]))


def findings(mutants, entries, is_whole=False):
    explanations = mutant_verdicts.read_explanations(json.dumps(entries))
    mutant_verdicts.explain(mutants, explanations)
    return mutant_verdicts.findings(mutants, explanations, is_whole)


def test_survivors_and_explanations_belong_together():
    assert findings([survivor()], [entry()]) == []
    assert "nothing says why" in findings([survivor()], [])[0]
    assert "explained as a survivor" in findings([survivor(verdict="killed")], [entry()])[0]
    assert findings([survivor(verdict="killed")], [entry(label="D2")]) == []
    assert "is no mutant" in findings([survivor(verdict="killed")], [entry(label="D2")], True)[0]
    assert findings([survivor(verdict="killed")], [entry(structure="other")], True) == []


def test_a_score_below_nine_tenths_is_a_finding():
    mutants = [survivor(f"D{i}", verdict="killed") for i in range(8)] + [survivor("E1")]
    wish = entry(label="E1", **{"class": "stronger than needed"})
    assert "8 of 9 killable orders" in findings(mutants, [wish], True)[0]
    assert findings(mutants, [entry(label="E1")], True) == []


def test_no_explanation_excuses_a_patch():
    patch = Mutant("deque", "-", "a.patch", "patched", "a.hpp", "drops it", "survived", "model_x")
    excuse = entry(label="-", to="patched", **{"from": "a.patch"})
    assert "survives in model_x" in findings([patch], [excuse])[0]


# Patches.


def test_a_patch_says_what_it_is_and_who_must_fail(tmp_path):
    path = tmp_path / "a.patch"
    path.write_text("Drops it.\n# models: model_a, model_b\n--- a/core/x.hpp\n+++ b/core/x.hpp\n")
    patch = mutant_patches.read_patch(path)
    assert (patch.description, patch.models, patch.files) == ("Drops it.", ("a", "b"), ("core/x.hpp",))
    path.write_text("Drops it.\n--- a/core/x.hpp\n+++ b/core/x.hpp\n")
    assert mutant_patches.read_patch(path).models == ()
    path.write_text("--- a/core/x.hpp\n+++ b/core/x.hpp\n")
    with pytest.raises(mutant_patches.BadPatch):
        mutant_patches.read_patch(path)


def test_the_patched_tree_precedes_all_others_and_replaces_a_source(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core/x.cpp").touch()
    command = "g++ -I/shadow -I/root -Wall -Werror -o x.o -c /root/core/x.cpp"
    assert mutant_patches.compile_command(command, tmp_path, "core/x.cpp", Path("y.o")) == (
        f"g++ -w -I{tmp_path} -I/shadow -I/root -Wall -o y.o -c {tmp_path}/core/x.cpp".split()
    )
    kept = mutant_patches.compile_command(command, tmp_path, "core/z.cpp", Path("y.o"))
    assert kept[-1] == "/root/core/x.cpp"


def test_linking_exchanges_the_objects():
    command = ": && g++ -no-pie a.o b.o -o bin/model_x libc.a && :"
    words = mutant_patches.link_command(command, {"b.o": Path("/t/b.o")}, Path("/t/model_x"))
    assert words == "g++ -no-pie a.o /t/b.o -o /t/model_x libc.a".split()


def test_every_patch_of_the_tree_applies(tmp_path):
    for path in sorted((HERE / "mutants").glob("*.patch")):
        mutant_patches.patched_tree(mutant_patches.read_patch(path), tmp_path / path.stem)


# The table and the driver.


def test_the_table_names_every_source_with_labelled_orders():
    assert driver.forgotten(driver.read_structures((HERE / "structures.json").read_text())) == []


def test_the_table_is_found_to_forget_a_source():
    assert len(driver.forgotten([])) > 10


def test_the_explanations_are_well_formed():
    mutant_verdicts.read_explanations((HERE / "survivors.json").read_text())


def drive(tmp_path, label, survivors, model="model_chase_lev"):
    """Exit code, findings and mutants of a run of the driver."""
    (tmp_path / "survivors.json").write_text(json.dumps(survivors))
    command = [sys.executable, "-B", HERE / "mutants.py", "--structure=chase_lev", "-j1"]
    command += [f"--build={BUILD}", f"--label={label}", f"--structures={tmp_path}/structures.json"]
    command += [f"--survivors={tmp_path}/survivors.json", f"--json={tmp_path}/out.json"]
    table = {"chase_lev": {"files": ["core/deque/chase_lev.hpp"], "models": [model]}}
    (tmp_path / "structures.json").write_text(json.dumps(table))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    records = json.loads((tmp_path / "out.json").read_text())
    return done.returncode, done.stderr, {(r["from"], r["to"]): r for r in records}


@pytest.fixture
def models():
    if "AN_BUILD" not in os.environ and not (BUILD / "bin/model_chase_lev").is_file():
        pytest.skip("model_chase_lev is not built")


def test_a_pop_whose_withdrawal_is_weaker_is_killed(models, tmp_path):
    code, errors, mutants = drive(tmp_path, "D3", [])
    assert (code, errors) == (0, "")
    assert mutants["seq_cst", "release"]["verdict"] == "killed"
    assert mutants["seq_cst", "release"]["killed_by"].startswith("chase_lev")
    # The same change explained as a survivor is a stale explanation.
    stale = entry(structure="chase_lev", label="D3", to="release", **{"from": "seq_cst"})
    code, errors, _ = drive(tmp_path, "D3", [stale])
    assert code == 1
    assert "D3 seq_cst -> release" in errors and "is explained as a survivor" in errors


def test_a_survivor_without_explanation_is_a_failure(models, tmp_path):
    code, errors, mutants = drive(tmp_path, "D4", [], model="model_litmus")  # which has no deque
    assert code == 1
    assert "D4 seq_cst -> acquire" in errors and "nothing says why" in errors
    assert {m["verdict"] for m in mutants.values()} == {"survived"}
    whys = [entry(structure="chase_lev", label="D4", to=to, **{"from": "seq_cst"}) for _, to in mutants]
    code, errors, _ = drive(tmp_path, "D4", whys, model="model_litmus")
    assert (code, errors) == (0, "")


def test_the_list_says_which_models_come_by(models):
    command = [sys.executable, "-B", HERE / "mutants.py", "--structure=chase_lev", "--label=D3"]
    done = subprocess.run(
        [*command, f"--build={BUILD}", "--list"], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 4
    assert "chase_lev (" in done.stdout


def test_a_build_that_is_not_there_is_an_error(tmp_path):
    command = [sys.executable, "-B", HERE / "mutants.py", f"--build={tmp_path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
