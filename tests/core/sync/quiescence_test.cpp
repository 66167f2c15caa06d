#include "core/sync/quiescence.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/backoff.hpp"
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
  Quiescence pending(3);
  Atomic<std::uint64_t> turn = 0;
  std::uint64_t effects = 0;  // plain: written by whoever has the turn
  pending.spawned(2);
  const auto work = [&](std::uint32_t self) {
    for (std::uint64_t task = self; task < kTasks; task += 2) {
      while (turn.load(kAcquire) != task) {
        cpu_yield();
      }
      ++effects;
      if (task + 1 < kTasks) {
        pending.spawned(self);
      }
      // Finished before the turn passes on, so that the successor may finish first in real time.
      turn.store(task + 1, kRelease);
      pending.finished(self);
    }
  };
  Thread first("first", [&] { work(0); });
  Thread second("second", [&] { work(1); });
  while (!pending.is_reached()) {
    cpu_pause();
  }
  EXPECT_EQ(effects, kTasks);
}

}  // namespace
}  // namespace an
