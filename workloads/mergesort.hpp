// mergesort: n random 64-bit keys, halves sorted in parallel and merged in parallel. Two recursions
// in one: of the sort, perfectly balanced, and of each merge, whose cuts depend on the keys.
//
// Source: Akl and Santoro, "Optimal parallel merging and sorting without memory conflicts", IEEE
// Transactions on Computers, 1987; in the form of Cormen, Leiserson, Rivest and Stein,
// "Introduction to Algorithms", 3rd ed., 2009, section 27.3, and of Cilk's cilksort. Work O(n log
// n), span O(log^3 n). The two arrays change roles from level to level, so nothing is copied back.
// Below kSortCutoff keys sort_serially, below kMergeCutoff merge_serially: base kernels, part of the
// workload, the same for every scheduler and in every language, so that no library's sort is compared.
// Operation: one key. Sizes: n = 10,000, 500,000, 5,000,000. The seed gives the keys.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/sorted.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::mergesort {

using sorted::Key;

inline constexpr std::int64_t kSortCutoff = 256;
inline constexpr std::int64_t kMergeCutoff = 512;

inline constexpr std::int64_t kBlock = 8;

// Merges two sorted runs to `out`. Which key is smaller is a coin toss: a comparison kept in a bool is added
// to the places by either compiler, where GCC makes a branch of two comparisons, at twice the time.
inline void merge_serially(
    const Key* left, std::int64_t lefts, const Key* right, std::int64_t rights, Key* out) {
  std::int64_t l = 0;
  std::int64_t r = 0;
  while (l < lefts && r < rights) {
    const Key a = left[l];
    const Key b = right[r];
    const bool takes_right = b < a;
    out[l + r] = takes_right ? b : a;
    r += static_cast<std::int64_t>(takes_right);
    l += static_cast<std::int64_t>(!takes_right);
  }
  out = std::copy(left + l, left + lefts, out + l + r);
  std::copy(right + r, right + rights, out);
}

// Sorts block[0, count) in place.
inline void insert_all(Key* block, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const Key key = block[i];
    std::int64_t place = i;
    for (; place > 0 && key < block[place - 1]; --place) {
      block[place] = block[place - 1];
    }
    block[place] = key;
  }
}

// Sorts keys[0, count) as sort() does: blocks by insertion, then runs of twice the length, level by level.
// Blocks begin in the array from which the last level ends in the right one.
inline void sort_serially(Key* keys, Key* scratch, std::int64_t count, bool swaps_arrays) {
  bool begins_in_scratch = swaps_arrays;
  for (std::int64_t run = kBlock; run < count; run *= 2) {
    begins_in_scratch = !begins_in_scratch;
  }
  Key* from = keys;
  Key* to = scratch;
  if (begins_in_scratch) {
    std::copy(keys, keys + count, scratch);
    std::swap(from, to);
  }
  for (std::int64_t i = 0; i < count; i += kBlock) {
    insert_all(from + i, std::min(kBlock, count - i));
  }
  for (std::int64_t run = kBlock; run < count; run *= 2) {
    for (std::int64_t i = 0; i < count; i += 2 * run) {
      const std::int64_t lefts = std::min(run, count - i);
      const std::int64_t rights = std::min(run, count - i - lefts);
      merge_serially(from + i, lefts, from + i + lefts, rights, to + i);
    }
    std::swap(from, to);
  }
}

// Merges left[0, lefts) and right[0, rights), both in order, to `out`. Takes the middle key of the
// longer side, finds its place in the shorter, and merges what lies before it and after it.
template <ForkJoinWorker W>
[[gnu::noinline]] void merge(W worker,
                             const Key* left,
                             std::int64_t lefts,
                             const Key* right,
                             std::int64_t rights,
                             Key* out) {
  if (lefts + rights <= kMergeCutoff) {
    merge_serially(left, lefts, right, rights, out);
    return;
  }
  if (lefts < rights) {
    std::swap(left, right);
    std::swap(lefts, rights);
  }
  const std::int64_t middle = lefts / 2;
  const std::int64_t below = std::lower_bound(right, right + rights, left[middle]) - right;
  worker.join([=](W w) { merge(w, left, middle, right, below, out); },
              [=](W w) {
                merge(w, left + middle, lefts - middle, right + below, rights - below,
                      out + middle + below);
              });
}

// Sorts keys[0, count), leaving the result there; `scratch` is as long and is overwritten. With
// `swaps_arrays`, leaves it in `scratch` instead, and overwrites `keys`.
template <ForkJoinWorker W>
[[gnu::noinline]] void sort(
    W worker, Key* keys, Key* scratch, std::int64_t count, bool swaps_arrays) {
  if (count <= kSortCutoff) {
    sort_serially(keys, scratch, count, swaps_arrays);
    return;
  }
  const std::int64_t half = count / 2;
  worker.join([=](W w) { sort(w, keys, scratch, half, !swaps_arrays); },
              [=](W w) { sort(w, keys + half, scratch + half, count - half, !swaps_arrays); });
  const Key* from = swaps_arrays ? keys : scratch;
  Key* to = swaps_arrays ? scratch : keys;
  merge(worker, from, half, from + half, count - half, to);
}

struct Workload {
  static constexpr std::string_view kName = "mergesort";
  static constexpr std::string_view kSummary = "sort by halves, merged in parallel";
  static constexpr std::string_view kSource = "Akl and Santoro, IEEE Trans. Computers, 1987";
  static constexpr std::string_view kOperation = "key";
  static constexpr std::string_view kParameter = "keys";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 10'000}, {"medium", 500'000}, {"large", 5'000'000}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 30;  // 24 GiB

  struct Input {
    std::vector<Key> unsorted;
    std::vector<Key> keys;  // what is sorted, in place
    std::vector<Key> scratch;
  };
  using Answer = Unit;  // the answer is in Input::keys

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const auto count = static_cast<std::size_t>(n);
    Input input{sorted::random_keys(count, seed), {}, std::vector<Key>(count)};
    input.keys = input.unsorted;
    return input;
  }
  static void reset(Input& input) { input.keys = input.unsorted; }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    sort(worker, input.keys.data(), input.scratch.data(),
         static_cast<std::int64_t>(input.keys.size()), false);
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
    return 3 * n * static_cast<std::int64_t>(sizeof(Key));
  }
  static std::vector<Note> notes(const Input& /*input*/) {
    return {{"sort_cutoff", kSortCutoff}, {"merge_cutoff", kMergeCutoff}};
  }
};

}  // namespace an::workloads::mergesort
