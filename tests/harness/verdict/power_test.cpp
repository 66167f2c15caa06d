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

// Level 0.01 and power 0.9: 4.52 sigma / sqrt(n), in per cent and rounded to a tenth.
TEST(MinimumDetectableEffect, MatchesTheTable) {
  struct Row {
    double sigma;
    std::vector<double> effects;  // at n = 12, 20, 30, 40, 60
  };
  const std::vector<int> units{12, 20, 30, 40, 60};
  for (const Row& row : {Row{1.6, {2.1, 1.6, 1.3, 1.1, 0.9}}, Row{3, {3.9, 3.0, 2.5, 2.1, 1.8}},
                         Row{6.5, {8.5, 6.6, 5.4, 4.7, 3.8}}}) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      EXPECT_NEAR(minimum_detectable_effect(row.sigma, units[i], 0.01, 0.9), row.effects[i], 0.055)
          << "sigma " << row.sigma << ", n = " << units[i];
    }
  }
}

TEST(UnitsNeeded, AreTheFewestThatDetectTheExcess) {
  for (const double excess : {0.01, 0.02, 0.05}) {
    const int n = units_needed(0.03, excess, 0.01, 0.9);
    EXPECT_LE(minimum_detectable_effect(0.03, n, 0.01, 0.9), excess);
    EXPECT_GT(minimum_detectable_effect(0.03, n - 1, 0.01, 0.9), excess);
  }
  EXPECT_EQ(units_needed(0, 0.05, 0.01, 0.9), 1);
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

// A shift of the minimum detectable effect is found with the promised power. The test at n = 48 uses
// a rank of level 0.0066 where 0.01 was asked, so it finds less.
TEST(MinimumDetectableEffect, IsFoundWithAboutThePromisedPower) {
  const std::uint64_t seed = 4711;
  RecordProperty("seed", std::to_string(seed));
  constexpr int kUnits = 48;
  constexpr int kExperiments = 4'000;
  const double shift = minimum_detectable_effect(1, kUnits, 0.01, 0.9);
  Noise noise(seed);
  int found = 0;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<double> values;
    for (int i = 0; i < kUnits; ++i) {
      values.push_back(shift + noise.normal());
    }
    found += sign_test_p(values, 0) <= 0.01 ? 1 : 0;
  }
  // Each value is above 0 with the probability Phi(shift) = 0.743, and 33 of 48 must be: exactly
  // 0.8518, where the formula promises 0.9.
  constexpr double kExact = 0.8518;
  EXPECT_NEAR(static_cast<double>(found) / kExperiments, kExact,
              four_standard_errors(kExact, kExperiments));
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
