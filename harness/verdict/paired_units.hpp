// Values by unit and turn, and what is made of them: medians over units, and ratios of turns that
// belong together. Turns of one process are no independent values; processes are.
#pragma once

#include <map>
#include <optional>

namespace an::harness {

// By unit, then by turn.
using Units = std::map<int, std::map<int, double>>;

struct Figure {
  std::optional<double> middle, low, high;
};

// The median over units of the median within a unit, with the sign-test interval at two-sided level
// `alpha` where there are units enough for one; nothing of no units.
Figure figure_of(const Units& units, double alpha);

// The ratio in every round that both took part in and whose reference is above zero.
Units paired_ratios(const Units& units, const Units& reference);

}  // namespace an::harness
