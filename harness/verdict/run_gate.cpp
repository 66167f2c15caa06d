// See run_gate.hpp.
#include "harness/verdict/run_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/verdict/arms.hpp"

namespace an::harness {
namespace {

constexpr JudgedArms kArms;

bool has_failed(Status status) {
  return status != Status::kOk && status != Status::kPartial;
}

// How one batch ended: with a decision, a failed arm, or the user's interrupt.
struct Batch {
  Status status = Status::kPartial;
  std::string reason;
  std::optional<Decision> decision;
  int units = 0;
};

// What arms of one size did must be the same work, or their times have no ratio. Empty when it is.
std::string difference_of_work(const Duel& duel, const GateSetup& setup) {
  const bool is_resized = std::any_of(setup.arms.begin(), setup.arms.end(),
                                      [](const ArmSpec& arm) { return arm.n.has_value(); });
  const CellRecord& reference = duel.record(kArms.reference);
  const CellRecord& candidate = duel.record(kArms.candidate);
  if (reference.ops_per_iteration != candidate.ops_per_iteration) {
    return fmt::format("the builds do different work: {} and {} operations per iteration",
                       reference.ops_per_iteration.value_or(0),
                       candidate.ops_per_iteration.value_or(0));
  }
  if (!is_resized && !reference.samples.empty() && !candidate.samples.empty() &&
      reference.samples.front().check != candidate.samples.front().check) {
    return "the builds do different work: their answers, each right by its own account, differ";
  }
  return "";
}

// The batch of a duel that cannot go on.
Batch failed_batch(const Duel& duel, const GateSetup& setup) {
  for (std::size_t arm = 0; arm < setup.arms.size(); ++arm) {
    const CellRecord& record = duel.record(arm);
    if (has_failed(record.status)) {
      const std::string reason =
          fmt::format("{}: {}", setup.arms[arm].name, record.reason.value_or("it says nothing"));
      // What the reference alone can run does not go away unnoticed. R' is R: when memory ends
      // before it, the candidate took more.
      const bool is_lost = record.status == Status::kNotApplicable && arm != kArms.reference;
      return is_lost ? Batch{Status::kOk, "", invalid(reason), 0}
                     : Batch{record.status, reason, std::nullopt, 0};
    }
  }
  return {Status::kPartial, "interrupted", std::nullopt, 0};
}

// Looks until it is decided.
Batch run_batch(SweepContext& context, const GateSetup& setup, std::uint64_t seed, int first_unit) {
  Duel duel(context, setup.cell, setup.arms, seed, first_unit);
  Batch batch;
  for (int look = 0; look < kLooks; ++look) {
    const int units = kLookUnits[static_cast<std::size_t>(look)] - batch.units;
    if (setup.look_begins) {
      setup.look_begins(static_cast<std::int64_t>(units) * context.request.turns *
                        static_cast<std::int64_t>(setup.arms.size()));
    }
    if (!duel.run_units(units)) {
      batch = failed_batch(duel, setup);
      break;
    }
    batch.units += units;
    const std::string difference = difference_of_work(duel, setup);
    batch.decision =
        difference.empty()
            ? decide(measured_of(duel.rounds(), context.request.turns, setup.hz), setup.rule, look)
            : invalid(difference);
    batch.status = Status::kOk;
    if (batch.decision->verdict != Verdict::kUndecided) {
      break;
    }
  }
  duel.finish();
  return batch;
}

void take(GateResult& result, const Batch& batch) {
  result.status = batch.status;
  result.reason = batch.reason;
  result.units += batch.units;
  if (batch.decision) {
    result.decision = *batch.decision;
    result.batches.push_back(*batch.decision);
  }
}

}  // namespace

GateResult run_gate(SweepContext& context, const GateSetup& setup, int first_unit) {
  GateResult result;
  const Batch first = run_batch(context, setup, Rng::stream(setup.seed, 0).next(), first_unit);
  take(result, first);
  if (setup.confirms && first.decision && first.decision->verdict == Verdict::kRegressed) {
    const Batch second =
        run_batch(context, setup, Rng::stream(setup.seed, 1).next(), first_unit + first.units);
    take(result, second);
    if (second.decision) {
      result.decision = confirm(*first.decision, *second.decision);
    }
  }
  return result;
}

}  // namespace an::harness
