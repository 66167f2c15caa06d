// See turn_values.hpp.
#include "harness/verdict/turn_values.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/verdict/stats.hpp"

namespace an::harness {

bool has_figures(const CellRecord& cell) {
  const bool is_whole = cell.status == Status::kOk || cell.status == Status::kPartial;
  return is_whole && std::all_of(cell.samples.begin(), cell.samples.end(),
                                 [](const Sample& sample) { return sample.ok; });
}

TurnValues ns_per_op_of(const CellRecord& cell) {
  TurnValues values;
  for (const Sample& sample : cell.samples) {
    if (sample.ops > 0) {
      values[sample.unit][sample.turn] =
          static_cast<double>(sample.ns) / static_cast<double>(sample.ops);
    }
  }
  return values;
}

TurnValues paired_ratios(const TurnValues& cell, const TurnValues& reference) {
  TurnValues ratios;
  for (const auto& [unit, turns] : cell) {
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

std::map<int, double> unit_medians(const TurnValues& values) {
  std::map<int, double> medians;
  for (const auto& [unit, turns] : values) {
    std::vector<double> within;
    for (const auto& [turn, value] : turns) {
      within.push_back(value);
    }
    if (!within.empty()) {
      medians[unit] = median(std::move(within));
    }
  }
  return medians;
}

Figure figure_of(const TurnValues& values, double alpha) {
  std::vector<double> medians;
  for (const auto& [unit, value] : unit_medians(values)) {
    medians.push_back(value);
  }
  if (medians.empty()) {
    return {};
  }
  const auto interval = median_interval(medians, alpha);
  return {median(medians), interval ? std::optional(interval->low) : std::nullopt,
          interval ? std::optional(interval->high) : std::nullopt};
}

}  // namespace an::harness
