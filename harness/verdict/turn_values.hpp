// The turns of a cell as values by unit and turn, their ratios, and their medians over units. Turns of one process are no
// independent values, processes are: a unit counts as one, the median of its turns. Pure functions.
#pragma once

#include <map>
#include <optional>

#include "harness/conductor/run.hpp"

namespace an::harness {

// A value by unit and turn.
using TurnValues = std::map<int, std::map<int, double>>;

// Figures are published of cells that ended well, and of those the user interrupted.
bool has_figures(const CellRecord& cell);

// ns/op; turns without an operation have none.
TurnValues ns_per_op_of(const CellRecord& cell);

// The ratio in every round that both cells took part in.
TurnValues paired_ratios(const TurnValues& cell, const TurnValues& reference);

// By unit, the median of its turns; a unit without turns has none.
std::map<int, double> unit_medians(const TurnValues& values);

struct Figure {
  std::optional<double> middle, low, high;
};

// The median over units of the median within a unit, with the sign-test interval at two-sided level
// `alpha` where there are units enough for one; nothing of no units.
Figure figure_of(const TurnValues& values, double alpha);

}  // namespace an::harness
