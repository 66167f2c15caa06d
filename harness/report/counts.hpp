// What `harness count` prints, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "harness/conductor/count.hpp"
#include "harness/verdict/count_verdict.hpp"

namespace an::harness {

// A cell, counted in the reference and, when two builds are compared, in the candidate.
struct CountedCell {
  CellPlan plan;
  std::vector<CellCount> builds;
};

struct CountReport {
  std::vector<std::vector<BuildCount>> builds;  // per scheduler: reference, candidate
  std::vector<CountedCell> cells;
  std::vector<CountChange> changes;  // empty unless two builds are compared
};

// Sizes, instructions per operation and counters of every cell; then, of two builds, every change
// that is not "same", and how many are.
std::string counts_text(const CountReport& report);

// The same as one JSON object (results/README.md), indented, with a line end.
std::string counts_json(const CountReport& report);

}  // namespace an::harness
