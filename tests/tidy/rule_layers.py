"""Layers: includes go one way, along the arrows of layers.txt; a library has one door."""

from __future__ import annotations

from collections.abc import Iterator

from source import Finding, SourceFile, Tree

LAYERS = "tests/tidy/layers.txt"
# Headers that may be included anywhere.
EVERYWHERE = {"gtest", "gmock", "benchmark", "fmt", "nlohmann"}
# Header families that are included in one file each.
ONE_DOOR = {"hwloc", "hwy", "CLI", "liburing", "tbb", "oneapi", "boost", "relacy", "omp"}


def family(target: str) -> str:
    """The library a header belongs to: hwloc for hwloc.h and hwloc/helper.h."""
    return target.split("/")[0].removesuffix(".h").removesuffix(".hpp")


def read_layers(tree: Tree) -> tuple[dict[str, set[str]], list[Finding]]:
    """Rows of layers.txt with wildcards expanded, and what is wrong with them."""
    rows: dict[str, tuple[int, list[str]]] = {}
    findings = []
    layers_file = tree.files.get(LAYERS)
    if layers_file is None:
        return {}, [Finding(LAYERS, 1, "layers", "missing: the allowed arrows stand there")]
    for number, raw in enumerate(layers_file.lines, 1):
        room, colon, targets = raw.partition("#")[0].partition(":")
        if colon:
            if room.strip() in rows:
                findings.append(Finding(LAYERS, number, "layers", f"{room.strip()} has two rows"))
            rows[room.strip()] = (number, targets.split())
        elif room.strip():
            findings.append(Finding(LAYERS, number, "layers", "write `room : rooms`"))
    allowed: dict[str, set[str]] = {}
    for room, (number, targets) in rows.items():
        allowed[room] = set()
        for target in targets:
            if target.endswith("*"):
                allowed[room] |= {r for r in rows if r.startswith(target[:-1]) and r != room}
            elif target in rows:
                allowed[room].add(target)
            else:
                findings.append(Finding(LAYERS, number, "layers", f"{target} is not a room"))
    findings += [
        Finding(LAYERS, rows[cycle[0]][0], "layers", "cycle: " + " -> ".join(cycle))
        for cycle in _cycles(allowed)
    ]
    return allowed, findings


def _cycles(allowed: dict[str, set[str]]) -> list[list[str]]:
    """The first cycle a depth-first walk finds, if there is one."""
    done: set[str] = set()

    def visit(room: str, trail: list[str]) -> list[str]:
        if room in trail:
            return trail[trail.index(room) :] + [room]
        if room in done:
            return []
        for target in sorted(allowed[room]):
            cycle = visit(target, trail + [room])
            if cycle:
                return cycle
        done.add(room)
        return []

    for room in allowed:
        cycle = visit(room, [])
        if cycle:
            return [cycle]
    return []


def room_of(path: str, rooms: dict[str, set[str]]) -> str:
    """The room with the longest prefix of `path`; empty when there is none."""
    matching = [room for room in rooms if path.startswith(room + "/")]
    return max(matching, key=len, default="")


def _check_include(
    source: SourceFile, line: int, target: str, tree: Tree, allowed: dict[str, set[str]]
) -> Iterator[Finding]:
    if "../" in target:
        yield Finding(source.path, line, "include", f'"{target}": include from the repository root')
        return
    if target not in tree.files:
        if family(target) not in EVERYWHERE | ONE_DOOR:
            yield Finding(source.path, line, "include", f'"{target}" is no file of this repository')
        return
    here, there = room_of(source.path, allowed), room_of(target, allowed)
    if here and here != there and there not in allowed[here]:
        yield Finding(
            source.path, line, "layers", f'{here} may not include "{target}"; see {LAYERS}'
        )


def check_arrows(tree: Tree) -> Iterator[Finding]:
    """Every quoted include is an allowed arrow to a file that exists."""
    allowed, findings = read_layers(tree)
    yield from findings
    for source in tree.sources_and_tests:
        if allowed and not room_of(source.path, allowed):
            yield Finding(source.path, 1, "layers", f"belongs to no room of {LAYERS}")
        for include in source.includes:
            if include.is_quoted:
                yield from _check_include(source, include.line, include.target, tree, allowed)


def check_doors(tree: Tree) -> Iterator[Finding]:
    """Each third-party library enters the project through one file."""
    doors: dict[str, str] = {}
    for source in tree.sources:
        for include in source.includes:
            name = family(include.target)
            if name in ONE_DOOR and doors.setdefault(name, source.path) != source.path:
                yield Finding(
                    source.path,
                    include.line,
                    "third-party",
                    f"{include.target}: {name} is included in {doors[name]} and nowhere else",
                )
