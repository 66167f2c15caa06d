#include "workloads/checksum.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace an::workloads {
namespace {

std::vector<std::uint64_t> some_values() {
  std::vector<std::uint64_t> values(100);
  Rng rng(7);
  for (std::uint64_t& value : values) {
    value = rng.next();
  }
  return values;
}

TEST(Checksum, OneFlippedBitOfAnyElementIsNoticed) {
  auto values = some_values();
  const std::uint64_t right = checksum_of(values);
  for (std::uint64_t& value : values) {
    for (int bit = 0; bit < 64; ++bit) {
      value ^= std::uint64_t{1} << bit;
      EXPECT_NE(checksum_of(values), right) << bit;
      value ^= std::uint64_t{1} << bit;
    }
  }
  EXPECT_EQ(checksum_of(values), right);
}

TEST(Checksum, TwoExchangedElementsAreNoticed) {
  auto values = some_values();
  const std::uint64_t right = checksum_of(values);
  for (std::size_t i = 1; i < values.size(); ++i) {
    std::swap(values[i - 1], values[i]);
    EXPECT_NE(checksum_of(values), right) << i;
    std::swap(values[i - 1], values[i]);
  }
}

TEST(Checksum, AMissingElementIsNoticedEvenIfItIsZero) {
  std::vector<std::uint32_t> zeros(10);
  const std::uint64_t ten = checksum_of(zeros);
  zeros.pop_back();
  EXPECT_NE(checksum_of(zeros), ten);
  EXPECT_NE(checksum_of(std::vector<std::uint32_t>{}), checksum_of(zeros));
}

TEST(Checksum, ElementsAddedOneByOneGiveTheSame) {
  Checksum checksum;
  for (const std::uint64_t value : some_values()) {
    checksum.add(value);
  }
  EXPECT_EQ(checksum.value(), checksum_of(some_values()));
}

}  // namespace
}  // namespace an::workloads
