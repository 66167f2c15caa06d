// See paired_units.hpp.
#include "harness/verdict/paired_units.hpp"

#include <utility>
#include <vector>

#include "harness/verdict/stats.hpp"

namespace an::harness {

Figure figure_of(const Units& units, double alpha) {
  std::vector<double> values;
  for (const auto& [unit, turns] : units) {
    std::vector<double> within;
    for (const auto& [turn, value] : turns) {
      within.push_back(value);
    }
    values.push_back(median(std::move(within)));
  }
  if (values.empty()) {
    return {};
  }
  const auto interval = median_interval(values, alpha);
  return {median(values), interval ? std::optional(interval->low) : std::nullopt,
          interval ? std::optional(interval->high) : std::nullopt};
}

Units paired_ratios(const Units& units, const Units& reference) {
  Units ratios;
  for (const auto& [unit, turns] : units) {
    const auto partners = reference.find(unit);
    if (partners == reference.end()) {
      continue;
    }
    for (const auto& [turn, value] : turns) {
      const auto partner = partners->second.find(turn);
      if (partner != partners->second.end() && partner->second > 0) {
        ratios[unit][turn] = value / partner->second;
      }
    }
  }
  return ratios;
}

}  // namespace an::harness
