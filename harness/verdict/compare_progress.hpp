// What an observer made for sweeps sees of a comparison: cells, not arms, and a total that grows
// when a look does not settle it. One look's turns are announced at a time; the first looks of cells
// to come are part of the total from the start.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/conductor/run.hpp"

namespace an::harness {

struct CellVerdict;

class CompareProgress : public RunObserver {
 public:
  // `observer` outlives it.
  explicit CompareProgress(RunObserver& observer) : observer_(observer) {}

  void planned(const std::vector<CellPlan>& cells) override;
  void turn(const CellPlan& cell, std::int64_t done, std::int64_t total) override;
  // The first arm that failed stands for its cell, or the first one.
  void finished(const CellRecord& arm) override;
  void note(const std::string& text) override { observer_.note(text); }

  // A look of `turns` turns begins; the one before, if any, is over.
  void expect(std::int64_t turns);
  // The cell is over: its verdict is a note.
  void judged(const CellVerdict& verdict);

 private:
  RunObserver& observer_;
  std::int64_t before_ = 0;  // turns of the looks that are over
  std::int64_t look_ = 0;    // turns of the look that is on, or was last
  std::int64_t cells_left_ = 0;
  CellRecord shown_;
};

}  // namespace an::harness
