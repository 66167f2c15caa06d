"""The judging of figures: what is met, what is missed, and that a miss fails the command."""

from analysis import figures, stats


def figure(value, target, at_least=False):
    return figures.Figure("something", "GCC", stats.median_estimate([value]), target, at_least)


def test_a_cost_is_met_at_or_below_its_target():
    assert figure(1.4, 1.4).is_met()
    assert not figure(1.41, 1.4).is_met()


def test_a_speedup_is_met_at_or_above_its_target():
    assert figure(1.8, 1.8, at_least=True).is_met()
    assert not figure(1.79, 1.8, at_least=True).is_met()


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
