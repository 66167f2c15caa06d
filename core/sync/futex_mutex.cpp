#include "core/sync/futex_mutex.hpp"

#include "core/base/assert.hpp"
#include "core/base/backoff.hpp"
#include "core/base/futex.hpp"

namespace an {

void FutexMutex::lock_slow() noexcept {
  // Pauses only: a holder that was switched out is better waited for asleep than by yielding. Where
  // others sleep already, so does this one.
  for (Backoff backoff; !backoff.is_yielding();) {
    backoff.wait();
    const std::uint32_t state = state_.load(kStat);
    if (state == kContended) {
      break;
    }
    if (state == kFree && try_lock()) {
      return;
    }
  }
  // (M3) acquire; pairs with (M2): as (M1). Announces a sleeper before it sleeps: an unlock between
  // the exchange and the sleep changes the word, and the kernel refuses.
  while (state_.exchange(kContended, kAcquire) != kFree) {
    futex_wait(state_, kContended, Deadline::never());
  }
}

void FutexMutex::wake_one(std::uint32_t before) noexcept {
  AN_ASSERT(before == kContended);  // else nobody held it
  futex_wake(state_, 1);
}

}  // namespace an
