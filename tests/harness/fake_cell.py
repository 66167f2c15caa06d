#!/usr/bin/python3
"""A cell that speaks harness/PROTOCOL.md and misbehaves on demand.

Copy or link it as `cell-<name>`: its scheduler is called <name>. ANTINODE_FAKE, a comma-separated list of
`mode` or `<name>:mode`, chooses what it does; a mode with a name applies to that scheduler only.

    slow         every turn sleeps 50 ms per iteration
    long         every turn sleeps 120 ms
    pressing     every turn has more busy processes than there are CPUs, for 100 ms
    hang         the second turn never answers
    hang_prepare prepare never answers
    hang_start   describe never answers
    segv         the second turn ends with SIGSEGV, after a last word on standard error
    exit3        the second turn exits with code 3
    wrong        the third turn's check is wrong
    wrong_first  every check is wrong
    garbage      the second turn's reply is not JSON
    not_a_turn   the second turn's reply is a bye
    endless      the second turn prints without end and without a line end
    midline      the second turn dies in the middle of its reply
    grandchild   the second turn starts a process that ignores SIGTERM and hangs, as it does itself; their
                 ids go to ANTINODE_FAKE_PIDS
    chatter      the second turn is answered twice
    noise        prints to its standard output whenever it can
    unsupported  prepare is refused as unsupported
    usage        prepare is refused as a usage error
    huge         estimates 2^60 bytes
    bad_ops      the second turn reports one operation too few
    protocol2    describes itself as speaking protocol 2
    metered      memory is metered, whether or not a meter is loaded
    leaks        as metered, and 24 bytes stay live at the end
    meter_v1     as metered, without the members that came later
    exit_dirty   exits with code 1 after quit
    defector     prepare starts a process of another group that lives until the cell ends
    late_exit    prepare exits with code 3 in every process but the first, as ANTINODE_FAKE_PIDS tells them
    padding      counts the size of its environment's padding
    unprepared   accepts a turn before a prepare
    made_up      reports times it makes up: n times 2 us an iteration, with noise that depends on the file
                 ANTINODE_FAKE_CLOCK alone, which counts the turns of all fakes; 8 operations whatever n is;
                 whole multiples of 20 ms where ANTINODE_IDLE_SPIN is set
    drifting     as made_up, on a machine that is slow and fast by turns
    invented     turns last 1.5 ms per iteration by their own account, times pace(unit)
    profiled     has the counters of the instrument: 1.5 ms of work per iteration, half of it span, and 0.1 ms of probe
    disturbed    as profiled, but the probe took 1 ms

pace(unit), with `unit` (how many processes of this folder were prepared before, from 0), is what a test
replaces to make a build that is slower than another; ARM is the name of the folder it lies in.
"""
import ctypes
import json
import math
import os
import random
import signal
import subprocess
import sys
import time

NAME = os.path.basename(sys.argv[0]).replace("cell-", "", 1).replace(".py", "")
ARM = os.path.basename(os.path.dirname(os.path.abspath(sys.argv[0])))
MASK = (1 << 64) - 1
MODES = {
    entry.split(":")[-1]
    for entry in os.environ.get("ANTINODE_FAKE", "").split(",")
    if entry and (":" not in entry or entry.split(":")[0] == NAME)
}
IS_MADE_UP = bool(MODES & {"made_up", "drifting"})
OUT = os.fdopen(os.dup(1), "wb", buffering=0)
os.dup2(2, 1)  # what a library prints must not reach the protocol

SIZES = [("small", 8), ("small", 9), ("medium", 12), ("large", 16)]


def workload(name):
    return {
        "name": name,
        "summary": "sums 1..n",
        "source": "fake",
        "operation": "addition",
        "sizes": [{"name": size, "n": n} for size, n in SIZES],
        "n_min": 1,
        "n_max": 1000,
        "parameter": "n",
    }


DESCRIPTION = {
    "reply": "describe",
    "protocol": 2 if "protocol2" in MODES else 1,
    "scheduler": NAME,
    "summary": "a fake",
    "version": "0.1.0",
    "build": {"compiler": "none", "flags": "", "type": "Release", "sanitizer": ""},
    "task_bytes": None if NAME == "serial" else 48,
    "workers_max": 1 if NAME == "serial" else 8,
    "options": [{"name": "beat_us", "default": "30", "summary": "a fake option", "values": "1..100"}],
    "workloads": [workload("fib"), workload("tree_sum")],
}
if NAME == "narrow":  # a runtime that lacks a workload
    DESCRIPTION["workloads"] = [workload("fib")]


def pace(unit):
    """Invented times of this build, times this."""
    return 1.0 + 0 * unit


def prepared_before():
    """How many processes of this folder came so far; counts this one."""
    with open(os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "prepared"), "ab") as file:
        unit = file.tell()
        file.write(b".")
    return unit


def send(reply):
    OUT.write(json.dumps(reply).encode() + b"\n")


def error(kind, what):
    return {"reply": "error", "kind": kind, "what": what, "cause": "", "remedy": "Ask differently"}


def misbehave():
    """What the second turn does instead of answering."""
    if "segv" in MODES:
        print("about to fall\n\n", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(60)
    if "exit3" in MODES:
        os._exit(3)
    if "hang" in MODES:
        time.sleep(3600)
    if "garbage" in MODES:
        OUT.write(b"Segmentation fault (not really)\n")
        return True
    if "not_a_turn" in MODES:
        send({"reply": "bye"})
        return True
    if "midline" in MODES:
        OUT.write(b'{"reply":"turn","ns":12')
        os._exit(0)
    if "grandchild" in MODES:
        child = os.fork()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child != 0:
            with open(os.environ["ANTINODE_FAKE_PIDS"], "w") as file:
                file.write(f"{os.getpid()} {child}\n")
        time.sleep(3600)
    while "endless" in MODES:
        OUT.write(b"x" * 65536)
    return False


def tick():
    """The number of this turn among those of all fakes that share the clock; one runs at a time."""
    path = os.environ["ANTINODE_FAKE_CLOCK"]
    number = int(open(path).read()) if os.path.exists(path) else 0
    with open(path, "w") as file:
        file.write(str(number + 1))
    return number


def press(seconds):
    """Makes tasks wait for a CPU."""
    end = time.monotonic() + seconds
    children = []
    for _ in range(3 * os.cpu_count()):
        child = os.fork()
        if child == 0:
            while time.monotonic() < end:
                pass
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def made_up_ns(n, iterations, layout):
    """What a turn takes that was never run."""
    now = tick()
    drift = 0.4 * math.sin(now / 40) if "drifting" in MODES else 0
    ns = n * iterations * 2000 * math.exp(layout + drift + random.Random(now).gauss(0, 0.01))
    tick_ns = 20_000_000
    return math.ceil(ns / tick_ns) * tick_ns if os.environ.get("ANTINODE_IDLE_SPIN") else int(ns)


def profile_counters(iterations):
    """What the instrument would count of a program with one join, 0.75 ms on either side."""
    one = {"strands": 4, "joins": 1, "tasks": 0, "span_strands": 3, "work_ns": 1_500_000, "span_ns": 750_000,
           "burdened_ns": 750_000, "burdens_ns": 50_000, "batched_ns": 0, "looks": 4,
           "probe_ns": 1_000_000 if "disturbed" in MODES else 100_000}
    return {name: value * iterations for name, value in one.items()}


class Cell:
    def __init__(self):
        self.n = None
        self.turns = 0
        self.layout = 0

    def prepare(self, request):
        if "hang_prepare" in MODES:
            time.sleep(3600)
        if "late_exit" in MODES:
            with open(os.environ["ANTINODE_FAKE_PIDS"], "a") as file:
                if file.tell() > 0:
                    os._exit(3)
                file.write(f"{os.getpid()}\n")
        if "unsupported" in MODES:
            return error("unsupported", "This fake does not do that")
        if "usage" in MODES:
            return error("usage", "This fake does not like the request")
        if request["workload"] not in [entry["name"] for entry in DESCRIPTION["workloads"]]:
            return error("usage", "There is no such workload")
        if set(request.get("options", {})) - {"beat_us"}:
            return error("usage", "There is no such option")
        self.n = int(request["n"])
        if "defector" in MODES:
            subprocess.Popen(["/bin/sh", "-c", f"while kill -0 {os.getpid()} 2>/dev/null; do sleep 0.01; done"],
                             start_new_session=True, stdin=subprocess.DEVNULL)
        if "invented" in MODES:
            self.ns_per_iteration = int(1_500_000 * pace(prepared_before()))
        if IS_MADE_UP:
            self.layout = random.Random(-tick()).gauss(0, 0.005)
        print("prepared", self.n, file=sys.stderr, flush=True)
        return {"reply": "ready", "expected": str(self.n * (self.n + 1) // 2), "ops": self.ops(), "bytes": 8,
                "notes": {"resident_bytes": 64}}

    def ops(self):
        return 8 if IS_MADE_UP else self.n or 1

    def turn(self, request):
        if self.n is None and "unprepared" not in MODES:
            return error("usage", "A turn before a prepare")
        iterations = request["iterations"]
        if not isinstance(iterations, int):
            return error("usage", "iterations is not an integer")
        n = self.n or 1
        self.turns += 1
        if self.turns == 2 and misbehave():
            return None
        if "noise" in MODES:
            os.write(1, b"noise on the standard output\n")
        begin = time.monotonic_ns()
        if "slow" in MODES:
            time.sleep(0.05 * iterations)
        if "long" in MODES:
            time.sleep(0.12)
        if "pressing" in MODES:
            press(0.1)
        answer = sum(range(n + 1))
        check = 0
        for _ in range(min(iterations, 1 << 20)):
            check = (check * 31 + answer) & MASK
        ns = max(time.monotonic_ns() - begin, 1)
        if "invented" in MODES:
            ns = self.ns_per_iteration * iterations
        if IS_MADE_UP:
            ns = made_up_ns(n, iterations, self.layout)
        if "wrong_first" in MODES or ("wrong" in MODES and self.turns == 3):
            check ^= 1
        ops = self.ops() * iterations - (1 if "bad_ops" in MODES and self.turns == 2 else 0)
        counters = {"steals": 2}
        if MODES & {"profiled", "disturbed"}:
            counters = profile_counters(iterations)
        if "padding" in MODES:
            counters["padding"] = len(os.environ["ANTINODE_PADDING"])
        reply = {"reply": "turn", "ns": ns, "iterations": iterations, "ops": ops, "check": str(check),
                 "counters": counters, "cpu_ns": ns, "maxrss_kib": 1000 + self.turns, "nvcsw": 0,
                 "nivcsw": None, "minflt": 0}
        if "chatter" in MODES and self.turns == 2:
            send(reply)
        return reply

    def memory(self):
        if self.n is None:
            return error("usage", "A memory before a prepare")
        members = ("live_before", "live_peak", "live_after", "live_start", "live_end", "mapped_after", "requested",
                   "rss_before_kib", "rss_after_kib")
        if not MODES & {"metered", "leaks", "meter_v1"}:
            return {"reply": "memory", "metered": False, **dict.fromkeys(members), "ops": self.n}
        values = (100, 100 + 16 * self.n, 104, 40, 64 if "leaks" in MODES else 40, 0, 20 * self.n, 3000, 3012)
        known = dict(zip(members[:3] if "meter_v1" in MODES else members, values))
        return {"reply": "memory", "metered": True, **known, "ops": self.n}

    def reply_to(self, line):
        try:
            request = json.loads(line)
            name = request["request"]
        except (ValueError, KeyError, TypeError):
            return error("usage", "Not a request")
        if name == "describe":
            if "hang_start" in MODES:
                time.sleep(3600)
            return DESCRIPTION
        if name == "prepare":
            return self.prepare(request)
        if name == "estimate":
            return {"reply": "estimate", "bytes": 1 << 60 if "huge" in MODES else 4096}
        if name == "turn":
            return self.turn(request)
        if name == "memory":
            return self.memory()
        if name == "quit":
            return {"reply": "bye"}
        return error("usage", "There is no such request")


def main():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if "noise" in MODES:
        os.write(1, b"hello from a library\n")
    cell = Cell()
    for line in sys.stdin.buffer:
        reply = cell.reply_to(line)
        if reply is not None:
            send(reply)
        if reply == {"reply": "bye"}:
            os._exit(1 if "exit_dirty" in MODES else 0)


if __name__ == "__main__":
    main()
