// What threads sleep on. Who sleeps beside queued work hangs the round, which the watchdog sees:
// producers wait until what they have published is taken.
#include <memory>

#include "core/base/backoff.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "core/sync/event_count.hpp"
#include "core/sync/futex_mutex.hpp"
#include "core/sync/latch.hpp"
#include "core/sync/mpmc_queue.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

// Parking as schedulers use it, with the barrier on the waiter's side.
class AsymmetricRoom {
 public:
  explicit AsymmetricRoom(std::uint32_t waiters)
      : parking_(waiters, std::make_unique<FutexDriver>(waiters)) {}
  void notify_one() { parking_.notify_one(Interest::kAnyWork); }
  void notify_all() { parking_.notify_all(); }
  template <class Reason>
  bool park(std::uint32_t self, const Reason& reason_to_stay) {
    return parking_.park(self, Interest::kAnyWork, reason_to_stay);
  }

 private:
  Parking parking_;
};

// The same protocol over an event count whose notifiers pay.
class SymmetricRoom {
 public:
  explicit SymmetricRoom(std::uint32_t waiters) : waiters_(waiters, false), driver_(waiters) {}
  void notify_one() {
    const std::uint32_t waiter = waiters_.claim_one(Interest::kAnyWork);
    if (waiter != EventCount::kNoWaiter) {
      driver_.unpark(waiter);
    }
  }
  void notify_all() {
    std::uint32_t waiter = EventCount::kNoWaiter;
    while ((waiter = waiters_.claim_one(Interest::kOwnEvent)) != EventCount::kNoWaiter) {
      driver_.unpark(waiter);
    }
  }
  template <class Reason>
  bool park(std::uint32_t self, const Reason& reason_to_stay) {
    waiters_.announce(self, Interest::kAnyWork);
    if (reason_to_stay()) {
      return !waiters_.withdraw(self);
    }
    while (!waiters_.is_notified(self)) {
      driver_.park(self, Deadline::never());
    }
    waiters_.accept(self);
    return true;
  }

 private:
  EventCount waiters_;
  FutexDriver driver_;
};

// Consumers that sleep when the queue is empty; a producer that publishes one to three items with one
// notification and goes on when they are taken.
template <class Room>
void sleep_and_wake(Round& round) {
  constexpr std::size_t kItems = 60;
  const std::uint32_t consumers = 1 + round.rng.below(3);
  Room room(consumers);
  MpmcQueue<const std::size_t*> queue(4);
  std::vector<std::size_t> items(kItems);
  Once once(round, kItems);
  Atomic<bool> stopping = false;
  const auto produce = [&](Rng& rng) {
    for (std::size_t made = 0; made < kItems;) {
      for (std::uint32_t burst = 1 + rng.below(3); burst > 0 && made < kItems; --burst, ++made) {
        items[made] = made;
        round.demand(queue.try_push(&items[made]), "there is room for three");
      }
      room.notify_one();
      while (once.count() < made) {
        cpu_yield();
      }
    }
    stopping.store(true, kSeqCst);
    room.notify_all();
  };
  const auto consume = [&](std::uint32_t self) {
    while (!stopping.load(kSeqCst)) {
      const std::size_t* item = nullptr;
      bool was_chosen = false;
      if (!queue.try_pop(item)) {
        was_chosen = room.park(self, [&] { return stopping.load(kSeqCst) || !queue.is_empty(); });
        queue.try_pop(item);
      }
      if (was_chosen && !queue.is_empty()) {
        room.notify_one();  // hands on
      }
      if (item != nullptr) {
        once.take(*item);
      }
    }
  };
  round.run_threads(consumers + 1, [&](std::uint32_t thread, Rng& rng) {
    if (thread == consumers) {
      produce(rng);
    } else {
      consume(thread);
    }
  });
  round.demand(once.are_all_taken(), "everything published is taken");
}

void futex_mutex(Round& round) {
  constexpr std::uint32_t kTurns = 100;
  const std::uint32_t threads = 2 + round.rng.below(3);
  FutexMutex mutex;
  std::uint32_t turns = 0;  // plain: guarded
  bool is_inside = false;
  round.run_threads(threads, [&](std::uint32_t, Rng& rng) {
    for (std::uint32_t i = 0; i < kTurns; ++i) {
      if (rng.below(4) != 0 || !mutex.try_lock()) {
        mutex.lock();
      }
      round.demand(!is_inside, "one thread holds the mutex");
      is_inside = true;
      ++turns;
      if (rng.below(8) == 0) {
        cpu_yield();
      }
      is_inside = false;
      mutex.unlock();
    }
  });
  round.demand(turns == threads * kTurns, "every turn counts");
}

void latch(Round& round) {
  const std::uint32_t threads = 2 + round.rng.below(3);
  for (int again = 0; again < 10; ++again) {
    Latch latch(threads);
    std::vector<std::uint32_t> arrived(threads);  // plain: published by the latch
    round.run_threads(threads, [&](std::uint32_t thread, Rng& rng) {
      arrived[thread] = 1;
      latch.count_down();
      if (rng.below(4) == 0) {
        while (!latch.is_open()) {
          cpu_yield();
        }
      } else {
        latch.wait();
      }
      for (const std::uint32_t one : arrived) {
        round.demand(one == 1, "whoever passes sees what came before every count");
      }
    });
  }
}

const Announce kParking("parking", sleep_and_wake<AsymmetricRoom>);
const Announce kEventCount("event_count", sleep_and_wake<SymmetricRoom>);
const Announce kMutex("futex_mutex", futex_mutex);
const Announce kLatch("latch", latch);

}  // namespace
}  // namespace an::stress
