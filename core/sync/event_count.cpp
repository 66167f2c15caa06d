#include "core/sync/event_count.hpp"

#include "core/base/assert.hpp"

namespace an {

EventCount::EventCount(std::uint32_t waiters, bool asymmetric)
    : states_(std::make_unique<Padded<Atomic<std::uint32_t>>[]>(waiters)),
      waiters_(waiters),
      asymmetric_(asymmetric && heavy_barrier_available()) {
  if (!asymmetric_) {
    waiting_.value.store(kSymmetric, kStat);
  }
}

void EventCount::announce(std::uint32_t self) noexcept {
  // (E0) relaxed; pairs with (E5): ordered before (E1) by its release.
  states_[self].value.store(kWaiting, kRelaxed);
  // (E1) seq_cst; pairs with (E4): one of the two read-modify-writes comes first. If this one, the
  // notifier sees the waiter; if the other, the look that follows sees the notifier's work.
  waiting_.value.fetch_add(1, kSeqCst);
  if (asymmetric_) {
    heavy_barrier();  // (E2) pairs with (E3): the waiter's half of the asymmetric barrier
  }
}

bool EventCount::withdraw(std::uint32_t self) noexcept {
  std::uint32_t expected = kWaiting;
  // (E7) relaxed; pairs with (E5): only atomicity decides who wins.
  if (states_[self].value.compare_exchange_strong(expected, kAwake, kRelaxed, kRelaxed)) {
    waiting_.value.fetch_sub(1, kStat);
    return true;
  }
  accept(self);
  return false;
}

void EventCount::accept(std::uint32_t self) noexcept {
  AN_ASSERT(is_notified(self));
  states_[self].value.store(kAwake, kStat);
}

bool EventCount::anyone_waits_slow() noexcept {
  if (asymmetric_) {
    return true;
  }
  // (E4) seq_cst; pairs with (E1): see there. An addition of nothing, because a load alone could be
  // satisfied before the caller's stores.
  return (waiting_.value.fetch_add(0, kSeqCst) & ~kSymmetric) != 0;
}

std::uint32_t EventCount::claim_slow() noexcept {
  const std::uint32_t start = start_.load(kStat);
  for (std::uint32_t i = 0; i < waiters_; ++i) {
    const std::uint32_t waiter = (start + i) % waiters_;
    if (claim(waiter)) {
      start_.store(waiter + 1, kStat);
      return waiter;
    }
  }
  return kNoWaiter;
}

bool EventCount::claim(std::uint32_t waiter) noexcept {
  if (states_[waiter].value.load(kStat) != kWaiting) {
    return false;
  }
  std::uint32_t expected = kWaiting;
  // (E5) acq_rel; pairs with (E6): publishes the notifier's work to the waiter it wakes; acquires
  // (E0), so the announcement is complete.
  if (!states_[waiter].value.compare_exchange_strong(expected, kNotified, kAcqRel, kStat)) {
    return false;
  }
  waiting_.value.fetch_sub(1, kStat);
  return true;
}

}  // namespace an
