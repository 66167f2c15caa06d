// What the user sees while a sweep runs: on a terminal one line that overwrites itself, with a bar,
// the cell, how many are left and when it will be over; elsewhere one plain line per finished cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "core/base/clock.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

struct ProgressStyle {
  bool terminal = false;     // the stream is one, and may be moved about
  std::size_t columns = 80;  // of that terminal
};

// An observer that writes to `stream`, which must outlive it. Its destructor leaves the cursor at
// the start of an empty line. Not thread-safe: it belongs to the conducting thread.
std::unique_ptr<RunObserver> make_progress(std::ostream& stream, ProgressStyle style);

// The terminal's line, at most `columns` wide, without control characters. `elapsed_ns` is since
// the first turn, of which `done` of `total` are over.
struct ProgressState {
  std::int64_t done = 0, total = 0;
  std::size_t cells_finished = 0, cells = 0;
  Nanos elapsed_ns = 0;
};
std::string progress_line(const ProgressState& state, const CellPlan* cell, std::size_t columns);

}  // namespace an::harness
