#!/usr/bin/env python3
"""Known defects, planted in a copy of the sources and compiled: each must be found by Relacy.

    tests/model/relacy/defects.py [--json FILE] [--only WORD] [--compiler g++-12]

What mutants.py cannot do while a model runs: the defects of published versions, and statements that are no store. A
defect is a list of replacements; text that is no longer there ends the script, so that none goes stale. Exit code 1:
one that is not found. Standard library only. Minutes of compiling, so not part of the tests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MODEL = "tests/model/relacy"
DEQUE = "core/deque/chase_lev.hpp"
MPSC = "core/sync/mpsc_queue.hpp"
EVENTS = "core/sync/event_count.cpp"
SLEEPERS = "core/sync/sleepers.hpp"
PROTOCOL = f"{MODEL}/event_count.cpp"

SOURCES = {
    "deque": [f"{MODEL}/deque.cpp"],
    "mpsc_queue": [f"{MODEL}/mpsc_queue.cpp"],
    "event_count": [PROTOCOL, EVENTS, "core/sync/sleepers.cpp"],
}
FLAGS = ["-std=c++20", "-O1", "-march=x86-64-v3", "-Wno-all"]

# A slot that is no atomic: every access is checked for races.
PLAIN_SLOT = """template <class P>
struct PlainSlot {
  P load(rl::memory_order) const { return value.read(); }
  void store(P item, rl::memory_order) { value.write(item); }
  relacy::Plain<P> value;
};

template <class T>
class ChaseLev {
 public:
  using Item"""


@dataclass(frozen=True)
class Defect:
    structure: str
    name: str
    file: str
    replacements: tuple[tuple[str, str], ...]


DEFECTS = (
    Defect("deque", "the ring is not reloaded after growth (Le et al. 2013)", DEQUE, (("    use(*larger);\n", ""),)),
    Defect(
        "deque",
        "unsigned indices: bottom - 1 of an empty deque is large (Le et al. 2013)",
        DEQUE,
        (
            ("if (this->is_empty()) {", "if (false) {"),
            (
                "if (top < bottom) [[likely]] {",
                "if (static_cast<std::uint64_t>(top) < static_cast<std::uint64_t>(bottom)) {",
            ),
        ),
    ),
    Defect(
        "deque",
        "slots are plain pointers",
        DEQUE,
        (
            ("template <class T>\nclass ChaseLev {\n public:\n  using Item", PLAIN_SLOT),
            ("std::make_unique<Atomic<T*>[]>", "std::make_unique<PlainSlot<T*>[]>"),
            ("    Atomic<T*>& slot(", "    PlainSlot<T*>& slot("),
            ("std::unique_ptr<Atomic<T*>[]> slots", "std::unique_ptr<PlainSlot<T*>[]> slots"),
            ("\n  Atomic<T*>& slot(", "\n  PlainSlot<T*>& slot("),
            ("Atomic<T*>* slots_", "PlainSlot<T*>* slots_"),
        ),
    ),
    Defect(
        "deque",
        "the old ring is freed while a thief may read it",
        DEQUE,
        (
            (
                "this->ring_.store(rings_.back().get(), kRelease);",
                "this->ring_.store(rings_.back().get(), kRelease);\n    rings_.erase(rings_.begin());",
            ),
        ),
    ),
    Defect(
        "deque",
        "the owner takes the last item without a claim",
        DEQUE,
        (("taken = this->top_.compare_exchange_strong(top, top + 1, kSeqCst, kStat);", "taken = true;"),),
    ),
    Defect(
        "deque",
        "top is read before bottom is lowered",
        DEQUE,
        (
            (
                "    const std::int64_t bottom = this->bottom_.fetch_sub(1, kSeqCst) - 1;\n",
                "    std::int64_t top = this->top_.load(kSeqCst);\n",
            ),
            (
                "    std::int64_t top = this->top_.load(kSeqCst);\n    if (top < bottom)",
                "    const std::int64_t bottom = this->bottom_.fetch_sub(1, kSeqCst) - 1;\n    if (top < bottom)",
            ),
        ),
    ),
    Defect(
        "mpsc_queue",
        "a push loads and stores instead of exchanging",
        MPSC,
        (
            (
                "last_.value.exchange(node, kAcqRel);",
                "last_.value.load(kAcquire);\n    last_.value.store(node, kRelease);",
            ),
        ),
    ),
    Defect("mpsc_queue", "the last node leaves without a successor", MPSC, (("      append(&stub_);\n", ""),)),
    Defect(
        "mpsc_queue",
        "the stub is appended without asking whether the node is the last",
        MPSC,
        (("if (!is_last(first)) {\n        return nullptr;", "if (false) {\n        return nullptr;"),),
    ),
    Defect(
        "mpsc_queue",
        "a node is popped before its successor is linked",
        MPSC,
        (
            (
                "      if (second == nullptr) {\n        return nullptr;  // a producer came in",
                "      if (false) {\n        return nullptr;  // a producer came in",
            ),
        ),
    ),
    Defect(
        "event_count",
        "no second look after the announcement",
        PROTOCOL,
        (("if (is_any_there()) {\n      if (event_count.withdraw", "if (false) {\n      if (event_count.withdraw"),),
    ),
    Defect(
        "event_count",
        "a consumed notification is not handed on",
        PROTOCOL,
        (("if (is_any_there()) {  // the notification", "if (false) {  // the notification"),),
    ),
    Defect(
        "event_count",
        "a waiter is chosen by a store, not by a claim",
        EVENTS,
        (
            (
                "if (!states_[waiter].value.compare_exchange_strong(state, kNotified, kAcqRel, kStat)) {\n"
                "    return false;\n  }",
                "states_[waiter].value.store(kNotified, kRelease);",
            ),
        ),
    ),
    Defect(
        "event_count",
        "the search leaves the last waiter out",
        SLEEPERS,
        (("i < waiters_; ++i", "i + 1 < waiters_; ++i"),),
    ),
    Defect(
        "event_count",
        "the publisher looks for waiters before it publishes",
        PROTOCOL,
        (
            (
                "        items[i].state.store(kThere, kRelease);\n",
                "        if (kBatch) {\n          items[i].state.store(kThere, kRelease);\n        }\n",
            ),
            (
                "          wake_one();\n        }\n      }\n",
                "          wake_one();\n        }\n        if (!kBatch) {\n"
                "          items[i].state.store(kThere, kRelease);\n        }\n      }\n",
            ),
        ),
    ),
)


def plant(defect: Defect, folder: Path) -> None:
    text = (ROOT / defect.file).read_text()
    for old, new in defect.replacements:
        if text.count(old) != 1:
            raise SystemExit(f"defects.py: {defect.file} has {text.count(old)} times, not once:\n{old}")
        text = text.replace(old, new)
    place = folder / defect.file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def build(defect: Defect, folder: Path, compiler: str) -> Path:
    """The model with `folder` before the tree, for quoted includes and for what is compiled."""
    files = [*SOURCES[defect.structure], f"{MODEL}/run.cpp", f"{MODEL}/mutation.cpp"]
    chosen = [folder / file if (folder / file).exists() else ROOT / file for file in files]
    program = folder / "model"
    includes = [f"-I{folder}", f"-I{HERE / 'shadow'}", f"-I{ROOT}"]
    done = subprocess.run([compiler, *FLAGS, *includes, *chosen, "-o", program], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"defects.py: {defect.name}: does not compile:\n{done.stderr}")
    return program


def judge(defect: Defect, compiler: str) -> str:
    """How it was found; empty when it was not."""
    with tempfile.TemporaryDirectory() as name:
        plant(defect, Path(name))
        done = subprocess.run([build(defect, Path(name), compiler)], capture_output=True, text=True, timeout=300)
    if done.returncode == 0:
        return ""
    last = done.stdout.splitlines()[-1] if done.returncode == 1 else f"ended with code {done.returncode}"
    return last.replace("VIOLATION: ", "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="those with this word in structure or name")
    parser.add_argument("--compiler", default="g++-12")
    parser.add_argument("--json", type=Path, help="write the table there as well")
    arguments = parser.parse_args()
    records = []
    for defect in DEFECTS:
        if arguments.only in f"{defect.structure} {defect.name}":
            found = judge(defect, arguments.compiler)
            print(f"{defect.structure:11} {defect.name}: {found or 'NOT FOUND'}", flush=True)
            verdict = "killed" if found else "survived"
            change = {"from": "as written", "to": defect.name, "verdict": verdict, "killed_by": found}
            records.append({"structure": defect.structure, "label": "-", "file": defect.file, "line": 0} | change)
    if arguments.json:
        arguments.json.write_text(json.dumps(records, indent=1) + "\n")
    missed = sum(record["verdict"] == "survived" for record in records)
    print(f"{len(records) - missed} of {len(records)} defects found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
