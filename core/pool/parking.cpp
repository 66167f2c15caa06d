#include "core/pool/parking.hpp"

namespace an {

static_assert(kNobody == Sleepers::kNobody,
              "who is nobody to a scheduler is nobody to its sleepers");

void Parking::wake_one(Interest work, WorkerId notifier) noexcept {
  const std::uint32_t waiter = waiters_.claim_one(work, notifier);
  if (waiter != EventCount::kNoWaiter) {
    driver_->unpark(waiter);
  }
}

bool Parking::notify(WorkerId worker, Interest least) noexcept {
  const bool slept = waiters_.anyone_waits() && waiters_.claim(worker, least);
  if (slept) {
    driver_->unpark(worker);
  }
  return slept;
}

void Parking::notify_all() noexcept {
  if (!waiters_.anyone_waits()) {
    return;
  }
  for (std::uint32_t waiter = waiters_.claim_one(Interest::kOwnEvent);
       waiter != EventCount::kNoWaiter; waiter = waiters_.claim_one(Interest::kOwnEvent)) {
    driver_->unpark(waiter);
  }
}

}  // namespace an
