"""The report of a run: `python3 -m analysis.report RUN [--out DIR]`.

Writes {overhead,speedup,efficiency,wave}.{png,pdf} and report.md into DIR (RUN/report without --out) and prints what it wrote.
The same run gives the same bytes on the same machine. Exit 0; 2 for input that cannot be used, with what failed, the
likely cause and the remedy on standard error.
"""

import argparse
import shlex
import sys
from pathlib import Path

from analysis import load, plots, quantities, rundir, style, tables

INTERVAL = "95 % sign-test interval of order statistics"


def facts(run: load.Run) -> dict:
    """What every caption says, as text; `unknown` for what the manifest does not know."""
    manifest = run.manifest
    machine, git, build = (manifest.get(name) or {} for name in ("machine", "git", "build"))
    compilers = sorted({str(cell.get("compiler")) for cell in (build.get("cells") or {}).values()})
    command = manifest.get("command")
    return {
        "machine": f"{machine.get('cpu') or 'unknown CPU'}, {machine.get('cores') or 'unknown'} cores, "
                   f"{machine.get('os') or 'unknown system'}, kernel {machine.get('kernel') or 'unknown'}"
                   + (", virtual" if machine.get("hypervisor") else ""),
        "date": str(manifest.get("started") or "unknown"),
        "commit": str(git.get("commit") or "unknown") + (" with uncommitted changes" if git.get("dirty") else ""),
        "compiler": ", ".join(compilers) or "unknown",
        "command": shlex.join(command) if isinstance(command, list) else str(command or "unknown"),
        "publishable": build.get("publishable"),
    }


def units_text(counts) -> str:
    """`n = 7 units`, or the range when cells differ."""
    counts = sorted({int(count) for count in counts if count > 0})
    if not counts:
        return "n = 0 units"
    return f"n = {counts[0]} units" if len(counts) == 1 else f"n = {counts[0]} to {counts[-1]} units"


def caption(run: load.Run, what: str, counts) -> str:
    """What is shown, n, the interval, and where the figures come from."""
    known = facts(run)
    bars = f"bars: {INTERVAL}"
    if all(count < 6 for count in counts):
        bars = f"no bars: a {INTERVAL} needs at least six units"
    return (f"{what} {units_text(counts)}; {bars}. Machine: {known['machine']}. Date: {known['date']}. "
            f"Commit: {known['commit']}. Command: `{known['command']}`.")


def _overhead_section(run: load.Run) -> tuple:
    frame = quantities.overhead(run)
    what = ("Time per operation on one worker over that of the serial elision, median of the ratios within a round; "
            "logarithmic axis; the line at 1 is serial.")
    return "Overhead", quantities.why_no_overhead(run), what, frame, "overhead_n", tables.overhead


def _speedup_section(run: load.Run) -> tuple:
    frame = quantities.speedup(run)
    what = ("Speed-up with W workers over the serial elision (left, Ts/TW) and over the same scheduler with one worker "
            "(right, T1/TW), median of the ratios within a round; dashed: linear; grey ground: more workers than "
            "cores.")
    counts = "over_serial_n" if len(frame) and frame["over_serial_n"].any() else "over_own_n"
    return "Speed-up", quantities.why_no_speedup(run), what, frame, counts, tables.speedup


def _wave_section(run: load.Run) -> tuple:
    what = ("Time per element of one wave interference with the fewest workers measured. "
            + " ".join(f"{name} (claim {claim}): {text}." for name, (claim, text) in quantities.WAVES.items())
            + " Crosses: what the Crystal Wave Runtime's document says, which names no machine. Dotted: the size at "
              "which the resident waves fill that cache.")
    return "Wave", quantities.why_no_wave(run), what, quantities.wave(run), "n", tables.wave


def _efficiency_section(run: load.Run) -> tuple:
    what = ("Efficiency Ts/(W TW) of spin_tree by the length of a task, which is the serial time of a leaf; logarithmic "
            "axis; dashed: one half, where METG(50 %) is read off (harness metg).")
    return ("Efficiency", quantities.why_no_efficiency(run), what, quantities.efficiency(run), "efficiency_n",
            tables.efficiency)


SECTIONS = {"overhead": _overhead_section, "speedup": _speedup_section, "efficiency": _efficiency_section,
            "wave": _wave_section}
HAVE_ALL_SIZES = ("efficiency", "wave")  # nothing is left out of these charts


def _section(run: load.Run, name: str) -> str:
    title, why_not, what, frame, counts, table = SECTIONS[name](run)
    text = f"## {title}\n\n"
    if why_not:
        text += f"No chart: {why_not}.\n\n"
    else:
        left_out = sorted(set(frame["workload"]) - set(quantities.charted(frame)["workload"])) if name not in HAVE_ALL_SIZES else []
        if left_out:
            what += f" Not in this chart, but in the table: {', '.join(left_out)}."
        text += f"![{title}]({name}.png)\n\n*{caption(run, what, frame[counts])}*\n\n"
    return text + (table(run) + "\n" if len(frame) else "")


def _failures_section(run: load.Run) -> str:
    count, total = len(quantities.failures(run)), len(run.cells)
    text = f"## Cells without complete figures: {count} of {total}\n\n"
    return text + (tables.failures(run) if count else "None: every cell is `ok`.\n") + "\n"


def render(run: load.Run) -> str:
    """The text of report.md. No date of its own: the same run gives the same text."""
    known = facts(run)
    text = "# Report of a run\n\n"
    if known["publishable"] is not True:
        text += "**These figures may not be published**: the manifest does not call this build publishable " \
                "(debug, sanitizer, or uncommitted changes).\n\n"
    rows = [[name, f"`{known[name]}`" if name == "command" else known[name]]
            for name in ("machine", "date", "commit", "compiler", "command")]
    text += tables.markdown(["", ""], rows) + "\n"
    for warning in [*run.warnings, *load.disagreements(run)]:
        text += f"- Note: {warning}.\n"
    text += "\n" if not text.endswith("\n\n") else ""
    text += _failures_section(run)
    text += "".join(_section(run, name) for name in SECTIONS)
    return text + ("## Regenerate\n\n`python3 -m analysis.report RUN` in the root of the sources writes this page and "
                   "its figures from the run directory RUN.\n")


def write(run: load.Run, out: Path) -> list:
    """Writes the report into `out`; returns the paths. A chart of an earlier report that no longer applies goes."""
    page = render(run)
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = []
        for name in SECTIONS:
            for suffix in (".png", ".pdf"):
                (out / name).with_suffix(suffix).unlink(missing_ok=True)
            figure = getattr(plots, name)(run)
            if figure is not None:
                written += style.save(figure, out / name)
        (out / "report.md").write_text(page, encoding="utf-8")
    except OSError as error:
        raise rundir.BadInput(f"{out}: cannot be written: {error.strerror}.",
                              "the path is a file, or belongs to somebody else, or the disk is full",
                              "give another directory with --out") from None
    return [*written, out / "report.md"]


def main(arguments=None) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m analysis.report", description="Charts and tables of a run directory.",
        epilog="example: python3 -m analysis.report results/run-20261120-120000 --out /tmp/report")
    parser.add_argument("run", metavar="RUN", type=Path, help="the directory that 'harness run --out=DIR' wrote")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write (default: RUN/report)")
    options = parser.parse_args(arguments)
    try:
        run = load.load(options.run)
        written = write(run, options.out or options.run / "report")
    except rundir.BadInput as error:
        print(f"analysis.report: {error}", file=sys.stderr)
        return 2
    for warning in run.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for path in written:
        print(path)
    for name, section in SECTIONS.items():
        if why_not := section(run)[1]:
            print(f"no {name} chart: {why_not}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
