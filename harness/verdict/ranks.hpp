// Which order statistics bound a median or a quantile, and the sign test behind them.
//
// Of n independent samples, the number that lie at or below the true p-quantile is
// Binomial(n, p) whatever the distribution, or less where values tie. So the chance that the k-th
// smallest exceeds the quantile is at most P(B <= k - 1): no assumption of symmetry, none of
// tails. (Conover, "Practical Nonparametric Statistics", 3rd ed. 1999, 3.1-3.2.)
//
// Ranks count from 1 and are 0 when n is too small for any.
#pragma once

#include <optional>
#include <vector>

namespace an::harness {

// The largest k such that x_(k) exceeds the median with probability at most `alpha`:
// sum_{j<k} C(n,j) / 2^n <= alpha. x_(k) is a lower and x_(n-k+1) an upper one-sided bound.
// Requires 0 <= alpha <= 0.5.
int one_sided_rank(int n, double alpha);

// The k of the two-sided interval [x_(k), x_(n-k+1)] for the median at level `alpha` in [0, 1].
int sign_test_rank(int n, double alpha);

// The fewest samples at which `sign_test_rank` is not 0: ceil(1 + log2(1 / alpha)). With m cells at
// family level 0.05, alpha = 0.05 / m. Requires 0 < alpha <= 1.
int smallest_n(double alpha);

// The ranks of the two-sided interval [x_(low), x_(high)] for the p-quantile at level `alpha`.
// Empty when n samples cannot bound it on both sides. Requires 0 < p < 1 and 0 < alpha <= 1.
struct QuantileRanks {
  int low, high;
};
std::optional<QuantileRanks> quantile_ranks(int n, double p, double alpha);

// The one-sided sign test of "the median is at most `threshold`": the probability that so many of
// so many samples lie above it. A sample equal to the threshold does not. 1 for no samples.
double sign_test_p(const std::vector<double>& values, double threshold);

}  // namespace an::harness
