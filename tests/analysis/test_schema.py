"""The golden run obeys the JSON Schemas of results/schema/, so what the tests of analysis/ read is what the harness
writes. The schemas are the harness's own; its tests hold its output against the same files."""

import json

import jsonschema
import pytest

from tests.analysis.make_golden import GOLDEN
from tests.harness.validate_run import validator


@pytest.mark.parametrize("stem, file", [("sample", "samples.jsonl"), ("cell", "cells.jsonl")])
def test_every_complete_line_obeys_its_schema(stem, file):
    lines = (GOLDEN / "run" / file).read_text(encoding="utf-8").split("\n")[:-1]
    check = validator(stem)
    for line in lines:
        check.validate(json.loads(line))
    with pytest.raises(jsonschema.ValidationError):
        check.validate(json.loads(lines[0]) | {"cell": 7})


def test_a_sample_is_of_one_version_or_the_other():
    line = json.loads((GOLDEN / "run" / "samples.jsonl").read_text(encoding="utf-8").split("\n")[0])
    check = validator("sample")
    since_2 = ("arm", "unit", "turn", "psi_us", "dropped")
    old = {name: value for name, value in line.items() if name not in since_2} | {"v": 1, "round": 3}
    check.validate(old)
    for bad in (line | {"round": 3}, line | {"v": 1}, old | {"v": 2}, old | {"unit": 0}, line | {"v": 3},
                line | {"dropped": "slow"}, line | {"arm": "X"}, {k: v for k, v in line.items() if k != "turn"}):
        with pytest.raises(jsonschema.ValidationError):
            check.validate(bad)


@pytest.mark.parametrize("stem", ["summary", "manifest"])
def test_every_file_obeys_its_schema(stem):
    validator(stem).validate(json.loads((GOLDEN / "run" / f"{stem}.json").read_text(encoding="utf-8")))
