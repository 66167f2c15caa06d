// A whole gate of one cell: units until a look decides, and a second batch for what is flagged. Its
// arms may be of different sizes, which the arms of a comparison of builds may not.
#pragma once

#include <cstdint>
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
  int hz = 0;  // 0 when not known
  std::uint64_t seed = 1;
};

struct GateResult {
  Status status = Status::kOk;  // kPartial: interrupted; else that of the arm that failed
  std::string reason;           // of the failure
  Decision decision;            // only if kOk; confirmed
  int units = 0;                // measured, confirming batch included
};

// Runs one gate. Its units have numbers from `first_unit` on, fewer than kUnitsOfGate.
inline constexpr int kUnitsOfGate = 2 * kLookUnits.back();
GateResult run_gate(SweepContext& context, const GateSetup& setup, int first_unit);

}  // namespace an::harness
