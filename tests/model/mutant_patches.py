"""Patch mutants: mutants/*.patch, statements dropped and defects that were published.

The first line of a patch says what it plants; `# models: model_x,model_y` names the executables that
must fail (without it: any one of all); the rest is for `patch -p1`. The patched files stand in a folder of their own that precedes
all others on the include path; what depends on them is compiled again with the commands of the build.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mutant_sites import ROOT

_MODELS = re.compile(r"^# models: *(.+)$", re.MULTILINE)
_TARGET = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


class BadPatch(Exception):
    """It does not apply, does not compile, or does not say what it is."""


@dataclass(frozen=True)
class Patch:
    path: Path
    description: str
    models: tuple[str, ...]  # without "model_"
    files: tuple[str, ...]


def read_patch(path: Path) -> Patch:
    text = path.read_text()
    models, files = _MODELS.search(text), tuple(_TARGET.findall(text))
    first = text.partition("\n")[0].removeprefix("#").strip()
    if not first or first.startswith(("models:", "--")) or not files:
        raise BadPatch(f"{path.name}: needs a first line that describes it, and a diff")
    names = models.group(1).split(",") if models else []
    names = tuple(name.strip().removeprefix("model_") for name in names)
    return Patch(path, first, names, files)


def patched_tree(patch: Patch, folder: Path) -> None:
    """The patched files of `patch` in `folder`."""
    for file in patch.files:
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, place)
    done = subprocess.run(
        ["patch", "-p1", "--no-backup-if-mismatch", "-F0", "-d", folder, "-i", patch.path],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BadPatch(f"{patch.path.name} does not apply:\n{done.stdout}{done.stderr}")


def compile_command(command: str, folder: Path, file: str, output: Path) -> list[str]:
    """`command` of the build for `file` (relative to the root), with the patched tree first, without
    -Werror, and another output."""
    words = shlex.split(command)
    words = [word for word in words if not word.startswith("-Werror")]
    words[words.index("-o") + 1] = str(output)
    if (folder / file).exists():
        words[words.index("-c") + 1] = str(folder / file)
    return [words[0], "-w", f"-I{folder}", *words[1:]]


def link_command(command: str, objects: dict[str, Path], output: Path) -> list[str]:
    """`command` of the build (`: && LINK && :`) with the `objects` exchanged and another output."""
    words = [str(objects.get(word, word)) for word in shlex.split(command)]
    words = words[words.index("&&") + 1 :]
    words = words[: words.index("&&")]
    words[words.index("-o") + 1] = str(output)
    return words


def _call(words: list[str], build: Path, patch: Patch) -> None:
    done = subprocess.run(words, cwd=build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BadPatch(f"{patch.path.name} does not compile:\n{done.stderr[-2000:]}")


def _ninja(build: Path, *words: str) -> str:
    done = subprocess.run(
        ["ninja", "-C", build, "-t", *words], capture_output=True, text=True, check=True
    )
    return done.stdout


def _depends(build: Path, output: str, patch: Patch) -> bool:
    dependencies = {line.strip() for line in _ninja(build, "deps", output).splitlines()}
    return any(line.endswith(f"/{file}") for line in dependencies for file in patch.files)


def objects_of(patch: Patch, model: str, build: Path) -> dict[str, tuple[str, str]]:
    """What must be compiled again: object -> (source relative to the root, command)."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        output = words[words.index("-o") + 1]
        if f"/model_{model}.dir/" in output:
            file = Path(entry["file"]).relative_to(ROOT).as_posix()
            if file in patch.files or _depends(build, output, patch):
                found[output] = file, entry["command"]
    return found


def build_patched(patch: Patch, model: str, build: Path, folder: Path) -> Path:
    """The executable model_`model` compiled from the patched tree in `folder`."""
    objects: dict[str, Path] = {}
    for output, (file, command) in objects_of(patch, model, build).items():
        objects[output] = folder / f"{model}-{len(objects)}.o"
        _call(compile_command(command, folder, file, objects[output]), build, patch)
    if not objects:
        raise BadPatch(f"{patch.path.name}: model_{model} does not depend on {', '.join(patch.files)}")
    program = folder / f"model_{model}"
    # The last of all commands is the link.
    link = _ninja(build, "commands", f"model_{model}").strip().splitlines()[-1]
    _call(link_command(link, objects, program), build, patch)
    return program
