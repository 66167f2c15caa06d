#include "core/base/rng.hpp"

#include <array>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace an {
namespace {

TEST(Rng, ProducesThePublishedSplitMix64Sequence) {
  // The first outputs of the reference implementation (Vigna, prng.di.unimi.it) for this seed.
  Rng rng(1234567);
  for (const std::uint64_t expected :
       {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
        4593380528125082431ULL, 16408922859458223821ULL}) {
    EXPECT_EQ(rng.next(), expected);
  }
}

TEST(Rng, EqualSeedsGiveEqualSequences) {
  Rng a(5);
  Rng b(5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(a.next(), b.next());
  }
}

TEST(Rng, BelowStaysBelowAndReachesEveryValue) {
  Rng rng(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) {
    const std::uint32_t value = rng.below(7);
    ASSERT_LT(value, 7U);
    ++counts[value];
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 500) << "more than five standard deviations off";
  }
}

TEST(Rng, BelowOneIsZeroAndTheLargestBoundHolds) {
  Rng rng(2);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(rng.below(1), 0U);
    EXPECT_LT(rng.below(UINT32_MAX), UINT32_MAX);
  }
}

TEST(Rng, UnitIsInTheHalfOpenIntervalWithMeanOneHalf) {
  Rng rng(3);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = rng.unit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(Rng, StreamsOfOneSeedDifferAndNeighbouringSeedsDoToo) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    for (std::uint64_t stream = 0; stream < 32; ++stream) {
      first.insert(Rng::stream(seed, stream).next());
    }
  }
  EXPECT_EQ(first.size(), 32U * 32U);
}

TEST(Rng, WorksAtCompileTime) {
  static_assert(Rng(0).next() == 0xe220a8397b1dcdafULL);
  static_assert(mix64(0) == 0);
}

}  // namespace
}  // namespace an
