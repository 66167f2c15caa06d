// Each rule of the verdict with the smallest data that triggers it, and beside it data that just do
// not.
#include "harness/verdict/decision.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace an::harness {
namespace {

constexpr int kRounds = 9;

// Units whose every round has the unit's value; the control wavers by +-0.2 %.
Measured measured_of(const std::vector<double>& candidates) {
  Measured measured{{}, kRounds, {}};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    measured.units.push_back({std::vector<double>(kRounds, candidates[i]),
                              std::vector<double>(kRounds, i % 2 == 0 ? 0.002 : -0.002)});
  }
  return measured;
}

// `n` values from `low` to `high` in equal steps.
std::vector<double> spread(int n, double low, double high) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) {
    values.push_back(low + (high - low) * i / (n - 1));
  }
  return values;
}

Measured with_control(Measured measured, const std::vector<double>& controls) {
  for (std::size_t i = 0; i < measured.units.size(); ++i) {
    measured.units[i].control.assign(kRounds, controls[i]);
  }
  return measured;
}

TEST(Decide, FindsTheSameBuildOk) {
  const Decision decision = decide(measured_of(spread(12, -0.01, 0.01)), {}, 0);
  EXPECT_EQ(decision.verdict, Verdict::kOk);
  EXPECT_NEAR(*decision.theta, 0, 1e-12);
  EXPECT_EQ(decision.n, 12);
  EXPECT_EQ(decision.kept, 12 * kRounds);
  EXPECT_EQ(decision.planned, 12 * kRounds);
}

// n = 12: both ranks are 2, so L = D_(2) and U = D_(11).
TEST(Decide, BoundsAreTheOrderStatisticsOfTheSpentLevels) {
  const auto values = spread(12, 0.01, 0.12);
  const Decision decision = decide(measured_of(values), {}, 0);
  EXPECT_EQ(*decision.low, values[1]);
  EXPECT_EQ(*decision.high, values[10]);
  const Decision of_ten = decide(measured_of(values), {.family = 10}, 0);
  EXPECT_EQ(*of_ten.low, values[0]);    // alpha_R is the family's ...
  EXPECT_EQ(*of_ten.high, values[10]);  // ... alpha_O the cell's
}

TEST(Decide, CallsARegressionWhenTheLowerBoundIsAboveTheTolerance) {
  const double limit = std::log1p(0.05);
  auto values = spread(12, 0.07, 0.09);
  values[0] = -0.5;  // below L
  values[1] = limit + 1e-9;
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kRegressed);
  values[1] = limit;
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kUndecided);
}

TEST(Decide, CallsOkWhenTheUpperBoundIsBelowTheTolerance) {
  const double limit = std::log1p(0.05);
  auto values = spread(12, 0.01, 0.02);
  values[0] = 0.9;  // above U
  values[1] = limit - 1e-9;
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kOk);
  values[1] = limit;
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kUndecided);
}

TEST(Decide, JudgesAgainstTheToleranceItIsGiven) {
  const Measured slower = measured_of(spread(12, 0.039, 0.041));
  EXPECT_EQ(decide(slower, {.tolerance = 0.03}, 0).verdict, Verdict::kRegressed);
  EXPECT_EQ(decide(slower, {.tolerance = 0.05}, 0).verdict, Verdict::kOk);
}

TEST(Decide, CallsAnImprovementWhenTheWholeIntervalIsBelowTheTolerance) {
  const double limit = std::log1p(0.05);
  auto values = spread(12, -0.09, -0.07);
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kImproved);
  values[10] = -limit + 1e-9;  // the second largest: U of the two-sided interval
  values[11] = 0;
  EXPECT_EQ(decide(measured_of(values), {}, 0).verdict, Verdict::kOk);
}

TEST(Decide, GoesOnWhileALookIsLeft) {
  const auto values = spread(24, -0.2, 0.3);
  EXPECT_EQ(decide(measured_of(values), {}, 1).verdict, Verdict::kUndecided);
  EXPECT_EQ(decide(measured_of(values), {}, 2).verdict, Verdict::kInconclusive);
}

TEST(Decide, IsUnderpoweredWhenTheControlIsTooNoisyToTell) {
  Measured measured = measured_of(spread(48, -0.2, 0.3));
  const Decision quiet = decide(measured, {}, 2);
  EXPECT_EQ(quiet.verdict, Verdict::kInconclusive);
  EXPECT_LT(*quiet.mde, std::log1p(0.05));
  measured = with_control(measured, spread(48, -0.15, 0.15));
  const Decision noisy = decide(measured, {}, 2);
  EXPECT_EQ(noisy.verdict, Verdict::kUnderpowered);
  EXPECT_GT(*noisy.mde, std::log1p(0.05));
  EXPECT_NE(noisy.reason.find("would have been flagged"), std::string::npos);
}

TEST(Decide, RefusesAControlThatDiffersFromItself) {
  const Measured fine = measured_of(spread(12, -0.01, 0.01));
  const Decision off = decide(with_control(fine, spread(12, 0.011, 0.013)), {}, 0);
  EXPECT_EQ(off.verdict, Verdict::kInvalid);
  EXPECT_NE(off.reason.find("differs from itself"), std::string::npos);
  // Excludes 0, but is too small to matter.
  EXPECT_EQ(decide(with_control(fine, spread(12, 0.007, 0.009)), {}, 0).verdict, Verdict::kOk);
  // Large, but 0 is within its interval: D_(2) of 12.
  auto wide = spread(12, 0.011, 0.013);
  wide[0] = wide[1] = -0.001;
  EXPECT_EQ(decide(with_control(fine, wide), {}, 0).verdict, Verdict::kOk);
}

// Of 24 units, ranks 6 at 99 %, and 4 where ten cells share that level.
TEST(Decide, JudgesTheControlAtTheLevelOfTheFamily) {
  const auto controls = spread(24, -0.01, 0.01);
  const Measured measured = with_control(measured_of(spread(24, -0.01, 0.01)), controls);
  const Decision alone = decide(measured, {}, 1);
  EXPECT_EQ(*alone.control_low, controls[5]);
  EXPECT_EQ(*alone.control_high, controls[18]);
  const Decision of_ten = decide(measured, {.family = 10}, 1);
  EXPECT_EQ(*of_ten.control_low, controls[3]);
  EXPECT_EQ(*of_ten.control_high, controls[20]);
}

TEST(Decide, WaitsForAControlBeyondHalfTheToleranceAndThenRefusesIt) {
  auto controls = spread(48, 0.026, 0.028);
  for (int i = 0; i < 20; ++i) {
    controls[static_cast<std::size_t>(i)] = -0.01;  // so that the interval covers 0
  }
  const Measured measured = with_control(measured_of(spread(48, -0.01, 0.01)), controls);
  const Decision early = decide(measured, {}, 1);
  EXPECT_EQ(early.verdict, Verdict::kUndecided);
  const Decision late = decide(measured, {}, 2);
  EXPECT_EQ(late.verdict, Verdict::kInvalid);
  EXPECT_NE(late.reason.find("half the tolerance"), std::string::npos);
  EXPECT_EQ(decide(measured, {.tolerance = 0.06}, 2).verdict, Verdict::kOk);
}

TEST(Decide, RefusesTurnsThatEndAtTicks) {
  Measured measured = measured_of(spread(12, -0.01, 0.01));
  measured.ticks = {324, 253, 0.05};
  const Decision decision = decide(measured, {}, 0);
  EXPECT_EQ(decision.verdict, Verdict::kInvalid);
  EXPECT_EQ(decision.reason.find("tick-quantised"), 0U);
  measured.ticks = {324, 45, 0.05};
  EXPECT_EQ(decide(measured, {}, 0).verdict, Verdict::kOk);
}

// A unit counts when at least half of its planned rounds do; at least half of the units must count.
TEST(Decide, RefusesWhenTooFewUnitsSurvive) {
  Measured measured = measured_of(spread(12, -0.01, 0.01));
  for (std::size_t i = 0; i < 6; ++i) {
    measured.units[i].candidate.resize(4);
    measured.units[i].control.resize(4);
  }
  const Decision half = decide(measured, {}, 0);
  EXPECT_EQ(half.n, 6);
  EXPECT_EQ(half.kept, 6 * kRounds + 6 * 4);
  EXPECT_NE(half.verdict, Verdict::kInvalid);
  measured.units[6].candidate.clear();
  measured.units[6].control.clear();
  const Decision fewer = decide(measured, {}, 0);
  EXPECT_EQ(fewer.n, 5);
  EXPECT_EQ(fewer.verdict, Verdict::kInvalid);
}

// A third of the dropped rounds is the candidate's by chance: of six, all with 0.0014, five with 0.018.
TEST(Decide, RefusesACandidateThatPressesForTheCpuItself) {
  Measured measured = measured_of(spread(12, -0.01, 0.01));
  measured.pressed = {1, 5, 0};
  EXPECT_EQ(decide(measured, {}, 0).verdict, Verdict::kOk);
  measured.pressed = {40, 40, 40};
  EXPECT_EQ(decide(measured, {}, 0).verdict, Verdict::kOk);
  measured.pressed = {0, 6, 0};
  const Decision decision = decide(measured, {}, 0);
  EXPECT_EQ(decision.verdict, Verdict::kInvalid);
  EXPECT_NE(decision.reason.find("6 of 6 dropped rounds"), std::string::npos) << decision.reason;
}

TEST(Decide, OfNothingIsInvalid) {
  EXPECT_EQ(decide({}, {}, 0).verdict, Verdict::kInvalid);
  const Decision none = decide({{{{}, {}}, {{}, {}}}, kRounds, {}}, {}, 0);
  EXPECT_EQ(none.verdict, Verdict::kInvalid);
  EXPECT_EQ(none.measured, 2);
  EXPECT_FALSE(none.theta.has_value());
}

TEST(Decide, OfTooFewUnitsHasNoBoundsAndGoesOn) {
  const Decision decision = decide(measured_of({0.0, 0.01}), {}, 0);
  EXPECT_EQ(decision.verdict, Verdict::kUndecided);
  EXPECT_FALSE(decision.low.has_value());
  EXPECT_FALSE(decision.high.has_value());
  EXPECT_FALSE(decide(measured_of({0.0}), {}, 0).mde.has_value());
}

TEST(Decide, TakesTheMedianOfAUnitsRounds) {
  Measured measured = measured_of(spread(12, -0.01, 0.01));
  for (UnitRatios& unit : measured.units) {
    unit.candidate = {0.02, 5, 0.02, -5, 0.02};
    unit.control = {0, 0, 0, 3, 4};
  }
  const Decision decision = decide(measured, {}, 0);
  EXPECT_EQ(*decision.theta, 0.02);
  EXPECT_EQ(*decision.control, 0);
  EXPECT_EQ(*decision.rho, 0);
  EXPECT_EQ(*decision.effective_n, 60);
}

TEST(Decide, ReportsTheSignTestAgainstTheTolerance) {
  EXPECT_NEAR(*decide(measured_of(spread(12, 0.07, 0.09)), {}, 0).p, std::exp2(-12), 1e-12);
  EXPECT_EQ(*decide(measured_of(spread(12, -0.01, 0.01)), {}, 0).p, 1);
}

TEST(Confirm, NeedsBothBatchesToSayRegressed) {
  const Decision regressed = decide(measured_of(spread(12, 0.07, 0.09)), {}, 0);
  const Decision worse = decide(measured_of(spread(12, 0.08, 0.10)), {}, 0);
  const Decision ok = decide(measured_of(spread(12, -0.01, 0.01)), {}, 0);
  const Decision both = confirm(regressed, worse);
  EXPECT_EQ(both.verdict, Verdict::kRegressed);
  EXPECT_EQ(both.theta, worse.theta);
  const Decision one = confirm(regressed, ok);
  EXPECT_EQ(one.verdict, Verdict::kInconclusive);
  EXPECT_EQ(one.theta, regressed.theta);
  EXPECT_NE(one.reason.find("not confirmed"), std::string::npos);
  EXPECT_NE(one.reason.find("OK"), std::string::npos);
  EXPECT_EQ(confirm(regressed, invalid("so")).verdict, Verdict::kInvalid)
      << "a machine that got worse is no excuse";
}

TEST(ConfirmDeathTest, OfWhatWasNotFlaggedIsABrokenInvariant) {
  const Decision ok = decide(measured_of(spread(12, -0.01, 0.01)), {}, 0);
  EXPECT_DEATH(confirm(ok, ok), "kRegressed");
}

TEST(Identical, NeedsNoTiming) {
  EXPECT_EQ(identical().verdict, Verdict::kIdentical);
  EXPECT_EQ(identical().measured, 0);
}

TEST(Verdict, HasAName) {
  EXPECT_EQ(to_string(Verdict::kOk), "OK");
  EXPECT_EQ(to_string(Verdict::kUnderpowered), "UNDERPOWERED");
  EXPECT_EQ(to_string(Verdict::kUndecided), "UNDECIDED");
}

TEST(Percent, IsTheChangeALogarithmStandsFor) {
  EXPECT_NEAR(percent(std::log(1.1)), 10, 1e-12);
  EXPECT_NEAR(percent(-std::log(2.0)), -50, 1e-12);
}

}  // namespace
}  // namespace an::harness
