// Latch: wait until `count` events have happened. One use.
//
// Memory effects: everything before a count_down() happens before every wait() that returns after
// the count has reached zero. Any thread may call either.
#pragma once

#include <cstdint>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/futex.hpp"

namespace an {

class Latch {
 public:
  explicit Latch(std::uint32_t count) noexcept : left_(count) {}
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;

  // One event has happened. Requires that fewer than `count` have so far. The latch may be
  // destroyed by a waiter only after every count_down() has returned.
  void count_down() noexcept {
    // (L1) acq_rel; pairs with (L2): publishes this event, and collects earlier ones for the
    // waiters.
    const std::uint32_t before = left_.fetch_sub(1, kAcqRel);
    AN_ASSERT(before > 0);
    if (before == 1) {
      futex_wake(left_, INT32_MAX);
    }
  }

  bool is_open() const noexcept {
    // (L2) acquire; pairs with (L1): see the memory effects above.
    return left_.load(kAcquire) == 0;
  }

  // Sleeps until the count is zero.
  void wait() noexcept {
    for (;;) {
      // (L3) acquire; pairs with (L1): as (L2).
      const std::uint32_t left = left_.load(kAcquire);
      if (left == 0) {
        return;
      }
      futex_wait(left_, left, Deadline::never());
    }
  }

 private:
  Atomic<std::uint32_t> left_;
};

}  // namespace an
