#include "core/pool/futex_driver.hpp"

namespace an {

void FutexDriver::park(WorkerId self, Deadline until) noexcept {
  Atomic<std::uint32_t>& token = tokens_[self].value;
  std::uint32_t expected = kNone;
  // (K1) relaxed; pairs with (K2): a token found here or below is taken by (K4), which acquires it.
  if (token.compare_exchange_strong(expected, kAsleep, kRelaxed, kRelaxed)) {
    bool in_time = true;
    // (K3) relaxed; pairs with (K2): as (K1).
    while (token.load(kRelaxed) == kAsleep && in_time) {
      in_time = futex_wait(token, kAsleep, until);
    }
  }
  // (K4) acquire; pairs with (K2): takes the token, whatever it says by now. What the waker did
  // before is visible then.
  token.exchange(kNone, kAcquire);
}

void FutexDriver::unpark(WorkerId sleeper) noexcept {
  Atomic<std::uint32_t>& token = tokens_[sleeper].value;
  // (K2) release; pairs with (K4): publishes what the sleeper was woken for.
  if (token.exchange(kLeft, kRelease) == kAsleep) {
    futex_wake(token, 1);
  }
}

}  // namespace an
