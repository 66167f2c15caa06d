#include "core/sync/latch.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/thread.hpp"

namespace an {
namespace {

TEST(Latch, AZeroLatchIsOpen) {
  Latch latch(0);
  EXPECT_TRUE(latch.is_open());
  latch.wait();
}

TEST(Latch, OpensAtTheLastEvent) {
  Latch latch(2);
  latch.count_down();
  EXPECT_FALSE(latch.is_open());
  latch.count_down();
  EXPECT_TRUE(latch.is_open());
}

TEST(Latch, WaitersSeeWhatCameBeforeEveryEvent) {
  for (int round = 0; round < 200; ++round) {
    constexpr int kThreads = 3;
    Latch latch(kThreads);
    int values[kThreads] = {};  // plain: a missing happens-before is a race for ThreadSanitizer
    std::vector<Thread> threads;
    for (int& value : values) {
      threads.emplace_back("worker", [&] {
        value = 1;
        latch.count_down();
      });
    }
    latch.wait();
    EXPECT_EQ(values[0] + values[1] + values[2], kThreads);
  }
}

TEST(LatchDeathTest, OneEventTooManyIsABrokenInvariant) {
  Latch latch(1);
  latch.count_down();
  EXPECT_DEATH(latch.count_down(), "before > 0");
}

}  // namespace
}  // namespace an
