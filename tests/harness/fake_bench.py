#!/usr/bin/python3
"""A program of the micro suite that measures nothing: Google Benchmark's command line and JSON.

It has the benchmarks steady, items/manual_time and a<b>/8/real_time. ANTINODE_FAKE_BENCH says which of them misbehave:
"steady:crash,items:hang". Modes: crash, hang, garbage, lacking (skips itself, n/a), fault (skips itself with an error),
two (prints two figures), second_crash (crashes from the second process on: the first makes a file beside the executable);
and for the whole program "list:crash", "list:empty", "build:debug".
"""
import json
import os
import pathlib
import re
import sys
import time

BENCHMARKS = {"steady": "ns", "items/manual_time": "us", "a<b>/8/real_time": "ms"}
MODES = dict(mode.split(":") for mode in os.environ.get("ANTINODE_FAKE_BENCH", "").split(",") if mode)


def option(name, default=""):
    prefix = f"--benchmark_{name}="
    return next((word.removeprefix(prefix) for word in sys.argv if word.startswith(prefix)), default)


def mode_of(name):
    return MODES.get(name.partition("/")[0])


def entry_of(name):
    mode = mode_of(name)
    if mode == "lacking":
        return {"name": name, "error_occurred": True, "error_message": "n/a: needs two CPUs"}
    if mode == "fault":
        return {"name": name, "error_occurred": True, "error_message": "a block arrived changed"}
    entry = {"name": name, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0,
             "threads": 1, "iterations": 1000, "real_time": 2.5, "cpu_time": 2.0, "time_unit": BENCHMARKS[name],
             "min_time_asked": float(option("min_time"))}
    return entry | ({"ns_per_item": 7.5, "success_rate": 0.25} if name.startswith("items") else {})


def misbehave(name):
    mode = mode_of(name)
    once = pathlib.Path(sys.argv[0] + ".once")
    if mode == "second_crash" and not once.exists():
        once.touch()
    elif mode in ("crash", "second_crash"):
        sys.exit("out of luck")
    if mode == "garbage":
        print("Run on (2 X 2000 MHz CPUs)")
        sys.exit(0)
    if mode == "hang":
        time.sleep(600)


def main():
    selected = [name for name in BENCHMARKS if re.search(option("filter", "."), name)]
    if option("list_tests") == "true":
        if MODES.get("list") == "crash":
            sys.exit("no list")
        if MODES.get("list") != "empty":
            print("\n".join(BENCHMARKS))
        return
    for name in selected:
        misbehave(name)
    entries = [entry_of(name) for name in selected]
    entries += [entry for entry in entries if mode_of(entry["name"]) == "two"]
    build = "Debug" if MODES.get("build") == "debug" else "Release"
    context = {"build_compiler": "fake 1", "build_flags": "-O3", "build_type": build, "build_sanitizer": ""}
    print(json.dumps({"context": context, "benchmarks": entries}, indent=2))


main()
