#!/usr/bin/python3
"""Validates a run directory against results/schema: `validate_run.py RUN`.

Exits 0 when everything there is valid, 1 with what is not. A torn last line of a .jsonl file is ignored, as
results/README.md says; `--whole` forbids it and requires the files of a run that has ended.
"""
import functools
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "results" / "schema"

# The schema of each file of a run directory. A whole run has the first four; one that was killed may have none.
FILES = {"manifest.json": "manifest", "samples.jsonl": "sample", "cells.jsonl": "cell", "summary.json": "summary",
         "shard.json": "shard", "events.jsonl": "event", "verdict.json": "verdict", "calibration.json": "calibration",
         "misfire.json": "misfire", "trace.json": "trace"}


@functools.cache
def validator(name):
    """Checks values against results/schema/NAME.schema.json, which is checked itself."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def parse(text):
    """JSON as RFC 8259 has it: json.loads alone takes NaN and Infinity for numbers."""

    def refuse(word):
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def complaints(path, value, check):
    for error in check.iter_errors(value):
        where = "/".join(str(part) for part in error.absolute_path)
        yield f"{path}: {where}: {error.message}"


def lines(path, is_whole):
    """The complete lines of `path`, and a torn last one as an error if `is_whole`."""
    text = path.read_text()
    parts = text.split("\n")
    if is_whole and parts[-1]:
        raise ValueError(f"{path}: the last line has no end")
    return parts[:-1]


def check_run(run, is_whole):
    """What is wrong with the files of `run`, a line each."""
    paths = sorted(path for path in run.iterdir() if path.suffix in (".json", ".jsonl"))
    found = [f"{name}: missing" for name in list(FILES)[:4] if is_whole and not (run / name).exists()]
    for path in paths:
        if path.name not in FILES:
            found.append(f"{path.name}: no file of a run")
        elif path.suffix == ".json":
            found += complaints(path.name, parse(path.read_text()), validator(FILES[path.name]))
        else:
            for number, line in enumerate(lines(path, is_whole), 1):
                found += complaints(f"{path.name}:{number}", parse(line), validator(FILES[path.name]))
    return found


def main():
    is_whole = "--whole" in sys.argv[1:]
    runs = [argument for argument in sys.argv[1:] if argument != "--whole"]
    try:
        found = [complaint for run in runs for complaint in check_run(pathlib.Path(run), is_whole)]
    except (OSError, ValueError) as error:
        found = [str(error)]
    print("\n".join(found))
    return 1 if found or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
