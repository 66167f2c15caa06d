// Watchdog: calls `on_hang` in a thread of its own when nobody has said alive() for `limit_ns`; that
// must end the process, for whoever hangs cannot be stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "core/base/atomic.hpp"
#include "core/base/clock.hpp"
#include "core/base/futex.hpp"
#include "core/base/thread.hpp"

namespace an::fuzz {

class Watchdog {
 public:
  Watchdog(Nanos limit_ns, std::function<void()> on_hang)
      : on_hang_(std::move(on_hang)), thread_("watchdog", [this, limit_ns] { watch(limit_ns); }) {}
  ~Watchdog() {
    stopping_.store(1, kStat);
    futex_wake(stopping_, 1);
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // By the thread that is watched.
  void alive() noexcept { beats_.store(beats_.load(kStat) + 1, kStat); }

 private:
  void watch(Nanos limit_ns) {
    std::uint64_t beats = beats_.load(kStat);
    Deadline deadline = Deadline::after(limit_ns);
    while (stopping_.load(kStat) == 0) {
      futex_wait(stopping_, 0, Deadline::after(limit_ns / 8));
      if (const std::uint64_t now = beats_.load(kStat); now != beats) {
        beats = now;
        deadline = Deadline::after(limit_ns);
      } else if (deadline.has_passed() && stopping_.load(kStat) == 0) {
        on_hang_();
      }
    }
  }

  std::function<void()> on_hang_;
  Atomic<std::uint64_t> beats_ = 0;
  Atomic<std::uint32_t> stopping_ = 0;
  Thread thread_;  // last: it uses the others
};

}  // namespace an::fuzz
