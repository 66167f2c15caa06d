// Sleepers: in which order a notifier looks for somebody to wake. A sleeper that shares a cache with
// the worker that published finds the work there; one on another package fetches it across the
// machine. The order is policy only: whether a candidate sleeps and can be had is the event count's
// to know (event_count.hpp), which asks through a callback.
//
// Threads: choose() by anyone. Nothing here orders memory: a candidate is won by the event count's
// claim, and in which order two notifiers look decides nothing but who is woken.
//
// I1: every order names every waiter once: a search that claims nobody has asked everybody. (Else a
//     notifier could miss the only one that sleeps: README.md, "no wake-up is lost".)
// I2: for a notifier with an order of its own, near to far, always from the near end: who is far
//     sleeps on while somebody near can be had. That starves nobody of work: a sleeper is owed none.
// I3: without one, round robin from behind the last that was chosen, so that all are woken in turn.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/atomic.hpp"

namespace an {

class Sleepers {
 public:
  static constexpr std::uint32_t kNobody = ~0U;
  // List i: the waiters in the order in which notifier i looks at them.
  using Orders = std::vector<std::vector<std::uint32_t>>;

  // For waiters 0 .. waiters-1. `near_to_far` has a list for each of them (victim_order() of
  // core/topology makes such) or is empty: nobody knows what is near. Whom a list leaves out, the
  // notifier itself among them, comes after it; whom it names twice counts where first named.
  // O(waiters^2) space when given.
  explicit Sleepers(std::uint32_t waiters, Orders near_to_far = {});

  // Calls claim(waiter) -> bool for one waiter after the other, in the order for `notifier` (or
  // kNobody: no worker, or one unknown), until one returns true: returns that waiter, or kNobody.
  template <class Claim>
  std::uint32_t choose(std::uint32_t notifier, const Claim& claim) noexcept {
    if (notifier < near_to_far_.size()) {
      for (const std::uint32_t waiter : near_to_far_[notifier]) {
        if (claim(waiter)) {
          return waiter;
        }
      }
      return kNobody;
    }
    const std::uint32_t start = start_.load(kStat);
    for (std::uint32_t i = 0; i < waiters_; ++i) {
      const std::uint32_t waiter = (start + i) % waiters_;
      if (claim(waiter)) {
        start_.store(waiter + 1, kStat);
        return waiter;
      }
    }
    return kNobody;
  }

 private:
  Orders near_to_far_;
  std::uint32_t waiters_;
  Atomic<std::uint32_t> start_ = 0;
};

}  // namespace an
