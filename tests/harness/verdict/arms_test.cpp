#include "harness/verdict/arms.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace an::harness {
namespace {

RoundRecord round(int unit, Dropped dropped, double candidate, double control) {
  RoundRecord record;
  record.unit = unit;
  record.dropped = dropped;
  record.ns_per_iteration = {100, 100 * candidate, 100 * control};
  record.ns = {8'000'000, 9'000'000, 10'000'000};
  return record;
}

TEST(MeasuredOfTest, KeepsUnitsWithoutRoundsThatCount) {
  const Measured measured =
      measured_of({round(3, Dropped::kNo, 1.1, 0.9), round(3, Dropped::kPressure, 5, 5),
                   round(4, Dropped::kThawed, 5, 5)},
                  2, 250);
  ASSERT_EQ(measured.units.size(), 2u);
  ASSERT_EQ(measured.units[0].candidate.size(), 1u);
  EXPECT_NEAR(measured.units[0].candidate[0], std::log(1.1), 1e-12);
  EXPECT_NEAR(measured.units[0].control[0], std::log(0.9), 1e-12);
  EXPECT_TRUE(measured.units[1].candidate.empty());
  EXPECT_EQ(measured.planned_rounds, 2);
  EXPECT_EQ(measured.ticks.turns, 3);
  EXPECT_EQ(measured.ticks.near, 1);
}

TEST(MeasuredOfTest, CountsWhoseTurnsWereUnderPressure) {
  RoundRecord own = round(0, Dropped::kPressure, 1, 1);
  own.spoiler = 1;
  RoundRecord thawed = round(0, Dropped::kThawed, 1, 1);
  thawed.spoiler = 1;
  RoundRecord control = round(0, Dropped::kPressure, 1, 1);
  control.spoiler = 2;
  const std::array<int, 3> pressed{0, 2, 1};
  EXPECT_EQ(measured_of({own, own, thawed, control}, 2, 0).pressed, pressed);
}

TEST(MeasuredOfTest, WithoutAKnownTickNoTurnIsSuspect) {
  EXPECT_EQ(measured_of({round(0, Dropped::kNo, 1, 1)}, 1, 0).ticks.turns, 0);
}

}  // namespace
}  // namespace an::harness
