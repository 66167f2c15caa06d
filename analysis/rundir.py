"""The only door to the files of a run directory: reads JSON and JSON lines and says where a bad line stands.

The format is results/README.md. A run that was killed leaves a torn last line; that is expected and becomes a
warning. Anything else that does not obey the format is an error that names file and line: a figure computed from
half-understood data would be worse than none.
"""

import json
from pathlib import Path

VERSIONS = (1, 2)


class BadInput(Exception):
    """What failed, its likely cause, and the remedy; printed by report.py, which then exits with 2."""

    def __init__(self, what: str, cause: str, remedy: str):
        super().__init__(f"{what}\n  cause: {cause}\n  remedy: {remedy}")
        self.what, self.cause, self.remedy = what, cause, remedy


def _is_int(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_int_map(value) -> bool:
    return isinstance(value, dict) and all(_is_int(v) or v is None for v in value.values())


KINDS = {
    "a string": lambda v: isinstance(v, str),
    "a string or null": lambda v: v is None or isinstance(v, str),
    "an integer": _is_int,
    "a positive integer": lambda v: _is_int(v) and v > 0,
    "a count": lambda v: _is_int(v) and v >= 0,
    "a count or null": lambda v: v is None or (_is_int(v) and v >= 0),
    "an integer or null": lambda v: v is None or _is_int(v),
    "true or false": lambda v: isinstance(v, bool),
    "an object": lambda v: isinstance(v, dict),
    "an object of integers": _is_int_map,
}

SAMPLE = {
    "cell": "a string", "unit": "a count", "turn": "a count", "arm": "a string or null",
    "psi_us": "an integer or null", "dropped": "a string or null", "position": "a count", "ns": "a positive integer",
    "iterations": "a positive integer", "ops": "a positive integer", "check": "a string", "ok": "true or false",
    "cpu_ns": "a count or null", "nvcsw": "a count or null", "nivcsw": "a count or null",
    "minflt": "a count or null", "maxrss_kib": "a count or null", "counters": "an object of integers",
    "baseline": "true or false", "t_mono_ns": "a count",
}

# What a sample of version 1 lacks. It had one process per cell: its round r is turn r of unit 0.
SINCE_2 = {"arm": None, "psi_us": None, "dropped": None}

CELL = {
    "cell": "a string", "scheduler": "a string", "workload": "a string", "size": "an integer",
    "workers": "a positive integer", "options": "an object", "allocator": "a string", "status": "a string",
    "reason": "a string or null",
    "baseline": "true or false", "notes": "an object of integers", "task_bytes": "a count or null",
    "live_peak_bytes": "a count or null", "retained_bytes": "an integer or null", "leaked_bytes": "an integer or null",
    "requested_bytes": "a count or null", "rss_delta_kib": "an integer or null", "ops_per_iteration": "a count or null",
}


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")


def _parse(data: bytes):
    return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)


def _complaint(record, fields: dict) -> str:
    """Why `record` does not obey `fields`; empty when it does. Members that are not listed are ignored. A sample of
    version 1 is made one of version 2."""
    if not isinstance(record, dict):
        return "is not an object"
    if record.get("v") not in VERSIONS:
        return f"has version {record.get('v')!r}, not {' or '.join(map(str, VERSIONS))}"
    if record["v"] == 1 and fields is SAMPLE and "round" in record:
        record |= SINCE_2 | {"unit": 0, "turn": record["round"]}
    return _kind_complaint(record, fields)


def _kind_complaint(record: dict, fields: dict) -> str:
    for name, kind in fields.items():
        if name not in record:
            return f"has no member '{name}'"
        if not KINDS[kind](record[name]):
            return f"has '{name}' = {json.dumps(record[name])}, which is not {kind}"
    return ""


def read_lines(path: Path, fields: dict) -> tuple[list, list]:
    """The records of a .jsonl file as (line number, dict), and the warnings. A missing file has no records."""
    if not path.exists():
        return [], [f"{path.name} is missing: the run ended before it was written"]
    lines = path.read_bytes().split(b"\n")
    torn = lines.pop()  # empty when the last line is complete
    records, warnings = [], []
    for number, line in enumerate(lines, start=1):
        try:
            record = _parse(line)
        except ValueError as error:
            raise _bad_line(path, number, f"is not JSON: {error}") from None
        if complaint := _complaint(record, fields):
            raise _bad_line(path, number, complaint)
        records.append((number, record))
    if torn:
        warnings.append(f"{path.name}:{len(lines) + 1}: torn last line ignored: the run was killed while it wrote")
    return records, warnings


def _bad_line(path: Path, number: int, complaint: str) -> BadInput:
    return BadInput(f"{path}:{number}: the line {complaint}.",
                    "the file was edited, damaged, or written by another version of the harness",
                    "restore the file or run the harness again; only a torn last line may be cut off")


def line_error(path: Path, number: int, complaint: str) -> BadInput:
    """The error for a line that parses but contradicts another one."""
    return _bad_line(path, number, complaint)


def read_json(path: Path):
    """The value of a JSON file."""
    try:
        return _parse(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read as JSON: {error}.",
                       "the file is damaged or is not what its name says",
                       "restore the file or run the harness again") from None


def read_manifest(folder: Path) -> dict:
    """manifest.json of a run directory; makes sure that `folder` is one."""
    path = folder / "manifest.json"
    if not folder.is_dir() or not path.is_file():
        what = "is not a run directory: it has no manifest.json" if folder.is_dir() else "is not a directory"
        raise BadInput(f"{folder}: {what}.", "the path is misspelt, or the run ended before its first sample",
                       "give the directory that 'harness run --out=DIR' wrote")
    manifest = read_json(path)
    if complaint := _complaint(manifest, {}):
        raise BadInput(f"{path}: the manifest {complaint}.", "it was written by another version of the harness",
                       "use the analysis of the commit that wrote the run")
    return manifest
