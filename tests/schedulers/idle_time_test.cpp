#include "schedulers/stealing/idle_time.hpp"

#include <gtest/gtest.h>

#include "core/base/thread.hpp"
#include "schedulers/chase_lev.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::stealing {
namespace {

TEST(IdleTime, AddsUpPeriods) {
  IdleTime idle;
  EXPECT_EQ(idle.ticks_until(1000), 0U);
  idle.begin(1000);
  EXPECT_EQ(idle.ticks_until(1007), 7U);
  idle.end(1010);
  EXPECT_EQ(idle.ticks_until(5000), 10U);
  idle.begin(6000);
  EXPECT_EQ(idle.ticks_until(6001), 11U);
  idle.end(6100);
  EXPECT_EQ(idle.ticks_until(9000), 110U);
}

TEST(IdleTime, HoldsForTicksOfAnySize) {
  constexpr std::uint64_t kLate = UINT64_MAX - 5;
  IdleTime idle;
  idle.begin(kLate);
  idle.end(kLate + 3);
  EXPECT_EQ(idle.ticks_until(kLate + 4), 3U);
  idle.begin(kLate + 4);
  EXPECT_EQ(idle.ticks_until(kLate + 10), 9U);  // across the wrap
}

TEST(IdleTime, IsNotBelowZeroForAReaderWhoseClockIsBehind) {
  IdleTime idle;
  idle.begin(1000);
  EXPECT_EQ(idle.ticks_until(990), 0U);
}

// The second worker has nothing to do for the whole run, and is asleep for most of it.
TEST(IdleTime, OfAWorkerThatSleepsIsCounted) {
  constexpr Nanos kRunNs = 20'000'000;
  SchedulerConfig config;
  config.workers = 2;
  chase_lev::Scheduler scheduler(config);
  scheduler.run([](auto) {});
  while (counter(scheduler, "parks") == 0) {
    cpu_yield();
  }
  const std::uint64_t before = counter(scheduler, "idle_ns");
  const Nanos begin = now_ns();
  scheduler.run([](auto) { spin_for_ns(kRunNs); });
  const auto idle_ns = static_cast<Nanos>(counter(scheduler, "idle_ns") - before);
  const Nanos elapsed_ns = now_ns() - begin;
  EXPECT_GE(idle_ns, kRunNs * 99 / 100);
  EXPECT_LE(idle_ns, elapsed_ns * 101 / 100);
}

TEST(IdleTime, OfASingleWorkerThatIsBusyIsNone) {
  chase_lev::Scheduler scheduler(SchedulerConfig{});
  scheduler.run([](auto worker) { worker.join([](auto) {}, [](auto) {}); });
  EXPECT_EQ(counter(scheduler, "idle_ns"), 0U);
}

}  // namespace
}  // namespace an::schedulers::stealing
