// What other tools take for one measurement: the median over the turns of a unit. The turns of a
// unit share their processes and are not independent; units are. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/conductor/run.hpp"

namespace an::harness {

struct UnitFigure {
  int unit = 0;
  std::int64_t iterations = 0;   // of all its turns
  double ns = 0;                 // median of the wall time of one iteration
  std::optional<double> cpu_ns;  // of its CPU time; absent when a turn does not know it
};

// One figure per unit that has a turn that counts, ascending. Empty for a cell that is not ok or
// has a turn of a wrong digest or of no time at all: such a figure would read as infinitely fast.
std::vector<UnitFigure> unit_figures(const CellRecord& cell);

}  // namespace an::harness
