// The ranks against the published sign-test table, and against scipy's binomial distribution where
// no table goes.
#include "harness/verdict/ranks.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace an::harness {
namespace {

using Table = std::vector<std::pair<int, int>>;

TEST(SignTestRank, MatchesTheTableAt95Percent) {
  const Table table{{6, 1}, {12, 3}, {20, 6}, {24, 7}, {30, 10}, {40, 14}, {48, 17}, {60, 22}};
  for (const auto& [n, rank] : table) {
    EXPECT_EQ(sign_test_rank(n, 0.05), rank) << "n = " << n;
  }
}

TEST(SignTestRank, MatchesTheTableAt99Percent) {
  const Table table{{12, 2}, {20, 4}, {24, 6}, {30, 8}, {40, 12}, {48, 15}, {60, 20}};
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

// The levels the looks of a gate spend: of one cell, of a family of ten, and those of OK.
TEST(OneSidedRank, MatchesTheBinomialDistribution) {
  const std::vector<std::pair<double, Table>> tables{
      {0.01 / 3, {{12, 2}, {24, 6}, {48, 15}, {60, 20}}},
      {0.05 / 3, {{12, 2}, {24, 7}, {48, 17}, {60, 22}}},
      {0.01 / 30, {{12, 1}, {24, 4}, {48, 12}, {60, 17}}},
      {0.01, {{12, 2}, {24, 6}, {48, 16}, {60, 21}}},
      {0.05, {{12, 3}, {24, 8}, {48, 18}, {60, 24}}}};
  for (const auto& [alpha, table] : tables) {
    for (const auto& [n, rank] : table) {
      EXPECT_EQ(one_sided_rank(n, alpha), rank) << "n = " << n << ", alpha = " << alpha;
    }
  }
}

TEST(SmallestN, IsOnePlusTheBinaryLogarithmOfTheLevel) {
  EXPECT_EQ(smallest_n(0.05), 6);
  EXPECT_EQ(smallest_n(0.05 / 10), 9);
  EXPECT_EQ(smallest_n(0.05 / 20), 10);
  EXPECT_EQ(smallest_n(0.05 / 50), 11);
  EXPECT_EQ(smallest_n(1), 1);
}

TEST(QuantileRanks, MatchTheBinomialDistribution) {
  struct Case {
    int n;
    double p;
    int low, high;
  };
  for (const Case& c : {Case{100, 0.5, 40, 61}, Case{100, 0.9, 84, 96}, Case{368, 0.99, 360, 368},
                        Case{1000, 0.99, 983, 997}, Case{5000, 0.999, 4990, 5000},
                        Case{30, 0.25, 3, 13}, Case{40, 0.75, 24, 36}}) {
    const auto ranks = quantile_ranks(c.n, c.p, 0.05);
    ASSERT_TRUE(ranks.has_value()) << "n = " << c.n << ", p = " << c.p;
    EXPECT_EQ(ranks->low, c.low) << "n = " << c.n << ", p = " << c.p;
    EXPECT_EQ(ranks->high, c.high) << "n = " << c.n << ", p = " << c.p;
  }
}

TEST(QuantileRanks, OfTooFewSamplesAreNone) {
  EXPECT_FALSE(quantile_ranks(367, 0.99, 0.05).has_value());
  EXPECT_FALSE(quantile_ranks(0, 0.5, 0.05).has_value());
  EXPECT_FALSE(quantile_ranks(5, 0.5, 0.05).has_value());
}

TEST(SignTestP, IsTheChanceOfSoManyAbove) {
  const std::vector<double> nine_of_ten{1, 2, 3, 4, 5, 6, 7, 8, 9, -1};
  EXPECT_NEAR(sign_test_p(nine_of_ten, 0), 11.0 / 1024, 1e-15);
  EXPECT_NEAR(sign_test_p(nine_of_ten, -2), 1.0 / 1024, 1e-15);
  EXPECT_NEAR(sign_test_p(nine_of_ten, 4.5), 638.0 / 1024, 1e-14);  // five of ten
  EXPECT_EQ(sign_test_p(nine_of_ten, 100), 1);
  EXPECT_EQ(sign_test_p({}, 0), 1);
}

TEST(SignTestP, DoesNotCountATieAsAbove) {
  EXPECT_EQ(sign_test_p({2, 2, 2}, 2), 1);
}

}  // namespace
}  // namespace an::harness
