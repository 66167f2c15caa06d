// Small cases by hand, and the promise behind the intervals: one at level alpha misses the true
// value in at most a share alpha of experiments, however skewed the samples.
#include "harness/verdict/stats.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/harness/verdict/noise.hpp"

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
  Noise noise(seed);
  int misses = 0;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    std::vector<double> samples;
    for (int i = 0; i < n; ++i) {
      samples.push_back(noise.log_normal());
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
  // The exact miss probability is 2 * sum_{j<k} C(n,j) / 2^n. An interval that is one rank too wide
  // or too narrow fails.
  struct Case {
    int n;
    double alpha, exact;
  };
  for (const Case& c : {Case{6, 0.05, 0.03125}, Case{12, 0.05, 0.03857}, Case{15, 0.05, 0.03516},
                        Case{20, 0.01, 0.00258}, Case{24, 0.05, 0.02266}}) {
    EXPECT_NEAR(miss_share(c.n, c.alpha, kExperiments, seed), c.exact,
                four_standard_errors(c.exact, kExperiments))
        << "n = " << c.n << ", alpha = " << c.alpha << ", seed = " << seed;
  }
}

TEST(Quantile, IsLinearBetweenTheNeighbours) {
  const std::vector<double> values{2.1, 3.4, 1.9, 8.8, 2.7, 2.2, 3.0};
  EXPECT_NEAR(quantile(values, 0.1), 2.02, 1e-12);  // numpy.quantile
  EXPECT_NEAR(quantile(values, 0.25), 2.15, 1e-12);
  EXPECT_NEAR(quantile(values, 0.9), 5.56, 1e-12);
  EXPECT_EQ(quantile(values, 0), 1.9);
  EXPECT_EQ(quantile(values, 1), 8.8);
  EXPECT_EQ(quantile({5}, 0.3), 5);
}

TEST(Quantile, OfOneHalfIsTheMedian) {
  EXPECT_EQ(quantile({1, 2, 10, 40}, 0.5), median({1, 2, 10, 40}));
  EXPECT_EQ(quantile({1, 2, 10}, 0.5), median({1, 2, 10}));
}

TEST(QuantileInterval, OfOneHalfIsTheMedianInterval) {
  const std::vector<double> values{12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6};
  const auto of_half = quantile_interval(values, 0.5, 0.05);
  ASSERT_TRUE(of_half.has_value());
  EXPECT_EQ(of_half->low, 3);
  EXPECT_EQ(of_half->high, 10);
}

TEST(QuantileInterval, IsEmptyWhereItCannotBoundTheTail) {
  EXPECT_FALSE(quantile_interval(std::vector<double>(367, 1.0), 0.99, 0.05).has_value());
  EXPECT_TRUE(quantile_interval(std::vector<double>(368, 1.0), 0.99, 0.05).has_value());
}

TEST(QuantileInterval, CoversTheTailOfSkewedSamplesAsOftenAsItPromises) {
  const std::uint64_t seed = 1988;
  RecordProperty("seed", std::to_string(seed));
  constexpr int kExperiments = 4'000;
  constexpr int kSamples = 100;
  const double truth = std::exp(1.281551565545);  // the 0.9-quantile
  // P(B <= 83) + P(B >= 96) for B ~ Binomial(100, 0.9): ranks 84 and 96.
  const double exact = 0.02060 + 0.02371;
  Noise noise(seed);
  int misses = 0;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<double> samples;
    for (int i = 0; i < kSamples; ++i) {
      samples.push_back(noise.log_normal());
    }
    const auto interval = quantile_interval(std::move(samples), 0.9, 0.05);
    misses += interval->low > truth || interval->high < truth ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(misses) / kExperiments, exact,
              four_standard_errors(exact, kExperiments));
}

TEST(RobustSigma, IsTheScaledMedianDistanceFromTheMedian) {
  EXPECT_NEAR(robust_sigma({2.1, 3.4, 1.9, 8.8, 2.7, 2.2, 3.0}), 0.88956, 1e-12);
  EXPECT_EQ(robust_sigma({7}), 0);
}

TEST(RobustSigma, IsTheStandardDeviationOfNormalValuesAndIgnoresOutliers) {
  Noise noise(7);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(3 * noise.normal());
  }
  EXPECT_NEAR(robust_sigma(values), 3, 0.1);
  EXPECT_NEAR(standard_deviation(values), 3, 0.1);
  for (int i = 0; i < 1'000; ++i) {
    values[static_cast<std::size_t>(i)] = 1e6;
  }
  EXPECT_NEAR(robust_sigma(values), 3, 0.4);
  EXPECT_GT(standard_deviation(values), 1e5);
}

TEST(StandardDeviation, DividesByOneLess) {
  EXPECT_NEAR(standard_deviation({2.1, 3.4, 1.9, 8.8, 2.7, 2.2, 3.0}), 2.4213337528843777, 1e-12);
}

TEST(StandardDeviationDeathTest, OfOneValueIsABrokenInvariant) {
  EXPECT_DEATH(standard_deviation({1}), "values.size");
}

TEST(CommonGeometricMeans, LeaveOutCellsThatSomebodyDidNotFinish) {
  // The second scheduler is best where the first failed; that must not help it.
  const CommonMeans means =
      common_geometric_means({{1.0, 2.0}, {std::nullopt, 0.001}, {4.0, 8.0}, {3.0, std::nullopt}});
  EXPECT_EQ(means.cells, 2);
  EXPECT_EQ(means.left_out, 2);
  ASSERT_EQ(means.means.size(), 2U);
  EXPECT_NEAR(means.means[0], 2, 1e-12);
  EXPECT_NEAR(means.means[1], 4, 1e-12);
}

TEST(CommonGeometricMeans, OfNoCommonCellAreNone) {
  const CommonMeans means = common_geometric_means({{1.0, std::nullopt}});
  EXPECT_TRUE(means.means.empty());
  EXPECT_EQ(means.cells, 0);
  EXPECT_EQ(means.left_out, 1);
  EXPECT_TRUE(common_geometric_means({}).means.empty());
}

}  // namespace
}  // namespace an::harness
