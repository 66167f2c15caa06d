"""Each file of broken/ has one defect, and its schema must object to that one: REASONS has the keyword and the place.
sound.json beside them is the same file without a defect."""
import pathlib

import jsonschema
import pytest
from validate_run import parse, validator

BROKEN = pathlib.Path(__file__).parent / "broken"
NOT_JSON = None
# schema/defect -> keyword of the schema ("None": a member that is forbidden), path of the member
REASONS = {
    "sample/negative_ns": ("minimum", "ns"),
    "sample/missing_check": ("required", ""),
    "sample/ns_not_whole": ("type", "ns"),
    "sample/ns_nan": NOT_JSON,
    "sample/check_a_number": ("type", "check"),
    "sample/zero_for_unknown_memory": ("minimum", "maxrss_kib"),
    "sample/zero_iterations": ("minimum", "iterations"),
    "sample/counter_null": ("type", "counters/steals"),
    "sample/unknown_arm": ("enum", "arm"),
    "sample/unknown_drop": ("enum", "dropped"),
    "sample/version_1_with_unit": ("None", "unit"),
    "sample/version_3": ("enum", "v"),
    "sample/cell_without_workers": ("pattern", "cell"),
    "sample/cell_with_spaces": ("pattern", "cell"),
    "sample/ok_a_number": ("type", "ok"),
    "sample/unknown_member": ("additionalProperties", ""),
    "cell/unknown_status": ("enum", "status"),
    "cell/ok_with_a_reason": ("type", "reason"),
    "cell/failed_without_a_reason": ("type", "reason"),
    "cell/no_workers": ("minimum", "workers"),
    "cell/size_a_string": ("type", "size"),
    "cell/zero_for_unknown_iterations": ("minimum", "iterations"),
    "cell/unknown_allocator": ("enum", "allocator"),
    "cell/missing_units": ("required", ""),
    "cell/note_not_whole": ("type", "notes/resident_bytes"),
    "cell/unknown_stop": ("enum", "stopped"),
    "cell/cell_upper_case": ("pattern", "cell"),
    "manifest/missing_seed": ("required", ""),
    "manifest/negative_seed": ("minimum", "seed"),
    "manifest/local_time": ("pattern", "started"),
    "manifest/short_commit": ("pattern", "git/commit"),
    "manifest/no_cells": ("minItems", "plan/cells"),
    "manifest/unknown_pin": ("enum", "plan/pin"),
    "manifest/zero_for_unknown_memory": ("minimum", "machine/memory_kib"),
    "manifest/zero_cores": ("minimum", "machine/cores"),
    "manifest/host_name": ("pattern", "machine/host"),
    "manifest/load_nan": NOT_JSON,
    "manifest/two_loads": ("minItems", "machine/loadavg"),
    "manifest/cell_without_scheduler": ("required", "plan/cells/0"),
    "manifest/shard_zero": ("minimum", "shards/0/shard"),
    "summary/figure_of_a_crash": ("type", "0/ns_per_op"),
    "summary/figure_nan": NOT_JSON,
    "summary/figure_infinite": NOT_JSON,
    "summary/zero_for_unknown_figure": ("exclusiveMinimum", "0/ns_low"),
    "summary/negative_figure": ("exclusiveMinimum", "0/ns_per_op"),
    "summary/missing_interval": ("required", "0"),
    "summary/verified_a_string": ("type", "0/verified"),
    "summary/unknown_status": ("enum", "0/status"),
    "summary/negative_samples": ("minimum", "0/samples"),
    "plan/shard_zero": ("minimum", "cells/0/shard"),
    "plan/no_shards": ("minimum", "shards"),
    "plan/bad_hash": ("pattern", "catalogue/good"),
    "plan/flag_without_value": ("pattern", "flags/0"),
    "plan/missing_catalogue": ("required", ""),
    "shard/shard_a_string": ("type", "shards/0"),
    "shard/no_shard": ("minItems", "shards"),
    "shard/missing_plan": ("required", ""),
}


def read(name):
    return parse((BROKEN / f"{name}.json").read_text())


def test_every_file_has_a_reason():
    files = {f"{path.parent.name}/{path.stem}" for path in BROKEN.glob("*/*.json")}
    assert {name for name in files if not name.endswith("/sound")} == set(REASONS)


@pytest.mark.parametrize("schema", sorted({name.split("/")[0] for name in REASONS}))
def test_the_sound_file_is_accepted(schema):
    validator(schema).validate(read(f"{schema}/sound"))


@pytest.mark.parametrize("name", REASONS)
def test_the_defect_is_objected_to(name):
    if REASONS[name] is NOT_JSON:
        with pytest.raises(ValueError, match="is not JSON"):
            read(name)
        return
    errors = list(validator(name.split("/")[0]).iter_errors(read(name)))
    found = [(str(error.validator), "/".join(map(str, error.absolute_path))) for error in errors]
    assert REASONS[name] in found


def test_schemas_are_sound_themselves():
    for path in (BROKEN.parents[2] / "results/schema").glob("*.schema.json"):
        jsonschema.Draft202012Validator.check_schema(parse(path.read_text()))
