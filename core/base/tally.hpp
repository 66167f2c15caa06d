// Tally: a statistic with one writer and any number of readers. A plain load, add and store: no
// locked instruction, no order, never a torn or racing read.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"

namespace an {

class Tally {
 public:
  // Only by the one thread that owns the tally at the time.
  void add(std::uint64_t amount = 1) noexcept { value_.store(value_.load(kStat) + amount, kStat); }
  std::uint64_t value() const noexcept { return value_.load(kStat); }

 private:
  Atomic<std::uint64_t> value_ = 0;
};

}  // namespace an
