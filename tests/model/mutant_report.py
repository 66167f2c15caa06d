"""What mutants.py prints: the mutants, the scores, and beside them those of Relacy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, as_completed

from mutant_patches import Patch
from mutant_runs import Program
from mutant_sites import Change, Sites
from mutant_verdicts import BEYOND, EQUIVALENT, STRONGER, Mutant, score_of


def watched(tasks: list[Future]) -> Iterator[Future]:
    """`tasks` in their order, when all are done; how many are, to a terminal."""
    for done, _ in enumerate(as_completed(tasks), 1):
        if sys.stderr.isatty():
            print(f"\r{done} of {len(tasks)} mutants", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    yield from tasks


def _verdict(mutant: Mutant) -> str:
    if mutant.is_killed:
        return f"{mutant.verdict}: {mutant.by}: {mutant.found}"
    why = mutant.explanation or mutant.found or (mutant.by if mutant.is_patch else "NOT EXPLAINED")
    return f"SURVIVED: {why}"


def print_mutants(mutants: list[Mutant]) -> None:
    for m in mutants:
        place = m.place.rpartition("/")[2]
        change = m.before if m.is_patch else f"{m.before} -> {m.after}"
        print(f"{m.structure:14} {m.label:4} {place:22} {change:28} {_verdict(m)}")
    print()


def _percent(share: float) -> str:
    return f"{100 * share:5.1f} %"


def print_scores(mutants: list[Mutant]) -> None:
    """Of orders: `score` leaves out survivors that are equivalent or beyond the model, `raw` does
    not. Of patches: killed of all."""
    print(
        f"{'structure':14} {'orders':>8} {'killed':>7} {'timeout':>8} {'survived':>9} "
        f"{'equivalent':>11} {'beyond':>7} {'stronger':>9} {'raw':>8} {'score':>8} "
        f"{'patches':>8}"
    )
    names = [*dict.fromkeys(mutant.structure for mutant in mutants)]
    for name in [*names, "all"] if len(names) > 1 else names:
        mine = [m for m in mutants if name in (m.structure, "all")]
        score = score_of(mine)
        classes = [sum(m.explanation == one for m in mine) for one in (EQUIVALENT, BEYOND, STRONGER)]
        patches = [m for m in mine if m.is_patch]
        timeouts = sum(m.verdict == "timeout" for m in mine if not m.is_patch)
        print(
            f"{name:14} {score.mutants:8} {score.killed:7} {timeouts:8} "
            f"{score.mutants - score.killed:9} {classes[0]:11} {classes[1]:7} {classes[2]:9} "
            f"{_percent(score.raw):>8} {_percent(score.adjusted):>8} "
            f"{sum(m.is_killed for m in patches):>5}/{len(patches)}"
        )


def print_list(
    changes: list[Change], patches: list[tuple[Patch, str]], used: list[Program], sites: Sites
) -> None:
    for c in changes:
        place = f"{c.file.rpartition('/')[2]}:{c.operation.first_line}"
        calls = {p.name: len(sites.addresses(p.name, c)) for p in used}
        where = " ".join(f"{name} ({n})" for name, n in calls.items() if n) or "no model"
        print(f"{c.structure:14} {c.label:4} {place:22} {c.before + ' -> ' + c.after:28} {where}")
    for patch, structure in patches:
        print(f"{structure:14} {patch.path.name}: {patch.description} ({', '.join(patch.models) or 'any'})")


def print_relacy(mutants: list[Mutant], records: list[dict[str, str]]) -> None:
    """Orders weakened by both instruments, and where they do not agree."""
    ours = {
        (m.place.rpartition(":")[0], m.label, m.before, m.after): m
        for m in mutants
        if not m.is_patch
    }
    theirs = {(r["file"], r["label"], r["from"], r["to"]): r["verdict"] != "survived" for r in records}
    both = [key for key in ours if key in theirs]
    print(f"\n{'structure':14} {'orders':>7} {'models':>8} {'Relacy':>8}")
    for name in dict.fromkeys(ours[key].structure for key in both):
        mine = [key for key in both if ours[key].structure == name]
        here = sum(ours[key].is_killed for key in mine) / len(mine)
        there = sum(theirs[key] for key in mine) / len(mine)
        print(f"{name:14} {len(mine):7} {_percent(here):>8} {_percent(there):>8}")
    for key in both:
        if ours[key].is_killed != theirs[key]:
            who = "Relacy" if theirs[key] else "the models"
            print(f"{ours[key].structure}: {key[1]} {key[2]} -> {key[3]}: only {who} kill it")
