// reduce: the sum of n 64-bit integers. A few instructions per cache line: beyond the caches it
// measures memory, and a second worker helps only as far as one core cannot draw all of it.
//
// Source: `reduce` of the Problem Based Benchmark Suite's primitives (Shun, Blelloch, Fineman,
// Gibbons, Kyrola, Simhadri and Tangwongsan, "Brief announcement: the Problem Based Benchmark
// Suite", SPAA 2012), STREAM's read side (McCalpin, 1995). Written with core/task's reduce, in
// leaves of at most kGrain integers: 4 KiB. Operation: one integer. Sizes: n = 2^20 (8 MiB), 2^24
// (128 MiB), 2^26 (512 MiB).
//
// The integers are an arithmetic progression modulo 2^64 whose first term and odd difference come
// from the seed, so that their sum has a closed form; their bits look random.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::reduce {

inline constexpr std::int64_t kGrain = 512;

// Term i is first + i * difference, modulo 2^64.
struct Progression {
  std::uint64_t first;
  std::uint64_t difference;  // odd: no two of 2^64 terms are equal
};

Progression progression_of(std::uint64_t seed);
std::vector<std::uint64_t> terms(Progression progression, std::size_t count);
// n * first + difference * n (n - 1) / 2.
std::uint64_t sum_of(Progression progression, std::uint64_t count);

struct Workload {
  static constexpr std::string_view kName = "reduce";
  static constexpr std::string_view kSummary = "the sum of an array: memory bandwidth";
  static constexpr std::string_view kSource = "PBBS, Shun et al., SPAA 2012";
  static constexpr std::string_view kOperation = "integer";
  static constexpr std::string_view kParameter = "integers";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 1 << 20}, {"medium", 1 << 24}, {"large", 1 << 26}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 31;  // 16 GiB

  struct Input {
    Progression progression;
    std::vector<std::uint64_t> values;
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const Progression progression = progression_of(seed);
    return {progression, terms(progression, static_cast<std::size_t>(n))};
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    return an::reduce(
        worker, 0, static_cast<std::int64_t>(input.values.size()), kGrain, std::uint64_t{0},
        [values = input.values.data()](W /*worker*/, std::int64_t i) { return values[i]; },
        [](std::uint64_t left, std::uint64_t right) { return left + right; });
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  static std::uint64_t expected(const Input& input) {
    return fold(0, sum_of(input.progression, input.values.size()));
  }
  static std::uint64_t operations(const Input& input) { return input.values.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return n * static_cast<std::int64_t>(sizeof(std::uint64_t));
  }
  static std::vector<Note> notes(const Input& /*input*/) { return {{"grain", kGrain}}; }
};

}  // namespace an::workloads::reduce
