"""Words: what is not said here, and what to say instead; paths and links that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from source import Finding, Tree

FOLDERS = {"detail", "impl", "internal", "utils", "common", "include", "src", "docs"}
# In C++ code, outside comments and literals: pattern, where it is allowed, what to use.
CODE = [
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b", (), "wait with core/base/futex.hpp"),
    (r"(?<!asm )(?<!asm__ )\bvolatile\b", (), "use Atomic of core/base/atomic.hpp"),
    (r"\bhardware_concurrency\b", (), "use allowed_cpus() of core/base/thread.hpp"),
    (
        r"\bstd::chrono::\w*clock\b|\b(?:clock_gettime|gettimeofday)\b",
        ("core/base/clock.hpp",),
        "use now_ns() of core/base/clock.hpp",
    ),
    (r"\bthread_local\b|\b__thread\b", ("core/base/local.hpp",), "use core/base/local.hpp"),
    (
        r"\bstd::j?thread\b",
        ("core/base/thread.hpp", "core/base/thread.cpp"),
        "use Thread of core/base/thread.hpp",
    ),
    (r"\bmemory_order_consume\b", (), "use kAcquire; no compiler implements consume"),
    (
        r"\b__LINE__\b|\bstd::source_location\b",
        ("tests/model/relacy/run.hpp", "tests/model/relacy/shadow/core/base/atomic.hpp"),
        "a comment above would change the executable: name the function",
    ),
    (r"^\s*#\s*(?:if|elif).*\bHAVE_", (), "let CMake choose files: a target exists or not"),
]
# In any text, comments included. Written so that no pattern matches its own definition.
TEXT = [
    (r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b", "fix it, or write the limit down as a limit"),
    (r"/(?:w[o]rk|f[a]rm)/", "a path of somebody's machine: use a relative one"),
]
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)[^)]*\)")


def check_folders(tree: Tree) -> Iterator[Finding]:
    """A document lives beside what it documents, a part beside its whole."""
    for folder in tree.folders:
        name = folder.rpartition("/")[2]
        if name in FOLDERS:
            yield Finding(folder, 1, "folder-name", f"`{name}` says nothing: name what is in it")


def check_code(tree: Tree) -> Iterator[Finding]:
    """Sleeping, time, threads and thread-local state have one door each."""
    rules = [(re.compile(pattern, re.MULTILINE), allowed, say) for pattern, allowed, say in CODE]
    for source in tree.sources_and_tests:
        for pattern, allowed, instead in rules:
            if source.path in allowed or not pattern.search(source.code):
                continue
            for number, line in enumerate(source.code_lines, 1):
                match = pattern.search(line)
                if match:
                    word = match.group().strip()
                    yield Finding(source.path, number, "banned-word", f"{word}: {instead}")


def check_text(tree: Tree) -> Iterator[Finding]:
    """No promises in comments, no paths of a developer's machine."""
    rules = [(re.compile(pattern), instead) for pattern, instead in TEXT]
    for source in tree.files.values():
        for pattern, instead in rules:
            if not pattern.search(source.text):
                continue
            for number, line in enumerate(source.lines, 1):
                match = pattern.search(line)
                if match:
                    yield Finding(source.path, number, "banned-word", f"{match.group()}: {instead}")


def check_links(tree: Tree) -> Iterator[Finding]:
    """Relative links of documents lead to something. Under tests/ only a README is a document."""
    for source in tree.files.values():
        is_data = source.path.startswith("tests/") and source.name != "README.md"
        if not source.path.endswith(".md") or is_data:
            continue
        is_code = False
        for number, line in enumerate(source.lines, 1):
            if line.lstrip().startswith("```"):
                is_code = not is_code
            if is_code or line.startswith("    "):
                continue
            for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
                path = target.partition("#")[0]
                if not path or re.match(r"[a-z]+:", path):
                    continue
                if not (tree.root / posixpath.join(source.folder, path)).exists():
                    yield Finding(source.path, number, "dead-link", f"{target} does not exist")
