// EventCount: who is about to sleep, and who of them is woken. It decides; it does not block: a
// notified waiter is woken by whoever can (core/pool/parking.hpp). In which order candidates are
// looked at is a matter of sleepers.hpp. The protocol and the argument why no wake-up is lost stand
// in README.md beside this file.
//
//     waiter                                   notifier
//     announce(self, interest)                 publish the work
//     look for work once more                  claim_one(kind) -> waiter to wake, if any
//     found: withdraw(self)
//     else: sleep until is_notified(self), then accept(self)
//
// Threads: announce, withdraw, is_notified, accept by waiter `self` only; the rest by anyone.
//
// I1: waiting_ >= number of waiters in a waiting state, at all times: the count is raised before
//     the state is set and lowered after it was left. (The other way round, a claim of a waiter
//     whose count is still in flight would take a third one's, and a notifier would see nobody.)
// I2: a waiter leaves its waiting state exactly once per announce: by its withdraw or by one claim.
// I3: claim_one(kind) chooses only waiters that announced an interest in that kind of work.
//
// After the event counts of Dmitry Vyukov and the sleep protocol of rayon-core, with the notifier's
// StoreLoad barrier moved to the waiter (core/base/atomic.hpp, asymmetric barriers).
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/sync/sleepers.hpp"

namespace an {

// What a waiter will do something about when it is woken.
enum class Interest : std::uint32_t {
  kOwnEvent = 1,  // nothing but what claim(self) is called for
  kForks = 2,     // branches as well: a blocked join
  kAnyWork = 3,   // tasks as well: a worker with nothing else to do
};

class EventCount {
 public:
  static constexpr std::uint32_t kNoWaiter = Sleepers::kNobody;

  // For waiters 0 .. waiters-1. `asymmetric` = false makes every notifier pay a locked instruction
  // instead of relying on heavy_barrier(); for tests, and forced where the kernel has none.
  // `near_to_far`: see Sleepers; empty means that waiters are woken in turn.
  explicit EventCount(std::uint32_t waiters,
                      bool asymmetric = true,
                      Sleepers::Orders near_to_far = {});

  // Declares that `self` will sleep unless its next look finds work. About 2 us.
  void announce(std::uint32_t self, Interest interest) noexcept;

  // Takes the announcement back. False when a notifier had already chosen `self`: the notification
  // is consumed, and the caller must hand it on (claim_one) because it may have been for other
  // work.
  bool withdraw(std::uint32_t self) noexcept;

  // True once a notifier has chosen `self`.
  bool is_notified(std::uint32_t self) const noexcept {
    // (E6) acquire; pairs with (E5): what the notifier published is visible to the one it wakes.
    return states_[self].value.load(kAcquire) == kNotified;
  }

  // Ends a wait that was notified. Requires is_notified(self).
  void accept(std::uint32_t self) noexcept;

  // Whether anyone may be waiting, for the caller's stores so far: a waiter missed here is one that
  // will find those stores in its second look. One relaxed load when nobody waits.
  bool anyone_waits() noexcept {
    light_barrier();
    // (E3) relaxed; pairs with (E1), (E2): the load cannot be satisfied before the caller's earlier
    // stores are visible to a waiter past (E2), because (E2) interrupted this thread in between.
    // Without the barriers: tests/core/sync/event_count_test.cpp, NoWakeIsLost.
    return waiting_.value.load(kRelaxed) != 0 && anyone_waits_slow();
  }

  // Chooses one waiter whose interest is at least `work`, kForks or kAnyWork, and returns it, or
  // kNoWaiter: the nearest to `notifier`, the waiter that published, if that is given. The caller
  // must wake it. O(waiters) when someone waits, one load otherwise.
  std::uint32_t claim_one(Interest work, std::uint32_t notifier = kNoWaiter) noexcept {
    return anyone_waits() ? claim_slow(work, notifier) : kNoWaiter;
  }

  // Chooses `waiter` if it waits for at least `least`. True: the caller must wake it.
  bool claim(std::uint32_t waiter, Interest least = Interest::kOwnEvent) noexcept;

 private:
  // Between these two stand the interests: a waiter's state is what it waits for.
  static constexpr std::uint32_t kAwake = 0;
  static constexpr std::uint32_t kNotified = 4;
  // Set for ever where barriers are symmetric, so that the fast path is never taken.
  static constexpr std::uint32_t kSymmetric = 1U << 31;

  bool anyone_waits_slow() noexcept;
  std::uint32_t claim_slow(Interest work, std::uint32_t notifier) noexcept;
  Padded<Atomic<std::uint32_t>> waiting_{};
  std::unique_ptr<Padded<Atomic<std::uint32_t>>[]> states_;
  Sleepers sleepers_;
  bool asymmetric_;
};

}  // namespace an
