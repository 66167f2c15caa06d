#include "core/pool/parking.hpp"

#include <array>
#include <memory>

#include "core/base/backoff.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/sync/mpmc_queue.hpp"
#include "core/sync/mpsc_queue.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/items.hpp"

namespace an::model {

namespace {

struct FutexParking : Parking {
  explicit FutexParking(std::uint32_t workers)
      : Parking(workers, std::make_unique<FutexDriver>(workers)) {}
};

// What the one who was chosen does when it has found something.
enum class HandsOn { kNot, kWithoutBarrier, kAsCrew };

// What Crew::wait_for_work and hand_on (schedulers/stealing/crew.hpp) do, without the spinning:
// `take()` once with success. `can_be_seen()`: whether it would succeed.
template <class Take, class CanBeSeen>
void wait_for_work(Parking& parking,
                   WorkerId self,
                   const Take& take,
                   const CanBeSeen& can_be_seen,
                   HandsOn hands_on = HandsOn::kAsCrew) {
  bool was_chosen = false;
  while (!take()) {
    was_chosen |= parking.park(self, Interest::kAnyWork, can_be_seen);
  }
  if (was_chosen && hands_on != HandsOn::kNot) {
    // (X1) seq_cst; pairs with heavy_barrier() in announce: what hid a later item from a sleeper's look
    // is what this worker took, so this look comes after that one. The CPUs we run on need no fence: a
    // store that one thread has seen, all can see. C++ does not promise that: parking_mpmc_queue.
    if (hands_on == HandsOn::kAsCrew) {
      full_barrier();
    }
    if (can_be_seen()) {
      parking.notify_one(Interest::kAnyWork, self);
    }
  }
}

// Two tasks that wait for each other are published with one wake-up: both workers must come.
void batch(HandsOn hands_on) {
  FutexParking parking(2);
  Items tasks;
  Atomic<int> begun = 0;
  const auto work = [&](WorkerId self) {
    wait_for_work(
        parking, self, [&] { return tasks.take(); }, [&] { return tasks.can_be_seen(); }, hands_on);
    begun.fetch_add(1, kStat);
    while (begun.load(kStat) < 2) {
      cpu_yield();
    }
  };
  Thread one("one", [&] { work(0); });
  Thread two("two", [&] { work(1); });
  tasks.add(2);
  parking.notify_one(Interest::kAnyWork);
  one.join();
  two.join();
  require(!parking.anyone_waits(), "the count is what it was");
}

// Two consumers of a queue that wait for each other: the one woken for two items hands on.
void two_consumers(HandsOn hands_on) {
  FutexParking parking(2);
  MpmcQueue<int> queue(2);
  Atomic<int> begun = 0;
  const auto produce = [&] {
    require(queue.try_push(1), "there is room");
    parking.notify_one(Interest::kAnyWork);
  };
  const auto consume = [&](WorkerId self) {
    int item = 0;
    wait_for_work(
        parking, self, [&] { return queue.try_pop(item); }, [&] { return !queue.is_empty(); },
        hands_on);
    begun.fetch_add(1, kStat);
    while (begun.load(kStat) < 2) {
      cpu_yield();
    }
  };
  Thread one("one", [&] { consume(0); });
  Thread two("two", [&] { consume(1); });
  Thread producer("producer", produce);
  produce();
  producer.join();
  one.join();
  two.join();
}

}  // namespace

AN_MODEL(parking_one_item, {}) {
  FutexParking parking(1);
  Items items;
  Thread worker("worker", [&] {
    wait_for_work(
        parking, 0, [&] { return items.take(); }, [&] { return items.can_be_seen(); });
  });
  items.add(1);
  parking.notify_one(Interest::kAnyWork);
  worker.join();
}

// The token of a notification that came too late for the first sleep must not spoil the second.
AN_MODEL(parking_twice, {.preemptions = 3, .preemptions_deep = 5}) {
  FutexParking parking(1);
  Items items;
  Thread worker("worker", [&] {
    for (int i = 0; i < 2; ++i) {
      wait_for_work(
          parking, 0, [&] { return items.take(); }, [&] { return items.can_be_seen(); });
    }
  });
  for (int i = 0; i < 2; ++i) {
    items.add(1);
    parking.notify_one(Interest::kAnyWork);
  }
  worker.join();
}

AN_MODEL(parking_batch, {.preemptions = 2, .preemptions_deep = 3}) {
  batch(HandsOn::kAsCrew);
}
AN_MODEL(parking_batch_kept_to_oneself,
         {.preemptions = 2, .preemptions_deep = 2, .finds = "sleeps on a futex"}) {
  batch(HandsOn::kNot);
}

// Two publishers, each with one wake-up for one item, and a worker that may be woken for the one and
// find the other.
AN_MODEL(parking_two_publishers, {.preemptions = 2, .preemptions_deep = 3}) {
  FutexParking parking(1);
  std::array<Items, 2> items;
  Thread other("other", [&] {
    items[1].add(1);
    parking.notify_one(Interest::kAnyWork);
  });
  Thread worker("worker", [&] {
    for (int i = 0; i < 2; ++i) {
      wait_for_work(
          parking, 0, [&] { return items[0].take() || items[1].take(); },
          [&] { return items[0].can_be_seen() || items[1].can_be_seen(); });
    }
  });
  items[0].add(1);
  parking.notify_one(Interest::kAnyWork);
  worker.join();
  other.join();
}

// core/sync/README.md, "A queue whose end is not yet linked", one consumer.
AN_MODEL(parking_mpsc_queue, {.preemptions = 1, .preemptions_deep = 2}) {
  struct Node : MpscLink {};
  FutexParking parking(1);
  MpscQueue<Node> queue;
  std::array<Node, 2> nodes;
  const auto produce = [&](Node& node) {
    queue.push(&node);
    parking.notify_one(Interest::kAnyWork);
  };
  Thread one("one", [&] { produce(nodes[0]); });
  Thread two("two", [&] { produce(nodes[1]); });
  for (int i = 0; i < 2; ++i) {
    wait_for_work(
        parking, 0, [&] { return queue.pop() != nullptr; }, [&] { return !queue.is_empty(); });
  }
  one.join();
  two.join();
}

AN_MODEL(parking_mpmc_queue,
         {.preemptions = 0, .preemptions_deep = 1, .executions = 1'000'000, .random = 20'000}) {
  two_consumers(HandsOn::kAsCrew);
}
AN_MODEL(parking_mpmc_queue_without_barrier,
         {.preemptions = 0,
          .preemptions_deep = 0,
          .executions = 1'000'000,
          .random = 1'000'000,
          .finds = "sleeps on a futex"}) {
  two_consumers(HandsOn::kWithoutBarrier);
}

// notify(worker): its own event, which nobody else would take.
AN_MODEL(parking_own_event, {}) {
  FutexParking parking(1);
  Atomic<int> event = 0;
  Thread worker("worker", [&] {
    while (event.load(kStat) == 0) {
      parking.park(0, Interest::kOwnEvent, [&] { return event.load(kStat) != 0; });
    }
  });
  event.store(1, kStat);
  parking.notify(0);
  worker.join();
}

AN_MODEL(parking_notify_all, {.preemptions = 2, .preemptions_deep = 4}) {
  FutexParking parking(2);
  Atomic<int> event = 0;
  const auto wait = [&](WorkerId self) {
    while (event.load(kStat) == 0) {
      parking.park(self, Interest::kOwnEvent, [&] { return event.load(kStat) != 0; });
    }
  };
  Thread one("one", [&] { wait(0); });
  Thread two("two", [&] { wait(1); });
  event.store(1, kStat);
  parking.notify_all();
  one.join();
  two.join();
}

// An unpark ends this park or the next, and what was done before it is visible after it.
AN_MODEL(futex_driver_unpark, {}) {
  FutexDriver driver(1);
  int data = 0;
  Thread sleeper("sleeper", [&] {
    driver.park(0, Deadline::never());
    require(data == 1, "what the waker did is visible");
  });
  data = 1;
  driver.unpark(0);
  sleeper.join();
}

// A park that ends by its deadline may take the token of an unpark: what that was for must then be
// seen, for the next park would sleep.
AN_MODEL(futex_driver_deadline, {}) {
  FutexDriver driver(1);
  Atomic<int> work = 0;
  Thread sleeper("sleeper", [&] {
    driver.park(0, Deadline{1});
    while (work.load(kStat) == 0) {
      driver.park(0, Deadline::never());
    }
  });
  work.store(1, kStat);
  driver.unpark(0);
  sleeper.join();
}

AN_MODEL(futex_driver_two_unparks, {}) {
  FutexDriver driver(1);
  Atomic<int> first = 0, second = 0;
  Thread one("one", [&] {
    first.store(1, kStat);
    driver.unpark(0);
  });
  Thread two("two", [&] {
    second.store(1, kStat);
    driver.unpark(0);
  });
  while (first.load(kStat) == 0 || second.load(kStat) == 0) {
    driver.park(0, Deadline::never());
  }
  one.join();
  two.join();
}

}  // namespace an::model
