#include "core/sync/mpmc_queue.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

TEST(MpmcQueue, AnEmptyQueueHasNothingAndLeavesTheTargetAlone) {
  MpmcQueue<int> queue(2);
  int item = 7;
  EXPECT_FALSE(queue.try_pop(item));
  EXPECT_EQ(item, 7);
  EXPECT_TRUE(queue.is_empty());
}

TEST(MpmcQueue, AFullQueueRefusesAndKeepsItsOrder) {
  MpmcQueue<int> queue(4);
  EXPECT_EQ(queue.capacity(), 4U);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(queue.try_push(i));
    EXPECT_FALSE(queue.is_empty());
  }
  EXPECT_FALSE(queue.try_push(4));
  int item = -1;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(queue.try_pop(item));
    EXPECT_EQ(item, i);
  }
  EXPECT_FALSE(queue.try_pop(item));
}

// At any fill, against a count that is surely right, a thousand laps long.
TEST(MpmcQueue, ARandomSequenceOfPushesAndPopsIsFirstInFirstOut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    MpmcQueue<int> queue(2);
    int pushed = 0;
    int popped = 0;
    while (popped < 2000) {
      ASSERT_EQ(queue.is_empty(), popped == pushed);
      if (rng.below(2) == 0) {
        ASSERT_EQ(queue.try_push(pushed), pushed - popped < 2);
        pushed += pushed - popped < 2 ? 1 : 0;
      } else {
        int item = -1;
        ASSERT_EQ(queue.try_pop(item), popped < pushed);
        ASSERT_EQ(item, popped < pushed ? popped : -1);
        popped += popped < pushed ? 1 : 0;
      }
    }
  }
}

struct Item {
  std::uint32_t producer = 0;
  std::uint32_t number = 0;
  std::uint64_t check = 0;  // plain, a function of the two: must be visible to the consumer
  Atomic<int> taken = 0;
};

// Every item once and whole; each consumer sees each producer's items in their order.
void storm(std::uint32_t producers,
           std::uint32_t consumers,
           std::size_t capacity,
           std::uint64_t seed) {
  // A tiny queue hands the CPU over at every lap, which takes long on a busy machine.
  const std::uint32_t items_each = capacity < 16 ? 4'000 : 20'000;
  MpmcQueue<Item*> queue(capacity);
  std::vector<std::vector<Item>> items(producers);
  for (auto& mine : items) {
    mine = std::vector<Item>(items_each);
  }
  Atomic<std::uint32_t> left = producers * items_each;
  const auto produce = [&](std::uint32_t self) {
    Rng rng = Rng::stream(seed, self);
    for (std::uint32_t i = 0; i < items_each; ++i) {
      Item& item = items[self][i];
      item.producer = self;
      item.number = i;
      item.check = mix64(seed + self * items_each + i);
      while (!queue.try_push(&item)) {
        cpu_yield();
      }
      if (rng.below(256) == 0) {
        cpu_yield();
      }
    }
  };
  const auto consume = [&] {
    std::vector<std::uint32_t> next(producers, 0);
    while (left.load(kStat) > 0) {
      Item* item = nullptr;
      if (!queue.try_pop(item)) {
        cpu_yield();
        continue;
      }
      left.fetch_sub(1, kStat);
      EXPECT_EQ(item->check, mix64(seed + item->producer * items_each + item->number));
      EXPECT_EQ(item->taken.fetch_add(1, kStat), 0);
      EXPECT_GE(item->number, next[item->producer]) << "producer " << item->producer;
      next[item->producer] = item->number + 1;
    }
  };
  {
    std::vector<Thread> threads;
    for (std::uint32_t p = 0; p < producers; ++p) {
      threads.emplace_back("producer", [&, p] { produce(p); });
    }
    for (std::uint32_t c = 0; c < consumers; ++c) {
      threads.emplace_back("consumer", consume);
    }
  }
  EXPECT_TRUE(queue.is_empty());
  for (const auto& mine : items) {
    for (const Item& item : mine) {
      ASSERT_EQ(item.taken.load(kStat), 1) << "producer " << item.producer << " " << item.number;
    }
  }
}

TEST(MpmcQueue, EveryItemIsTakenOnceInItsProducersOrderThroughTwoCells) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    storm(2, 2, 2, seed);
    storm(1, 3, 2, seed);
    storm(3, 1, 2, seed);
  }
}

TEST(MpmcQueue, EveryItemIsTakenOnceInItsProducersOrderThroughManyCells) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    storm(3, 3, 256, seed);
  }
}

TEST(MpmcQueueDeathTest, ACapacityThatIsNoPowerOfTwoOrTooSmallIsRefused) {
  EXPECT_DEATH(MpmcQueue<int>(0), "capacity");
  EXPECT_DEATH(MpmcQueue<int>(1), "capacity");
  EXPECT_DEATH(MpmcQueue<int>(3), "capacity");
}

}  // namespace
}  // namespace an
