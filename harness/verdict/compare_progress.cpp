// See compare_progress.hpp.
#include "harness/verdict/compare_progress.hpp"

#include <fmt/format.h>

#include "harness/verdict/compare.hpp"

namespace an::harness {

void CompareProgress::planned(const std::vector<CellPlan>& cells) {
  cells_left_ = static_cast<std::int64_t>(cells.size());
  observer_.planned(cells);
}

void CompareProgress::turn(const CellPlan& cell, std::int64_t done, std::int64_t) {
  // Cells to come are taken to need as many turns as the look that is on.
  const std::int64_t to_come = look_ * (cells_left_ > 0 ? cells_left_ - 1 : 0);
  observer_.turn(cell, before_ + done, before_ + look_ + to_come);
}

void CompareProgress::finished(const CellRecord& arm) {
  const bool failed = arm.status != Status::kOk && arm.status != Status::kPartial;
  if (shown_.plan.name != arm.plan.name || failed) {
    shown_ = arm;
  }
}

void CompareProgress::expect(std::int64_t turns) {
  before_ += look_;
  look_ = turns;
}

void CompareProgress::judged(const CellVerdict& verdict) {
  cells_left_ -= 1;
  observer_.finished(shown_);
  if (verdict.status == Status::kOk) {
    observer_.note(fmt::format("{}: {}: {}", verdict.plan.name, to_string(verdict.decision.verdict),
                               verdict.decision.reason));
  }
}

}  // namespace an::harness
