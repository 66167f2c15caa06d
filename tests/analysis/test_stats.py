"""analysis/stats.py against published ranks, known intervals and its own coverage."""

import math
import random

import pandas as pd
import pytest

from analysis import stats


@pytest.mark.parametrize("n, k95, k99", [(5, 0, 0), (6, 1, 0), (7, 1, 0), (8, 1, 1), (12, 3, 2), (20, 6, 4), (24, 7, 6),
                                         (30, 10, 8), (40, 14, 12), (48, 17, 15), (60, 22, 20)])
def test_ranks_equal_the_sign_test_table(n, k95, k99):
    assert stats.sign_test_rank(n, 0.05) == k95
    assert stats.sign_test_rank(n, 0.01) == k99


def test_ranks_are_exact_for_large_samples():
    assert stats.sign_test_rank(5000) == 2431  # 2500 - 1.96 * sqrt(5000) / 2, where a double overflows in 2^n


def test_median_of_an_even_count_is_the_mean_of_the_middle_two():
    assert stats.median_estimate([4, 1, 3, 2]).value == 2.5


def test_interval_is_made_of_order_statistics():
    estimate = stats.median_estimate([12, 1, 2, 11, 3, 10, 4, 9, 5, 8, 6, 7])
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (6.5, 3, 10, 12)


def test_the_minimum_detectable_effect_is_that_of_the_sign_test():
    """By hand: with rank 1 all values must lie above, each does with probability power^(1/n)."""
    assert stats.minimum_detectable_effect(7, 1, 0.95) == pytest.approx(stats.statistics.NormalDist().inv_cdf(0.95 ** (1 / 7)))
    assert stats.minimum_detectable_effect(5000, 2431) == pytest.approx(3.25 * math.sqrt(math.pi / 2 / 5000), rel=0.02)


@pytest.mark.parametrize("n", [6, 12, 33])
def test_a_shift_by_the_minimum_detectable_effect_is_found_as_often_as_it_says(n):
    rng, found, trials = random.Random(5), 0, 4000
    rank = stats.sign_test_rank(n)
    for _ in range(trials):
        found += sorted(rng.gauss(stats.minimum_detectable_effect(n, rank), 1) for _ in range(n))[rank - 1] > 0
    assert found / trials == pytest.approx(stats.POWER, abs=0.02)


def test_the_minimum_detectable_effect_of_an_estimate_is_in_its_unit():
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert stats.median_estimate(values).mde == pytest.approx(1.4826 * 3 * stats.minimum_detectable_effect(11, 2))


def test_equal_values_have_no_minimum_detectable_effect():
    assert math.isnan(stats.median_estimate([1] * 7 + [9, 9]).mde)


def test_below_six_values_there_is_a_median_and_no_interval():
    estimate = stats.median_estimate([1, 2, 3, 4, 5])
    assert estimate.value == 3 and math.isnan(estimate.low) and math.isnan(estimate.high)


def test_an_outlier_moves_nothing_but_the_end_of_the_interval():
    assert stats.median_estimate([1, 2, 3, 4, 5, 6, 1e9]).value == 4


def test_nan_is_no_value_and_nothing_is_no_estimate():
    assert stats.median_estimate([math.nan, 2.0]).n == 1
    assert stats.median_estimate([]).n == 0 and math.isnan(stats.median_estimate([]).value)


def test_paired_ratio_takes_only_rounds_that_both_have():
    ratio = stats.paired_ratio(pd.Series({0: 2.0, 1: 6.0, 2: 9.0}), pd.Series({2: 3.0, 1: 2.0, 5: 1.0}))
    assert ratio.to_dict() == {1: 3.0, 2: 3.0}


def test_a_disturbance_that_hits_both_turns_of_a_round_cancels():
    rng = random.Random(3)
    base = pd.Series([1 + rng.random() for _ in range(12)])
    estimate = stats.median_estimate(stats.paired_ratio(3 * base, base))
    assert estimate.low == pytest.approx(3) and estimate.high == pytest.approx(3)


def test_the_interval_covers_the_median_of_a_skewed_distribution_as_often_as_it_says():
    rng, hits, trials = random.Random(1), 0, 4000
    for _ in range(trials):
        estimate = stats.median_estimate([rng.expovariate(1.0) for _ in range(12)])
        hits += estimate.low <= math.log(2) <= estimate.high
    exact = 1 - 2 * (1 + 12 + 66) / 2**12  # 0.9614 at n = 12, k = 3
    assert hits / trials == pytest.approx(exact, abs=0.012)
