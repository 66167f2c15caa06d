// scan: all prefix sums of n 64-bit integers, modulo 2^64, into a second array. Two parallel passes
// over memory with a short serial step between them: the second cannot start before the first has
// ended everywhere, so it shows what a barrier costs, twice.
//
// Source: Blelloch, "Prefix sums and their applications", Carnegie Mellon, CMU-CS-90-190, 1990: sum
// blocks, scan the sums, scan within blocks. Blocks of kBlock integers (4 KiB), one to a leaf. The
// sums of n / kBlock blocks are scanned serially: one addition in a thousand. Serial schedulers make
// both passes too: the work is the algorithm's, 2n additions, not the n of a plain loop. Operation:
// one integer. Sizes: n = 2^17 (two arrays of 1 MiB), 2^23 (64 MiB), 2^25 (256 MiB). The seed gives
// the integers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::scan {

inline constexpr std::int64_t kBlock = 512;

constexpr std::int64_t blocks_for(std::int64_t n) {
  return (n + kBlock - 1) / kBlock;
}

[[gnu::noinline]] inline std::uint64_t block_sum(const std::uint64_t* values, std::int64_t count) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    sum += values[i];
  }
  return sum;
}

// Prefix sums of one block, `before` being the sum of all that stands before it.
[[gnu::noinline]] inline void block_scan(const std::uint64_t* values,
                                         std::uint64_t* prefixes,
                                         std::int64_t count,
                                         std::uint64_t before) {
  for (std::int64_t i = 0; i < count; ++i) {
    before += values[i];
    prefixes[i] = before;
  }
}

struct Input {
  std::uint64_t seed;
  std::vector<std::uint64_t> values;
  std::vector<std::uint64_t> prefixes;  // the answer: prefixes[i] = values[0] + .. + values[i]
  std::vector<std::uint64_t> sums;      // one per block
};

Input make_input(std::int64_t n, std::uint64_t seed);
std::uint64_t digest_of(const std::vector<std::uint64_t>& prefixes);
// Draws the integers again and adds them up in one pass: reads no array.
std::uint64_t expected_digest(const Input& input);

struct Workload {
  static constexpr std::string_view kName = "scan";
  static constexpr std::string_view kSummary = "prefix sums: two parallel passes and a barrier";
  static constexpr std::string_view kSource = "Blelloch, CMU-CS-90-190, 1990";
  static constexpr std::string_view kOperation = "integer";
  static constexpr std::string_view kParameter = "integers";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 1 << 17}, {"medium", 1 << 23}, {"large", 1 << 25}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 30;  // 16 GiB

  using Input = scan::Input;
  using Answer = Unit;  // the answer is in Input::prefixes

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return make_input(n, seed);
  }
  static void reset(Input& input) {
    input.prefixes.assign(input.prefixes.size(), 0);
    input.sums.assign(input.sums.size(), 0);
  }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const auto n = static_cast<std::int64_t>(input.values.size());
    const std::int64_t blocks = blocks_for(n);
    const std::uint64_t* values = input.values.data();
    std::uint64_t* prefixes = input.prefixes.data();
    std::uint64_t* sums = input.sums.data();
    const auto count_in = [n](std::int64_t block) { return std::min(kBlock, n - block * kBlock); };
    an::for_range(worker, 0, blocks, 1, [=](W /*worker*/, std::int64_t block) {
      sums[block] = block_sum(values + block * kBlock, count_in(block));
    });
    std::uint64_t before = 0;
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::uint64_t sum = sums[block];
      sums[block] = before;
      before += sum;
    }
    an::for_range(worker, 0, blocks, 1, [=](W /*worker*/, std::int64_t block) {
      const std::int64_t first = block * kBlock;
      block_scan(values + first, prefixes + first, count_in(block), sums[block]);
    });
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return digest_of(input.prefixes);
  }
  static std::uint64_t expected(const Input& input) { return expected_digest(input); }
  static std::uint64_t operations(const Input& input) { return input.values.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return (2 * n + blocks_for(n)) * static_cast<std::int64_t>(sizeof(std::uint64_t));
  }
  static std::vector<Note> notes(const Input& input) {
    return {{"blocks", static_cast<std::int64_t>(input.sums.size())}};
  }
};

}  // namespace an::workloads::scan
