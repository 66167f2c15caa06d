// The ranks against the published sign-test table, and the promise behind them: an interval at
// level alpha misses the true median in at most a share alpha of experiments.
#include "harness/verdict/stats.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/rng.hpp"

namespace an::harness {
namespace {

TEST(Median, OfOddCountIsTheMiddleValue) {
  EXPECT_EQ(median({5}), 5);
  EXPECT_EQ(median({9, 1, 4}), 4);
}

TEST(Median, OfEvenCountIsTheMeanOfTheTwoMiddleOnes) {
  EXPECT_EQ(median({1, 2}), 1.5);
  EXPECT_EQ(median({10, 1, 100, 4}), 7);
  EXPECT_EQ(median({3, 3, 3, 3}), 3);
}

TEST(MedianDeathTest, OfNothingIsABrokenInvariant) {
  EXPECT_DEATH(median({}), "values.empty");
}

TEST(SignTestRank, MatchesTheTableAt95Percent) {
  const std::vector<std::pair<int, int>> table{{6, 1},   {12, 3},  {20, 6},  {24, 7},
                                               {30, 10}, {40, 14}, {48, 17}, {60, 22}};
  for (const auto& [n, rank] : table) {
    EXPECT_EQ(sign_test_rank(n, 0.05), rank) << "n = " << n;
  }
}

TEST(SignTestRank, MatchesTheTableAt99Percent) {
  const std::vector<std::pair<int, int>> table{{12, 2},  {20, 4},  {24, 6}, {30, 8},
                                               {40, 12}, {48, 15}, {60, 20}};
  for (const auto& [n, rank] : table) {
    EXPECT_EQ(sign_test_rank(n, 0.01), rank) << "n = " << n;
  }
}

TEST(SignTestRank, NeedsSixSamplesFor95Percent) {
  for (int n = -1; n < 6; ++n) {
    EXPECT_EQ(sign_test_rank(n, 0.05), 0) << "n = " << n;
  }
  EXPECT_EQ(sign_test_rank(6, 0.05), 1);
}

TEST(SignTestRank, AcceptsAnExactTieWithTheLevel) {
  EXPECT_EQ(sign_test_rank(6, 2.0 / 64), 1);   // 2 * C(6,0) / 2^6
  EXPECT_EQ(sign_test_rank(6, 14.0 / 64), 2);  // 2 * (C(6,0) + C(6,1)) / 2^6
  EXPECT_EQ(sign_test_rank(6, 1.99 / 64), 0);
}

TEST(SignTestRank, NeverCrossesTheMiddleAndIsFiniteForManySamples) {
  EXPECT_EQ(sign_test_rank(1, 1.0), 1);
  EXPECT_EQ(sign_test_rank(5, 1.0), 3);
  EXPECT_EQ(sign_test_rank(4, 1.0), 2);
  // The normal approximation: n/2 - 0.98 sqrt(n) = 4902.
  EXPECT_NEAR(sign_test_rank(10'000, 0.05), 4902, 1);
}

TEST(MedianInterval, IsMadeOfOrderStatistics) {
  const auto interval = median_interval({12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6}, 0.05);
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->low, 3);
  EXPECT_EQ(interval->high, 10);
}

TEST(MedianInterval, IsEmptyBelowSixSamples) {
  EXPECT_FALSE(median_interval({1, 2, 3, 4, 5}, 0.05).has_value());
  EXPECT_FALSE(median_interval({}, 0.05).has_value());
  EXPECT_TRUE(median_interval({1, 2, 3, 4, 5, 6}, 0.05).has_value());
}

// The share of `experiments` in which the interval of `n` log-normal samples (skewed, as timings
// are; true median 1) misses the median.
double miss_share(int n, double alpha, int experiments, std::uint64_t seed) {
  Rng rng(seed);
  int misses = 0;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    std::vector<double> samples;
    for (int i = 0; i < n; ++i) {
      const double radius = std::sqrt(-2 * std::log(1 - rng.unit()));
      samples.push_back(std::exp(radius * std::cos(6.283185307179586 * rng.unit())));
    }
    const auto interval = median_interval(std::move(samples), alpha);
    misses += interval->low > 1 || interval->high < 1 ? 1 : 0;
  }
  return static_cast<double>(misses) / experiments;
}

TEST(MedianInterval, CoversTheMedianAsOftenAsItPromises) {
  const std::uint64_t seed = 20240229;
  RecordProperty("seed", std::to_string(seed));
  constexpr int kExperiments = 20'000;
  // The exact miss probability is 2 * sum_{j<k} C(n,j) / 2^n; four standard errors of 20,000 draws
  // are below 0.006. An interval that is one rank too wide or too narrow fails.
  struct Case {
    int n;
    double alpha, exact;
  };
  for (const Case& c : {Case{6, 0.05, 0.03125}, Case{12, 0.05, 0.03857}, Case{15, 0.05, 0.03516},
                        Case{20, 0.01, 0.00258}, Case{24, 0.05, 0.02266}}) {
    EXPECT_NEAR(miss_share(c.n, c.alpha, kExperiments, seed), c.exact, 0.006)
        << "n = " << c.n << ", alpha = " << c.alpha << ", seed = " << seed;
  }
}

}  // namespace
}  // namespace an::harness
