#include "harness/verdict/misfire_rules.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

using Values = std::vector<double>;

const Values kA{12.1, 13.4, 11.8, 12.9, 14.2, 12.6, 13.1, 12.3, 11.5, 13.8};
const Values kB{13.2, 14.1, 12.7, 14.9, 13.6, 15.0, 13.9, 12.8, 14.4, 13.3};

// All p-values below are those of scipy 1.10's mannwhitneyu.
TEST(MannWhitney, GivesTheValuesOfScipy) {
  EXPECT_NEAR(mann_whitney_normal(kA, kB), 0.025748080821108063, 1e-12);
  EXPECT_NEAR(mann_whitney_exact(kA, kB), 0.023230639329710537, 1e-12);
  const Values c{3.0, 1.5, 2.5, 4.5};
  const Values d{5.5, 2.0, 6.0, 7.0, 8.0};
  EXPECT_NEAR(mann_whitney_normal(c, d), 0.11134688653314041, 1e-12);
  EXPECT_NEAR(mann_whitney_exact(c, d), 0.1111111111111111, 1e-12);
}

TEST(MannWhitney, TiesNarrowTheVariance) {
  EXPECT_NEAR(mann_whitney_normal({1, 2, 2, 3, 4, 4, 4}, {2, 4, 5, 5, 6, 7}), 0.04109920575522472,
              1e-12);
  EXPECT_EQ(mann_whitney_normal({1, 1, 1}, {1, 1, 1}), 1);
}

TEST(MannWhitney, ExtremesAreRight) {
  Values low;
  Values high;
  Values even;
  Values odd;
  for (int i = 0; i < 10; ++i) {
    low.push_back(i);
    high.push_back(10 + i);
    even.push_back(2 * i);
    odd.push_back(2 * i + 1);
  }
  EXPECT_NEAR(mann_whitney_normal(low, high), 0.00018267179110955002, 1e-15);
  EXPECT_NEAR(mann_whitney_exact(low, high), 1.082508822446903e-05, 1e-17);
  EXPECT_NEAR(mann_whitney_normal(even, odd), 0.7337299956962472, 1e-12);
  EXPECT_NEAR(mann_whitney_exact(even, odd), 0.7393643508194593, 1e-12);
  EXPECT_NEAR(mann_whitney_exact({1, 2, 3}, {4, 5, 6}), 0.1, 1e-15);
}

TEST(MannWhitney, NeitherOrderNorScaleMatters) {
  EXPECT_EQ(mann_whitney_normal(kA, kB), mann_whitney_normal(kB, kA));
  EXPECT_EQ(mann_whitney_exact(kA, kB), mann_whitney_exact(kB, kA));
  Values reversed(kA.rbegin(), kA.rend());
  EXPECT_EQ(mann_whitney_exact(reversed, kB), mann_whitney_exact(kA, kB));
}

// What the test promises, and keeps when its assumption holds: independent values.
TEST(MannWhitney, CallsIndependentEqualsDifferentInOneOfTwenty) {
  Noise noise(7);
  constexpr int kExperiments = 4000;
  int alarms = 0;
  for (int i = 0; i < kExperiments; ++i) {
    Values a;
    Values b;
    for (int j = 0; j < 10; ++j) {
      a.push_back(noise.log_normal());
      b.push_back(noise.log_normal());
    }
    alarms += differs_by_benchstat(a, b) ? 1 : 0;
  }
  constexpr double kLevel = 0.0433;  // the largest exact level below 0.05 at 10 and 10
  EXPECT_NEAR(static_cast<double>(alarms) / kExperiments, kLevel,
              four_standard_errors(kLevel, kExperiments));
}

TEST(Rules, TiesAreSeenOnBothSides) {
  EXPECT_FALSE(has_ties({1, 2}, {3, 4}));
  EXPECT_TRUE(has_ties({1, 1}, {3, 4}));
  EXPECT_TRUE(has_ties({1, 2}, {2, 4}));
}

// 4 against 4, apart: 2/70 exactly, 0.0304 approximately. 3 against 3 is 0.1 at best.
TEST(Rules, ComparePyAndBenchstatCallWhatIsSignificant) {
  EXPECT_TRUE(differs_by_compare_py({1, 2, 3, 4}, {5, 6, 7, 8}));
  EXPECT_FALSE(differs_by_compare_py({1, 2, 3}, {4, 5, 6}));
  EXPECT_TRUE(differs_by_compare_py(kA, kB));
  EXPECT_TRUE(differs_by_benchstat(kA, kB));
  EXPECT_FALSE(differs_by_benchstat(kA, kA));
}

TEST(Rules, TheThresholdIsFivePerCentEitherWay) {
  EXPECT_FALSE(differs_by_threshold({100, 100, 100}, {104.9, 104.9, 104.9}));
  EXPECT_TRUE(differs_by_threshold({100, 100, 100}, {105.1, 105.1, 105.1}));
  EXPECT_TRUE(differs_by_threshold({100, 100, 100}, {94.9, 94.9, 94.9}));
}

}  // namespace
}  // namespace an::harness
