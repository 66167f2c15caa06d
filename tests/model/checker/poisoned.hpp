// Poisoned: the memory of pools that is out of use. What was accessed before it was poisoned is in Races,
// per byte; these ranges are for the rest, which may be a whole slab.
//
// I1: the ranges are disjoint and ascending.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/model/checker/clock.hpp"

namespace an::model {

class Poisoned {
 public:
  struct Range {
    std::uintptr_t begin;
    std::uintptr_t end;
    int thread;  // that poisoned it, as its operation `stamp`
    Stamp stamp;
    std::uint64_t pc;
  };

  void reset() { ranges_.clear(); }
  void add(const Range& range);
  // The memory is in use again, or is gone.
  void cut(std::uintptr_t begin, std::uintptr_t end);
  // A range that [begin, end) shares a byte with, the first; null: none.
  const Range* find(std::uintptr_t begin, std::uintptr_t end) const;

 private:
  std::vector<Range> ranges_;
};

}  // namespace an::model
