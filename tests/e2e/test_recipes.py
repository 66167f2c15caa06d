"""What a CI takes as it is: the shell recipe and the GitHub workflow."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPE = ROOT / "harness/recipes/gate.sh"


def run_recipe(folder, script, *words):
    """The recipe, with `script` for ./dev."""
    dev = folder / "dev"
    dev.write_text("#!/bin/sh\nfor word; do case $word in --out=*) out=${word#--out=} ;; esac; done\n" + script)
    dev.chmod(0o755)
    return subprocess.run([RECIPE, *words], env={**os.environ, "ANTINODE_DEV": str(dev)}, cwd=folder,
                          capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_the_exit_code_passes_through_beside_a_verdict(tmp_path, code):
    result = run_recipe(tmp_path, f'mkdir -p "$out"; echo "{{}}" >"$out/verdict.json"; exit {code}', "out")
    assert result.returncode == code, result.stderr


@pytest.mark.parametrize("script, code", [("exit 0", 4), ("exit 2", 2), ("exit 137", 137)])
def test_a_missing_verdict_is_a_failure(tmp_path, script, code):
    result = run_recipe(tmp_path, script, "out")
    assert result.returncode == code and "there is no" in result.stderr


def test_a_stale_verdict_is_not_taken_for_a_new_one(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/verdict.json").write_text("{}")
    assert run_recipe(tmp_path, "exit 0", "out").returncode == 4


def test_arguments_reach_the_gate(tmp_path):
    result = run_recipe(tmp_path, 'echo "$@"', "out", "--strict")
    assert result.stdout.split() == ["gate", f"--out={tmp_path}/out", "--strict"]
    assert run_recipe(tmp_path, "exit 0").returncode == 2


def test_the_workflow_runs_the_recipe_and_keeps_the_verdict():
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text())
    steps = workflow["jobs"]["gate"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert any(run.split()[0] == str(RECIPE.relative_to(ROOT)) and "--strict" not in run for run in runs)
    upload = next(step for step in steps if step.get("uses", "").startswith("actions/upload-artifact"))
    assert upload["if"] == "always()" and upload["with"]["if-no-files-found"] == "error"
    checkout = next(step for step in steps if step.get("uses", "").startswith("actions/checkout"))
    assert checkout["with"]["fetch-depth"] == 0, "the merge base must be there"
