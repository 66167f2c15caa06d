// quicksort: n random 64-bit keys, partitioned in place, a fork over the two sides. The sides are
// unequal, and the first partitions run alone: with span O(n) there is parallelism for about
// (log2 n) / 2 workers and no more, whatever the scheduler.
//
// Source: Hoare, "Quicksort", The Computer Journal, 1962; the fork-join example of the Cilk family
// (Frigo, Leiserson and Randall, "The implementation of the Cilk-5 multithreaded language", PLDI
// 1998). Pivot: median of three, or of three such medians (Bentley and McIlroy, "Engineering a sort
// function", 1993). Guarded as introsort (Musser, 1997): a side that is still larger than kCutoff
// after depth_limit() partitions is left to std::sort, whose worst case is O(n log n), as is a side
// of kCutoff keys or fewer: the base kernel, the same for every scheduler. Operation: one key.
// Sizes: n = 10,000, 500,000, 5,000,000. The seed gives the keys.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/sorted.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::quicksort {

using sorted::Key;

inline constexpr std::int64_t kCutoff = 256;

// Twice the depth of a perfectly balanced tree.
constexpr int depth_limit(std::int64_t count) {
  return 2 * static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count)));
}

// Moves keys so that none of keys[0, split) is larger than any of keys[split, count), and returns
// split, 0 < split < count. Requires count >= 16.
std::int64_t partition(Key* keys, std::int64_t count);

template <ForkJoinWorker W>
[[gnu::noinline]] void sort(W worker, Key* keys, std::int64_t count, int depth_left) {
  if (count <= kCutoff || depth_left == 0) {
    std::sort(keys, keys + count);
    return;
  }
  const std::int64_t split = partition(keys, count);
  worker.join([=](W w) { sort(w, keys, split, depth_left - 1); },
              [=](W w) { sort(w, keys + split, count - split, depth_left - 1); });
}

struct Workload {
  static constexpr std::string_view kName = "quicksort";
  static constexpr std::string_view kSummary = "sort in place: unequal sides, a serial start";
  static constexpr std::string_view kSource = "Hoare, The Computer Journal, 1962";
  static constexpr std::string_view kOperation = "key";
  static constexpr std::string_view kParameter = "keys";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 10'000}, {"medium", 500'000}, {"large", 5'000'000}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 30;  // 16 GiB

  struct Input {
    std::vector<Key> unsorted;
    std::vector<Key> keys;  // what is sorted, in place
  };
  using Answer = Unit;  // the answer is in Input::keys

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    Input input{sorted::random_keys(static_cast<std::size_t>(n), seed), {}};
    input.keys = input.unsorted;
    return input;
  }
  static void reset(Input& input) { input.keys = input.unsorted; }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const auto count = static_cast<std::int64_t>(input.keys.size());
    sort(worker, input.keys.data(), count, depth_limit(count));
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return sorted::digest_of(input.keys);
  }
  static std::uint64_t expected(const Input& input) {
    return sorted::digest_in_order(input.unsorted);
  }
  static std::uint64_t operations(const Input& input) { return input.keys.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return 2 * n * static_cast<std::int64_t>(sizeof(Key));
  }
  static std::vector<Note> notes(const Input& /*input*/) { return {{"cutoff", kCutoff}}; }
};

}  // namespace an::workloads::quicksort
