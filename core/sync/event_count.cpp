#include "core/sync/event_count.hpp"

#include <utility>

#include "core/base/assert.hpp"

namespace an {

EventCount::EventCount(std::uint32_t waiters, bool asymmetric, Sleepers::Orders near_to_far)
    : states_(std::make_unique<Padded<Atomic<std::uint32_t>>[]>(waiters)),
      sleepers_(waiters, std::move(near_to_far)),
      asymmetric_(asymmetric && heavy_barrier_available()) {
  if (!asymmetric_) {
    waiting_.value.store(kSymmetric, kStat);
  }
}

void EventCount::announce(std::uint32_t self, Interest interest) noexcept {
  // (E1) seq_cst; pairs with (E4): before the state, see I1.
  waiting_.value.fetch_add(1, kSeqCst);
  // (E0) release; pairs with (E5): a claim that finds this state finds the count raised.
  states_[self].value.store(static_cast<std::uint32_t>(interest), kRelease);
  if (asymmetric_) {
    heavy_barrier();  // (E2) pairs with (E3): the waiter's half of the asymmetric barrier
  } else {
    // (E8) seq_cst; pairs with (E4): one of the two read-modify-writes comes first. If this one,
    // the notifier sees count and state; if the other, the look that follows sees the notifier's
    // work.
    waiting_.value.fetch_add(0, kSeqCst);
  }
}

bool EventCount::withdraw(std::uint32_t self) noexcept {
  std::uint32_t state = states_[self].value.load(kStat);
  // (E7) relaxed; pairs with (E5): only atomicity decides who wins.
  if (state != kNotified &&
      states_[self].value.compare_exchange_strong(state, kAwake, kRelaxed, kRelaxed)) {
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
  // (E4) seq_cst; pairs with (E8), (E1): see there. An addition of nothing, because a load alone
  // could be satisfied before the caller's stores.
  return (waiting_.value.fetch_add(0, kSeqCst) & ~kSymmetric) != 0;
}

std::uint32_t EventCount::claim_slow(Interest work, std::uint32_t notifier) noexcept {
  return sleepers_.choose(notifier,
                          [this, work](std::uint32_t waiter) { return claim(waiter, work); });
}

bool EventCount::claim(std::uint32_t waiter, Interest least) noexcept {
  std::uint32_t state = states_[waiter].value.load(kStat);
  if (state < static_cast<std::uint32_t>(least) || state == kNotified) {
    return false;
  }
  // (E5) acq_rel; pairs with (E6): publishes the notifier's work to the waiter it wakes; acquires
  // (E0), so the count this takes one from was raised.
  if (!states_[waiter].value.compare_exchange_strong(state, kNotified, kAcqRel, kStat)) {
    return false;
  }
  waiting_.value.fetch_sub(1, kStat);
  return true;
}

}  // namespace an
