"""Sizes: 400 lines a file, 60 lines a function."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from source import FOREIGN_SUFFIXES, Finding, SourceFile, Tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_LEADING = re.compile(r"\s*(?:(?:public|protected|private)\s*:\s*)*")
_ATTRIBUTES = re.compile(r"\s*(?:\[\[.*?\]\]\s*|(?:inline|export|typedef)\s+)*", re.DOTALL)
# After the brace of a member initialiser or a default argument the head of the function goes on.
_CONTINUED = re.compile(r"\s*[,{)]")
_SCOPE = re.compile(r'(?:namespace|class|struct|union|enum)\b|extern\s*"\s*"\s*$')


def check_files(tree: Tree) -> Iterator[Finding]:
    """No file is longer than FILE_LINES_MAX."""
    for source in tree.files.values():
        if source.path.endswith((".hpp", ".cpp", ".py", ".sh", *FOREIGN_SUFFIXES)) or source.path == "dev":
            if len(source.lines) > FILE_LINES_MAX:
                count = len(source.lines)
                yield Finding(
                    source.path, count, "file-length", f"{count} lines; at most {FILE_LINES_MAX}"
                )


def _without_template(head: str) -> str:
    """`head` without a leading `template <...>` and the brackets that belong to it."""
    match = re.match(r"\s*template\s*<", head)
    if not match:
        return head
    depth = 1
    for place in range(match.end(), len(head)):
        depth += {"<": 1, ">": -1}.get(head[place], 0)
        if depth == 0:
            return _without_template(head[place + 1 :])
    return head


def _is_function(head: str) -> bool:
    """Whether a brace after `head` opens a function's body."""
    bare = _without_template(head)
    bare = bare[_ATTRIBUTES.match(bare).end() :]
    return "(" in bare and not _SCOPE.match(bare)


def cpp_functions(source: SourceFile) -> Iterator[tuple[int, int]]:
    """First and last line of each function body with its head, counted from 1. Approximate: a brace
    that follows parentheses outside any function opens one; lambdas belong to their function."""
    code = _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), source.code)
    stack: list[tuple[int, int]] = []  # per brace: start of its head, first line of a function or 0
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        place, sign = match.start(), match.group()
        if sign == "{":
            head_start = _LEADING.match(code, head_start).end()
            opens = not any(first for _, first in stack) and _is_function(code[head_start:place])
            stack.append((head_start, code.count("\n", 0, head_start) + 1 if opens else 0))
        elif sign == "}" and stack:
            start, first = stack.pop()
            if first and _CONTINUED.match(code, place + 1):
                head_start = start
                continue
            if first:
                yield first, code.count("\n", 0, place) + 1
        head_start = place + 1


def python_functions(source: SourceFile) -> Iterator[tuple[int, int]]:
    """First and last line of each function."""
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno or node.lineno


def check_functions(tree: Tree) -> Iterator[Finding]:
    """No function is longer than FUNCTION_LINES_MAX; tests count too."""
    for source in tree.files.values():
        if source.is_cpp:
            functions = cpp_functions(source)
        elif source.path.endswith(".py"):
            functions = python_functions(source)
        else:
            continue
        for first, last in functions:
            length = last - first + 1
            if length > FUNCTION_LINES_MAX:
                yield Finding(
                    source.path,
                    first,
                    "function-length",
                    f"{length} lines; at most {FUNCTION_LINES_MAX}",
                )
