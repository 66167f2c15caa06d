#include "harness/verdict/tick_test.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/base/rng.hpp"

namespace an::harness {
namespace {

constexpr int kHz = 250;  // a tick of 4 ms

TEST(TickTest, CountsTurnsNearAMultipleOfTheTick) {
  const TickTest test = tick_test({24'000'000, 24'099'999, 27'900'001, 26'000'000, 24'100'000,
                                   27'900'000, 3'999'999, 4'000'000},
                                  kHz);
  EXPECT_EQ(test.turns, 8);
  EXPECT_EQ(test.near, 5);
  EXPECT_DOUBLE_EQ(test.fraction(), 0.625);
  EXPECT_DOUBLE_EQ(test.chance, 0.05);
}

TEST(TickTest, DoesNotTakeZeroForAMultiple) {
  EXPECT_EQ(tick_test({0, 50'000}, kHz).near, 0);
}

TEST(TickTest, OfNoTurnsSaysNothing) {
  const TickTest test = tick_test({}, kHz);
  EXPECT_EQ(test.fraction(), 0);
  EXPECT_FALSE(test.quantised());
  EXPECT_FALSE(TickTest{}.quantised());
}

// Exact: P(Binomial(turns, 0.2) >= near) < 0.01.
TEST(TickTest, NeedsEnoughTurnsToTell) {
  EXPECT_FALSE((TickTest{2, 2, 0.05}.quantised()));   // 0.04
  EXPECT_TRUE((TickTest{3, 3, 0.05}.quantised()));    // 0.008
  EXPECT_FALSE((TickTest{12, 6, 0.05}.quantised()));  // 0.0194
  EXPECT_TRUE((TickTest{12, 7, 0.05}.quantised()));   // 0.0039
}

// What was measured: 78 % with the arms alive, 14 % with them frozen.
TEST(TickTest, TellsTheTrapFromASoundRun) {
  EXPECT_TRUE((TickTest{324, 253, 0.05}.quantised()));
  EXPECT_FALSE((TickTest{324, 45, 0.05}.quantised()));
  EXPECT_FALSE((TickTest{30, 7, 0.05}.quantised()));  // 23 %, but of thirty turns
}

TEST(TickTest, NeverObjectsWhereChanceAloneIsAQuarter) {
  const TickTest test = tick_test(std::vector<std::int64_t>(100, 20'000'000), 2000);
  EXPECT_EQ(test.near, 100);
  EXPECT_DOUBLE_EQ(test.chance, 0.4);
  EXPECT_FALSE(test.quantised());
}

TEST(TickTest, PassesTimesThatKnowNothingOfTheTick) {
  Rng rng(17);
  for (int experiment = 0; experiment < 200; ++experiment) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < 108; ++i) {
      times.push_back(20'000'000 + rng.below(30'000'000));
    }
    EXPECT_FALSE(tick_test(times, kHz).quantised());
  }
}

}  // namespace
}  // namespace an::harness
