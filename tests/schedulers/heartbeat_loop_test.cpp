// Loops of heartbeat: one record for what has not begun, split at beats.
#include "schedulers/heartbeat/loop.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <stdexcept>

#include "core/base/backoff.hpp"
#include "schedulers/heartbeat.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::heartbeat {
namespace {

SchedulerConfig beating(std::uint32_t workers, const char* beat_us = "1") {
  SchedulerConfig config;
  config.workers = workers;
  config.options["beat_us"] = beat_us;
  return config;
}

constexpr std::uint64_t kBeat = 64'000;

// Rounds of one poll each, `step` ticks apart; every look the policy asks for is taken.
void poll(ChunkSize& chunk, std::uint64_t& now, std::uint64_t step, int times) {
  for (int i = 0; i < times; ++i) {
    now += step;
    if (chunk.is_look_due()) {
      chunk.look(now, kBeat);
    }
  }
}

TEST(ChunkSize, GrowsWhilePollsAreDense) {
  ChunkSize chunk(3);
  std::uint64_t now = 1;
  poll(chunk, now, 10, 2 * ChunkSize::kPollsPerLook - 1);
  EXPECT_EQ(chunk.value(), 3) << "two looks are needed to know";
  poll(chunk, now, 10, 1);
  EXPECT_EQ(chunk.value(), 6);
  poll(chunk, now, 10, 10);
  EXPECT_EQ(chunk.value(), 3 * ChunkSize::kGrainsMax);
}

TEST(ChunkSize, StaysWherePollsAreAsTheyShould) {
  ChunkSize chunk(1);
  std::uint64_t now = 1;
  poll(chunk, now, 10, 2 * ChunkSize::kPollsPerLook + 1);
  EXPECT_EQ(chunk.value(), 4);
  poll(chunk, now, kBeat / 16, 100);
  EXPECT_EQ(chunk.value(), 4);
}

TEST(ChunkSize, OneLongChunkIsEnoughToFallBackToTheGrain) {
  ChunkSize chunk(1);
  std::uint64_t now = 1;
  poll(chunk, now, 10, 3 * ChunkSize::kPollsPerLook);
  EXPECT_EQ(chunk.value(), ChunkSize::kGrainsMax);
  poll(chunk, now, kBeat / 8 + 1, 1);
  EXPECT_EQ(chunk.value(), 1);
  poll(chunk, now, kBeat, 10 * ChunkSize::kPollsPerLook);
  EXPECT_EQ(chunk.value(), 1);
}

TEST(ChunkSize, NoGrainIsTooLong) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max();
  ChunkSize chunk(kLongest / 2 + 1);
  std::uint64_t now = 1;
  poll(chunk, now, 1, 10 * ChunkSize::kPollsPerLook);
  EXPECT_EQ(chunk.value(), kLongest / 2 + 1);
}

TEST(Loop, GivesAwayHalfButNoLessThanAGrain) {
  const auto middle = [](std::int64_t next, std::int64_t end, std::int64_t grain) {
    const Loop loop{nullptr, nullptr, grain, next, end, nullptr};
    return loop.middle();
  };
  EXPECT_EQ(middle(0, 100, 1), 50);
  EXPECT_EQ(middle(10, 13, 1), 12);
  EXPECT_EQ(middle(9, 10, 1), 9);
  EXPECT_EQ(middle(0, 30, 20), 10);
  EXPECT_EQ(middle(0, 15, 20), 0);
}

// No body forks, and the first does not end before the last has begun.
TEST(HeartbeatLoop, WhatHasNotBegunIsShared) {
  Scheduler scheduler(beating(2));
  Atomic<bool> last_began = false;
  scheduler.run([&](Worker worker) {
    for_range(worker, 0, 1000, 1, [&](Worker, std::int64_t i) {
      if (i == 999) {
        last_began.store(true, kStat);
      }
      while (i == 500 && !last_began.load(kStat)) {
        cpu_yield();
      }
      spin_for_ns(i < 500 ? 20'000 : 0);  // until the other worker is idle and a beat is over
    });
  });
  EXPECT_GT(counter(scheduler, "promotions"), 0U);
}

// The inner loop polls far more often, but the record of the outer one is older.
TEST(HeartbeatLoop, TheOutermostIsSplitFirst) {
  Scheduler scheduler(beating(2));
  Atomic<bool> outer_shared = false;
  Atomic<std::int64_t> before_that = 0;
  scheduler.run([&](Worker worker) {
    for_range(worker, 0, 2, 1, [&](Worker w, std::int64_t outer) {
      if (outer == 1) {
        outer_shared.store(true, kStat);
        return;
      }
      for_range(w, 0, 1'000'000, 1, [&](Worker, std::int64_t) {
        if (!outer_shared.load(kStat)) {
          before_that.fetch_add(1, kStat);
          spin_for_ns(1'000);
        }
      });
    });
  });
  EXPECT_LT(before_that.load(kStat), 1'000'000);
}

TEST(HeartbeatLoop, EveryIndexRunsOnce) {
  for (const std::uint32_t workers : {1U, 2U, 4U}) {
    Scheduler scheduler(beating(workers));
    constexpr std::int64_t kOuter = 40;
    constexpr std::int64_t kInner = 50;
    std::array<Atomic<int>, kOuter * kInner> runs{};
    for (int round = 0; round < 50; ++round) {
      scheduler.run([&](Worker worker) {
        for_range(worker, 0, kOuter, 3, [&](Worker w, std::int64_t i) {
          for_range(w, 0, kInner, 1, [&](Worker v, std::int64_t j) {
            const auto add = [&](Worker) {
              runs.at(static_cast<std::size_t>(i * kInner + j)).fetch_add(1, kStat);
            };
            v.join([](Worker) { spin_for_ns(100); }, add);
          });
        });
      });
    }
    for (const Atomic<int>& count : runs) {
      EXPECT_EQ(count.load(kStat), 50);
    }
  }
}

TEST(HeartbeatLoop, AnyRangeAndAnyGrain) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max();
  Scheduler scheduler(beating(2));
  for (const std::int64_t grain : {std::int64_t{1}, std::int64_t{7}, kLongest}) {
    for (const std::int64_t begin : {std::int64_t{-5}, std::int64_t{1}, kLongest - 40}) {
      Atomic<std::int64_t> sum = 0;
      scheduler.run([&](Worker worker) {
        for_range(worker, begin, begin + 40, grain,
                  [&](Worker, std::int64_t i) { sum.fetch_add(i - begin + 1, kStat); });
      });
      EXPECT_EQ(sum.load(kStat), 820) << begin << " " << grain;
    }
  }
}

int squares_seen = 0;
void see(Worker /*worker*/, std::int64_t i) {
  squares_seen += static_cast<int>(i * i);
}

TEST(HeartbeatLoop, TheBodyMayBeAFunction) {
  Scheduler scheduler(beating(1));
  scheduler.run([](Worker worker) { for_range(worker, 1, 4, 1, see); });
  EXPECT_EQ(squares_seen, 14);
}

// A coarse phase after a dense one: the other worker gets its share of what is left.
TEST(HeartbeatLoop, LongIterationsAfterShortOnesAreShared) {
  Scheduler scheduler(beating(2, "20"));
  Atomic<int> others = 0;
  const auto tag = [] { return static_cast<const void*>(&Worker::state()); };
  scheduler.run([&](Worker worker) {
    const void* const own = tag();
    for_range(worker, 0, 20'000 + 256, 1, [&](Worker, std::int64_t i) {
      if (i >= 20'000) {
        spin_for_ns(1'000'000);
        others.fetch_add(tag() == own ? 0 : 1, kStat);
      }
    });
  });
  EXPECT_GE(others.load(kStat), 8) << "a machine that is busy may take more than half";
}

// Whatever was given away has ended when the exception arrives, and the records are as before.
TEST(HeartbeatLoop, AThrowingBodyEndsTheLoop) {
  Scheduler scheduler(beating(4));
  for (int round = 0; round < 200; ++round) {
    Atomic<int> inside = 0;
    const std::int64_t bad = round % 100;
    EXPECT_THROW(scheduler.run([&](Worker worker) {
      for_range(worker, 0, 100, 1, [&](Worker, std::int64_t i) {
        inside.fetch_add(1, kStat);
        spin_for_ns(1'000);
        inside.fetch_add(-1, kStat);
        if (i == bad) {
          throw std::runtime_error("bad");
        }
      });
    }),
                 std::runtime_error);
    EXPECT_EQ(inside.load(kStat), 0);
    const auto sum = scheduler.run([](Worker worker) {
      return worker.join([](Worker) { return 1; }, [](Worker) { return 2; });
    });
    EXPECT_EQ(sum.first + sum.second, 3);
  }
}

}  // namespace
}  // namespace an::schedulers::heartbeat
