#include "schedulers/heartbeat.hpp"

#include <gtest/gtest.h>

#include "core/base/thread.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::heartbeat {
namespace {

SchedulerConfig config_of(std::uint32_t workers, const char* beat_us, const char* tokens = "1") {
  SchedulerConfig config;
  config.workers = workers;
  config.options["beat_us"] = beat_us;
  config.options["tokens"] = tokens;
  return config;
}

// Returns when a worker has gone to sleep; it counts as idle until it finds work.
void await_an_idle_worker(const Scheduler& scheduler) {
  while (counter(scheduler, "parks") == 0) {
    cpu_yield();
  }
}

[[gnu::noinline]] std::uint64_t fib(Worker worker, int n) {
  if (n < 2) {
    return static_cast<std::uint64_t>(n);
  }
  auto [a, b] =
      worker.join([n](Worker w) { return fib(w, n - 1); }, [n](Worker w) { return fib(w, n - 2); });
  return a + b;
}

TEST(Heartbeat, NothingIsPromotedWhenNobodyIsIdle) {
  Scheduler scheduler(config_of(2, "1"));
  Atomic<bool> busy = false;
  Atomic<bool> done = false;
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    group.spawn(worker, [&](Worker) {
      busy.store(true, kStat);
      while (!done.load(kStat)) {
        cpu_yield();
      }
    });
    while (!busy.load(kStat)) {
      cpu_yield();
    }
    EXPECT_EQ(fib(worker, 24), 46368U);
    EXPECT_EQ(counter(scheduler, "promotions"), 0U);
    done.store(true, kStat);
    group.wait(worker);
  });
}

TEST(Heartbeat, PromotionsNeverExceedTheTokensMinted) {
  for (const char* tokens : {"1", "4", "64"}) {
    Scheduler scheduler(config_of(4, "1", tokens));
    const Deadline deadline =
        Deadline::after(10'000'000'000);  // a busy machine may need more rounds
    for (int round = 0;
         round < 20 || (counter(scheduler, "promotions") == 0 && !deadline.has_passed()); ++round) {
      EXPECT_EQ(scheduler.run([](Worker w) { return fib(w, 22); }), 17711U);
    }
    EXPECT_LE(counter(scheduler, "promotions"), counter(scheduler, "tokens"));
    EXPECT_GT(counter(scheduler, "promotions"), 0U);
  }
}

// Spice and chili cannot share the only pending fork; here it must end up on another thread. The
// first branch does not return before the second has begun, so a scheduler that never shares hangs.
TEST(Heartbeat, ASinglePendingForkIsPromoted) {
  Scheduler scheduler(config_of(2, "20"));
  Atomic<bool> second_began = false;
  scheduler.run([&](Worker worker) {
    await_an_idle_worker(scheduler);
    spin_for_ns(1'000'000);  // earns the credit; no fork, so no poll
    worker.join(
        [&](Worker) {
          while (!second_began.load(kStat)) {
            cpu_yield();
          }
        },
        [&](Worker) { second_began.store(true, kStat); });
  });
  EXPECT_EQ(counter(scheduler, "promotions"), 1U);
  EXPECT_EQ(counter(scheduler, "steals") + counter(scheduler, "leapfrogs"), 1U);
}

// A dense phase with an idle worker teaches the longest reload; a coarse phase that follows is shared after
// about one reload, not never.
TEST(Heartbeat, ACoarsePhaseAfterADenseOneIsShared) {
  Scheduler scheduler(config_of(2, "20"));
  scheduler.run([&](Worker worker) {
    EXPECT_EQ(fib(worker, 20), 6765U);
    await_an_idle_worker(scheduler);
    // Each fork is half a beat long. The thief may be slow on a busy machine, hence the margin.
    const std::uint64_t before = counter(scheduler, "promotions");
    int forks = 0;
    while (counter(scheduler, "promotions") == before) {
      worker.join([](Worker) { spin_for_ns(10'000); }, [](Worker) {});
      ++forks;
    }
    EXPECT_LE(forks, 20 * Credit::kReloadMax);
  });
}

TEST(Heartbeat, ClosuresLargerThanARecordAreForkedByAddress) {
  Scheduler scheduler(config_of(2, "1"));
  std::array<std::uint64_t, 16> big{};
  big[15] = 5;
  for (int round = 0; round < 200; ++round) {
    const auto [a, b] = scheduler.run([&](Worker worker) {
      spin_for_ns(5'000);
      return worker.join(
          [](Worker) {
            spin_for_ns(20'000);
            return 1;
          },
          [big](Worker) { return big[15]; });
    });
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, 5U);
  }
}

// A named, mutable branch is the caller's object, promoted or not.
TEST(Heartbeat, ANamedBranchKeepsItsState) {
  Scheduler scheduler(config_of(2, "1"));
  struct Accumulate {
    int calls = 0;
    void operator()(Worker) { ++calls; }
  };
  await_an_idle_worker(scheduler);
  for (int round = 0; round < 200; ++round) {
    Accumulate second;
    scheduler.run([&](Worker worker) {
      spin_for_ns(5'000);
      worker.join([](Worker) { spin_for_ns(20'000); }, second);
    });
    EXPECT_EQ(second.calls, 1);
  }
  EXPECT_GT(counter(scheduler, "promotions"), 0U);
}

TEST(Heartbeat, OptionsOutOfRangeAreRefused) {
  EXPECT_ANY_THROW(Scheduler(config_of(1, "0")));
  EXPECT_ANY_THROW(Scheduler(config_of(1, "abc")));
  EXPECT_ANY_THROW(Scheduler(config_of(1, "10", "65")));
}

TEST(RecordStack, HoldsOneRecordForEveryFrameOfTheNativeStack) {
  const RecordStack records;
  constexpr std::size_t kFrames = (std::size_t{8} << 20) / 48;
  for (std::size_t i = 0; i < kFrames; i += 100) {
    records.begin()[i].run = nullptr;  // a fault here fails the test
  }
}

}  // namespace
}  // namespace an::schedulers::heartbeat
