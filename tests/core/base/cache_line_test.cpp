#include "core/base/cache_line.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"

namespace an {
namespace {

std::uintptr_t address(const void* place) {
  return reinterpret_cast<std::uintptr_t>(place);
}

TEST(CacheLine, NeighboursInAnArrayOfPaddedShareNoPairOfLines) {
  std::array<Padded<char>, 3> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(address(&values[i]) % kNoSharing, 0U);
    EXPECT_EQ(address(&values[i]) - address(values.data()), i * kNoSharing);
  }
}

TEST(CacheLine, AValueLargerThanALineIsPaddedToTheNextPair) {
  EXPECT_EQ(sizeof(Padded<std::array<char, kNoSharing + 1>>), 2 * kNoSharing);
}

TEST(CacheLine, ConstantsAreWholeLines) {
  EXPECT_EQ(kNoSharing % kCacheLine, 0U);
}

}  // namespace
}  // namespace an
