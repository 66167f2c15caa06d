#include "workloads/weights.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace an::workloads {
namespace {

TEST(Weights, AreOddAndFollowFromSeedAndStream) {
  const auto weights = odd_weights(1000, 7, 1);
  for (const std::uint64_t weight : weights) {
    ASSERT_EQ(weight % 2, 1U);
  }
  EXPECT_EQ(weights, odd_weights(1000, 7, 1));
  EXPECT_NE(weights, odd_weights(1000, 7, 2));
  EXPECT_NE(weights, odd_weights(1000, 8, 1));
  EXPECT_TRUE(odd_weights(0, 7, 1).empty());
}

TEST(Weights, AnyErrorInOneElementChangesTheSum) {
  const auto weights = odd_weights(64, 7, 1);
  std::vector<std::uint64_t> values(64, 12345);
  const std::uint64_t right = dot(values, weights);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (int bit = 0; bit < 64; ++bit) {
      values[i] ^= std::uint64_t{1} << bit;
      ASSERT_NE(dot(values, weights), right) << i << ", bit " << bit;
      values[i] ^= std::uint64_t{1} << bit;
    }
  }
}

TEST(Weights, DotWrapsAround) {
  const std::vector<std::uint64_t> x{std::uint64_t{1} << 63, 3};
  const std::vector<std::uint64_t> y{2, 5};
  EXPECT_EQ(dot(x, y), 15U);
}

TEST(Weights, IntegersAreThemselvesAndAllElseIsNot) {
  EXPECT_EQ(integer_of(0), 0U);
  EXPECT_EQ(integer_of(-0.0), 0U);
  EXPECT_EQ(integer_of(12345), 12345U);
  EXPECT_EQ(integer_of(-3), std::uint64_t{0} - 3);
  constexpr std::uint64_t kNone = std::uint64_t{1} << 62;
  EXPECT_EQ(integer_of(0.5), kNone);
  EXPECT_EQ(integer_of(0x1p52), kNone);
  EXPECT_EQ(integer_of(-std::numeric_limits<double>::infinity()), kNone);
  EXPECT_EQ(integer_of(std::numeric_limits<double>::quiet_NaN()), kNone);
}

}  // namespace
}  // namespace an::workloads
