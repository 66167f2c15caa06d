// Two builds of the same cells, one verdict per cell: the measuring behind `compare` and `gate`. The
// rule is decision.hpp, the engine harness/conductor/duel.hpp.
//
// Arms: R is the reference build, C the candidate, R' a byte copy of R. All three run from copies in
// a temporary folder, whose paths are equally long (the length of a path moves the stack) and which
// a build going on elsewhere cannot change. The whole is called from one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/conductor/duel.hpp"
#include "harness/conductor/run.hpp"
#include "harness/verdict/comparison_plan.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {

// The executables of one cell's arms, copied; gone with this object.
class ArmCopies {
 public:
  // Throws an::Error when they cannot be copied or made executable.
  ArmCopies(const std::filesystem::path& reference, const std::filesystem::path& candidate);
  ~ArmCopies();
  ArmCopies(const ArmCopies&) = delete;
  ArmCopies& operator=(const ArmCopies&) = delete;

  // R, C, R', in this order.
  const std::vector<ArmSpec>& arms() const { return arms_; }

 private:
  std::filesystem::path root_;
  std::vector<ArmSpec> arms_;
};

// Which arms of a duel are judged, by their place in it.
struct JudgedArms {
  std::size_t reference = 0, candidate = 1, control = 2;
};

// The ratios of `arms` in `rounds`, unit by unit; a unit all of whose rounds were dropped is there
// without any. `hz` is that of the kernel's tick, 0 when not known: then no turn is suspect.
Measured measured_of(const std::vector<RoundRecord>& rounds,
                     int planned_rounds,
                     int hz,
                     const JudgedArms& arms = {});

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
