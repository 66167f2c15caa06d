#!/usr/bin/env python3
"""Checks what a compiler does not: layers, sizes, lists, memory-order labels, banned words.

    tests/tidy/tidy.py [ROOT]

Prints `path:line: rule: message` for each violation and exits 1 if there is any. Standard library
only; takes a fraction of a second.
"""

from __future__ import annotations

import sys
from pathlib import Path

import rule_layers
import rule_listed
import rule_orders
import rule_sizes
import rule_words
from source import Finding, Tree

RULES = (
    rule_layers.check_arrows,
    rule_layers.check_doors,
    rule_sizes.check_files,
    rule_sizes.check_functions,
    rule_listed.check_cmake,
    rule_listed.check_workloads,
    rule_orders.check_labels,
    rule_orders.check_raw,
    rule_words.check_folders,
    rule_words.check_code,
    rule_words.check_text,
    rule_words.check_links,
)


def check(tree: Tree) -> list[Finding]:
    """Everything every rule finds in `tree`, in order of place."""
    return sorted(finding for rule in RULES for finding in rule(tree))


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    tree = Tree(root)
    if not tree.sources:
        print(f"tidy: no C++ sources under {root}. Run it with the repository's root.")
        return 2
    findings = check(tree)
    for finding in findings:
        print(finding)
    if findings:
        print(f"tidy: {len(findings)} violations in {len(tree.files)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
