#include "core/sync/event_count.hpp"

#include "core/base/backoff.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/items.hpp"

namespace an::model {

namespace {

void sleep(const EventCount& waiters, std::uint32_t self) {
  while (!waiters.is_notified(self)) {
    cpu_yield();
  }
}

// Waits until it has taken one of `items`, as a worker would; hands nothing on: it takes what it is
// woken for, or another takes it.
void take_one(EventCount& waiters, std::uint32_t self, Items& items) {
  while (!items.take()) {
    waiters.announce(self, Interest::kAnyWork);
    if (items.can_be_seen()) {
      waiters.withdraw(self);
    } else {
      sleep(waiters, self);
      waiters.accept(self);
    }
  }
}

void one_waiter(bool asymmetric) {
  EventCount waiters(1, asymmetric);
  Items items;
  Thread waiter("waiter", [&] { take_one(waiters, 0, items); });
  items.add(1);
  waiters.claim_one(Interest::kAnyWork);
  waiter.join();
  require(!waiters.anyone_waits(), "the count is what it was");
}

void two_waiters(bool asymmetric) {
  EventCount waiters(2, asymmetric);
  Items items;
  Thread one("one", [&] { take_one(waiters, 0, items); });
  Thread two("two", [&] { take_one(waiters, 1, items); });
  for (int i = 0; i < 2; ++i) {
    items.add(1);
    waiters.claim_one(Interest::kAnyWork);
  }
  one.join();
  two.join();
  require(!waiters.anyone_waits(), "the count is what it was");
}

void two_notifiers(bool asymmetric) {
  EventCount waiters(1, asymmetric);
  Items items;
  const auto publish = [&] {
    items.add(1);
    waiters.claim_one(Interest::kAnyWork);
  };
  Thread one("one", publish);
  Thread two("two", publish);
  take_one(waiters, 0, items);
  take_one(waiters, 0, items);
  one.join();
  two.join();
  require(!waiters.anyone_waits(), "the count is what it was");
}

}  // namespace

AN_MODEL(event_count_one_waiter, {}) {
  one_waiter(true);
}
AN_MODEL(event_count_one_waiter_symmetric, {}) {
  one_waiter(false);
}
AN_MODEL(event_count_two_waiters, {.preemptions = 2, .preemptions_deep = 3}) {
  two_waiters(true);
}
AN_MODEL(event_count_two_waiters_symmetric, {.preemptions = 2, .preemptions_deep = 3}) {
  two_waiters(false);
}
AN_MODEL(event_count_two_notifiers, {.preemptions = 2, .preemptions_deep = 3}) {
  two_notifiers(true);
}
AN_MODEL(event_count_two_notifiers_symmetric, {.preemptions = 2, .preemptions_deep = 3}) {
  two_notifiers(false);
}

// Whoever is notified sees what the notifier did, plain data too, without looking at anything else.
AN_MODEL(event_count_notified_sees, {}) {
  EventCount waiters(1);
  int data = 0;
  Thread waiter("waiter", [&] {
    waiters.announce(0, Interest::kOwnEvent);
    sleep(waiters, 0);
    require(data == 1, "the notifier's work is visible");
    waiters.accept(0);
  });
  data = 1;
  while (!waiters.claim(0)) {
    cpu_yield();
  }
  waiter.join();
}

// A blocked join is not chosen for a task, though it is looked at first.
AN_MODEL(event_count_interests, {.preemptions = 2, .preemptions_deep = 4}) {
  EventCount waiters(2);
  Items tasks;
  Thread join("join", [&] {
    waiters.announce(0, Interest::kForks);
    sleep(waiters, 0);
    waiters.accept(0);
  });
  Thread worker("worker", [&] { take_one(waiters, 1, tasks); });
  tasks.add(1);
  require(waiters.claim_one(Interest::kAnyWork) != 0, "a join is not chosen for a task");
  worker.join();
  while (waiters.claim_one(Interest::kForks) != 0) {
    cpu_yield();
  }
  join.join();
}

// A withdrawal and a claim: one of them wins, and both know which.
AN_MODEL(event_count_withdraw_or_claim, {}) {
  EventCount waiters(1);
  bool was_chosen = false;
  Thread waiter("waiter", [&] {
    waiters.announce(0, Interest::kAnyWork);
    was_chosen = !waiters.withdraw(0);
  });
  const bool has_chosen = waiters.claim_one(Interest::kAnyWork) == 0;
  waiter.join();
  require(was_chosen == has_chosen, "chosen once or withdrawn");
  require(!waiters.anyone_waits(), "the count is what it was");
}

}  // namespace an::model
