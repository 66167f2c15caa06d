#include "workloads/mergesort.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::mergesort {
namespace {

using namespace an::tests;

// Runs the kernel on `keys` and compares with std::sort.
void expect_sorted(const std::vector<Key>& keys) {
  std::vector<Key> right = keys;
  std::sort(right.begin(), right.end());
  for (const bool swaps_arrays : {false, true}) {
    std::vector<Key> values = keys;
    std::vector<Key> scratch(keys.size());
    sort(Serial::Worker{}, values.data(), scratch.data(), std::ssize(keys), swaps_arrays);
    EXPECT_EQ(swaps_arrays ? scratch : values, right) << keys.size();
  }
}

TEST(Mergesort, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 255, 256, 257, 1100, 10'000, 100'001}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Mergesort, KeysInAnyOrderAreSorted) {
  std::vector<Key> keys(5001);
  expect_sorted(keys);  // all equal
  std::iota(keys.begin(), keys.end(), Key{0});
  expect_sorted(keys);
  std::reverse(keys.begin(), keys.end());
  expect_sorted(keys);
  for (Key& key : keys) {
    key %= 7;
  }
  expect_sorted(keys);
}

TEST(Mergesort, MergesOfUnequalSidesAreRight) {
  for (const std::size_t lefts : {0U, 1U, 700U, 3000U}) {
    for (const std::size_t rights : {0U, 1U, 513U, 2999U}) {
      std::vector<Key> left = sorted::random_keys(lefts, 1);
      std::vector<Key> right = sorted::random_keys(rights, 2);
      std::sort(left.begin(), left.end());
      std::sort(right.begin(), right.end());
      std::vector<Key> merged(lefts + rights);
      merge(Serial::Worker{}, left.data(), std::ssize(left), right.data(), std::ssize(right),
            merged.data());
      std::vector<Key> both;
      std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(both));
      EXPECT_EQ(merged, both) << lefts << " " << rights;
    }
  }
}

TEST(Mergesort, ACorruptedKeyIsNoticed) {
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

TEST(Mergesort, AHalfLeftUnsortedIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  std::sort(input.keys.begin(), input.keys.begin() + 500);
  EXPECT_NE(Workload::digest(input, Unit{}), Workload::expected(input));
}

TEST(Mergesort, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4097, 3);
  EXPECT_EQ(Workload::operations(input), 4097U);
  const std::size_t keys =
      input.unsorted.capacity() + input.keys.capacity() + input.scratch.capacity();
  EXPECT_EQ(Workload::footprint_bytes(4097), static_cast<std::int64_t>(keys * sizeof(Key)));
  EXPECT_EQ(note_of<Workload>(input, "sort_cutoff"), 256);
  EXPECT_EQ(note_of<Workload>(input, "merge_cutoff"), 512);
}

TEST(Mergesort, TheSeedDecidesTheKeys) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::mergesort
