#include "core/sync/quiescence.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

TEST(Quiescence, NothingSpawnedIsQuiescent) {
  const Quiescence pending(3);
  EXPECT_TRUE(pending.is_reached());
}

TEST(Quiescence, IsReachedWhenEverySpawnHasFinishedAnywhere) {
  Quiescence pending(2);
  pending.spawned(0, 2);
  EXPECT_FALSE(pending.is_reached());
  pending.finished(1);
  EXPECT_FALSE(pending.is_reached());
  pending.finished(0);
  EXPECT_TRUE(pending.is_reached());
  EXPECT_EQ(pending.total(), 2U);
}

// Two workers hand a token back and forth: each task spawns the next on the other worker before it
// finishes. A sum that missed a child while counting its parent would report an end too early.
TEST(Quiescence, ChildrenAreSeen) {
  constexpr std::uint64_t kTasks = 200'000;
  const Deadline deadline = Deadline::after(2'000'000'000);  // fewer on a busy machine
  Quiescence pending(3);
  Atomic<std::uint64_t> turn = 0;  // kTasks: no more
  std::uint64_t effects = 0;       // plain: written by whoever has the turn
  Atomic<std::uint64_t> ran = 0;
  pending.spawned(2);
  const auto work = [&](std::uint32_t self) {
    for (std::uint64_t task = self;; task += 2) {
      std::uint64_t now = turn.load(kAcquire);
      while (now != task && now != kTasks) {
        cpu_yield();
        now = turn.load(kAcquire);
      }
      if (now == kTasks) {
        return;
      }
      ++effects;
      ran.fetch_add(1, kStat);
      const bool last = task + 1 == kTasks || deadline.has_passed();
      if (!last) {
        pending.spawned(self);
      }
      // The turn passes on before this task has finished: the successor may finish first.
      turn.store(last ? kTasks : task + 1, kRelease);
      pending.finished(self);
    }
  };
  Thread first("first", [&] { work(0); });
  Thread second("second", [&] { work(1); });
  while (!pending.is_reached()) {
    cpu_yield();
  }
  EXPECT_EQ(turn.load(kStat), kTasks);  // an end reported too early would find another turn here
  EXPECT_EQ(effects, ran.load(kStat));
}

}  // namespace
}  // namespace an
