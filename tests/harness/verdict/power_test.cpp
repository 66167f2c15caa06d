// The formulas against tables, and against experiments whose truth is known.
#include "harness/verdict/power.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "harness/verdict/ranks.hpp"
#include "harness/verdict/stats.hpp"
#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

TEST(NormalQuantile, MatchesTheTable) {
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-12);
  EXPECT_NEAR(normal_quantile(0.9), 1.281551565545, 1e-11);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540, 1e-11);
  EXPECT_NEAR(normal_quantile(0.99), 2.326347874041, 1e-11);
  EXPECT_NEAR(normal_quantile(0.01 / 30), -3.402932835385, 1e-11);
  EXPECT_NEAR(normal_quantile(1e-9), -5.997807015008, 1e-10);
}

// By hand: of 12 values all must lie above, of 7 too; each does with probability power^(1/n).
TEST(MinimumDetectableEffect, IsThatOfTheSignTest) {
  const auto by_hand = [](int n, double power) {
    return normal_quantile(std::pow(power, 1.0 / n));
  };
  EXPECT_NEAR(minimum_detectable_effect(1, 12, 0.001, 0.9).value(), by_hand(12, 0.9), 1e-9);
  EXPECT_NEAR(minimum_detectable_effect(0.02, 7, 0.01, 0.95).value(), 0.02 * by_hand(7, 0.95),
              1e-9);
  EXPECT_EQ(minimum_detectable_effect(1, 6, 0.01, 0.9), std::nullopt) << "2^-6 is more than 0.01";
  EXPECT_EQ(minimum_detectable_effect(0, 48, 0.01, 0.9), 0);
}

// (z_{0.99} + z_{0.9}) sqrt(pi / 2) / sqrt(n) = 4.52 / sqrt(n), which its steps make worse.
TEST(MinimumDetectableEffect, IsAboveTheNormalApproximation) {
  for (const int n : {12, 20, 24, 30, 40, 48, 60}) {
    const double approximation = 4.52 / std::sqrt(n);
    const double exact = minimum_detectable_effect(1, n, 0.01, 0.9).value();
    EXPECT_GT(exact, 0.99 * approximation) << n;
    EXPECT_LT(exact, 1.35 * approximation) << n;
  }
}

TEST(MedianStandardError, IsTheSpreadOfMediansOfNormalValues) {
  Noise noise(11);
  std::vector<double> medians;
  for (int experiment = 0; experiment < 4'000; ++experiment) {
    std::vector<double> values;
    for (int i = 0; i < 49; ++i) {
      values.push_back(noise.normal());
    }
    medians.push_back(median(values));
  }
  // The spread of 4,000 medians is known to about 1 %; the limit of large n is 1 % off at 49.
  EXPECT_NEAR(standard_deviation(medians), median_standard_error(1, 49), 0.04 * 0.179);
}

TEST(MinimumDetectableEffect, IsFoundWithThePromisedPower) {
  const std::uint64_t seed = 4711;
  RecordProperty("seed", std::to_string(seed));
  constexpr int kUnits = 48;
  constexpr int kExperiments = 4'000;
  constexpr double kPower = 0.9;
  const double shift = minimum_detectable_effect(1, kUnits, 0.01, kPower).value();
  Noise noise(seed);
  int found = 0;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<double> values;
    for (int i = 0; i < kUnits; ++i) {
      values.push_back(shift + noise.normal());
    }
    found += sign_test_p(values, 0) <= 0.01 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(found) / kExperiments, kPower,
              four_standard_errors(kPower, kExperiments));
}

TEST(VarianceComponents, OfUnequalUnitsMatchTheAnalysisOfVariance) {
  const VarianceComponents components =
      variance_components({{1.0, 2.0, 3.0}, {4.0, 6.0}, {2.0, 2.5, 3.5, 4.0}});
  EXPECT_NEAR(components.between, 1.5096153846153848, 1e-12);
  EXPECT_NEAR(components.within, 1.0833333333333333, 1e-12);
  EXPECT_NEAR(components.turns, 3, 1e-12);
}

TEST(VarianceComponents, AreFoundInSimulatedUnits) {
  Noise noise(13);
  std::vector<std::vector<double>> units;
  for (int unit = 0; unit < 4'000; ++unit) {
    const double shared = 0.5 * noise.normal();  // variance 0.25
    std::vector<double> turns;
    for (int turn = 0; turn < 9; ++turn) {
      turns.push_back(shared + noise.normal());
    }
    units.push_back(turns);
  }
  const VarianceComponents components = variance_components(units);
  EXPECT_NEAR(components.between, 0.25, 0.04);
  EXPECT_NEAR(components.within, 1, 0.04);
  EXPECT_NEAR(components.rho(), 0.2, 0.03);
}

TEST(VarianceComponents, AreNeverNegative) {
  // The means agree better than chance would have them.
  const VarianceComponents components = variance_components({{-1, 1}, {-2, 2}, {-3, 3}});
  EXPECT_EQ(components.between, 0);
  EXPECT_EQ(components.rho(), 0);
  EXPECT_EQ(components.effective_n(3), 6);
}

TEST(VarianceComponents, OfValuesThatNeverVaryAreZero) {
  const VarianceComponents components = variance_components({{1, 1}, {1, 1}});
  EXPECT_EQ(components.rho(), 0);
  EXPECT_EQ(components.best_turns(3, 1, 15), 15);
}

TEST(EffectiveN, IsBetweenUnitsAndTurns) {
  EXPECT_EQ((VarianceComponents{0, 1, 9}.effective_n(12)), 108);
  EXPECT_EQ((VarianceComponents{1, 0, 9}.effective_n(12)), 12);
  EXPECT_NEAR((VarianceComponents{0.19, 0.81, 15}.effective_n(40)), 600 / 3.66, 1e-9);
}

// With rho of .02 to .19, and a start that costs three turns: between 3 and 13 turns.
TEST(BestTurns, FollowFromTheRatioOfVariancesAndCosts) {
  EXPECT_EQ((VarianceComponents{0.02, 0.98, 9}.best_turns(3, 1, 15)), 13);
  EXPECT_EQ((VarianceComponents{0.19, 0.81, 9}.best_turns(2, 1, 15)), 3);
  EXPECT_EQ((VarianceComponents{0.19, 0.81, 9}.best_turns(3, 1, 15)), 4);
  EXPECT_EQ((VarianceComponents{1, 0, 9}.best_turns(3, 1, 15)), 1);
  EXPECT_EQ((VarianceComponents{1e-9, 1, 9}.best_turns(3, 1, 15)), 15);
}

TEST(VarianceComponentsDeathTest, OfOneTurnPerUnitAreABrokenInvariant) {
  EXPECT_DEATH(variance_components({{1}, {2}}), "turns > n");
}

}  // namespace
}  // namespace an::harness
