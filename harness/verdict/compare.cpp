// See compare.hpp.
#include "harness/verdict/compare.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/conductor/session.hpp"
#include "harness/verdict/arms.hpp"
#include "harness/verdict/compare_progress.hpp"
#include "harness/verdict/run_gate.hpp"

namespace an::harness {
namespace {

// The verdicts that need no timing; empty when there are turns to take.
std::optional<CellVerdict> without_timing(const ComparedCell& cell) {
  CellVerdict verdict;
  verdict.plan = cell.plan;
  verdict.status = Status::kOk;
  if (!cell.plan.not_applicable.empty()) {
    verdict.status = Status::kNotApplicable;
    verdict.reason = cell.plan.not_applicable;
  } else if (!cell.lost.empty()) {
    verdict.decision = invalid(cell.lost);
  } else if (cell.is_identical) {
    verdict.decision = identical();
  } else {
    return std::nullopt;
  }
  return verdict;
}

// Turns taken and judged. Each cell has a stream of random numbers of its own.
CellVerdict by_turns(const ComparedCell& cell,
                     std::uint64_t index,
                     const CompareRules& rules,
                     SweepContext& context,
                     CompareProgress& progress) {
  const ArmCopies copies(cell.reference, cell.candidate);
  GateResult result = run_gate(context,
                               {.cell = cell.plan,
                                .arms = copies.arms(),
                                .rule = rules.decision,
                                .confirms = rules.confirms,
                                .hz = rules.hz,
                                .seed = Rng::stream(context.request.seed, index).next(),
                                .look_begins = [&](std::int64_t turns) { progress.expect(turns); }},
                               0);
  return {cell.plan, result.status, std::move(result.reason), std::move(result.decision),
          std::move(result.batches)};
}

}  // namespace

CompareOutcome compare_builds(const RunRequest& request,
                              const Catalogue& reference,
                              const std::vector<ComparedCell>& cells,
                              const CompareRules& rules,
                              RunObserver& observer) {
  std::vector<CellPlan> timed;
  for (const ComparedCell& cell : cells) {
    if (!without_timing(cell)) {
      timed.push_back(cell.plan);
    }
  }
  CompareRules applied = rules;
  applied.decision.family = std::max(1, static_cast<int>(timed.size()));
  CompareProgress progress(observer);
  progress.planned(timed);
  Session session(request, reference, progress, timed);
  CompareOutcome outcome;
  outcome.rule = applied.decision;
  for (const ComparedCell& cell : cells) {
    auto verdict = without_timing(cell);
    if (!verdict && !session.is_interrupted()) {
      verdict = by_turns(cell, outcome.cells.size(), applied, session.context(), progress);
      progress.judged(*verdict);
    } else if (!verdict) {
      verdict = CellVerdict{cell.plan, Status::kPartial, "interrupted", {}, {}};
    }
    outcome.cells.push_back(*std::move(verdict));
  }
  session.note_noise();
  outcome.interrupted = session.is_interrupted();
  return outcome;
}

}  // namespace an::harness
