#include "schedulers/central_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/backoff.hpp"
#include "tests/schedulers/counter.hpp"

namespace an::schedulers::central_queue {
namespace {

SchedulerConfig config_of(std::uint32_t workers, const char* capacity) {
  SchedulerConfig config;
  config.workers = workers;
  config.options["capacity"] = capacity;
  return config;
}

[[gnu::noinline]] std::uint64_t fib(Worker worker, std::uint64_t n) {
  if (n < 2) {
    return n;
  }
  const auto [a, b] =
      worker.join([n](Worker w) { return fib(w, n - 1); }, [n](Worker w) { return fib(w, n - 2); });
  return a + b;
}

TEST(CentralQueue, TasksRunInTheOrderOfTheirSpawning) {
  Scheduler scheduler(config_of(1, "64"));
  std::vector<int> order;
  scheduler.run([&](Worker worker) {
    for (int i = 0; i < 10; ++i) {
      worker.spawn([&order, i](Worker) { order.push_back(i); });
    }
  });
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(CentralQueue, AFullRingTurnsForksIntoCalls) {
  Scheduler scheduler(config_of(1, "2"));
  EXPECT_EQ(scheduler.run([](Worker w) { return fib(w, 10); }), 55U);
  EXPECT_EQ(counter(scheduler, "full_ring_calls"), 88U - 2);  // fib(11) - 1 joins
}

TEST(CentralQueue, AFullRingKeepsNoTaskBack) {
  Scheduler scheduler(config_of(2, "4"));
  Atomic<int> ran = 0;
  scheduler.run([&](Worker worker) {
    worker.spawn_batch(1000,
                       [&](std::int64_t) { return [&](Worker) { ran.fetch_add(1, kStat); }; });
  });
  EXPECT_EQ(ran.load(kStat), 1000);
}

// Joiner and taker race for entries that are reused at once: under AddressSanitizer a free block is
// poisoned, so an entry freed too early or twice ends the test.
TEST(CentralQueue, EntriesAreFreedOnce) {
  Scheduler scheduler(config_of(4, "8"));
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(scheduler.run([](Worker w) { return fib(w, 18); }), 2584U);
  }
}

// The branches wait for each other: only a second worker can end it.
TEST(CentralQueue, TheSecondBranchRunsWhileTheFirstDoes) {
  Scheduler scheduler(config_of(2, "64"));
  for (int round = 0; round < 100; ++round) {
    Atomic<int> met = 0;
    const auto meet = [&met](Worker) {
      met.fetch_add(1, kStat);
      while (met.load(kStat) < 2) {
        cpu_yield();
      }
    };
    scheduler.run([&](Worker worker) { worker.join(meet, meet); });
  }
}

}  // namespace
}  // namespace an::schedulers::central_queue
