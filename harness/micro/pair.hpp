// Two threads on two CPUs, for benchmarks of what passes between them, and the ways in which such
// benchmarks report: they read the clock themselves, and an iteration is many items.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"

namespace an::micro {

// Two threads that take turns, each on a CPU of its own: `other` does its part whenever the turn is its.
// The caller is back on its former CPUs when the pair is gone.
class Pair {
 public:
  template <class Other>
  explicit Pair(const Other& other)
      : cpus_(allowed_cpus()), thread_("other", [this, other] {
          pin_current_thread(cpus_.back());
          for (wait_while(kMine); turn_.load(kStat) == kOther; wait_while(kMine)) {
            other();
            give(kMine);
          }
        }) {
    pin_current_thread(cpus_.front());
  }
  ~Pair() {
    give(kEnd);
    thread_.join();
    restrict_current_thread(cpus_);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void begin_other() { give(kOther); }
  void await_other() { wait_while(kOther); }

 private:
  enum Turn : int { kMine, kOther, kEnd };

  // (B1) release; pairs with (B2): what was done in this turn.
  void give(Turn turn) { turn_.store(turn, kRelease); }
  void wait_while(Turn turn) {
    Backoff backoff;
    // (B2) acquire; pairs with (B1): what the other did.
    while (turn_.load(kAcquire) == turn) {
      backoff.wait();
    }
  }

  std::vector<int> cpus_;
  Atomic<int> turn_ = kMine;
  Thread thread_;
};

// Whether there are two CPUs; without, the benchmark is n/a.
inline bool has_two_cpus(benchmark::State& state) {
  if (allowed_cpus().size() > 1) {
    return true;
  }
  state.SkipWithError("n/a: needs two CPUs");
  return false;
}

// `spent` of this iteration, for a benchmark that reads the clock itself.
inline void add(benchmark::State& state, Nanos& total, Nanos spent) {
  total += spent;
  state.SetIterationTime(static_cast<double>(spent) * 1e-9);
}

// The time of one of `items`, which took `total` in all: what `harness micro` shows.
inline void report(benchmark::State& state, Nanos total, std::int64_t items) {
  state.counters["ns_per_item"] = static_cast<double>(total) / static_cast<double>(items);
}

}  // namespace an::micro
