// See power.hpp.
#include "harness/verdict/power.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/assert.hpp"
#include "harness/verdict/binomial.hpp"
#include "harness/verdict/ranks.hpp"

namespace an::harness {
namespace {

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum;
}

}  // namespace

double normal_quantile(double p) {
  AN_ASSERT(p > 0 && p < 1);
  if (p > 0.5) {
    return -normal_quantile(1 - p);
  }
  double low = -40;  // below the smallest positive double
  double high = 0;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    const double below = std::erfc(-middle / std::numbers::sqrt2) / 2;
    (below < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

double median_standard_error(double sigma, int n) {
  AN_ASSERT(n > 0);
  return std::sqrt(std::numbers::pi / 2) * sigma / std::sqrt(n);
}

std::optional<double> minimum_detectable_effect(double sigma, int n, double alpha, double power) {
  const int rank = one_sided_rank(n, alpha);
  if (rank == 0) {
    return std::nullopt;
  }
  // It is found when fewer than `rank` values lie at or below 0. How likely may each be to do so?
  double low = 0, high = 1;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (binomial_at_most(rank - 1, n, middle) >= power ? low : high) = middle;
  }
  return -sigma * normal_quantile(low);
}

double VarianceComponents::rho() const {
  const double total = between + within;
  return total > 0 ? between / total : 0;
}

double VarianceComponents::effective_n(int units) const {
  return units * turns / (1 + (turns - 1) * rho());
}

int VarianceComponents::best_turns(double unit_cost, double turn_cost, int limit) const {
  AN_ASSERT(unit_cost > 0 && turn_cost > 0);
  const double best = std::sqrt(unit_cost / turn_cost * within / between);
  // Units that do not differ at all ask for endless turns, or (0 / 0) for no particular number.
  return best < limit ? std::max(1, static_cast<int>(std::ceil(best))) : limit;
}

VarianceComponents variance_components(const std::vector<std::vector<double>>& units) {
  AN_ASSERT(units.size() >= 2);
  double turns = 0;
  double total = 0;
  double squared_turns = 0;
  for (const auto& unit : units) {
    AN_ASSERT(!unit.empty());
    const auto count = static_cast<double>(unit.size());
    turns += count;
    squared_turns += count * count;
    total += sum_of(unit);
  }
  const auto n = static_cast<double>(units.size());
  AN_ASSERT(turns > n);
  const double grand_mean = total / turns;
  double squares_between = 0;
  double squares_within = 0;
  for (const auto& unit : units) {
    const auto count = static_cast<double>(unit.size());
    const double mean = sum_of(unit) / count;
    squares_between += count * (mean - grand_mean) * (mean - grand_mean);
    for (const double value : unit) {
      squares_within += (value - mean) * (value - mean);
    }
  }
  const double within = squares_within / (turns - n);
  const double weight = (turns - squared_turns / turns) / (n - 1);
  const double between = (squares_between / (n - 1) - within) / weight;
  return {std::max(0.0, between), within, turns / n};
}

}  // namespace an::harness
