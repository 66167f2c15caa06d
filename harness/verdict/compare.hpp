// Two builds of the same cells, one verdict per cell: the measuring behind `compare` and `gate`. The
// rule is decision.hpp, the arms are arms.hpp's, the engine is harness/conductor/duel.hpp. Called from the conducting thread.
#pragma once

#include <string>
#include <vector>

#include "harness/conductor/run.hpp"
#include "harness/verdict/comparison_plan.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {

struct CompareRules {
  DecisionRule decision;  // its family is set by compare_builds: the cells that are timed
  bool confirms = false;  // a flagged cell needs an independent batch: `gate`
  int hz = 0;             // of the kernel's tick; 0 when not known
};

// One cell's verdict.
struct CellVerdict {
  CellPlan plan;
  Status status = Status::kPartial;  // kOk: `decision` holds. Else there are no figures
  std::string reason;                // why, unless kOk
  Decision decision;
  std::vector<Decision> batches;  // as each was decided: none without timing, two when confirming
};

struct CompareOutcome {
  std::vector<CellVerdict> cells;  // in plan order
  DecisionRule rule;               // as it was applied
  bool interrupted = false;
};

// Measures and judges `cells`, one after the other. The turns per unit are request.turns; the run
// directory request.out gets the raw turns, with arms, as they come. `reference` is what the plan
// was made of. Never throws for what a cell does; throws an::Error when the run directory or the
// copies cannot be written. While it runs, signals are caught as in run_sweep.
CompareOutcome compare_builds(const RunRequest& request,
                              const Catalogue& reference,
                              const std::vector<ComparedCell>& cells,
                              const CompareRules& rules,
                              RunObserver& observer);

}  // namespace an::harness
