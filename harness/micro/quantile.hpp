// Quantiles of times that one process took: on a shared machine a mean is that of the interruptions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/clock.hpp"

namespace an::micro {

// The p-quantile, without interpolation. Requires a value and 0 <= p <= 1. Reorders `values`.
inline double quantile(std::vector<Nanos>& values, double p) {
  const auto place = static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(place)]);
}

inline double median(std::vector<Nanos>& values) {
  return quantile(values, 0.5);
}

}  // namespace an::micro
