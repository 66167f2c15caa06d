// See stats.hpp.
#include "harness/verdict/stats.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/assert.hpp"
#include "harness/verdict/ranks.hpp"

namespace an::harness {
namespace {

Interval order_statistics(std::vector<double> values, int low, int high) {
  std::sort(values.begin(), values.end());
  return {values[static_cast<std::size_t>(low - 1)], values[static_cast<std::size_t>(high - 1)]};
}

}  // namespace

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

std::optional<Interval> median_interval(std::vector<double> values, double alpha) {
  const int n = static_cast<int>(values.size());
  const int rank = sign_test_rank(n, alpha);
  if (rank == 0) {
    return std::nullopt;
  }
  return order_statistics(std::move(values), rank, n + 1 - rank);
}

double quantile(std::vector<double> values, double p) {
  AN_ASSERT(!values.empty());
  AN_ASSERT(p >= 0 && p <= 1);
  std::sort(values.begin(), values.end());
  const double place = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

std::optional<Interval> quantile_interval(std::vector<double> values, double p, double alpha) {
  const auto ranks = quantile_ranks(static_cast<int>(values.size()), p, alpha);
  if (!ranks) {
    return std::nullopt;
  }
  return order_statistics(std::move(values), ranks->low, ranks->high);
}

double robust_sigma(const std::vector<double>& values) {
  const double middle = median(values);
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) {
    distances.push_back(std::abs(value - middle));
  }
  constexpr double kNormalScale = 1.4826;  // 1 / the 0.75-quantile of the normal distribution
  return kNormalScale * median(std::move(distances));
}

double standard_deviation(const std::vector<double>& values) {
  AN_ASSERT(values.size() >= 2);
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) {
    mean += value / n;
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares / (n - 1));
}

CommonMeans common_geometric_means(const std::vector<std::vector<std::optional<double>>>& ratios) {
  CommonMeans result;
  std::vector<double> log_sums(ratios.empty() ? 0 : ratios.front().size(), 0);
  for (const auto& cell : ratios) {
    AN_ASSERT(cell.size() == log_sums.size());
    if (!std::all_of(cell.begin(), cell.end(),
                     [](const auto& ratio) { return ratio.has_value(); })) {
      ++result.left_out;
      continue;
    }
    ++result.cells;
    for (std::size_t scheduler = 0; scheduler < cell.size(); ++scheduler) {
      AN_ASSERT(*cell[scheduler] > 0);
      log_sums[scheduler] += std::log(*cell[scheduler]);
    }
  }
  if (result.cells > 0) {
    for (const double log_sum : log_sums) {
      result.means.push_back(std::exp(log_sum / result.cells));
    }
  }
  return result;
}

}  // namespace an::harness
