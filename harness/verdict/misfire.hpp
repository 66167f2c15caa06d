// `harness misfire`: how often rules in common use call a binary different from itself on this
// machine, beside the gate. Their samples are taken as people take them, all of A and then all of
// B; the gate's are interleaved. Both in turn, so that they come from the same hours.
//
// Called from the conducting thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"
#include "harness/verdict/decision.hpp"
#include "harness/verdict/rate.hpp"

namespace an::harness {

struct MisfirePlan {
  DecisionRule rule;
  int comparisons = 100;  // of each kind, per cell
  int runs = 10;          // turns of A, and of B, in a sequential comparison
  bool real = true;       // each gate runs; else one unit a comparison, and gates drawn from them
  std::uint64_t seed = 1;
  int hz = 0;  // of the kernel's tick; 0 when not known
};

// One comparison as people make it: ns per iteration, all of `a` before all of `b`.
struct SequentialRuns {
  std::vector<double> a, b;
};

struct RuleRate {
  std::string rule;    // "compare.py", "benchstat", "median 5 %", "gate"
  std::string data;    // "sequential", "interleaved"
  int no_verdict = 0;  // of the gate: INVALID, INCONCLUSIVE or UNDERPOWERED
  Rate false_alarms;   // says that A and B differ
};

struct CellMisfire {
  CellPlan cell;
  Status status = Status::kOk;  // unless kOk, there are no rates
  std::string reason;
  std::vector<RuleRate> rates;
};

struct MisfireOutcome {
  std::vector<CellMisfire> cells;
  bool interrupted = false;
};

// What the sequential rules say. Requires two values on either side of every comparison.
std::vector<RuleRate> sequential_rates(const std::vector<SequentialRuns>& comparisons);

// A gate that says REGRESSED or IMPROVED is a false alarm.
bool is_false_alarm(Verdict verdict);

// Measures the cells that `request` selects into request.out, which exists and is empty. Arms A and
// B are sequential; R, C and R' the gate's, request.turns a unit. A cell that fails is in the
// outcome with its status. Throws an::Error as run_sweep does.
MisfireOutcome misfire(const RunRequest& request,
                       const MisfirePlan& plan,
                       const Catalogue& catalogue,
                       RunObserver& observer);

// misfire.json (results/README.md), ended by a line end.
std::string misfire_json(const MisfireOutcome& outcome,
                         const MisfirePlan& plan,
                         const std::vector<std::string>& command);

}  // namespace an::harness
