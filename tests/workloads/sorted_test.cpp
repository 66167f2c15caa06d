#include "workloads/sorted.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace an::workloads::sorted {
namespace {

struct Case {
  std::vector<Key> keys;
  std::uint64_t right;
};

Case sorted_case() {
  Case sorted{random_keys(1000, 3), 0};
  sorted.right = digest_in_order(sorted.keys);
  std::sort(sorted.keys.begin(), sorted.keys.end());
  return sorted;
}

TEST(Sorted, KeysInOrderHaveTheDigestForetold) {
  const Case sorted = sorted_case();
  EXPECT_EQ(digest_of(sorted.keys), sorted.right);
}

TEST(Sorted, KeysAsTheyWereDrawnDoNot) {
  const auto keys = random_keys(1000, 3);
  EXPECT_NE(digest_of(keys), digest_in_order(keys));
}

TEST(Sorted, AWrongKeyIsNoticedEvenInOrder) {
  Case sorted = sorted_case();
  for (const std::size_t i : {0U, 500U, 999U}) {
    ++sorted.keys[i];
    EXPECT_TRUE(std::is_sorted(sorted.keys.begin(), sorted.keys.end()));
    EXPECT_NE(digest_of(sorted.keys), sorted.right) << i;
    --sorted.keys[i];
  }
}

TEST(Sorted, AKeyDoubledOverItsNeighbourIsNoticed) {
  for (const std::size_t i : {0U, 500U, 998U}) {
    Case sorted = sorted_case();
    sorted.keys[i] = sorted.keys[i + 1];
    EXPECT_TRUE(std::is_sorted(sorted.keys.begin(), sorted.keys.end()));
    EXPECT_NE(digest_of(sorted.keys), sorted.right) << i;
  }
}

TEST(Sorted, TwoKeysOutOfOrderAreNoticed) {
  Case sorted = sorted_case();
  for (std::size_t i = 1; i < sorted.keys.size(); ++i) {
    std::swap(sorted.keys[i - 1], sorted.keys[i]);
    EXPECT_NE(digest_of(sorted.keys), sorted.right) << i;
    std::swap(sorted.keys[i - 1], sorted.keys[i]);
  }
}

TEST(Sorted, AMissingKeyIsNoticedAndEqualKeysAreNot) {
  const std::vector<Key> zeros(3);
  EXPECT_EQ(digest_of(zeros), digest_in_order(zeros));
  EXPECT_NE(digest_of(std::span(zeros).first(2)), digest_in_order(zeros));
}

TEST(Sorted, TheSeedDecidesTheKeys) {
  EXPECT_EQ(random_keys(10, 1), random_keys(10, 1));
  EXPECT_NE(random_keys(10, 1), random_keys(10, 2));
}

}  // namespace
}  // namespace an::workloads::sorted
