// Waiting for another thread for a moment: first pauses, doubling, then the CPU is offered to
// others. The caller decides when to stop and sleep; this file never sleeps.
#pragma once

#include <sched.h>

namespace an {

// One spin-wait hint (about 14 ns on a Skylake server, 43 on some: see the micro suite).
inline void cpu_pause() noexcept {
  __builtin_ia32_pause();
}

// Offers the CPU to another runnable thread. With more threads than CPUs a spin without this would
// burn the time slice of the very thread it waits for.
inline void cpu_yield() noexcept {
  ::sched_yield();
}

// Exponential pauses (1, 2, 4 .. 32), then yields. Not thread-safe: one object per waiting thread.
class Backoff {
 public:
  // Waits a little longer than last time.
  void wait() noexcept {
    if (pauses_ > kPausesMax) {
      cpu_yield();
      return;
    }
    for (int i = 0; i < pauses_; ++i) {
      cpu_pause();
    }
    pauses_ *= 2;
  }

  // True once wait() yields instead of pausing.
  bool is_yielding() const noexcept { return pauses_ > kPausesMax; }

  void reset() noexcept { pauses_ = 1; }

 private:
  static constexpr int kPausesMax = 32;
  int pauses_ = 1;
};

}  // namespace an
