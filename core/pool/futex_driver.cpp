#include "core/pool/futex_driver.hpp"

namespace an {

void FutexDriver::park(WorkerId self, Deadline until) noexcept {
  Atomic<std::uint32_t>& token = tokens_[self].value;
  std::uint32_t expected = kNone;
  // (K1) acquire; pairs with (K2): what the waker did before is visible when a left token is found.
  if (token.compare_exchange_strong(expected, kAsleep, kAcquire, kAcquire)) {
    bool in_time = true;
    // (K3) acquire; pairs with (K2): as (K1), for a token that comes while asleep.
    while (token.load(kAcquire) == kAsleep && in_time) {
      in_time = futex_wait(token, kAsleep, until);
    }
  }
  // (K4) acquire; pairs with (K2): takes the token, whatever it says by now.
  token.exchange(kNone, kAcquire);
}

void FutexDriver::unpark(WorkerId sleeper) noexcept {
  Atomic<std::uint32_t>& token = tokens_[sleeper].value;
  // (K2) release; pairs with (K1), (K3), (K4): publishes what the sleeper was woken for.
  if (token.exchange(kLeft, kRelease) == kAsleep) {
    futex_wake(token, 1);
  }
}

}  // namespace an
