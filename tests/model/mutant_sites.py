"""Order mutants: the labelled operations of a source file, weaker orders for each, and where an
executable calls them.

An operation is a call of an atomic's member (load, store, exchange, fetch_*, compare_exchange_*) with
an order other than kStat, or of a barrier. Its order belongs to a label as tests/tidy has it. The
executables are compiled with -fsanitize=thread, so every operation is a call of __tsan_atomic*;
addr2line says which line the call stands for.
"""

from __future__ import annotations

import bisect
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tidy"))

from rule_orders import ORDERS, REACH_LINES, Label, labels_in  # noqa: E402
from source import SOURCE_ROOMS, SourceFile  # noqa: E402

DROPPED = "dropped"
NO_LABEL = "-"
# A label this close above a barrier is the barrier's; else the next one below.
BARRIER_REACH_LINES = 5
WEAKER = {
    "load": {"seq_cst": ["acquire", "relaxed"], "acquire": ["relaxed"]},
    "store": {"seq_cst": ["release", "relaxed"], "release": ["relaxed"]},
    "change": {
        "seq_cst": ["acq_rel", "acquire", "release", "relaxed"],
        "acq_rel": ["acquire", "release", "relaxed"],
        "acquire": ["relaxed"],
        "release": ["relaxed"],
    },
    "barrier": {"heavy_barrier": [DROPPED], "light_barrier": [DROPPED]},
}
WEAKER["compare_exchange"] = WEAKER["change"]
WEAKER_THAN = WEAKER["change"]

_MEMBER = re.compile(r"(?:\.|->)(load|store|exchange|compare_exchange_(?:weak|strong)|fetch_\w+)\(")
_BARRIER = re.compile(r"\b(light_barrier|heavy_barrier)\(\)\s*;")
_ORDER = re.compile(r"\b(kStat|" + "|".join(ORDERS) + r")\b")
_CALL = re.compile(r"\b(?:callq?|jmpq?)\s+(?:0x)?[0-9a-f]+ <([^>+]+)>")
_ADDRESS = re.compile(r"\s+([0-9a-f]+):\t")
# Paths of the project come with the root of the sources, or "./" in its place (-ffile-prefix-map).
_PLACE = re.compile(r"(?:(?:.*/)?\./|" + re.escape(f"{ROOT}/") + r")([a-z]\w*/[^:]+):(\d+)")
_CALLEE = re.compile(r"__tsan_atomic(?:\d+_(\w+)|_(signal_fence))$|\w*(heavy_barrier)Ev$")


@dataclass(frozen=True)
class Operation:
    """One statement's access; lines count from 1, from the statement's first to the closing bracket."""

    first_line: int
    last_line: int
    access: str  # a key of WEAKER
    order: str  # of a barrier: its name
    label: str
    failure: str = ""  # the other order of a compare-exchange, "" if it has no label
    failure_label: str = ""


@dataclass(frozen=True)
class Site:
    """A call in an executable; `address` is where it returns to."""

    file: str
    line: int
    access: str
    address: int


@dataclass(frozen=True)
class Change:
    """An operation weakened."""

    structure: str
    label: str
    file: str
    operation: Operation
    statement: str
    before: str
    after: str
    order: str  # what --weaken takes

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.structure, self.label, self.before, self.after


def access_of(name: str) -> str:
    """The key of WEAKER for a member or a callback of that name; "" for none."""
    if name in ("load", "store"):
        return name
    if name.startswith("compare_exchange"):
        return "compare_exchange"
    if name.endswith("_barrier") or name == "signal_fence":
        return "barrier"
    return "change" if name == "exchange" or name.startswith("fetch_") else ""


def _own_arguments(code: str, start: int) -> tuple[str, int]:
    """The text between the bracket before `start` and its partner, without what nested brackets
    hold (blanked), and where the partner is."""
    depth, text = 1, []
    for place in range(start, len(code)):
        sign = code[place]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return "".join(text), place
        text.append(sign if depth == 1 or sign == "\n" else " ")
    return "".join(text), len(code) - 1


def _label_of(labels: list[Label], order: str, line: int) -> str:
    above = [x for x in labels if x.order == order and 0 <= line - x.line <= REACH_LINES]
    return above[-1].name if above else NO_LABEL


def _barrier_label(labels: list[Label], line: int) -> str:
    above = [x for x in labels if 0 <= line - x.line <= BARRIER_REACH_LINES]
    below = [x for x in labels if 0 < x.line - line <= REACH_LINES]
    return above[-1].name if above else below[0].name if below else NO_LABEL


def operations_in(source: SourceFile) -> list[Operation]:
    """In the order of their lines."""
    code, labels, found = source.code, labels_in(source), []

    def line_of(place: int) -> int:
        return code.count("\n", 0, place) + 1

    for match in _MEMBER.finditer(code):
        before = re.search(r"[;{}]?[^;{}]*\Z", code[: match.start()])
        statement = before.start() + (before.group()[:1] in ";{}" and before.group() != "")
        statement += len(code[statement:]) - len(code[statement:].lstrip())
        arguments, end = _own_arguments(code, match.end())
        orders = [(m.group(1), line_of(match.end() + m.start())) for m in _ORDER.finditer(arguments)]
        names = [(ORDERS.get(name, ""), line) for name, line in orders]
        if not any(name for name, _ in names):
            continue
        labelled = [(name, _label_of(labels, name, line) if name else "") for name, line in names]
        success, failure = labelled[0], labelled[1] if len(labelled) > 1 else ("", "")
        found.append(
            Operation(
                line_of(statement), line_of(end), access_of(match.group(1)), *success, *failure
            )
        )
    for match in _BARRIER.finditer(code):
        line = line_of(match.start())
        label = _barrier_label(labels, line)
        found.append(Operation(line, line, "barrier", match.group(1), label))
    return sorted(found, key=lambda operation: operation.first_line)


def changes_of(structure: str, source: SourceFile) -> list[Change]:
    """Every weaker order for every operation of `source`."""
    found = []
    for operation in operations_in(source):
        text = source.code_lines[operation.last_line - 1].strip()
        weaker = WEAKER[operation.access]

        def add(label: str, before: str, after: str, order: str) -> None:
            found.append(
                Change(structure, label, source.path, operation, text, before, after, order)
            )

        for after in weaker.get(operation.order, []):
            order = "relaxed" if after == DROPPED else after
            add(operation.label, operation.order, after, order)
        for after in WEAKER["load"].get(operation.failure, []):
            add(
                operation.failure_label,
                f"failure {operation.failure}",
                after,
                f"{operation.order or 'relaxed'}/{after}",
            )
    return found


def calls_in(disassembly: str) -> list[tuple[int, str]]:
    """The return addresses of the calls of atomic callbacks and barriers, and their access."""
    found, access = [], ""
    for line in disassembly.splitlines():
        address = _ADDRESS.match(line)
        if not address:
            continue
        if access:
            found.append((int(address.group(1), 16), access))
            access = ""
        call = _CALL.search(line)
        callee = _CALLEE.match(call.group(1)) if call else None
        if callee:
            access = access_of(next(name for name in callee.groups() if name))
    return found


def sites_in(text: str, calls: list[tuple[int, str]]) -> list[Site]:
    """`text` is the output of `addr2line -i -a` for the addresses of `calls` less one: of each, the
    innermost line in a room of the project."""
    accesses = dict(calls)
    found, address = [], 0
    for line in text.splitlines():
        if re.fullmatch(r"0x[0-9a-f]+", line):
            address = int(line, 16) + 1
            continue
        place = _PLACE.match(line)
        if address and place and place.group(1).split("/")[0] in SOURCE_ROOMS:
            found.append(Site(place.group(1), int(place.group(2)), accesses[address], address))
            address = 0
    return found


def sites_of(program: Path) -> list[Site]:
    """The places of the project's sources that `program` was compiled from."""
    disassembly = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", str(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    calls = calls_in(disassembly.stdout)
    addresses = "\n".join(hex(address - 1) for address, _ in calls)
    lines = subprocess.run(
        ["addr2line", "-i", "-a", "-e", str(program)],
        input=addresses,
        capture_output=True,
        text=True,
        check=True,
    )
    return sites_in(lines.stdout, calls)


class Sites:
    """Where each program calls what."""

    def __init__(self, by_program: dict[str, list[Site]]) -> None:
        self._lines: dict[str, dict[tuple[str, str], list[tuple[int, int]]]] = {}
        for program, sites in by_program.items():
            lines = defaultdict(list)
            for site in sites:
                lines[site.file, site.access].append((site.line, site.address))
            self._lines[program] = {key: sorted(places) for key, places in lines.items()}

    def addresses(self, program: str, change: Change) -> list[int]:
        """What `--weaken` needs for `change` in `program`; empty: it is not compiled from there."""
        operation = change.operation
        places = self._lines[program].get((change.file, operation.access), [])
        first = bisect.bisect_left(places, (operation.first_line, 0))
        last = bisect.bisect_left(places, (operation.last_line + 1, 0))
        return [address for _, address in places[first:last]]
