"""The fork path as machine code: what must not be in it, and how long it is.

AN_PROBES names an object file per native scheduler (CMakeLists.txt), each with the node function of fib.
"""

import os
import re
import subprocess

import pytest

PROBES = dict(entry.split("=", 1) for entry in os.environ["AN_PROBES"].split(";"))
ALLOCATES = re.compile(r"operator new|\bmalloc\b|\bcalloc\b|aligned_alloc")
# What a fork of heartbeat may add to serial's call, in instructions of the path that nothing disturbs: the record's two
# stores and their addresses, a look at the word that asks for attention, one at whether the record is still there.
HEARTBEAT_ADDS_MOST = 14


def disassemble(name: str) -> list[tuple[str, str]]:
    """The instructions of fib's node function, and what each refers to. Without the part that the compiler split off as
    cold."""
    text = subprocess.run([os.environ["AN_OBJDUMP"], "-d", "-r", "-C", "-w", "--no-show-raw-insn", PROBES[name]],
                          check=True, capture_output=True, text=True).stdout
    functions = re.split(r"^[0-9a-f]+ <(.*)>:$", text, flags=re.MULTILINE)
    found = [body for title, body in zip(functions[1::2], functions[2::2], strict=True)
             if re.match(r"unsigned long an::workloads::fib::fib_of<[^{]*$", title) and "[clone .cold]" not in title]
    assert len(found) == 1, f"{name}: {len(found)} functions fib_of"
    instructions = []
    for line in found[0].splitlines():
        match = re.match(r"\s*[0-9a-f]+:\t(.*?)(?:\t([0-9a-f]+: R_.*))?$", line)
        if match:
            instructions.append((match.group(1).split("#")[0].strip(), match.group(2) or ""))
    return instructions


def undisturbed(name: str) -> list[str]:
    """The path of a node that forks and whose branch nobody takes: from the entry straight on to the first return. The
    compiler lays it out so, because every other way is marked unlikely or ends the recursion."""
    path = [instruction for instruction, _ in disassemble(name)]
    return path[: path.index("ret") + 1]


def shape(path: list[str]) -> list[str]:
    """Without distances in memory and places in the code, which depend on what else a worker's state holds."""
    return [re.sub(r"-?0x[0-9a-f]+|\b[0-9a-f]{2,}\b( <.*>)?", "_", instruction) for instruction in path]


@pytest.mark.parametrize("name", sorted(PROBES))
def test_a_fork_calls_nothing_unknown_and_allocates_nothing(name):
    for instruction, target in disassemble(name):
        assert not re.match(r"(call|jmp)\s+\*", instruction), f"{name}: indirect: {instruction}"
        assert not ALLOCATES.search(target), f"{name}: allocates: {target}"


def test_a_fork_of_heartbeat_is_short():
    serial, heartbeat = undisturbed("serial"), undisturbed("heartbeat")
    assert sum(instruction.startswith("call") for instruction in heartbeat) == 2, "two branches, both called"
    assert len(heartbeat) - len(serial) <= HEARTBEAT_ADDS_MOST, "\n".join(heartbeat)


@pytest.mark.parametrize("name", ["private_deque", "split_deque"])
def test_a_fork_of_a_deque_that_shares_on_demand_has_no_locked_instruction(name):
    path = undisturbed(name)
    assert not [instruction for instruction in path if re.match(r"lock|xchg|mfence", instruction)], "\n".join(path)


def test_a_fork_of_resonance_is_one_of_chase_lev():
    assert shape(undisturbed("resonance")) == shape(undisturbed("chase_lev"))
