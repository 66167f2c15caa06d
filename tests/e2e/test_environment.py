"""`harness env`: the facts that a manifest records, and the checklist."""
import json
import pathlib
import shutil
import subprocess

import pytest
from conftest import validator

ITEMS = {"governor", "boost", "smt", "thp", "aslr", "swap", "mitigations", "cpu quota", "clocksource", "hz", "load",
         "pressure", "steal", "hypervisor", "isolated cpus", "perf paranoid", "counters"}


def checks(harness, *prefix):
    result = subprocess.run([*prefix, harness.path, "env", "--check", "--format=json"], env=harness.environment,
                            capture_output=True, text=True, timeout=60, check=True)
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def test_the_facts_fit_the_schema_of_the_manifest(harness):
    facts = json.loads(harness.run("env", "--format=json").stdout)
    machine = validator("manifest").schema["properties"]["machine"]
    validator("manifest").evolve(schema=machine).validate(facts)
    assert set(facts) == set(machine["properties"]), "a fact without a schema, or the other way round"


def test_the_checklist_has_every_item_and_exits_0(harness):
    result = harness.run("env", "--check")
    assert result.returncode == 0, result.stderr
    for name in ITEMS:
        assert f"  {name} " in result.stdout
    assert set(checks(harness)) == ITEMS


def test_strict_exits_4_exactly_when_an_item_fails(harness):
    result = harness.run("env", "--check", "--strict", "--format=json")
    states = {check["state"] for check in json.loads(result.stdout)["checks"]}
    assert states <= {"pass", "fail", "unknown"}
    assert result.returncode == (4 if "fail" in states else 0)


def test_a_process_without_layout_randomisation_fails_aslr(harness):
    setarch = shutil.which("setarch")
    if setarch is None or subprocess.run([setarch, "-R", "true"], check=False).returncode != 0:
        pytest.skip("setarch -R is not allowed here (util-linux, seccomp)")
    assert checks(harness, setarch, "-R")["aslr"]["state"] == "fail"
    kernel = pathlib.Path("/proc/sys/kernel/randomize_va_space").read_text().strip()
    assert checks(harness)["aslr"]["state"] == ("pass" if kernel == "2" else "fail")


def test_counters_are_never_zero_for_unknown(harness):
    pmu = json.loads(harness.run("env", "--format=json").stdout)["pmu"]
    assert (pmu["plausible"] is None) == (not pmu["available"])
    assert (pmu["reason"] is None) == bool(pmu["plausible"])


def test_check_and_strict_belong_to_env(harness):
    for arguments in (["list", "--check"], ["env", "--strict"]):
        result = harness.run(*arguments)
        assert result.returncode == 2
        assert arguments[-1] in result.stderr
