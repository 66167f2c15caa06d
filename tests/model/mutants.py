#!/usr/bin/env python3
"""Mutation score of the models: every labelled memory order weakened, every patch mutant planted.

    tests/model/mutants.py [--build DIR] [--structure NAME].. [--label L].. [--list] [--json FILE]
                           [--relacy FILE] [-j N]

Orders are weakened at run time (--weaken of an executable of models, see mutant_sites.py), patches
are compiled (mutant_patches.py). A mutant is killed when one model fails. structures.json: structure
-> files, and the executables to run; without "models", all that were compiled from the line.
survivors.json explains survivors (mutant_verdicts.py). Exit code 1: a survivor without explanation, an
explanation without survivor, a patch that survives, fewer than 90 % of the killable mutants killed;
2: a model that fails without any mutation, or no such build. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import mutant_patches  # noqa: E402
import mutant_report  # noqa: E402
import mutant_runs  # noqa: E402
import mutant_verdicts  # noqa: E402
from mutant_runs import Program  # noqa: E402
from mutant_sites import (  # noqa: E402
    NO_LABEL,
    ROOT,
    WEAKER_THAN,
    Change,
    Sites,
    changes_of,
    sites_of,
)
from mutant_verdicts import Mutant  # noqa: E402
from source import SourceFile, Tree  # noqa: E402

# Sources that no model can run, and why.
UNMODELLED = {
    "schedulers/asio_pool.hpp": "its queue is Boost's, which the checker does not see",
    "schedulers/heartbeat/timer_beat.cpp": "the checker knows no signals",
}


class BadTable(Exception):
    """structures.json does not fit the tree."""


@dataclass(frozen=True)
class Structure:
    name: str
    files: tuple[str, ...]
    models: tuple[str, ...]  # empty: all

    def may_run(self, program: str) -> bool:
        return program in self.models if self.models else True


def read_structures(text: str) -> list[Structure]:
    found = []
    for name, entry in json.loads(text).items():
        models = tuple(m.removeprefix("model_") for m in entry.get("models", []))
        found.append(Structure(name, tuple(entry["files"]), models))
        missing = [file for file in entry["files"] if not (ROOT / file).is_file()]
        if missing:
            raise BadTable(f"structures.json: {name}: there is no {', '.join(missing)}")
    return found


def forgotten(structures: list[Structure]) -> list[str]:
    """Sources with orders that could be weaker and that no structure has."""
    known = {file for structure in structures for file in structure.files} | UNMODELLED.keys()
    sources = (source for source in Tree(ROOT).sources if source.path not in known)
    return [
        f"{source.path} has labelled orders, but structures.json does not name it"
        for source in sources
        if source.path.startswith(("core/", "schedulers/"))
        and any(change.label != NO_LABEL for change in changes_of("", source))
    ]


def mutant_of(change: Change) -> Mutant:
    place = f"{change.file}:{change.operation.first_line}"
    return Mutant(
        change.structure, change.label, change.before, change.after, place, change.statement
    )


def judge_change(
    change: Change, structure: Structure, programs: list[Program], sites: Sites
) -> Mutant:
    mutant = mutant_of(change)
    runs = []
    for program in programs:
        addresses = sites.addresses(program.name, change) if structure.may_run(program.name) else []
        if addresses:
            weaken = [f"--weaken={address:#x}={change.order}" for address in addresses]
            runs.append((program, program.path, weaken))
    outcome = mutant_runs.judge(runs)
    mutant.verdict, mutant.by, mutant.found = outcome.verdict, outcome.by, outcome.found
    if not runs:
        mutant.found = "no model is compiled from this line"
    return mutant


def judge_operation(
    changes: list[Change], structure: Structure, programs: list[Program], sites: Sites
) -> list[Mutant]:
    """All changes of one order, the weakest first: what a stronger one allows, a weaker one allows as
    well, so that nothing kills the stronger if nothing killed the weaker."""
    judged: dict[str, Mutant] = {}
    for change in sorted(changes, key=lambda change: len(WEAKER_THAN.get(change.after, ""))):
        weaker = [judged.get(order) for order in WEAKER_THAN.get(change.after, [])]
        alive = [m for m in weaker if m and not m.is_killed]
        if alive:
            mutant = mutant_of(change)
            mutant.verdict, mutant.found = alive[0].verdict, alive[0].found
        else:
            mutant = judge_change(change, structure, programs, sites)
        judged[change.after] = mutant
    return [judged[change.after] for change in changes]


def judge_patch(
    patch: mutant_patches.Patch, structure: str, programs: list[Program], build: Path
) -> Mutant:
    """Killed only if every executable that the patch names fails; if it names none, one of all."""
    mutant = Mutant(structure, NO_LABEL, patch.path.name, "patched", patch.files[0], patch.description)
    by_name = {program.name: program for program in sorted(programs, key=lambda p: p.seconds)}
    mutant.verdict = "survived"
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        mutant_patches.patched_tree(patch, folder)
        for model in patch.models or by_name:
            mutant.verdict, mutant.by = "survived", f"model_{model}"
            if model not in by_name:
                mutant.found = "is not built"
                break
            if not patch.models and not mutant_patches.objects_of(patch, model, build):
                continue
            path = mutant_patches.build_patched(patch, model, build, folder)
            outcome = mutant_runs.judge([(by_name[model], path, [])])
            mutant.verdict, mutant.found = outcome.verdict, outcome.found
            mutant.by = outcome.by or mutant.by
            if mutant.is_killed != bool(patch.models):
                break
    return mutant


def arguments_of(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="default: build/dev")
    parser.add_argument("--structure", action="append", help="only this one")
    parser.add_argument("--label", action="append", help="only its orders; no patches, no scores")
    parser.add_argument("--list", action="store_true", help="print the mutants and stop")
    parser.add_argument("--json", type=Path, help="write all mutants there as well")
    parser.add_argument("--relacy", type=Path, help="--json of tests/model/relacy/mutants.py")
    parser.add_argument("--structures", type=Path, default=HERE / "structures.json")
    parser.add_argument("--survivors", type=Path, default=HERE / "survivors.json")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="processes; default: CPUs")
    return parser.parse_args(words)


def selected(arguments: argparse.Namespace) -> tuple[list[Structure], list[str]]:
    """The structures asked for, and the findings of the table."""
    structures = read_structures(arguments.structures.read_text())
    if not arguments.structure:
        is_own = arguments.structures == HERE / "structures.json"
        return structures, forgotten(structures) if is_own else []
    names = [structure.name for structure in structures]
    for name in arguments.structure:
        if name not in names:
            raise BadTable(f"there is no structure '{name}'. Structures: {', '.join(names)}")
    return [s for s in structures if s.name in arguments.structure], []


def patches_of(structures: list[Structure]) -> list[tuple[mutant_patches.Patch, str]]:
    """The patches of these structures: of the first file each changes."""
    found = []
    for path in sorted((HERE / "mutants").glob("*.patch")):
        patch = mutant_patches.read_patch(path)
        owner = [s.name for s in structures if patch.files[0] in s.files]
        found += [(patch, owner[0])] if owner else []
    return found


def programs_of(build: Path) -> list[Program]:
    """The built executables of models of our sources."""
    names = [n for n in mutant_runs.programs_in(build) if n not in mutant_runs.NOT_MUTATED]
    programs = [Program(name, build / "bin" / f"model_{name}") for name in names]
    missing = [program.path.name for program in programs if not program.path.is_file()]
    if missing:
        print(f"mutants.py: not built: {', '.join(missing)}", file=sys.stderr)
    return [program for program in programs if program.path.is_file()]


def work(arguments: argparse.Namespace) -> int:
    structures, found = selected(arguments)
    by_name = {structure.name: structure for structure in structures}
    programs = programs_of(arguments.build)
    sites = Sites({program.name: sites_of(program.path) for program in programs})
    changes = [
        change
        for structure in structures
        for file in structure.files
        for change in changes_of(structure.name, SourceFile(file, (ROOT / file).read_text()))
        if not arguments.label or change.label in arguments.label
    ]
    patches = [] if arguments.label else patches_of(structures)
    used = [
        program
        for program in programs
        if any(not patch.models or program.name in patch.models for patch, _ in patches)
        or any(
            by_name[c.structure].may_run(program.name) and sites.addresses(program.name, c)
            for c in changes
        )
    ]
    chains = [
        list(chain)
        for _, chain in groupby(changes, key=lambda c: (c.structure, c.file, c.operation, c.before))
    ]
    if arguments.list:
        mutant_report.print_list(changes, patches, used, sites)
        return 0
    with ThreadPoolExecutor(arguments.j) as pool:
        list(pool.map(mutant_runs.measure, used))
        tasks = [
            pool.submit(judge_operation, chain, by_name[chain[0].structure], used, sites)
            for chain in chains
        ] + [
            pool.submit(lambda p, name: [judge_patch(p, name, used, arguments.build)], *patch)
            for patch in patches
        ]
        mutants = [mutant for task in mutant_report.watched(tasks) for mutant in task.result()]
    explanations = mutant_verdicts.read_explanations(arguments.survivors.read_text())
    mutant_verdicts.explain(mutants, explanations)
    found += mutant_verdicts.findings(mutants, explanations, is_whole=not arguments.label)
    mutant_report.print_mutants(mutants)
    mutant_report.print_scores(mutants)
    if arguments.relacy:
        mutant_report.print_relacy(mutants, json.loads(arguments.relacy.read_text()))
    if arguments.json:
        records = [mutant.record() for mutant in mutants]
        arguments.json.write_text(json.dumps(records, indent=1) + "\n")
    for finding in found:
        print(f"mutants.py: {finding}", file=sys.stderr)
    return 1 if found else 0


def main(words: list[str]) -> int:
    try:
        return work(arguments_of(words))
    except (
        BadTable,
        mutant_patches.BadPatch,
        mutant_runs.BrokenRun,
        mutant_verdicts.BadExplanations,
        OSError,
        json.JSONDecodeError,
    ) as error:
        print(f"mutants.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
