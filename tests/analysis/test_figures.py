"""The judging of figures: what is met, what is missed, and that a miss fails the command."""

import json
from pathlib import Path

import pytest

from analysis import figure as one, figures, figures_skeleton, stats


def figure(value, target, at_least=False):
    return one.Figure("something", "GCC", stats.median_estimate([value]), target, at_least)


def test_a_cost_is_met_at_or_below_its_target():
    assert figure(1.4, 1.4).is_met()
    assert not figure(1.41, 1.4).is_met()


def test_a_speedup_is_met_at_or_above_its_target():
    assert figure(1.8, 1.8, at_least=True).is_met()
    assert not figure(1.79, 1.8, at_least=True).is_met()


def test_not_worse_is_missed_only_when_the_opposite_is_shown():
    def claim(values):
        return one.Figure("something", "GCC", stats.median_estimate(values), 1.0, unless_shown=True)

    assert claim([0.9, 1.1, 0.95, 1.05, 1.2, 0.99, 1.01]).is_met()
    assert not claim([1.02, 1.03, 1.05, 1.04, 1.1, 1.01, 1.02]).is_met()
    assert not claim([0.9]).is_met()  # too few for an interval show nothing


def test_a_figure_without_a_target_is_stated_but_not_judged():
    stated = figure(3.0, None)
    assert stated.is_met()
    assert figures.render([stated]).splitlines()[2].endswith("|  | 3 |  | 1 |  |")


def test_repetitions_are_paired_by_their_number():
    assert one.ratios({0: 2.0, 1: 30.0, 2: 9.0}, {0: 1.0, 1: 10.0, 5: 1.0}).value == 2.5


@pytest.mark.parametrize("ceilings, sweeps", [([2.0, 1.95] * 2, [1, 1]),
                                               ([2.0, 1.3, 1.92, 1.91, 1.9, 1.9], [2, 1]), ([1.2] * 24, [6, 6])])
def test_a_sweep_counts_when_the_machine_gave_two_cpus(monkeypatch, ceilings, sweeps):
    given = iter(ceilings)
    asked = []
    monkeypatch.setattr(figures_skeleton, "output_of", lambda *command: json.dumps({"speedup": [next(given)]}))
    monkeypatch.setattr(figures_skeleton, "run_harness", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(figures_skeleton, "turns", lambda *arguments: None)
    monkeypatch.setattr(figures_skeleton.stats, "paired_ratio", lambda a, b: None)
    monkeypatch.setattr(figures_skeleton.stats, "unit_estimate", lambda ratio: stats.median_estimate([1.9]))
    judged = figures_skeleton.speedups("GCC", Path(), 3)
    assert len(asked) == sum(sweeps)
    assert [figure.what for figure in judged if figure.target is None] == [
        f"{workload} large, ceiling of the machine (sweeps: {count})"
        for workload, count in zip(["nqueens", "tree_sum"], sweeps)]


def test_the_table_says_which_figure_was_missed():
    table = figures.render([figure(1.0, 2.0), figure(3.0, 2.0)])
    assert table.splitlines()[2].endswith("| met |")
    assert table.splitlines()[3].endswith("| MISSED |")


def test_a_missed_figure_fails_the_command(monkeypatch, capsys):
    monkeypatch.setattr(figures, "BUILDS", {})
    monkeypatch.setitem(figures.AREAS, "skeleton", lambda samples: [figure(3.0, 2.0)])
    assert figures.main(["skeleton"]) == 1
    assert "0 of 1 figures met" in capsys.readouterr().out
    monkeypatch.setitem(figures.AREAS, "skeleton", lambda samples: [figure(1.0, 2.0)])
    assert figures.main(["skeleton"]) == 0


def test_a_missing_build_is_bad_input(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(figures, "BUILDS", {"GCC": tmp_path})
    assert figures.main(["skeleton"]) == 2
    assert "not built" in capsys.readouterr().err
