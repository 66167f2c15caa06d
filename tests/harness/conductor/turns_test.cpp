#include "harness/conductor/turns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace an::harness {
namespace {

TEST(Turns, EveryOrderIsAPermutation) {
  Rng rng(1);
  for (std::size_t count = 0; count < 20; ++count) {
    auto order = shuffled_order(count, rng);
    ASSERT_EQ(order.size(), count);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(order[i], i);
    }
  }
}

TEST(Turns, EveryArmIsFirstAboutEquallyOften) {
  Rng rng(1);
  std::array<int, 4> first{};
  for (int i = 0; i < 4000; ++i) {
    ++first[shuffled_order(4, rng)[0]];
  }
  for (const int count : first) {
    EXPECT_NEAR(count, 1000, 150);
  }
}

TEST(Turns, CalibrationStopsWhenATurnIsLongEnough) {
  EXPECT_EQ(next_iterations(5, 100, 100), 5);
  EXPECT_EQ(next_iterations(1, 0, 0), 1);
}

TEST(Turns, CalibrationGrowsAtMostTenfoldAndAtLeastByOne) {
  EXPECT_EQ(next_iterations(1, 1, 1'000'000), 10);
  EXPECT_EQ(next_iterations(10, 0, 1'000'000), 100);
  EXPECT_EQ(next_iterations(1, 99, 100), 2);
  EXPECT_EQ(next_iterations(100, 50, 100), 240);
}

TEST(Turns, CalibrationEndsAtTheCap) {
  EXPECT_EQ(next_iterations(kIterationsMax, 1, INT64_MAX), kIterationsMax);
  EXPECT_EQ(next_iterations(kIterationsMax - 1, 1, INT64_MAX), kIterationsMax);
}

TEST(Turns, ACountStandsOnceItWasLongEnoughTwice) {
  Calibration calibration(100);
  EXPECT_FALSE(calibration.settles(50));
  EXPECT_EQ(calibration.iterations(), 2);
  EXPECT_FALSE(calibration.settles(120));
  EXPECT_TRUE(calibration.settles(110));
  EXPECT_EQ(calibration.iterations(), 2);
}

TEST(Turns, ASlowFirstRunDoesNotSettleTheCount) {
  Calibration calibration(100);
  EXPECT_FALSE(calibration.settles(150));
  EXPECT_FALSE(calibration.settles(10));
  EXPECT_EQ(calibration.iterations(), 10);  // twelve, but at most tenfold
  EXPECT_FALSE(calibration.settles(100));
  EXPECT_TRUE(calibration.settles(100));
}

TEST(Turns, AVeryLongRunSettlesTheCountAtOnce) {
  EXPECT_FALSE(Calibration(100).settles(399));
  EXPECT_TRUE(Calibration(100).settles(400));
  EXPECT_TRUE(Calibration(0).settles(0));
}

}  // namespace
}  // namespace an::harness
