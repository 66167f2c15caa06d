// Loops of heartbeat: one record for what has not begun, split at beats.
#include "schedulers/heartbeat/loop.hpp"

#include <gtest/gtest.h>

#include <array>
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

TEST(ChunkSize, GrowsWhilePollsAreDense) {
  ChunkSize chunk(3);
  std::uint64_t now = 1;
  chunk.look(now, kBeat);
  EXPECT_EQ(chunk.value(), 3);  // one look says nothing
  for (int i = 0; i < 10; ++i) {
    chunk.look(now += 64, kBeat);
  }
  EXPECT_EQ(chunk.value(), 3 * ChunkSize::kGrainsMax);
}

TEST(ChunkSize, ShrinksToTheGrainWhenPollsAreRare) {
  ChunkSize chunk(1);
  std::uint64_t now = 1;
  chunk.look(now, kBeat);
  chunk.look(now += 64, kBeat);
  chunk.look(now += 64, kBeat);
  EXPECT_EQ(chunk.value(), 4);
  chunk.look(now += kBeat * 4, kBeat);  // 16 polls a beat: as it should be
  EXPECT_EQ(chunk.value(), 4);
  for (int i = 0; i < 5; ++i) {
    chunk.look(now += kBeat * 9, kBeat);
  }
  EXPECT_EQ(chunk.value(), 1);
}

TEST(ChunkSize, LooksOnceInSoManyPolls) {
  ChunkSize chunk(1);
  for (int round = 1; round <= 3; ++round) {
    for (int i = 1; i < ChunkSize::kPollsPerLook; ++i) {
      EXPECT_FALSE(chunk.is_look_due());
    }
    EXPECT_TRUE(chunk.is_look_due());
    chunk.look(static_cast<std::uint64_t>(round), kBeat);
  }
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
  std::int64_t inner = 0;
  scheduler.run([&](Worker worker) {
    for_range(worker, 0, 2, 1, [&](Worker w, std::int64_t outer) {
      if (outer == 1) {
        outer_shared.store(true, kStat);
        return;
      }
      for_range(w, 0, 1'000'000, 1, [&](Worker, std::int64_t) {
        inner += outer_shared.load(kStat) ? 0 : 1;  // only ever on this thread until then
        spin_for_ns(outer_shared.load(kStat) ? 0 : 1'000);
      });
    });
  });
  EXPECT_LT(inner, 1'000'000);
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
