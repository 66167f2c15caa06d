// See ranks.hpp.
#include "harness/verdict/ranks.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "harness/verdict/binomial.hpp"

namespace an::harness {

int one_sided_rank(int n, double alpha) {
  AN_ASSERT(alpha >= 0 && alpha <= 0.5);
  return n < 1 ? 0 : binomial_rank(n, 0.5, alpha);
}

int sign_test_rank(int n, double alpha) {
  return one_sided_rank(n, alpha / 2);
}

int smallest_n(double alpha) {
  AN_ASSERT(alpha > 0 && alpha <= 1);
  int n = 1;
  while (sign_test_rank(n, alpha) == 0) {
    ++n;
  }
  return n;
}

std::optional<QuantileRanks> quantile_ranks(int n, double p, double alpha) {
  AN_ASSERT(alpha > 0 && alpha <= 1);
  if (n < 1) {
    return std::nullopt;
  }
  // The upper rank is the lower one of the (1 - p)-quantile, counted from above.
  const int low = binomial_rank(n, p, alpha / 2);
  const int from_above = binomial_rank(n, 1 - p, alpha / 2);
  if (low == 0 || from_above == 0) {
    return std::nullopt;
  }
  return QuantileRanks{low, n + 1 - from_above};
}

double sign_test_p(const std::vector<double>& values, double threshold) {
  const int n = static_cast<int>(values.size());
  const auto above = static_cast<int>(std::count_if(
      values.begin(), values.end(), [threshold](double value) { return value > threshold; }));
  // P(B >= above) = P(B <= n - above), by symmetry.
  return binomial_at_most(n - above, n, 0.5);
}

}  // namespace an::harness
