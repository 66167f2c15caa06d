// See families.hpp.
#include "harness/verdict/families.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace an::harness {

std::vector<double> bonferroni(std::vector<double> p_values) {
  const auto m = static_cast<double>(p_values.size());
  for (double& p : p_values) {
    p = std::min(1.0, m * p);
  }
  return p_values;
}

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;  // an adjusted value is never below that of a smaller p
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto remaining = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, remaining * p_values[order[i]]));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

}  // namespace an::harness
