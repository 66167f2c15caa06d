// Sign-test statistics. The ranks follow from the binomial distribution alone, so they hold for any
// distribution of the samples, and for skewed timings in particular.
#include "harness/verdict/stats.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/assert.hpp"

namespace an::harness {

double median(std::vector<double> values) {
  AN_ASSERT(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

int sign_test_rank(int n, double alpha) {
  if (n < 1) {
    return 0;
  }
  // log C(n,j) - n log 2 instead of the ratio itself: 2^n overflows a double beyond n = 1023. The
  // small slack keeps exact ties (2 * C(n,0) / 2^n == alpha) on the accepting side.
  constexpr double kTieSlack = 1e-12;
  const double log_all = n * std::log(2.0);
  double log_choose = 0;
  double tail = 0;
  int rank = 0;
  for (int j = 0; 2 * (j + 1) <= n + 1; ++j) {
    tail += std::exp(log_choose - log_all);
    if (2 * tail > alpha * (1 + kTieSlack)) {
      break;
    }
    rank = j + 1;
    log_choose += std::log(static_cast<double>(n - j)) - std::log(static_cast<double>(j + 1));
  }
  return rank;
}

std::optional<Interval> median_interval(std::vector<double> values, double alpha) {
  const int n = static_cast<int>(values.size());
  const int rank = sign_test_rank(n, alpha);
  if (rank == 0) {
    return std::nullopt;
  }
  std::sort(values.begin(), values.end());
  return Interval{values[static_cast<std::size_t>(rank - 1)],
                  values[static_cast<std::size_t>(n - rank)]};
}

}  // namespace an::harness
