#!/usr/bin/python3
"""Stands in for `valgrind --tool=callgrind`: runs the cell and writes a total that can be foretold.

1,000,000 instructions of start-up and 5,000 per iteration, or as many as the file `<cell>.instructions` says. With
FAKE_VALGRIND=silent it writes no total; with FAKE_VALGRIND=drifts every process counts a tenth more than the last.
"""
import json
import os
import pathlib
import subprocess
import sys

OUTPUT = next(word.split("=", 1)[1] for word in sys.argv if word.startswith("--callgrind-out-file="))
CELL = sys.argv[-1]
MODE = os.environ.get("FAKE_VALGRIND", "")


def drift():
    """1 for the first process that counts this cell, 1.1 for the second, and so on."""
    seen = pathlib.Path(CELL + ".seen")
    number = int(seen.read_text()) if seen.exists() else 0
    seen.write_text(str(number + 1))
    return 1 + number / 10


def main():
    child = subprocess.Popen([CELL], stdin=subprocess.PIPE)
    iterations = 0
    for line in sys.stdin.buffer:
        request = json.loads(line)
        iterations += request.get("iterations", 0)
        child.stdin.write(line)
        child.stdin.flush()
        if request["request"] == "quit":
            break
    child.stdin.close()
    code = child.wait()
    marked = pathlib.Path(CELL + ".instructions")
    cost = int(marked.read_text()) if marked.exists() else 5000
    if MODE == "drifts":
        cost = int(cost * drift())
    total = "" if MODE == "silent" else f"totals: {1_000_000 + cost * iterations}\n"
    pathlib.Path(OUTPUT).write_text("# callgrind format\nsummary: 7\n\n" + total)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
