// Parking: the sleep protocol of core/sync/README.md put together: an event count that chooses, and
// a driver that blocks. Shared by all workers of one scheduler.
#pragma once

#include <memory>
#include <utility>

#include "core/pool/driver.hpp"
#include "core/sync/event_count.hpp"

namespace an {

class Parking {
 public:
  // `near_to_far`: list i says whom worker i wakes first (core/sync/sleepers.hpp); empty: in turn.
  Parking(std::uint32_t workers, std::unique_ptr<Driver> driver, Sleepers::Orders near_to_far = {})
      : waiters_(workers, true, std::move(near_to_far)), driver_(std::move(driver)) {}

  // After work of kind `work`, kForks or kAnyWork, was published, by worker `notifier` if given:
  // wakes one sleeper that would take it, the nearest to `notifier`, if there is one. One load when
  // nobody sleeps.
  void notify_one(Interest work, WorkerId notifier = kNobody) noexcept {
    if (waiters_.anyone_waits()) [[unlikely]] {
      wake_one(work, notifier);
    }
  }

  // What notify_one does when anyone_waits(), for callers that have asked.
  void wake_one(Interest work, WorkerId notifier) noexcept;

  // Wakes `worker` if it sleeps for at least `least`: for kOwnEvent, that what it waits for has
  // happened. Whether it was chosen.
  bool notify(WorkerId worker, Interest least = Interest::kOwnEvent) noexcept;

  // Wakes everyone, several times over if need be, until nobody is left waiting.
  void notify_all() noexcept;

  // Sleeps as worker `self` until `until`, or earlier for no reason, without being chosen for
  // anything: work published meanwhile wakes others, or waits.
  void nap(WorkerId self, Deadline until) noexcept { driver_->park(self, until); }

  // Whether any worker may be about to sleep; see EventCount::anyone_waits.
  bool anyone_waits() noexcept { return waiters_.anyone_waits(); }

  // Sleeps as worker `self` unless `reason_to_stay()` turns out true after the announcement.
  // Returns true if a notifier had chosen this worker. The notification may have been for other
  // work than what the caller does next: it hands on what it leaves (notify_one).
  template <class Reason>
  bool park(WorkerId self, Interest interest, const Reason& reason_to_stay) {
    waiters_.announce(self, interest);
    if (reason_to_stay()) {
      return !waiters_.withdraw(self);
    }
    while (!waiters_.is_notified(self)) {
      driver_->park(self, Deadline::never());
    }
    waiters_.accept(self);
    return true;
  }

 private:
  EventCount waiters_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace an
