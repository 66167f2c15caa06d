// IdleTime: for how long a worker has had nothing to run, a period that has not ended included. One
// writer, any number of readers.
//
// I1: one word holds both the sum and whether a period runs, so that a reader never sees a period twice
//     or not at all. While one runs, the sum is short of the present time: the reader adds it. All of it
//     modulo 2^63; the lowest bit says that one runs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/atomic.hpp"

namespace an::schedulers::stealing {

class IdleTime {
 public:
  // A period begins or ends at `now`, in ticks. By the worker alone; begin and end take turns.
  void begin(std::uint64_t now) noexcept { word_.store(((sum() - now) << 1) | 1, kStat); }
  void end(std::uint64_t now) noexcept { word_.store((sum() + now) << 1, kStat); }

  // The ticks until `now`. Not below zero, if the clocks of two CPUs are not quite even.
  std::uint64_t ticks_until(std::uint64_t now) const noexcept {
    const std::uint64_t word = word_.load(kStat);
    const std::uint64_t doubled = ((word >> 1) + ((word & 1) != 0 ? now : 0)) << 1;
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, static_cast<std::int64_t>(doubled) / 2));
  }

 private:
  std::uint64_t sum() const noexcept { return word_.load(kStat) >> 1; }

  Atomic<std::uint64_t> word_ = 0;
};

}  // namespace an::schedulers::stealing
