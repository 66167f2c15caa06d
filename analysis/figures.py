"""Measures and judges the figures of one area: `python3 -m analysis.figures skeleton`, or `./dev figures skeleton`.

Every figure is measured for each compiler (figure.py says how). A figure is met when its median meets the target. Exit
code 1 when one is missed, 2 for bad input. `--quick` makes fewer rounds, to try the command itself.
"""

import argparse
import sys

from analysis import figures_core, figures_fork_join, figures_skeleton
from analysis.figure import BUILDS, HOST, render

AREAS = {"core": figures_core.measure, "fork-join": figures_fork_join.measure,
         "skeleton": figures_skeleton.measure}


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="./dev figures", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("area", choices=sorted(AREAS), help="which area's figures to measure")
    parser.add_argument("--quick", action="store_true", help="few rounds: tries the command, proves nothing")
    options = parser.parse_args(arguments)
    missing = [str(folder) for folder in BUILDS.values() if not (folder / "harness").exists()]
    if missing:
        print(f"figures: no harness in {', '.join(missing)}. It was not built. Run ./dev figures {options.area}, "
              "which builds both.", file=sys.stderr)
        return 2
    figures = AREAS[options.area](6 if options.quick else 33)
    print(render(figures))
    print(f"\n{HOST}")
    judged = [figure for figure in figures if figure.target is not None]
    missed = sum(not figure.is_met() for figure in judged)
    print(f"\n{len(judged) - missed} of {len(judged)} figures met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
