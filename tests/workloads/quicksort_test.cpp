#include "workloads/quicksort.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::quicksort {
namespace {

using namespace an::tests;

// Keys in the orders that trouble a quicksort.
std::vector<std::vector<Key>> hard_cases(std::size_t count) {
  std::vector<Key> ascending(count);
  std::iota(ascending.begin(), ascending.end(), Key{0});
  std::vector<Key> descending(ascending.rbegin(), ascending.rend());
  std::vector<Key> organ_pipes = ascending;
  std::vector<Key> few = sorted::random_keys(count, 5);
  for (std::size_t i = 0; i < count; ++i) {
    organ_pipes[i] = std::min(i, count - i);
    few[i] %= 2;
  }
  std::vector<Key> one_smaller(count, 1);
  one_smaller[count / 2] = 0;
  std::vector<Key> one_larger(count, 1);
  one_larger[0] = 2;
  return {std::vector<Key>(count),
          ascending,
          descending,
          organ_pipes,
          few,
          one_smaller,
          one_larger,
          sorted::random_keys(count, 6)};
}

TEST(Quicksort, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 255, 256, 257, 1100, 10'000, 100'001}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Quicksort, PartitionsHaveTwoSidesInOrder) {
  for (const std::size_t count : {16U, 17U, 1000U}) {
    for (std::vector<Key>& keys : hard_cases(count)) {
      std::vector<Key> before = keys;
      const std::int64_t split = partition(keys.data(), std::ssize(keys));
      ASSERT_GT(split, 0);
      ASSERT_LT(split, std::ssize(keys));
      EXPECT_LE(*std::max_element(keys.begin(), keys.begin() + split),
                *std::min_element(keys.begin() + split, keys.end()));
      std::sort(before.begin(), before.end());
      std::sort(keys.begin(), keys.end());
      EXPECT_EQ(keys, before);
    }
  }
}

TEST(Quicksort, KeysInAnyOrderAreSortedAtAnyDepthLimit) {
  for (const int depth : {0, 1, 3, depth_limit(5001)}) {
    for (std::vector<Key>& keys : hard_cases(5001)) {
      std::vector<Key> right = keys;
      std::sort(right.begin(), right.end());
      sort(Serial::Worker{}, keys.data(), std::ssize(keys), depth);
      EXPECT_EQ(keys, right) << depth;
    }
  }
}

TEST(Quicksort, TheDepthLimitIsTwiceTheBalancedDepth) {
  EXPECT_EQ(depth_limit(1), 2);
  EXPECT_EQ(depth_limit(1023), 20);
  EXPECT_EQ(depth_limit(1024), 22);
}

TEST(Quicksort, ACorruptedKeyIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  const Unit answer = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
  for (const std::size_t i : {0U, 500U, 998U}) {
    const Key right = input.keys[i];
    input.keys[i] ^= 1;
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    input.keys[i] = input.keys[i + 1];
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    input.keys[i] = right;
    std::swap(input.keys[i], input.keys[i + 1]);
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    std::swap(input.keys[i], input.keys[i + 1]);
  }
}

TEST(Quicksort, ASideLeftUnsortedIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  const std::int64_t split = partition(input.keys.data(), 1000);
  std::sort(input.keys.begin(), input.keys.begin() + split);
  EXPECT_NE(Workload::digest(input, Unit{}), Workload::expected(input));
}

TEST(Quicksort, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4097, 3);
  EXPECT_EQ(Workload::operations(input), 4097U);
  const std::size_t keys = input.unsorted.capacity() + input.keys.capacity();
  EXPECT_EQ(Workload::footprint_bytes(4097), static_cast<std::int64_t>(keys * sizeof(Key)));
  EXPECT_EQ(note_of<Workload>(input, "cutoff"), 256);
}

TEST(Quicksort, TheSeedDecidesTheKeys) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::quicksort
