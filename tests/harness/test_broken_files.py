"""Each file of broken/ has one defect, and its schema must object to that one: REASONS has the keyword and the place.
sound.json beside them is the same file without a defect, as the harness wrote it; lists are shortened. A folder is called
like its schema, or schema.kind for another kind of what it describes."""
import json
import pathlib

import pytest
from validate_run import parse, validator

BROKEN = pathlib.Path(__file__).parent / "broken"
SCHEMAS = sorted(path.name.removesuffix(".schema.json") for path in (BROKEN.parents[2] / "results/schema").iterdir())
FOLDERS = sorted(path.name for path in BROKEN.iterdir())
FEWEST = 6  # defects of a schema
NOT_JSON = None
# folder/defect -> keyword of the schema ("None": a member that is forbidden; "enum" is "const" too), path of the member
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
    "plan/cell_without_shard": ("required", "cells/0"),
    "plan/version_2": ("enum", "v"),
    "plan/unknown_member": ("additionalProperties", ""),
    "shard/shard_zero": ("minimum", "shards/0"),
    "shard/version_2": ("enum", "v"),
    "shard/unknown_member": ("additionalProperties", ""),
    "event/missing_torn_lines": ("required", ""),
    "event/negative_turns": ("minimum", "turns_removed"),
    "event/local_time": ("pattern", "at"),
    "event/three_torn_lines": ("maximum", "torn_lines"),
    "event/units_a_string": ("type", "units_removed"),
    "event/cells_not_whole": ("type", "cells_removed"),
    "event/turns_nan": NOT_JSON,
    "event/unknown_event": ("enum", "event"),
    "event/version_4": ("enum", "v"),
    "event/unknown_member": ("additionalProperties", ""),
    "event.unit/missing_canary": ("required", ""),
    "event.unit/missing_burst": ("required", ""),
    "event.unit/burst_of_version_2": ("None", "burst_before_ns"),
    "event.unit/no_time": ("minimum", "wall_ns"),
    "event.unit/negative_steal": ("minimum", "steal_ticks"),
    "event.unit/pressure_a_string": ("type", "psi_some_us"),
    "event.unit/canary_nan": NOT_JSON,
    "event.unit/of_version_1": ("enum", "v"),
    "event.unit/counts_torn_lines": ("None", "torn_lines"),
    "event.unit/cell_without_workers": ("pattern", "cell"),
    "event.unit/local_time": ("pattern", "at"),
    "verdict/missing_exit_code": ("required", ""),
    "verdict/missing_count": ("required", "counts"),
    "verdict/unknown_verdict": ("enum", "cells/0/decision/verdict"),
    "verdict/judged_without_a_decision": ("type", "cells/0/decision"),
    "verdict/crash_with_a_decision": ("type", "cells/0/decision"),
    "verdict/ok_with_a_reason": ("type", "cells/0/reason"),
    "verdict/negative_count": ("minimum", "counts/failed"),
    "verdict/change_nan": NOT_JSON,
    "verdict/negative_spread": ("minimum", "cells/0/decision/sigma"),
    "verdict/unlikely_p": ("maximum", "cells/0/decision/p"),
    "verdict/fourth_look": ("maximum", "cells/0/decision/look"),
    "verdict/three_batches": ("maxItems", "cells/0/batches"),
    "verdict/no_tolerance": ("exclusiveMinimum", "tolerance"),
    "verdict/interrupted_gate": ("enum", "exit_code"),
    "verdict/short_revision": ("pattern", "reference/revision"),
    "verdict/strict_a_string": ("type", "strict"),
    "verdict/version_2": ("enum", "v"),
    "verdict/unknown_member": ("additionalProperties", ""),
    "misfire/missing_seed": ("required", ""),
    "misfire/unknown_rule": ("enum", "cells/0/rates/1/rule"),
    "misfire/sequential_gate": ("enum", "cells/0/rates/3/data"),
    "misfire/negative_alarms": ("minimum", "cells/0/rates/0/false_alarms"),
    "misfire/no_comparison": ("minimum", "cells/0/rates/0/of"),
    "misfire/bound_above_1": ("maximum", "cells/0/rates/0/high"),
    "misfire/bound_nan": NOT_JSON,
    "misfire/rates_of_a_crash": ("maxItems", "cells/0/rates"),
    "misfire/ok_without_rates": ("minItems", "cells/0/rates"),
    "misfire/rule_without_verdict": ("enum", "cells/0/rates/2/no_verdict"),
    "misfire/cell_with_spaces": ("pattern", "cells/0/cell"),
    "misfire/real_gates_a_number": ("type", "real_gates"),
    "misfire/no_cells": ("minItems", "cells"),
    "misfire/version_2": ("enum", "v"),
    "misfire/unknown_member": ("additionalProperties", "cells/0/rates/0"),
    "count/missing_changes": ("required", ""),
    "count/unknown_verdict": ("enum", "changes/0/verdict"),
    "count/unknown_status": ("enum", "cells/0/builds/0/status"),
    "count/failed_without_a_reason": ("type", "cells/0/builds/0/reason"),
    "count/ok_with_a_reason": ("type", "cells/0/builds/0/reason"),
    "count/negative_ops": ("minimum", "cells/0/builds/0/ops"),
    "count/zero_for_unknown_work": ("exclusiveMinimum", "cells/0/builds/0/work_proxy/instructions_per_op"),
    "count/counted_with_a_reason": ("type", "cells/0/builds/0/work_proxy/reason"),
    "count/spread_nan": NOT_JSON,
    "count/counter_not_whole": ("type", "cells/0/builds/0/counters/steals/1"),
    "count/counter_of_no_process": ("minItems", "cells/0/builds/0/counters/steals"),
    "count/three_builds": ("maxItems", "builds/0"),
    "count/short_hash": ("pattern", "builds/0/0/code_hash"),
    "count/zero_for_unknown_text": ("minimum", "builds/0/0/text_bytes"),
    "count/ratio_of_one_bound": ("minItems", "changes/4/ratio"),
    "count/version_2": ("enum", "v"),
    "count/unknown_member": ("additionalProperties", "changes/0"),
    "calibration/missing_looks": ("required", ""),
    "calibration/ok_without_noise": ("required", "cells/0"),
    "calibration/figures_of_a_crash": ("None", "cells/0/noise"),
    "calibration/ok_with_a_reason": ("type", "cells/0/reason"),
    "calibration/unknown_verdict": ("enum", "cells/0/resampled/verdicts"),
    "calibration/verdict_that_never_was": ("minimum", "cells/0/resampled/verdicts/INVALID"),
    "calibration/negative_count": ("minimum", "cells/0/power/1/regressed/count"),
    "calibration/no_gates": ("minimum", "cells/0/power/1/regressed/of"),
    "calibration/bound_above_1": ("maximum", "cells/0/power/1/regressed/high"),
    "calibration/effect_nan": NOT_JSON,
    "calibration/negative_spread": ("minimum", "cells/0/noise/sigma"),
    "calibration/units_a_string": ("type", "cells/0/noise/units"),
    "calibration/slow_size_0": ("minimum", "cells/0/injection/size"),
    "calibration/zero_for_unknown_hz": ("minimum", "hz"),
    "calibration/trap_and_none": ("type", "no_trap"),
    "calibration/no_trap_and_no_reason": ("type", "no_trap"),
    "calibration/unknown_trap_verdict": ("enum", "trap/verdict"),
    "calibration/cell_upper_case": ("pattern", "cells/0/cell"),
    "calibration/no_cells": ("minItems", "cells"),
    "calibration/version_2": ("enum", "v"),
    "calibration/unknown_member": ("additionalProperties", "cells/0/noise"),
    "profile/version_2": ("enum", "v"),
    "profile/no_profiles": ("minItems", "profiles"),
    "profile/span_of_a_refusal": ("type", "profiles/1/span_ns/value"),
    "profile/no_span_and_no_refusal": ("type", "profiles/0/span_ns/value"),
    "profile/correction_not_refused": ("maximum", "profiles/0/correction"),
    "profile/strands_not_whole": ("type", "profiles/0/counts/strands"),
    "profile/missing_joins": ("required", "profiles/0/counts"),
    "profile/negative_idle": ("minimum", "profiles/0/speedups/0/loss_ns/idle"),
    "profile/one_worker": ("minimum", "profiles/0/speedups/0/workers"),
    "profile/loss_of_what_is_missing": ("type", "profiles/0/speedups/1/time_ns"),
    "profile/no_time_and_no_reason": ("type", "profiles/0/speedups/0/time_ns"),
    "profile/empty_refusal": ("minLength", "profiles/1/refusal"),
    "profile/unknown_member": ("additionalProperties", "profiles/0"),
    "profile/span_nan": NOT_JSON,
    "run_comparison/time_of_another_machine": ("type", "cells/0/candidate/ns_per_op"),
    "run_comparison/time_ratio_of_another_machine": ("type", "cells/0/ns_ratio"),
    "run_comparison/verdict": ("additionalProperties", "cells/0"),
    "run_comparison/rank_zero": ("minimum", "cells/0/reference/rank"),
    "run_comparison/zero_for_unknown_ratio": ("exclusiveMinimum", "cells/0/ratio_low"),
    "run_comparison/no_cells": ("minItems", "cells"),
    "run_comparison/left_out_without_reason": ("required", "left_out/0"),
    "run_comparison/other_machine_without_difference": ("minItems", "machine_differences"),
    "run_comparison/ratio_nan": NOT_JSON,
    "metg/figure_of_a_reason": ("type", "rows/0/metg"),
    "metg/no_figure_and_no_reason": ("type", "rows/0/metg"),
    "metg/infinite_bound": NOT_JSON,
    "metg/unknown_sign": ("enum", "rows/0/metg/sign"),
    "metg/zero_for_unknown_bound": ("exclusiveMinimum", "rows/0/metg_low/ns"),
    "metg/efficiency_zero": ("exclusiveMinimum", "rows/0/curve/0/efficiency"),
    "metg/target_in_per_cent": ("maximum", "target"),
    "metg/no_rows": ("minItems", "rows"),
    "metg/version_2": ("enum", "v"),
    "metg/missing_units": ("required", "rows/0"),
    "metg/unknown_member": ("additionalProperties", ""),
    "trace/steal_without_a_victim": ("minProperties", "traceEvents/5/args"),
    "trace/unknown_kind": ("enum", "traceEvents/5/name"),
    "trace/before_the_turn": ("minimum", "traceEvents/3/ts"),
    "trace/span_without_an_end": ("required", "traceEvents/3"),
    "trace/unknown_phase": ("enum", "traceEvents/8/ph"),
    "trace/time_nan": NOT_JSON,
    "trace/negative_lost": ("minimum", "otherData/cells/0/lost"),
    "trace/cell_with_spaces": ("pattern", "otherData/cells/0/cell"),
    "trace/process_zero": ("minimum", "otherData/cells/0/pid"),
    "trace/counter_not_whole": ("type", "otherData/cells/0/counters/steals"),
    "trace/missing_cells": ("required", "otherData"),
    "trace/unknown_member": ("additionalProperties", ""),
    "metg/size_a_string": ("type", "rows/0/curve/0/size"),
    "micro_environment/missing_seed": ("required", ""),
    "micro_environment/local_time": ("pattern", "started"),
    "micro_environment/short_commit": ("pattern", "git/commit"),
    "micro_environment/short_hash": ("pattern", "programs/deque/code_hash"),
    "micro_environment/no_benchmarks": ("minItems", "plan/benchmarks"),
    "micro_environment/no_samples": ("minimum", "plan/samples"),
    "micro_environment/machine_a_string": ("type", "machine"),
    "micro_environment/unknown_member": ("additionalProperties", ""),
    "micro_environment/version_2": ("enum", "v"),
    "micro_sample/missing_wall": ("required", ""),
    "micro_sample/negative_ns": ("exclusiveMinimum", "ns"),
    "micro_sample/ns_nan": NOT_JSON,
    "micro_sample/ok_without_a_figure": ("type", "ns"),
    "micro_sample/ok_with_a_reason": ("type", "reason"),
    "micro_sample/failed_with_a_figure": ("type", "ns"),
    "micro_sample/unknown_status": ("enum", "status"),
    "micro_sample/counter_null": ("type", "counters/ns_per_item"),
    "micro_sample/iterations_not_whole": ("type", "iterations"),
    "micro_sample/publishable_a_string": ("type", "publishable"),
    "micro_sample/unknown_member": ("additionalProperties", ""),
    "micro/missing_alpha": ("required", ""),
    "micro/alpha_above_a_half": ("maximum", "alpha"),
    "micro/figure_of_an_absent": ("type", "benchmarks/2/ns"),
    "micro/ok_without_a_figure": ("type", "benchmarks/0/ns"),
    "micro/ok_with_a_reason": ("type", "benchmarks/0/reason"),
    "micro/median_nan": NOT_JSON,
    "micro/negative_spread": ("minimum", "benchmarks/0/ns/sigma"),
    "micro/counter_without_interval": ("required", "benchmarks/1/counters/success_rate"),
    "micro/no_benchmarks": ("minItems", "benchmarks"),
    "micro/unknown_member": ("additionalProperties", "builds/deque"),
    "micro/version_2": ("enum", "v"),
}


def schema_of(name):
    return validator(name.partition("/")[0].partition(".")[0])


def read(name):
    return parse((BROKEN / f"{name}.json").read_text())


def differences(sound, broken, path=""):
    """The paths at which two values differ."""
    if isinstance(sound, dict) and isinstance(broken, dict):
        both = sound.keys() & broken.keys()
        alone = [f"{path}/{key}" for key in sound.keys() ^ broken.keys()]
        return alone + [place for key in both for place in differences(sound[key], broken[key], f"{path}/{key}")]
    if isinstance(sound, list) and isinstance(broken, list) and len(sound) == len(broken):
        return [place for i, pair in enumerate(zip(sound, broken)) for place in differences(*pair, f"{path}/{i}")]
    return [] if type(sound) is type(broken) and sound == broken else [path]


def objections(errors):
    """(keyword, place) of each error and of those that made an anyOf or oneOf fail."""
    for error in errors:
        keyword = "enum" if error.validator == "const" else str(error.validator)
        yield keyword, "/".join(map(str, error.absolute_path))
        yield from objections(error.context)


def test_every_file_has_a_reason():
    files = {f"{path.parent.name}/{path.stem}" for path in BROKEN.glob("*/*.json")}
    assert {name for name in files if not name.endswith("/sound")} == set(REASONS)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_schema_is_forgotten(schema):
    assert sum(name.startswith(f"{schema}/") for name in REASONS) >= FEWEST


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_sound_file_is_accepted(folder):
    schema_of(folder).validate(read(f"{folder}/sound"))


@pytest.mark.parametrize("name", REASONS)
def test_there_is_one_defect(name):
    sound = (BROKEN / name).with_name("sound.json").read_text()
    broken = (BROKEN / f"{name}.json").read_text()
    assert len(differences(json.loads(sound), json.loads(broken))) == 1


@pytest.mark.parametrize("name", REASONS)
def test_the_defect_is_objected_to(name):
    if REASONS[name] is NOT_JSON:
        with pytest.raises(ValueError, match="is not JSON"):
            read(name)
        return
    assert REASONS[name] in objections(schema_of(name).iter_errors(read(name)))


def test_schemas_are_sound_themselves():
    for schema in SCHEMAS:
        validator(schema)  # checks it
