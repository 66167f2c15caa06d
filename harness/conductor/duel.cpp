// See duel.hpp.
#include "harness/conductor/duel.hpp"

#include <algorithm>
#include <utility>

#include "harness/conductor/group.hpp"
#include "harness/conductor/interrupt.hpp"

namespace an::harness {
namespace {

std::vector<CellPlan> plans_of(const CellPlan& cell,
                               const std::vector<ArmSpec>& arms,
                               const Catalogue& catalogue) {
  std::vector<CellPlan> plans;
  for (const ArmSpec& arm : arms) {
    plans.push_back(arm.n ? resized(cell, *arm.n, catalogue) : cell);
    plans.back().arm = arm.name;
    plans.back().executable = arm.executable;
    plans.back().environment = arm.environment;
  }
  return plans;
}

}  // namespace

Duel::Duel(SweepContext& context,
           const CellPlan& cell,
           const std::vector<ArmSpec>& arms,
           std::uint64_t seed,
           int first_unit)
    : context_(context),
      group_(std::make_unique<Group>(
          context, plans_of(cell, arms, context.catalogue), Calibrate::kFirst, seed, 0)),
      next_unit_(first_unit) {}

Duel::~Duel() = default;

bool Duel::can_go_on() const {
  const auto& arms = group_->arms();
  return !context_.interrupt.is_requested() &&
         std::all_of(arms.begin(), arms.end(), [](const Arm& arm) { return arm.is_live(); });
}

bool Duel::run_units(int count) {
  const auto arms = static_cast<std::int64_t>(group_->arms().size());
  Progress progress{.done = 0, .total = count * context_.request.turns * arms};
  for (int i = 0; i < count && can_go_on(); ++i) {
    group_->run_unit(next_unit_++, context_.request.turns, progress);
  }
  return can_go_on();
}

const std::vector<RoundRecord>& Duel::rounds() const {
  return group_->rounds();
}

Status Duel::status() const {
  for (const Arm& arm : group_->arms()) {
    if (arm.record().status != Status::kOk && arm.record().status != Status::kPartial) {
      return arm.record().status;
    }
  }
  return group_->arms().front().record().status;
}

const CellRecord& Duel::record(std::size_t arm) const {
  return group_->arms()[arm].record();
}

void Duel::finish() {
  if (can_go_on()) {
    group_->finish(Stopped::kSamples);
  }
  group_->write_records();
}

}  // namespace an::harness
