// Which cells of two builds can be compared: those that both have, with the same name. A cell that
// the candidate has lost is not left out: its row is INVALID, so that no gate passes because there
// was nothing to judge.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

// One cell of a comparison.
struct ComparedCell {
  CellPlan plan;  // with why it is n/a: the reference has no such cell, or neither build has
  std::filesystem::path reference, candidate;  // the executables; empty unless it can be compared
  std::string lost;           // why the candidate cannot run what the reference can
  bool is_identical = false;  // equal code and constants: nothing to time
};

// Scheduler and workload names that a request may use: those of both builds.
Catalogue merge(const Catalogue& reference, const Catalogue& candidate);

// Every cell that `request` selects in either build, as sorted by plan_cells. Baselines are not
// asked for: request.baseline must be off. Reads the executables, to see which are identical.
// Throws an::Error as plan_cells does, and when the builds are of different types (Release, Debug)
// or sanitizers.
std::vector<ComparedCell> plan_comparison(const RunRequest& request,
                                          const Catalogue& reference,
                                          const Catalogue& candidate);

// The cells of the default gate: fast and steady enough for a verdict in ten seconds each, and
// together every way a scheduler here forks, spawns and promotes (harness/METHODOLOGY.md).
struct GateCell {
  std::string workload, scheduler;
  std::uint32_t workers;
};
const std::vector<GateCell>& default_gate_cells();

// Whether `cell` is one of them. Their size is "small".
bool is_default_gate_cell(const CellPlan& cell);

}  // namespace an::harness
