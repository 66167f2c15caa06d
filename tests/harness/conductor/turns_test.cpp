#include "harness/conductor/turns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

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

TEST(Turns, InABlockEveryArmHasEveryPositionOnce) {
  Rng rng(1);
  for (std::size_t count = 1; count < 12; ++count) {
    const auto square = latin_square(count, rng);
    ASSERT_EQ(square.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      std::set<std::size_t> in_row, in_column;
      for (std::size_t j = 0; j < count; ++j) {
        in_row.insert(square[i][j]);
        in_column.insert(square[j][i]);
      }
      EXPECT_EQ(in_row.size(), count);
      EXPECT_EQ(in_column.size(), count);
    }
  }
}

TEST(Turns, EveryOrderOfABlockIsAboutEquallyCommon) {
  RoundOrders orders(3, 1);
  std::map<std::vector<std::size_t>, int> seen;
  std::map<std::pair<std::size_t, std::size_t>, int> follows;
  for (std::size_t round = 0; round < 6000; ++round) {
    const auto& order = orders.of(round);
    ++seen[order];
    ++follows[{order[0], order[1]}];
  }
  EXPECT_EQ(seen.size(), 6u);
  for (const auto& [order, count] : seen) {
    EXPECT_NEAR(count, 1000, 150);
  }
  for (const auto& [pair, count] : follows) {
    EXPECT_NEAR(count, 1000, 150);
  }
}

TEST(Turns, TheOrdersFollowFromTheSeed) {
  RoundOrders first(5, 7), again(5, 7), other(5, 8);
  bool differs = false;
  for (std::size_t round = 0; round < 50; ++round) {
    const auto order = first.of(round);
    EXPECT_EQ(again.of(round), order);
    differs = differs || other.of(round) != order;
  }
  EXPECT_TRUE(differs);
}

TEST(Turns, AnOrderDoesNotDependOnThoseBefore) {
  RoundOrders all(5, 7);
  for (std::size_t round = 0; round < 50; ++round) {
    RoundOrders late(5, 7);
    EXPECT_EQ(late.of(round), all.of(round));
  }
}

TEST(Turns, TheLastUnitMayBeShort) {
  EXPECT_EQ(units_of(18, 3), 6);
  EXPECT_EQ(units_of(19, 3), 7);
  EXPECT_EQ(turns_of_unit(19, 3, 5), 3);
  EXPECT_EQ(turns_of_unit(19, 3, 6), 1);
  EXPECT_EQ(units_of(1, 3), 1);
  EXPECT_EQ(turns_of_unit(1, 3, 0), 1);
}

TEST(Turns, LengthsVaryOverTwoTicksButNotOverMoreThanHalfATurn) {
  constexpr Nanos kMs = 1'000'000;
  EXPECT_EQ(iterations_to_vary(24, 24 * kMs, 4 * kMs), 8);
  EXPECT_EQ(iterations_to_vary(24'000'000, 24 * kMs, 4 * kMs), 8'000'000);
  EXPECT_EQ(iterations_to_vary(5, 25 * kMs, 4 * kMs), 1) << "two would be 10 ms";
  EXPECT_EQ(iterations_to_vary(10, 10 * kMs, 10 * kMs), 5) << "half a turn";
  EXPECT_EQ(iterations_to_vary(1, 500 * kMs, 4 * kMs), 0);
  EXPECT_EQ(iterations_to_vary(24, 24 * kMs, 0), 0) << "the tick is not known";
  EXPECT_EQ(iterations_to_vary(24, 0, 4 * kMs), 0) << "nor is the turn";
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
  EXPECT_FALSE(calibration.settles(180));
  EXPECT_TRUE(calibration.settles(110));
  EXPECT_EQ(calibration.iterations(), 2);
}

TEST(Turns, ACountStandsWhenTheRunBeforeAgrees) {
  Calibration calibration(100);
  EXPECT_FALSE(calibration.settles(50));
  EXPECT_TRUE(calibration.settles(120));
  EXPECT_EQ(calibration.iterations(), 2);
}

TEST(Turns, ASlowFirstRunDoesNotSettleTheCount) {
  Calibration calibration(100);
  EXPECT_FALSE(calibration.settles(150));
  EXPECT_FALSE(calibration.settles(10));
  EXPECT_EQ(calibration.iterations(), 10);  // twelve, but at most tenfold
  EXPECT_FALSE(calibration.settles(140));
  EXPECT_TRUE(calibration.settles(100));
}

TEST(Turns, AVeryLongRunSettlesTheCountAtOnce) {
  EXPECT_FALSE(Calibration(100).settles(399));
  EXPECT_TRUE(Calibration(100).settles(400));
  EXPECT_TRUE(Calibration(0).settles(0));
}

}  // namespace
}  // namespace an::harness
