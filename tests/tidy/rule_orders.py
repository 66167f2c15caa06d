"""Memory orders: each carries a label with its partner.

    // (D2) release; pairs with (D5), (E1) in core/sync/event_count.hpp: publishes the slot.

A label covers uses of its order in the 12 lines below it; several uses may share one. Labels are
unique within x.hpp and x.cpp together, and a partner stands there too unless a file is named. The
halves of an asymmetric barrier may be partners: `heavy_barrier();  // (E2) pairs with (E3)`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from source import Finding, SourceFile, Tree

DOOR = "core/base/atomic.hpp"
REACH_LINES = 12
ORDERS = {
    "kRelaxed": "relaxed",
    "kAcquire": "acquire",
    "kRelease": "release",
    "kAcqRel": "acq_rel",
    "kSeqCst": "seq_cst",
}
# A side of an asymmetric barrier is a partner too; it is a call, not an order.
BARRIERS = {"light_barrier", "heavy_barrier"}

_USE = re.compile(r"\b(" + "|".join(ORDERS) + r")\b")
_LABEL = re.compile(r"^\s*// \(([A-Z]+\d+)\) ([a-z_]+)")
_BARRIER_LABEL = re.compile(r"\b(light_barrier|heavy_barrier)\(\);\s*// \(([A-Z]+\d+)\)")
_PARTNERS = re.compile(r"pairs with ((?:\([A-Z]+\d+\)(?: in [\w/.]+\w)?(?:, and |, | and )?)+)")
_PARTNER = re.compile(r"\(([A-Z]+\d+)\)(?: in ([\w/.]+\w))?")
_RAW = re.compile(r"\bstd::(?:memory_order|atomic)\w*")
_LOAD = re.compile(r"\.load\(\s*\)")


@dataclass
class Label:
    source: SourceFile
    line: int
    name: str
    order: str
    text: str  # the whole comment, in one line


def unit_of(path: str) -> str:
    """Header and source of one stem share their labels."""
    return path.rpartition(".")[0]


def labels_in(source: SourceFile) -> list[Label]:
    found = []
    for number, line in enumerate(source.lines, 1):
        match = _LABEL.match(line)
        barrier = _BARRIER_LABEL.search(line)
        if barrier:
            found.append(Label(source, number, barrier.group(2), barrier.group(1), line))
        elif match:
            words = [line.strip()]
            for following in source.lines[number:]:
                if not following.lstrip().startswith("//") or _LABEL.match(following):
                    break
                words.append(following.strip().removeprefix("//").strip())
            found.append(Label(source, number, match.group(1), match.group(2), " ".join(words)))
    return found


def _check_partners(label: Label, units: dict[str, dict[str, Label]]) -> Iterator[Finding]:
    path = label.source.path
    partners = _PARTNERS.search(label.text)
    if not partners:
        yield Finding(
            path, label.line, "order-label", f"({label.name}) names no partner: `pairs with (..)`"
        )
        return
    for name, file in _PARTNER.findall(partners.group(1)):
        if name not in units.get(unit_of(file or path), {}):
            yield Finding(
                path,
                label.line,
                "order-label",
                f"({label.name}) pairs with ({name}), which is not in {file or path}",
            )


def _check_uses(source: SourceFile, labels: list[Label]) -> Iterator[Finding]:
    used: set[str] = set()
    for number, line in enumerate(source.code_lines, 1):
        for use in _USE.findall(line):
            covering = [
                label
                for label in labels
                if label.order == ORDERS[use] and 0 <= number - label.line <= REACH_LINES
            ]
            used |= {label.name for label in covering}
            if not covering:
                yield Finding(
                    source.path,
                    number,
                    "order-label",
                    f"{use} without `// (X1) {ORDERS[use]}; pairs with (Y1): why` in the "
                    f"{REACH_LINES} lines above",
                )
    for label in labels:
        if label.order in BARRIERS:
            reach = source.code_lines[label.line - 1 : label.line + REACH_LINES]
            if not any(label.order in line for line in reach):
                yield Finding(
                    source.path, label.line, "order-label", f"({label.name}) stands at no barrier"
                )
        elif label.order not in ORDERS.values():
            yield Finding(
                source.path,
                label.line,
                "order-label",
                f"({label.name}) starts with `{label.order}`: write relaxed, acquire, release, "
                "acq_rel, seq_cst, light_barrier or heavy_barrier",
            )
        elif label.name not in used:
            yield Finding(
                source.path,
                label.line,
                "order-label",
                f"({label.name}) says {label.order}, which nothing below it uses",
            )


def check_labels(tree: Tree) -> Iterator[Finding]:
    """Every order has a label, every label an order and a partner."""
    units: dict[str, dict[str, Label]] = defaultdict(dict)
    by_file = {source.path: labels_in(source) for source in tree.sources if source.path != DOOR}
    for path, labels in by_file.items():
        for label in labels:
            first = units[unit_of(path)].setdefault(label.name, label)
            if first is not label:
                yield Finding(
                    path,
                    label.line,
                    "order-label",
                    f"({label.name}) is defined at {first.source.path}:{first.line} already",
                )
    for path, labels in by_file.items():
        yield from _check_uses(tree.files[path], labels)
        for label in labels:
            yield from _check_partners(label, units)


def check_raw(tree: Tree) -> Iterator[Finding]:
    """Atomics come through one door, and every load says its order."""
    for source in tree.sources:
        if source.path == DOOR:
            continue
        for number, line in enumerate(source.code_lines, 1):
            for raw in _RAW.findall(line):
                yield Finding(source.path, number, "raw-atomic", f"{raw}: use {DOOR}")
            if _LOAD.search(line):
                yield Finding(source.path, number, "raw-atomic", ".load() without an order")
