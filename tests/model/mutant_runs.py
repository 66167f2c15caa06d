"""Runs of model executables: what they print, how long they take, the first model that fails."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

# A mutant has this much CPU time (a busy machine changes no verdict), or so many times what the
# unmutated program takes.
LIMIT_S_LEAST = 60
LIMIT_FACTOR = 10
NOT_MUTATED = {"litmus", "planted"}  # programs that test the checker, not our sources

_ROW = re.compile(
    r"(\S+)\s+(FAILED|found|proven|no failure)\s+(\d+) executions\s+(\d+) operations\s+([\d.]+) s"
)


@dataclass(frozen=True)
class Row:
    """What an executable prints of one model."""

    model: str
    verdict: str
    executions: int
    operations: int
    seconds: float


def row_of(line: str) -> Row | None:
    match = _ROW.match(line)
    if not match:
        return None
    model, verdict, executions, operations, seconds = match.groups()
    return Row(model, verdict, int(executions), int(operations), float(seconds))


@dataclass
class Program:
    """An executable of models; `rows` are those of the unmutated run, the quickest first."""

    name: str  # without "model_"
    path: Path
    rows: list[Row] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(row.seconds for row in self.rows)

    @property
    def limit_s(self) -> int:
        return max(LIMIT_S_LEAST, round(LIMIT_FACTOR * self.seconds))


@dataclass(frozen=True)
class Outcome:
    """`verdict`: survived, killed or timeout. `by`: the model, and what it found."""

    verdict: str
    by: str = ""
    found: str = ""


class BrokenRun(Exception):
    """The executable could not do what was asked: no verdict."""


def programs_in(build: Path) -> list[str]:
    """The model executables the build has, built or not."""
    entries = json.loads((build / "compile_commands.json").read_text())
    names = (re.search(r"/model_(\w+)\.dir/", entry["command"]) for entry in entries)
    return sorted({match.group(1) for match in names if match})


def run(path: Path, options: list[str], limit_s: int) -> Outcome:
    """Runs `path` until the first model fails."""
    command = ["prlimit", f"--cpu={limit_s}:{limit_s + 5}", str(path), "--quiet", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    guard = threading.Timer(20 * limit_s, process.kill)  # it sleeps: no CPU time passes
    guard.start()
    last = ""
    try:
        for line in process.stdout:
            row = row_of(line)
            if row and row.verdict == "FAILED":
                return Outcome("killed", row.model, process.stdout.readline().strip())
            last = line.strip() or last
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        guard.cancel()
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome("timeout", path.name, f"more than {limit_s} s of CPU time")
    if code == 2:
        raise BrokenRun(f"{path.name} {' '.join(options)}: {last}")
    return Outcome("killed", path.name, f"exit code {code}") if code else Outcome("survived")


def measure(program: Program) -> None:
    """Runs `program` unmutated and notes its rows; BrokenRun if a model fails."""
    done = subprocess.run([program.path, "--quiet"], capture_output=True, text=True, check=False)
    rows = [row for row in map(row_of, done.stdout.splitlines()) if row]
    if done.returncode != 0 or not rows:
        raise BrokenRun(f"{program.path.name} fails without any mutation:\n{done.stdout}{done.stderr}")
    program.rows = sorted(rows, key=lambda row: row.seconds)


def judge(runs: list[tuple[Program, Path, list[str]]]) -> Outcome:
    """Runs (program, executable, options) the quickest first, and within it the quickest model first,
    until one fails. A timeout is a kill: the limit is far above the unmutated run."""
    for program, path, options in sorted(runs, key=lambda one: one[0].seconds):
        models = ",".join(row.model for row in program.rows)
        outcome = run(path, [f"--model={models}", *options], program.limit_s)
        if outcome.verdict != "survived":
            return outcome
    return Outcome("survived")
