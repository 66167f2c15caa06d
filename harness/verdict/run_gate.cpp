// See run_gate.hpp.
#include "harness/verdict/run_gate.hpp"

#include <cstddef>

#include "core/base/rng.hpp"
#include "harness/verdict/compare.hpp"

namespace an::harness {
namespace {

// One batch: looks until one decides.
GateResult run_batch(SweepContext& context,
                     const GateSetup& setup,
                     std::uint64_t seed,
                     int first_unit) {
  Duel duel(context, setup.cell, setup.arms, seed, first_unit);
  GateResult result;
  for (int look = 0; look < kLooks; ++look) {
    const int wanted = kLookUnits[static_cast<std::size_t>(look)];
    if (!duel.run_units(wanted - result.units)) {
      break;
    }
    result.units = wanted;
    result.decision =
        decide(measured_of(duel.rounds(), context.request.turns, setup.hz), setup.rule, look);
    if (result.decision.verdict != Verdict::kUndecided) {
      break;
    }
  }
  duel.finish();
  result.status = duel.status();
  for (std::size_t arm = 0; arm < setup.arms.size() && result.reason.empty(); ++arm) {
    result.reason = duel.record(arm).reason.value_or("");
  }
  return result;
}

}  // namespace

GateResult run_gate(SweepContext& context, const GateSetup& setup, int first_unit) {
  GateResult first = run_batch(context, setup, Rng::stream(setup.seed, 0).next(), first_unit);
  if (first.status != Status::kOk || first.decision.verdict != Verdict::kRegressed) {
    return first;
  }
  GateResult second =
      run_batch(context, setup, Rng::stream(setup.seed, 1).next(), first_unit + kLookUnits.back());
  second.units += first.units;
  if (second.status == Status::kOk) {
    second.decision = confirm(first.decision, second.decision);
  }
  return second;
}

}  // namespace an::harness
