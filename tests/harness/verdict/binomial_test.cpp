// Against values computed once with scipy 1.10.1 (scipy.stats.binom.cdf, beta.ppf).
#include "harness/verdict/binomial.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

TEST(BinomialAtMost, MatchesTabulatedValues) {
  EXPECT_NEAR(binomial_at_most(3, 10, 0.5), 0.171875, 1e-14);
  EXPECT_NEAR(binomial_at_most(0, 5, 0.2), 0.32768, 1e-14);
  EXPECT_NEAR(binomial_at_most(7, 12, 0.3), 0.99051062887, 1e-11);
  EXPECT_NEAR(binomial_at_most(990, 1000, 0.99), 0.542699407825, 1e-10);
  EXPECT_NEAR(binomial_at_most(1400, 3000, 0.5), 0.00013928198052, 1e-12);  // 2^3000 overflows
}

TEST(BinomialAtMost, IsZeroBelowAndOneFromTheTop) {
  EXPECT_EQ(binomial_at_most(-1, 10, 0.5), 0);
  EXPECT_EQ(binomial_at_most(10, 10, 0.5), 1);
  EXPECT_EQ(binomial_at_most(0, 0, 0.5), 1);
  EXPECT_EQ(binomial_at_most(3, 10, 0), 1);
  EXPECT_EQ(binomial_at_most(9, 10, 1), 0);
}

TEST(BinomialRank, IsTheLastWhoseTailIsWithinTheLevel) {
  // P(B <= 0) = 1/1024, P(B <= 1) = 11/1024 for B ~ Binomial(10, 0.5).
  EXPECT_EQ(binomial_rank(10, 0.5, 0.9 / 1024), 0);
  EXPECT_EQ(binomial_rank(10, 0.5, 1.0 / 1024), 1);
  EXPECT_EQ(binomial_rank(10, 0.5, 10.9 / 1024), 1);
  EXPECT_EQ(binomial_rank(10, 0.5, 11.0 / 1024), 2);
  EXPECT_EQ(binomial_rank(0, 0.5, 0.5), 0);
}

TEST(ClopperPearson, MatchesTheBetaQuantiles) {
  struct Case {
    int count, trials;
    double alpha, low, high;
  };
  for (const Case& c :
       {Case{0, 100, 0.05, 0, 0.0362166926}, Case{0, 100, 0.10, 0, 0.0295130496},
        Case{4, 20, 0.05, 0.0573339971, 0.4366140030}, Case{10, 10, 0.05, 0.6915028922, 1},
        Case{5, 10, 0.05, 0.1870860284, 0.8129139716},
        Case{96, 100, 0.05, 0.9007428433, 0.9889955060},
        Case{1, 1000, 0.01, 0.0000050125, 0.0074062869}}) {
    const Interval interval = clopper_pearson(c.count, c.trials, c.alpha);
    EXPECT_NEAR(interval.low, c.low, 1e-9) << c.count << " of " << c.trials;
    EXPECT_NEAR(interval.high, c.high, 1e-9) << c.count << " of " << c.trials;
  }
}

// The promise, without simulation: for every rate, the counts whose interval misses it have a
// probability of at most alpha together.
TEST(ClopperPearson, MissesTheRateNoMoreOftenThanItPromises) {
  constexpr int kTrials = 25;
  constexpr double kAlpha = 0.1;
  for (double rate = 0.02; rate < 1; rate += 0.02) {
    double missed = 0;
    for (int count = 0; count <= kTrials; ++count) {
      const Interval interval = clopper_pearson(count, kTrials, kAlpha);
      if (rate < interval.low || rate > interval.high) {
        missed +=
            binomial_at_most(count, kTrials, rate) - binomial_at_most(count - 1, kTrials, rate);
      }
    }
    EXPECT_LE(missed, kAlpha) << "rate " << rate;
  }
}

TEST(ClopperPearsonDeathTest, OfNoTrialsIsABrokenInvariant) {
  EXPECT_DEATH(clopper_pearson(0, 0, 0.05), "trials > 0");
}

}  // namespace
}  // namespace an::harness
