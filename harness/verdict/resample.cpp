// See resample.hpp.
#include "harness/verdict/resample.hpp"

#include <algorithm>
#include <cstddef>

#include "core/base/assert.hpp"

namespace an::harness {
namespace {

// One batch, from its first look to its verdict.
Decision draw_batch(const Measured& source, const DecisionRule& rule, int block, Rng& rng) {
  const std::vector<int> order =
      draw_blocks(static_cast<int>(source.units.size()), kLookUnits.back(), block, rng);
  Measured drawn{{}, source.planned_rounds, source.ticks};
  Decision decision;
  for (int look = 0; look < kLooks; ++look) {
    const auto units = static_cast<std::size_t>(kLookUnits[static_cast<std::size_t>(look)]);
    while (drawn.units.size() < units) {
      const auto from = static_cast<std::size_t>(order[drawn.units.size()]);
      drawn.units.push_back(source.units[from]);
    }
    decision = decide(drawn, rule, look);
    if (decision.verdict != Verdict::kUndecided) {
      break;
    }
  }
  return decision;
}

Measured shifted(Measured measured, double shift) {
  for (UnitRatios& unit : measured.units) {
    for (double& ratio : unit.candidate) {
      ratio += shift;
    }
  }
  return measured;
}

}  // namespace

std::vector<int> draw_blocks(int available, int wanted, int block, Rng& rng) {
  AN_ASSERT(available > 0);
  AN_ASSERT(wanted > 0);
  AN_ASSERT(block > 0);
  std::vector<int> drawn;
  while (static_cast<int>(drawn.size()) < wanted) {
    const auto start = static_cast<int>(rng.below(static_cast<std::uint32_t>(available)));
    const int length = std::min(block, wanted - static_cast<int>(drawn.size()));
    for (int i = 0; i < length; ++i) {
      drawn.push_back((start + i) % available);
    }
  }
  return drawn;
}

int ResampleTally::count(Verdict verdict) const {
  const auto found = verdicts.find(verdict);
  return found == verdicts.end() ? 0 : found->second;
}

ResampleTally resample_gates(const Measured& measured,
                             const DecisionRule& rule,
                             const ResamplePlan& plan) {
  AN_ASSERT(plan.gates > 0);
  const Measured source = shifted(measured, plan.shift);
  ResampleTally tally;
  std::int64_t total_units = 0;
  for (int gate = 0; gate < plan.gates; ++gate) {
    Rng rng = Rng::stream(plan.seed, static_cast<std::uint64_t>(gate));
    Decision decision = draw_batch(source, rule, plan.block, rng);
    total_units += decision.measured;
    if (decision.verdict == Verdict::kRegressed) {
      ++tally.flagged;
      const Decision second = draw_batch(source, rule, plan.block, rng);
      total_units += second.measured;
      decision = confirm(decision, second);
    }
    ++tally.verdicts[decision.verdict];
  }
  tally.mean_units = static_cast<double>(total_units) / plan.gates;
  return tally;
}

}  // namespace an::harness
