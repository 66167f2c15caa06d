"""The statistics of every figure: medians with distribution-free intervals over units, ratios paired by round.

Turn times are skewed and have outliers, so no normal distribution is assumed and no value is ever dropped. The
interval is the sign-test interval of order statistics: it needs independent units and nothing else. The harness
computes the same quantities in C++ (harness/verdict/stats.hpp); report.py compares the two.
"""

import math
import statistics
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import pandas as pd

ALPHA = 0.05  # two-sided; every interval of this package is a 95 % interval unless it says otherwise
POWER = 0.9  # of the minimum detectable effect


@dataclass(frozen=True)
class Estimate:
    """A median of `n` values with its interval and its minimum detectable effect: how far the
    true value must lie from a target for the interval to exclude that with probability 0.9. NaN when n is too small for
    an interval, `mde` also when most values are equal."""

    value: float
    low: float
    high: float
    n: int
    mde: float = math.nan


NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan, 0)


def sign_test_rank(n: int, alpha: float = ALPHA) -> int:
    """The largest k, from 1, with 2 * sum_{j<k} C(n, j) / 2^n <= alpha; 0 when there is none. Exact."""
    budget = Fraction(alpha).limit_denominator(10**9) * 2**n
    tail, binomial, rank = 0, 1, 0
    for j in range(n // 2 + 1):
        tail += binomial  # C(n, j)
        if 2 * tail > budget:
            break
        binomial = binomial * (n - j) // (j + 1)
        rank = j + 1
    return rank


def binomial_at_most(k: int, n: int, p: float) -> float:
    """P(X <= k) of the binomial distribution, 0 < p < 1."""
    return sum(math.exp(math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1)
                        + j * math.log(p) + (n - j) * math.log1p(-p)) for j in range(k + 1))


@lru_cache
def minimum_detectable_effect(n: int, rank: int, power: float = POWER) -> float:
    """The shift of `n` normal values, in their standard deviations, that the sign test of rank `rank` finds with
    probability `power`: fewer than `rank` of them may lie on the far side. The harness computes the same in C++
    (harness/verdict/power.hpp)."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if binomial_at_most(rank - 1, n, p) >= power else (low, p)
    return -statistics.NormalDist().inv_cdf(low)


def robust_sigma(values: list) -> float:
    """The standard deviation of normal values, from their median absolute deviation."""
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(value - middle) for value in values)


def median_estimate(values, alpha: float = ALPHA) -> Estimate:
    """The median of `values` (NaN excluded) and its sign-test interval [x_(k), x_(n-k+1)]."""
    ordered = sorted(float(v) for v in values if not math.isnan(v))
    n = len(ordered)
    if n == 0:
        return NO_ESTIMATE
    value = statistics.median(ordered)
    rank = sign_test_rank(n, alpha)
    if rank == 0:
        return Estimate(value, math.nan, math.nan, n)
    mde = robust_sigma(ordered) * minimum_detectable_effect(n, rank) or math.nan  # most are equal: no spread to go by
    return Estimate(value, ordered[rank - 1], ordered[n - rank], n, mde)


def unit_estimate(values: pd.Series, alpha: float = ALPHA) -> Estimate:
    """The median over units of the median within a unit, and its interval over units; `n` counts units. `values` is
    indexed by unit and turn. Turns of a unit share a process and its memory layout: they are no independent values."""
    return median_estimate(values.groupby(level="unit").median(), alpha)


def paired_ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """numerator / denominator over the rounds that both have. Both are indexed by unit and turn, each round once.

    Turns of one round run next to each other, so what disturbed one likely disturbed the other, and most of it
    cancels in the ratio.
    """
    rounds = numerator.index.intersection(denominator.index)
    return numerator.loc[rounds] / denominator.loc[rounds]
