#include "core/pool/parking.hpp"

namespace an {

static_assert(kNobody == Sleepers::kNobody,
              "who is nobody to a scheduler is nobody to its sleepers");

void Parking::wake_someone(Interest work, WorkerId notifier) noexcept {
  const std::uint32_t waiter = waiters_.claim_one(work, notifier);
  if (waiter != EventCount::kNoWaiter) {
    driver_->unpark(waiter);
  }
}

void Parking::notify(WorkerId worker) noexcept {
  if (waiters_.anyone_waits() && waiters_.claim(worker)) {
    driver_->unpark(worker);
  }
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
