// See misfire_rules.hpp.
#include "harness/verdict/misfire_rules.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/assert.hpp"
#include "harness/verdict/stats.hpp"

namespace an::harness {
namespace {

constexpr double kAlphaOfRules = 0.05;

// Both sides sorted together; true for those of the first.
using Pooled = std::vector<std::pair<double, bool>>;

Pooled pool(const std::vector<double>& a, const std::vector<double>& b) {
  Pooled pooled;
  for (const double value : a) {
    pooled.emplace_back(value, true);
  }
  for (const double value : b) {
    pooled.emplace_back(value, false);
  }
  std::sort(pooled.begin(), pooled.end());
  return pooled;
}

struct RankSum {
  double u = 0;     // the larger of the two U
  double ties = 0;  // sum of t^3 - t over groups of t equal values
};

RankSum rank_sum(const std::vector<double>& a, const std::vector<double>& b) {
  const Pooled pooled = pool(a, b);
  RankSum result;
  double ranks = 0;  // of the first side, ties sharing the mean of theirs
  for (std::size_t first = 0; first < pooled.size();) {
    std::size_t end = first;
    int ours = 0;
    for (; end < pooled.size() && pooled[end].first == pooled[first].first; ++end) {
      ours += pooled[end].second ? 1 : 0;
    }
    const auto equal = static_cast<double>(end - first);
    ranks += ours * (static_cast<double>(first + end) + 1) / 2;
    result.ties += equal * equal * equal - equal;
    first = end;
  }
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const double u = ranks - n * (n + 1) / 2;
  result.u = std::max(u, n * m - u);
  return result;
}

// In how many of the orders of n + m values U is each of 0..n m, divided by all orders so that
// nothing overflows: the recurrence of Mann and Whitney, on the side of the largest value.
std::vector<double> u_distribution(std::size_t n, std::size_t m) {
  std::vector<std::vector<double>> column(m + 1, {1.0});  // of no value on the first side
  for (std::size_t i = 1; i <= n; ++i) {
    std::vector<std::vector<double>> next(m + 1);
    next[0] = {1.0};
    for (std::size_t j = 1; j <= m; ++j) {
      const double share = static_cast<double>(i) / static_cast<double>(i + j);
      next[j].assign(i * j + 1, 0);
      for (std::size_t u = 0; u < column[j].size(); ++u) {
        next[j][u + j] += share * column[j][u];  // the largest is of the first: above j others
      }
      for (std::size_t u = 0; u < next[j - 1].size(); ++u) {
        next[j][u] += (1 - share) * next[j - 1][u];
      }
    }
    column = std::move(next);
  }
  return column[m];
}

}  // namespace

double mann_whitney_normal(const std::vector<double>& a, const std::vector<double>& b) {
  AN_ASSERT(!a.empty() && !b.empty());
  const RankSum sum = rank_sum(a, b);
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - sum.ties / (all * (all - 1)));
  if (variance <= 0) {
    return 1;
  }
  constexpr double kContinuity = 0.5;
  const double z = (sum.u - n * m / 2 - kContinuity) / std::sqrt(variance);
  return std::min(1.0, std::erfc(z / std::sqrt(2.0)));
}

double mann_whitney_exact(const std::vector<double>& a, const std::vector<double>& b) {
  AN_ASSERT(!a.empty() && !b.empty());
  const std::vector<double> chances = u_distribution(a.size(), b.size());
  const auto u = static_cast<std::size_t>(rank_sum(a, b).u);
  double tail = 0;
  for (std::size_t i = u; i < chances.size(); ++i) {
    tail += chances[i];
  }
  return std::min(1.0, 2 * tail);
}

bool has_ties(const std::vector<double>& a, const std::vector<double>& b) {
  const Pooled pooled = pool(a, b);
  return std::adjacent_find(pooled.begin(), pooled.end(), [](const auto& x, const auto& y) {
           return x.first == y.first;
         }) != pooled.end();
}

bool differs_by_compare_py(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr std::size_t kExactMax = 8;
  const bool exact = std::min(a.size(), b.size()) <= kExactMax && !has_ties(a, b);
  return (exact ? mann_whitney_exact(a, b) : mann_whitney_normal(a, b)) < kAlphaOfRules;
}

bool differs_by_benchstat(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr std::size_t kExactMax = 50;
  const bool exact = std::max(a.size(), b.size()) <= kExactMax && !has_ties(a, b);
  return (exact ? mann_whitney_exact(a, b) : mann_whitney_normal(a, b)) < kAlphaOfRules;
}

bool differs_by_threshold(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr double kThreshold = 0.05;
  return std::abs(median(b) / median(a) - 1) > kThreshold;
}

}  // namespace an::harness
