// core/sync/event_count.{hpp,cpp} and sleepers.{hpp,cpp} under Relacy: threads that publish, and
// waiters that follow the protocol of core/sync/README.md.
//
// Required: nobody sleeps beside work (a deadlock otherwise); what a notifier wrote before it chose a
// waiter may be used by the one it woke (a data race otherwise); at the end nobody is counted.
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/sync/event_count.hpp"
#include "tests/model/relacy/run.hpp"

namespace an::relacy {
namespace {

// Blocks one thread until somebody unblocks it, earlier or later. Orders no memory, so that whatever
// the woken thread may rely on comes from the event count.
template <int kThreads>
class Bed {
 public:
  void sleep() {
    if (!woken_) {
      sleeper_.park_current(rl::ctx(), false, false, false, info(Place::current()));
    }
    woken_ = false;
  }
  void wake() {
    woken_ = true;
    sleeper_.unpark_one(rl::ctx(), info(Place::current()));
  }

 private:
  rl::waitset<kThreads> sleeper_;
  bool woken_ = false;
};

// As many items as waiters, each of which wants one. Waiters are threads 0 .. kWaiters-1. `kBatch`: a
// publisher wakes one waiter when it has published all its items, instead of one for each.
template <int kWaiters, int kPublishers, bool kAsymmetric, bool kBatch = false>
struct Work
    : rl::test_suite<Work<kWaiters, kPublishers, kAsymmetric, kBatch>, kWaiters + kPublishers> {
  static constexpr int kThreads = kWaiters + kPublishers;
  static constexpr int kNone = 0, kThere = 1, kTaken = 2;

  struct Item {
    Atomic<int> state = kNone;
    Plain<int> content{-1};
  };

  void thread(unsigned self) {
    if (self < kWaiters) {
      while (!try_take()) {
        wait(self);
      }
    } else {
      for (std::size_t i = self - kWaiters; i < kWaiters; i += kPublishers) {
        items[i].content.write(1);
        items[i].state.store(kThere, kRelease);
        if (!kBatch || i + kPublishers >= kWaiters) {
          wake_one();
        }
      }
    }
  }

  void after() {
    for (Item& item : items) {
      AN_MODEL_REQUIRE(item.state.load(kRelaxed) == kTaken);
    }
    for (std::uint32_t waiter = 0; waiter < kWaiters; ++waiter) {
      AN_MODEL_REQUIRE(!event_count.is_notified(waiter));
    }
    AN_MODEL_REQUIRE(event_count.claim_one(Interest::kOwnEvent) == EventCount::kNoWaiter);
    AN_MODEL_REQUIRE(!event_count.anyone_waits());
  }

  // Returns when there may be work.
  void wait(std::uint32_t self) {
    event_count.announce(self, Interest::kAnyWork);
    if (is_any_there()) {
      if (event_count.withdraw(self)) {
        return;
      }
      beds[self].sleep();  // chosen: the wake-up is under way
    } else {
      beds[self].sleep();
      while (!event_count.is_notified(self)) {
        rl::yield(1, info(Place::current()));
      }
      event_count.accept(self);
    }
    if (is_any_there()) {  // the notification was consumed: hand on
      wake_one();
    }
  }

  void wake_one() {
    const std::uint32_t waiter = event_count.claim_one(Interest::kAnyWork);
    if (waiter != EventCount::kNoWaiter) {
      beds[waiter].wake();
    }
  }

  bool is_any_there() {
    for (Item& item : items) {
      if (item.state.load(kAcquire) == kThere) {
        return true;
      }
    }
    return false;
  }

  bool try_take() {
    for (Item& item : items) {
      int state = item.state.load(kAcquire);
      if (state == kThere && item.state.compare_exchange_strong(state, kTaken, kAcquire, kStat)) {
        AN_MODEL_REQUIRE(item.content.read() == 1);
        item.content.write(2);
        return true;
      }
    }
    return false;
  }

  Memory memory;
  EventCount event_count{kWaiters, kAsymmetric};
  std::array<Item, kWaiters> items;
  std::array<Bed<kThreads>, kWaiters> beds;
};

// A waiter that waits for nothing but what one notifier does for it.
template <bool kAsymmetric>
struct OwnEvent : rl::test_suite<OwnEvent<kAsymmetric>, 2> {
  void thread(unsigned self) { self == 0 ? wait() : notify(); }

  void wait() {
    event_count.announce(0, Interest::kOwnEvent);
    if (happened.load(kAcquire) == 0) {
      bed.sleep();
      while (!event_count.is_notified(0)) {
        rl::yield(1, info(Place::current()));
      }
      event_count.accept(0);
    } else if (!event_count.withdraw(0)) {
      bed.sleep();  // chosen: the wake-up is under way
    }
    AN_MODEL_REQUIRE(message.read() == 1);
  }

  void notify() {
    message.write(1);
    happened.store(1, kRelease);
    if (event_count.anyone_waits() && event_count.claim(0)) {
      bed.wake();
    }
  }

  void after() {
    AN_MODEL_REQUIRE(!event_count.is_notified(0));
    AN_MODEL_REQUIRE(!event_count.anyone_waits());
  }

  Memory memory;
  EventCount event_count{1, kAsymmetric};
  Atomic<int> happened = 0;
  Plain<int> message{0};
  Bed<2> bed;
};

}  // namespace
}  // namespace an::relacy

int main(int argc, char** argv) {
  using namespace an::relacy;
  return run_shapes(
      argc, argv,
      {shape<OwnEvent<true>>("own event", full_search()),
       shape<OwnEvent<false>>("own event, symmetric", full_search()),
       shape<Work<1, 1, true>>("one waiter", full_search()),
       shape<Work<1, 1, false>>("one waiter, symmetric", bounded_search(4)),
       shape<Work<2, 1, true>>("two waiters", random_search(30'000)),
       shape<Work<2, 1, false>>("two waiters, symmetric", random_search(30'000)),
       shape<Work<2, 1, true, true>>("two waiters, a batch", random_search(30'000)),
       shape<Work<2, 2, true>>("two waiters, two publishers", random_search(30'000)),
       shape<Work<2, 2, false>>("two waiters, two publishers, symmetric", random_search(30'000))});
}
