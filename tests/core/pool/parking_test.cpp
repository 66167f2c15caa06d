#include "core/pool/parking.hpp"

#include <gtest/gtest.h>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"
#include "core/pool/futex_driver.hpp"

namespace an {
namespace {

TEST(FutexDriver, AnUnparkThatCameFirstEndsTheNextPark) {
  FutexDriver driver(1);
  driver.unpark(0);
  driver.park(0, Deadline::never());
}

TEST(FutexDriver, ADeadlineEndsAPark) {
  FutexDriver driver(1);
  const Deadline deadline = Deadline::after(1'000'000);
  driver.park(0, deadline);
  EXPECT_TRUE(deadline.has_passed());
}

TEST(FutexDriver, UnparksAreNeverLost) {
  FutexDriver driver(2);
  constexpr int kRounds = 20'000;
  const auto play = [&](WorkerId self) {
    for (int round = 0; round < kRounds; ++round) {
      if (self == 0) {
        driver.unpark(1);
        driver.park(0, Deadline::never());
      } else {
        driver.park(1, Deadline::never());
        driver.unpark(0);
      }
    }
  };
  Thread other("other", [&] { play(1); });
  play(0);
}

TEST(Parking, AReasonToStayPreventsSleep) {
  Parking parking(1, std::make_unique<FutexDriver>(1));
  EXPECT_FALSE(parking.park(0, Interest::kAnyWork, [] { return true; }));
}

// Sleeps by yielding, and remembers who was woken first.
class WatchedDriver final : public Driver {
 public:
  void park(WorkerId self, Deadline /*until*/) noexcept override {
    parked[self].store(true, kRelease);
    cpu_yield();
  }
  void unpark(WorkerId sleeper) noexcept override {
    if (first == kNobody) {
      first = sleeper;
    }
  }
  Atomic<bool> parked[3] = {};
  WorkerId first = kNobody;
};

TEST(Parking, TheSleeperNearestToWhoPublishedIsWokenFirst) {
  for (const WorkerId nearest : {1U, 2U}) {
    auto owned = std::make_unique<WatchedDriver>();
    WatchedDriver& driver = *owned;
    Parking parking(3, std::move(owned), {{nearest, 3 - nearest}, {}, {}});
    const auto sleep = [&](WorkerId self) {
      EXPECT_TRUE(parking.park(self, Interest::kAnyWork, [] { return false; }));
    };
    Thread one("one", [&] { sleep(1); });
    Thread two("two", [&] { sleep(2); });
    while (!driver.parked[1].load(kAcquire) || !driver.parked[2].load(kAcquire)) {
      cpu_yield();
    }
    parking.notify_one(Interest::kAnyWork, 0);
    parking.notify_all();
    one.join();
    two.join();
    EXPECT_EQ(driver.first, nearest);
  }
}

// One producer, two consumers that sleep whenever there is nothing: every item is consumed.
TEST(Parking, EveryPublicationFindsAWorker) {
  constexpr int kItems = 20'000;
  Parking parking(3, std::make_unique<FutexDriver>(3));
  Atomic<int> available = 0;
  Atomic<int> consumed = 0;
  Atomic<bool> closed = false;
  const auto consume = [&](WorkerId self) {
    for (;;) {
      int count = available.load(kAcquire);
      if (count > 0) {
        if (available.compare_exchange_strong(count, count - 1, kAcqRel, kRelaxed)) {
          consumed.fetch_add(1, kStat);
        }
      } else if (closed.load(kAcquire)) {
        return;
      } else {
        parking.park(self, Interest::kAnyWork,
                     [&] { return available.load(kAcquire) > 0 || closed.load(kAcquire); });
      }
    }
  };
  Thread first("first", [&] { consume(1); });
  Thread second("second", [&] { consume(2); });
  for (int i = 0; i < kItems; ++i) {
    available.fetch_add(1, kRelease);
    parking.notify_one(Interest::kAnyWork);
    while (i % 16 == 0 && consumed.load(kStat) <= i) {
      cpu_yield();  // nobody else publishes: a lost wake-up would hang here
    }
  }
  closed.store(true, kRelease);
  parking.notify_all();
  first.join();
  second.join();
  EXPECT_EQ(consumed.load(kStat), kItems);
}

}  // namespace
}  // namespace an
