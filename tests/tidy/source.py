"""The tree as the rules see it: files read once, comments and literals blanked on demand."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SOURCE_ROOMS = ("core", "reactor", "schedulers", "workloads", "harness")
SKIPPED_FOLDERS = {"build", "target", "__pycache__", "node_modules"}
FOREIGN_SUFFIXES = (".rs", ".go", ".s")  # peers in other languages
TEXT_SUFFIXES = {".hpp", ".cpp", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".yml", ".cff", *FOREIGN_SUFFIXES}
TEXT_NAMES = {"dev", "run"}

_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'""",
    re.VERBOSE | re.DOTALL,
)
_INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')


def _blank(match: re.Match) -> str:
    """White space of the same shape, so that lines and columns stay; quotes stay quotes."""
    text = re.sub(r"[^\n]", " ", match.group())
    return text if match.group()[0] == "/" else '"' + text[1:-1] + '"'


@dataclass(frozen=True, order=True)
class Finding:
    """One violation; `line` counts from 1."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Include:
    line: int
    is_quoted: bool
    target: str


@dataclass
class SourceFile:
    """A text file; `path` is relative to the root, with slashes."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def code(self) -> str:
        """C++ text with comments and the contents of literals blanked."""
        return _COMMENT_OR_LITERAL.sub(_blank, self.text)

    @cached_property
    def code_lines(self) -> list[str]:
        return self.code.splitlines()

    @cached_property
    def includes(self) -> list[Include]:
        found = []
        for number, (raw, code) in enumerate(zip(self.lines, self.code_lines), 1):
            match = _INCLUDE.match(raw) if code.lstrip().startswith("#") else None
            if match:
                found.append(Include(number, match.group(1) == '"', match.group(2)))
        return found

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_cpp(self) -> bool:
        return self.path.endswith((".hpp", ".cpp"))


@dataclass
class Tree:
    """Every text file under `root`, and every folder; build trees and dot-folders are left out."""

    root: Path
    files: dict[str, SourceFile] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder, names, files in os.walk(self.root):
            names[:] = sorted(
                n for n in names if n not in SKIPPED_FOLDERS and not n.startswith((".", "run-"))
            )
            relative = Path(folder).relative_to(self.root).as_posix()
            self.folders.append(relative)
            for name in sorted(files):
                if Path(name).suffix in TEXT_SUFFIXES or name in TEXT_NAMES:
                    path = name if relative == "." else f"{relative}/{name}"
                    text = Path(folder, name).read_text(encoding="utf-8", errors="replace")
                    self.files[path] = SourceFile(path, text)

    def cpp(self, *tops: str) -> list[SourceFile]:
        """C++ files under the top-level folders `tops`."""
        return [f for f in self.files.values() if f.is_cpp and f.path.split("/")[0] in tops]

    @property
    def sources(self) -> list[SourceFile]:
        """C++ files of the project itself."""
        return self.cpp(*SOURCE_ROOMS)

    @property
    def foreign(self) -> list[SourceFile]:
        """Sources in other languages than C++ and Python."""
        return [f for f in self.files.values() if f.path.endswith(FOREIGN_SUFFIXES)]

    @property
    def sources_and_tests(self) -> list[SourceFile]:
        return self.cpp(*SOURCE_ROOMS, "tests")
