#!/usr/bin/python3
"""Validates a run directory against results/schema: `validate_run.py RUN`.

Exits 0 when everything there is valid, 1 with what is not. A torn last line of a .jsonl file is ignored, as
results/README.md says; `--whole` forbids it and requires summary.json.
"""
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "results" / "schema"


def validator(name):
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
    found = []
    found += complaints("manifest.json", parse((run / "manifest.json").read_text()), validator("manifest"))
    for file, name in (("samples.jsonl", "sample"), ("cells.jsonl", "cell"), ("events.jsonl", "event")):
        if name == "event" and not (run / file).exists():
            continue  # of version 1, never resumed
        check = validator(name)
        for number, line in enumerate(lines(run / file, is_whole), 1):
            found += complaints(f"{file}:{number}", parse(line), check)
    summary = run / "summary.json"
    if is_whole or summary.exists():
        found += complaints("summary.json", parse(summary.read_text()), validator("summary"))
    for name in ("shard", "verdict", "calibration", "misfire", "trace"):
        path = run / f"{name}.json"
        if path.exists():
            found += complaints(path.name, parse(path.read_text()), validator(name))
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
