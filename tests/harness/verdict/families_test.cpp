#include "harness/verdict/families.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/rng.hpp"
#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

void expect_near(const std::vector<double>& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(values[i], expected[i], 1e-12) << "at " << i;
  }
}

// R's p.adjust(c(.01, .04, .03, .005), "bonferroni") and "holm".
TEST(Bonferroni, MatchesPAdjust) {
  expect_near(bonferroni({0.01, 0.04, 0.03, 0.005}), {0.04, 0.16, 0.12, 0.02});
  expect_near(bonferroni({0.6, 0.2}), {1, 0.4});
}

TEST(Holm, MatchesPAdjust) {
  expect_near(holm({0.01, 0.04, 0.03, 0.005}), {0.03, 0.06, 0.06, 0.02});
  expect_near(holm({0.9, 0.6}), {1, 1});
  expect_near(holm({0.03}), {0.03});
  expect_near(holm({}), {});
}

TEST(Holm, IsNeverAboveBonferroni) {
  Rng rng(3);
  for (int experiment = 0; experiment < 100; ++experiment) {
    std::vector<double> p_values;
    for (int i = 0; i < 8; ++i) {
      p_values.push_back(rng.unit());
    }
    const auto by_holm = holm(p_values);
    const auto by_bonferroni = bonferroni(p_values);
    for (std::size_t i = 0; i < p_values.size(); ++i) {
      EXPECT_GE(by_holm[i], p_values[i]);
      EXPECT_LE(by_holm[i], by_bonferroni[i]);
    }
  }
}

// Ten sound cells: any of them is called in a share of at most alpha of families; with uniform
// p-values in exactly 1 - (1 - alpha/10)^10.
TEST(Holm, KeepsTheErrorRateOfTheFamily) {
  constexpr int kFamilies = 20'000;
  constexpr double kAlpha = 0.05;
  const double exact = 1 - std::pow(1 - kAlpha / 10, 10);
  Rng rng(5);
  int wrong = 0;
  for (int family = 0; family < kFamilies; ++family) {
    std::vector<double> p_values;
    for (int i = 0; i < 10; ++i) {
      p_values.push_back(rng.unit());
    }
    const auto adjusted = holm(p_values);
    wrong += *std::min_element(adjusted.begin(), adjusted.end()) <= kAlpha ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(wrong) / kFamilies, exact,
              four_standard_errors(exact, kFamilies));
}

}  // namespace
}  // namespace an::harness
