// Clock: a vector clock over the threads of one execution. Component t counts the operations of
// thread t that happen before (or, in a coherence clock, must be seen by) whoever holds the clock.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace an::model {

inline constexpr int kThreadsMax = 8;

using Stamp = std::uint32_t;  // the n-th operation of a thread, from 1

struct Clock {
  std::array<Stamp, kThreadsMax> at{};

  void join(const Clock& other) noexcept {
    for (int t = 0; t < kThreadsMax; ++t) {
      at[t] = std::max(at[t], other.at[t]);
    }
  }
  bool covers(int thread, Stamp stamp) const noexcept { return stamp <= at[thread]; }
};

// What a release hands over and an acquire takes: what happened before, and what coherence and the
// seq_cst fences oblige the holder to see, which is more.
struct View {
  Clock happened;
  Clock seen;
  std::uint32_t sc_seen = 0;  // the seq_cst accesses up to this one in their total order oblige

  void join(const View& other) noexcept {
    happened.join(other.happened);
    seen.join(other.seen);
    sc_seen = std::max(sc_seen, other.sc_seen);
  }
};

}  // namespace an::model
