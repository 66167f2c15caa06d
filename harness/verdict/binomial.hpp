// The binomial distribution: what order-statistic ranks, sign tests and the intervals of counted
// rates rest on. Exact sums; nothing is approximated by the normal distribution.
#pragma once

#include "harness/verdict/interval.hpp"

namespace an::harness {

// P(B <= k) for B ~ Binomial(n, p); 0 for k < 0, 1 for k >= n. Requires n >= 0 and 0 <= p <= 1.
// O(n).
double binomial_at_most(int k, int n, double p);

// The largest k >= 0 with P(B <= k - 1) <= `alpha` for B ~ Binomial(n, p): how many of n sorted
// samples may be passed over from below before the chance of having passed the p-quantile exceeds
// `alpha`. 0 when even the first may not. An exact tie with `alpha` is accepted. Requires n >= 0,
// 0 < p < 1 and alpha < 1. O(k).
int binomial_rank(int n, double p, double alpha);

// The exact two-sided interval for a rate of which `count` of `trials` were seen, at level `alpha`
// (0.05 for 95 %). Its one-sided bounds are those of the two-sided interval at twice the level.
// Requires 0 <= count <= trials, trials > 0, 0 < alpha < 1.
// (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
// binomial", Biometrika 26, 1934.)
Interval clopper_pearson(int count, int trials, double alpha);

}  // namespace an::harness
