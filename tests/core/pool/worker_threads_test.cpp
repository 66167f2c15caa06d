#include "core/pool/worker_threads.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"

namespace an {
namespace {

TEST(WorkerThreads, AThousandStartsAndStops) {
  for (int round = 0; round < 1000; ++round) {
    Atomic<int> bodies = 0;
    WorkerThreads threads;
    threads.start("test", 3, {}, [&](WorkerId) { bodies.fetch_add(1, kStat); });
    threads.stop([] {});
    EXPECT_LE(bodies.load(kStat), 2);
  }
}

TEST(WorkerThreads, EveryWorkerButTheCallerGetsItsOwnId) {
  Atomic<int> sum = 0;
  Atomic<int> bodies = 0;
  WorkerThreads threads;
  threads.start("test", 4, {}, [&](WorkerId id) {
    sum.fetch_add(static_cast<int>(id), kStat);
    bodies.fetch_add(1, kStat);
  });
  while (bodies.load(kStat) < 3) {
    cpu_yield();
  }
  threads.stop([] {});
  EXPECT_EQ(sum.load(kStat), 1 + 2 + 3);
}

TEST(WorkerThreads, StopWaitsForBusyBodies) {
  for (int round = 0; round < 100; ++round) {
    int finished = 0;  // plain: stop() must order it
    Atomic<bool> busy = false;
    WorkerThreads threads;
    threads.start("test", 2, {}, [&](WorkerId) {
      busy.store(true, kStat);
      while (!threads.is_stopping()) {
        cpu_pause();
      }
      ++finished;
    });
    while (!busy.load(kStat)) {
      cpu_yield();
    }
    threads.stop([] {});
    EXPECT_EQ(finished, 1);
  }
}

// Workers that park as soon as they can, against a stop at any moment: a missed flag would hang.
TEST(WorkerThreads, StopWhileParking) {
  for (int round = 0; round < 2000; ++round) {
    Parking parking(3, std::make_unique<FutexDriver>(3));
    WorkerThreads threads;
    threads.start("test", 3, {}, [&](WorkerId id) {
      while (!threads.is_stopping()) {
        parking.park(id, Interest::kAnyWork, [&] { return threads.is_stopping(); });
      }
    });
    for (int i = 0; i < round % 200; ++i) {
      cpu_pause();
    }
    threads.stop([&] { parking.notify_all(); });
  }
}

TEST(WorkerThreads, AnImpossiblePinIsAnErrorAndLeavesNothing) {
  WorkerThreads threads;
  Atomic<int> bodies = 0;
  EXPECT_THROW(
      threads.start("test", 3, {0, 0, 8000}, [&](WorkerId) { bodies.fetch_add(1, kStat); }), Error);
  EXPECT_EQ(bodies.load(kStat), 0);
}

}  // namespace
}  // namespace an
