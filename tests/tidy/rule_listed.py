"""Lists: no file is forgotten. CMake lists are the table of contents; nothing is globbed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from source import Finding, SourceFile, Tree

WORKLOADS_LIST = "workloads/all.hpp"
# The vocabulary of workloads, and the list itself.
NOT_WORKLOADS = {WORKLOADS_LIST, "workloads/workload.hpp", "workloads/wave.hpp"}

_TOKEN = re.compile(r'[^\s()"]+')
_ROOT = re.compile(r"^\$\{(?:CMAKE_SOURCE_DIR|PROJECT_SOURCE_DIR|antinode_SOURCE_DIR)\}/")
_HERE = re.compile(r"^\$\{CMAKE_CURRENT_(?:SOURCE|LIST)_DIR\}/")
_ADD_SCHEDULER = re.compile(r"\badd_scheduler\(\s*([a-z0-9_]+)")


def names_in(cmake: SourceFile) -> set[str]:
    """Every path, from the root, that a CMakeLists.txt could mean by one of its words."""
    text = re.sub(r"#[^\n]*", "", cmake.text)
    names = {
        posixpath.normpath(
            _ROOT.sub("", token)
            if _ROOT.match(token)
            else posixpath.join(cmake.folder, _HERE.sub("", token))
        )
        for token in _TOKEN.findall(text)
    }
    return names | {f"{cmake.folder}/{name}.hpp" for name in _ADD_SCHEDULER.findall(text)}


def check_cmake(tree: Tree) -> Iterator[Finding]:
    """Every source file stands in the CMakeLists.txt of its folder or of one above. The list of
    workloads is all.hpp instead."""
    listed = {
        cmake.folder: names_in(cmake)
        for cmake in tree.files.values()
        if cmake.name == "CMakeLists.txt"
    }
    for source in [*tree.sources_and_tests, *tree.foreign]:
        if source.folder == "workloads":
            continue
        folder = source.folder
        while True:
            if source.path in listed.get(folder, set()):
                break
            if not folder:
                yield Finding(source.path, 1, "unlisted", "is in no CMakeLists.txt at or above it")
                break
            folder = folder.rpartition("/")[0]


def check_workloads(tree: Tree) -> Iterator[Finding]:
    """Every workload is included by all.hpp, or is a part that another workload includes."""
    workloads = [f for f in tree.sources if f.folder == "workloads"]
    included = {
        include.target for f in workloads for include in f.includes if include.target != f.path
    }
    for source in workloads:
        if source.path not in included | NOT_WORKLOADS and source.path.endswith(".hpp"):
            yield Finding(source.path, 1, "unlisted", f"is not included by {WORKLOADS_LIST}")
