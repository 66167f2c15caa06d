// A whole gate of one cell: units until a look decides, and a second batch for what is flagged. Of
// arms of one size, and only of those, it also checks that they do the same work.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/conductor/duel.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/session.hpp"
#include "harness/conductor/turns.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {

// What one gate needs beside its session. `cell` and the rest outlive it.
struct GateSetup {
  const CellPlan& cell;
  const std::vector<ArmSpec>& arms;  // R, the candidate, R'
  const DecisionRule& rule;
  bool confirms = true;  // REGRESSED needs an independent batch
  int hz = 0;            // of the kernel's tick; 0 when not known
  std::uint64_t seed = 1;
  std::function<void(std::int64_t turns)> look_begins{};  // at most so many turns follow
};

struct GateResult {
  Status status = Status::kPartial;  // kOk: `decision` holds. kPartial: interrupted; else that of
                                     // the arm that failed
  std::string reason;                // unless kOk
  Decision decision;                 // confirmed, if asked for
  std::vector<Decision> batches;     // as each was decided
  int units = 0;                     // measured, confirming batch included
};

// Runs one gate. Its units have numbers from `first_unit` on, fewer than kUnitsOfGate.
inline constexpr int kUnitsOfGate = 2 * kLookUnits.back();
GateResult run_gate(SweepContext& context, const GateSetup& setup, int first_unit);

}  // namespace an::harness
