"""What became of the mutants: explanations of survivors, scores, findings.

survivors.json is a list of objects: structure, label, from, to (as the table prints them), class and
reason. Classes: `equivalent` (no execution differs), `beyond the model` (it would take load buffering
or a reordering compiler, see checker/atomics.hpp), `stronger than needed` (a wish to the sources: it
counts against the score).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EQUIVALENT = "equivalent"
BEYOND = "beyond the model"
STRONGER = "stronger than needed"
CLASSES = (EQUIVALENT, BEYOND, STRONGER)
SCORE_LEAST = 0.9
FIELDS = {"structure", "label", "from", "to", "class", "reason"}

Key = tuple[str, str, str, str]


@dataclass
class Mutant:
    """One mutant with its verdict: survived, killed, timeout; "" before it ran."""

    structure: str
    label: str  # of a patch: "-"
    before: str  # of a patch: its file's name
    after: str
    place: str  # file:line
    what: str  # the statement, or what the patch says of itself
    verdict: str = ""
    by: str = ""
    found: str = ""
    explanation: str = ""  # a class
    reason: str = ""

    @property
    def key(self) -> Key:
        return self.structure, self.label, self.before, self.after

    @property
    def is_patch(self) -> bool:
        return self.after == "patched"

    @property
    def is_killed(self) -> bool:
        return self.verdict in ("killed", "timeout")

    def record(self) -> dict[str, str]:
        return {
            "structure": self.structure,
            "label": self.label,
            "from": self.before,
            "to": self.after,
            "place": self.place,
            "what": self.what,
            "verdict": self.verdict,
            "killed_by": f"{self.by}: {self.found}" if self.is_killed else "",
            "class": self.explanation,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Score:
    """Of the orders of one structure; `killable` leaves out what is explained as equivalent or beyond
    the model. Patches do not count: all must be killed, so they could only hide orders that are not."""

    mutants: int
    killed: int
    killable: int

    @property
    def raw(self) -> float:
        return self.killed / self.mutants if self.mutants else 1.0

    @property
    def adjusted(self) -> float:
        return self.killed / self.killable if self.killable else 1.0


class BadExplanations(Exception):
    """survivors.json says something that cannot be meant."""


def read_explanations(text: str) -> dict[Key, tuple[str, str]]:
    """Class and reason by key."""
    found: dict[Key, tuple[str, str]] = {}
    for entry in json.loads(text):
        if set(entry) != FIELDS or not all(isinstance(x, str) and x for x in entry.values()):
            raise BadExplanations(f"{entry}: needs {', '.join(sorted(FIELDS))}, none of them empty")
        if entry["class"] not in CLASSES:
            raise BadExplanations(f"{entry}: class is one of {', '.join(CLASSES)}")
        key = entry["structure"], entry["label"], entry["from"], entry["to"]
        if key in found:
            raise BadExplanations(f"{' '.join(key)} is explained twice")
        found[key] = entry["class"], entry["reason"]
    return found


def explain(mutants: list[Mutant], explanations: dict[Key, tuple[str, str]]) -> None:
    """Notes the explanations with their survivors."""
    for mutant in mutants:
        if not mutant.is_killed and not mutant.is_patch:
            mutant.explanation, mutant.reason = explanations.get(mutant.key, ("", ""))


def score_of(mutants: Iterable[Mutant]) -> Score:
    mine = [mutant for mutant in mutants if not mutant.is_patch]
    excused = sum(m.explanation in (EQUIVALENT, BEYOND) for m in mine)
    return Score(len(mine), sum(m.is_killed for m in mine), len(mine) - excused)


def findings(
    mutants: list[Mutant], explanations: dict[Key, tuple[str, str]], is_whole: bool
) -> list[str]:
    """What is wrong; empty: all is well. `is_whole`: `mutants` are all those of their structures, so
    that scores mean something and an explanation without a mutant is stale."""
    found = []
    for mutant in mutants:
        name = f"{mutant.structure}: {mutant.label} {mutant.before} -> {mutant.after}"
        if mutant.is_patch and not mutant.is_killed:
            found.append(f"{name} ({mutant.place}) survives in {mutant.by}: {mutant.what}")
        elif not mutant.is_killed and not mutant.explanation:
            found.append(f"{name} ({mutant.place}) survives, and nothing says why")
        elif mutant.is_killed and mutant.key in explanations:
            found.append(f"{name} is explained as a survivor, but {mutant.by} kills it")
    if not is_whole:
        return found
    structures = dict.fromkeys(mutant.structure for mutant in mutants)
    keys = {mutant.key for mutant in mutants}
    for key in explanations:
        if key[0] in structures and key not in keys:
            found.append(f"{key[0]}: {key[1]} {key[2]} -> {key[3]} is explained, but is no mutant")
    for structure in structures:
        score = score_of(m for m in mutants if m.structure == structure)
        if score.adjusted < SCORE_LEAST:
            found.append(
                f"{structure}: {score.killed} of {score.killable} killable orders are killed; "
                f"at least {SCORE_LEAST:.0%} must be"
            )
    return found
