"""The statistics of every figure: medians with distribution-free intervals over units, ratios paired by round.

Turn times are skewed and have outliers, so no normal distribution is assumed and no value is ever dropped. The
interval is the sign-test interval of order statistics: it needs independent units and nothing else. The harness
computes the same quantities in C++ (harness/verdict/stats.hpp); report.py compares the two.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

ALPHA = 0.05  # two-sided; every interval of this package is a 95 % interval unless it says otherwise


@dataclass(frozen=True)
class Estimate:
    """A median of `n` values with its interval; `low` and `high` are NaN when n is too small for one."""

    value: float
    low: float
    high: float
    n: int


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


def median_estimate(values, alpha: float = ALPHA) -> Estimate:
    """The median of `values` (NaN excluded) and its sign-test interval [x_(k), x_(n-k+1)]."""
    ordered = sorted(float(v) for v in values if not math.isnan(v))
    n = len(ordered)
    if n == 0:
        return NO_ESTIMATE
    value = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    rank = sign_test_rank(n, alpha)
    if rank == 0:
        return Estimate(value, math.nan, math.nan, n)
    return Estimate(value, ordered[rank - 1], ordered[n - rank], n)


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
