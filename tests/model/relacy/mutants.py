#!/usr/bin/env python3
"""Mutation score of the Relacy models: every labelled memory order weakened, every store left out.

    tests/model/relacy/mutants.py --programs build/dev/bin [--json FILE] [--structure NAME] [--iterations N]

A mutant is one run of a model with one place of the sources changed at run time (mutation.hpp); it is killed when
Relacy finds a violation. Labels are read as tests/tidy reads them, places are those the model comes by. Exit code 1:
a survivor that README.md does not explain, an explanation without a survivor, or a labelled order that no shape
comes by; 2: a model that fails without mutation. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests/tidy"))

from rule_orders import REACH_LINES, labels_in  # noqa: E402
from source import SourceFile  # noqa: E402

STRUCTURES = {
    "deque": ["core/deque/chase_lev.hpp"],
    "mpsc_queue": ["core/sync/mpsc_queue.hpp"],
    "event_count": ["core/sync/event_count.hpp", "core/sync/event_count.cpp"],
}
WEAKER = {
    "load": {"seq_cst": ["acquire", "relaxed"], "acquire": ["relaxed"]},
    "store": {"seq_cst": ["release", "relaxed"], "release": ["relaxed"]},
    "change": {
        "seq_cst": ["acq_rel", "acquire", "release", "relaxed"],
        "acq_rel": ["acquire", "release", "relaxed"],
        "acquire": ["relaxed"],
        "release": ["relaxed"],
    },
}
DROPPED = "left out"
NO_LABEL = "-"
TIMEOUT_S = 120
# | structure | labels | changes | equivalent or outside | why |
_EXPLANATION = re.compile(r"^\| (\w+) \| ([A-Z]+\d+(?:, [A-Z]+\d+)*) \| ([^|]+) \| (equivalent|outside) \| ([^|]+) \|")
_CHANGE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Site:
    """A place of the sources that the model came by."""

    file: str
    line: int
    access: str
    order: str


@dataclass
class Mutant:
    structure: str
    label: str
    file: str
    line: int
    access: str
    statement: str
    before: str
    after: str
    verdict: str = ""
    killed_by: str = ""
    explanation: str = ""

    @property
    def survived(self) -> bool:
        return self.verdict == "survived"

    @property
    def key(self) -> tuple[str, str, str]:
        """How README.md names it."""
        return self.structure, self.label, f"{self.before} -> {self.after}"

    def option(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"--drop={place}" if self.after == DROPPED else f"--weaken={place}={self.after}"

    def record(self) -> dict:
        fields = asdict(self)
        fields["from"], fields["to"] = fields.pop("before"), fields.pop("after")
        return fields


def run(program: Path, *options: str) -> tuple[int, str]:
    """Exit code and output; a run that does not end counts as an error of the model, not as a kill."""
    done = subprocess.run([program, *options], capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode == 2:
        raise SystemExit(f"mutants.py: {program} {' '.join(options)}: {done.stderr}")
    return done.returncode, done.stdout


def sites_of(program: Path, files: list[str], options: list[str]) -> list[Site]:
    code, output = run(program, "--sites", *options)
    if code != 0:
        print(output, f"mutants.py: {program} fails without any mutation", file=sys.stderr, sep="")
        raise SystemExit(2)
    found = []
    for line in output.splitlines():
        words = line.split("\t")
        file = next((f for f in files if words[0].endswith(f)), None)
        if len(words) == 4 and file:
            found.append(Site(file, int(words[1]), words[2], words[3]))
    return sorted(found, key=lambda site: (site.file, site.line))


def mutants_of(structure: str, files: list[str], sites: list[Site]) -> tuple[list[Mutant], list[str]]:
    """The mutants, and the labels of orders that could be weaker but that no shape comes by."""
    mutants, missed = [], []
    for file in files:
        source = SourceFile(file, (ROOT / file).read_text())
        labels = labels_in(source)
        reached = set()
        for site in (s for s in sites if s.file == file):
            above = [
                label for label in labels if label.order == site.order and 0 <= site.line - label.line <= REACH_LINES
            ]
            name = above[-1].name if above else NO_LABEL
            statement = re.sub(r"\s*//.*", "", source.lines[site.line - 1].strip())
            reached.add(name)
            changes = WEAKER.get(site.access, {}).get(site.order, [])
            if site.access in ("store", "barrier") or (site.access == "change" and "fetch_" in statement):
                changes = [*changes, DROPPED]
            mutants += [
                Mutant(structure, name, file, site.line, site.access, statement, site.order, change)
                for change in changes
            ]
        missed += [
            f"{file}:{label.line}: no shape comes by ({label.name})"
            for label in labels
            if label.name not in reached and label.order not in ("relaxed", "light_barrier")
        ]
    return mutants, missed


def judge(mutant: Mutant, program: Path, options: list[str]) -> None:
    code, output = run(program, mutant.option(), *options)
    last = output.splitlines()[-1] if output else ""
    mutant.verdict = "killed" if code else "survived"
    if code == 1:
        shape, _, rest = last.partition(": ")
        what = re.search(r"VIOLATION: (.*) in iteration", rest)
        mutant.killed_by = f"{shape}: {what.group(1).lower() if what else rest}"
    elif code:
        mutant.killed_by = f"crash, signal {-code}" if code < 0 else f"ended with code {code}"


def explanations() -> dict[tuple[str, str, str], str]:
    """What README.md says of survivors: `equivalent: why` or `outside: why`."""
    known = {}
    for line in (HERE / "README.md").read_text().splitlines():
        row = _EXPLANATION.match(line)
        if row:
            structure, labels, changes, kind, why = row.groups()
            for label in labels.split(", "):
                known |= {(structure, label, change): f"{kind}: {why.strip()}" for change in _CHANGE.findall(changes)}
    return known


def check(mutants: list[Mutant], structures: list[str]) -> list[str]:
    """Survivors and explanations belong together."""
    known = {key: why for key, why in explanations().items() if key[0] in structures}
    survivors = {m.key for m in mutants if m.survived}
    for mutant in mutants:
        mutant.explanation = known.get(mutant.key, "") if mutant.survived else ""
    missing, stale = sorted(survivors - known.keys()), sorted(known.keys() - survivors)
    return [
        *(f"{' '.join(key)}: survives, and README.md does not say why" for key in missing),
        *(f"{' '.join(key)}: README.md explains a survivor that there is not" for key in stale),
    ]


def show(mutants: list[Mutant]) -> None:
    for m in mutants:
        place = f"{m.file.rpartition('/')[2]}:{m.line}"
        print(f"{m.structure:11} {m.label:4} {place:20} {m.before + ' -> ' + m.after:25} {m.killed_by or 'SURVIVED'}")
    print()
    for structure in dict.fromkeys(m.structure for m in mutants):
        mine = [m for m in mutants if m.structure == structure]
        for what, chosen in (
            ("orders weakened", [m for m in mine if m.after != DROPPED]),
            ("statements left out", [m for m in mine if m.after == DROPPED]),
        ):
            killed = sum(not m.survived for m in chosen)
            equivalent = sum(m.explanation.startswith("equivalent") for m in chosen)
            print(
                f"{structure:11} {what:20} {killed:3} of {len(chosen):3} killed; "
                f"{killed / (len(chosen) - equivalent):4.0%} of those that are not equivalent"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--programs", type=Path, default=ROOT / "build/dev/bin", help="folder of relacy_<structure>")
    parser.add_argument("--structure", choices=STRUCTURES, action="append", help="only this one")
    parser.add_argument("--iterations", type=int, help="of each random search, instead of the model's own")
    parser.add_argument("--json", type=Path, help="write the table there as well")
    arguments = parser.parse_args()
    options = [f"--iterations={arguments.iterations}"] if arguments.iterations else []
    structures = arguments.structure or list(STRUCTURES)
    everything: list[Mutant] = []
    findings: list[str] = []
    for structure in structures:
        program = arguments.programs / f"relacy_{structure}"
        files = STRUCTURES[structure]
        mutants, missed = mutants_of(structure, files, sites_of(program, files, options))
        for mutant in mutants:
            judge(mutant, program, options)
        everything += mutants
        findings += missed
    findings += check(everything, structures)
    show(everything)
    if arguments.json:
        arguments.json.write_text(json.dumps([m.record() for m in everything], indent=1) + "\n")
    for finding in findings:
        print(f"mutants.py: {finding}", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
