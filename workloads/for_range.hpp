// for_range: a parallel loop whose body costs a few nanoseconds, at a grain of n iterations. What a
// scheduler takes per fork is spread over n bodies: the sweep over n shows from which grain on a
// loop is worth forking, and what asking for too fine a grain costs those who take it at its word.
//
// Source: the granularity curve of efficiency against task size, as METG in Task Bench (Slaughter
// et al., "Task Bench: A Parameterized Benchmark for Evaluating Parallel Runtime Performance", SC
// 2020); the loop is core/task's for_range: schedulers without a loop of their own split it in halves. Operation: one iteration. n is
// the grain; the named ones are 1, 16, 256, 4,096 and 65,536. The loop has 2^22 iterations, but at
// most 2^16 leaves: 65,536 iterations at grain 1, 2^20 at 16, all of them from 64 on. Times are per
// iteration, so they compare. The seed decides the constants of the body.
//
// The body is a call, kRounds dependent multiply-adds whose constants the compiler does not know,
// and one byte of memory: iteration i adds an odd number to its own byte, so a dropped iteration
// leaves 0 and one that ran twice an even number. The CPU overlaps bodies of one leaf.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::for_range {

inline constexpr int kRounds = 8;
inline constexpr std::int64_t kIterationsMax = 1 << 22;
inline constexpr std::int64_t kLeavesMax = 1 << 16;

constexpr std::int64_t iterations_for(std::int64_t grain) {
  return std::min(kIterationsMax, grain * kLeavesMax);
}

// kRounds steps of the generator x -> x * factor + addend.
[[gnu::noinline]] inline std::uint64_t advance(std::uint64_t x,
                                               std::uint64_t factor,
                                               std::uint64_t addend) {
  for (int round = 0; round < kRounds; ++round) {
    x = x * factor + addend;
  }
  return x;
}

// What iteration i adds to its byte, given what advance(i) returned: an odd number.
constexpr std::uint8_t mark_of(std::uint64_t advanced) {
  return static_cast<std::uint8_t>((advanced >> 56) | 1);
}

struct Input {
  std::int64_t grain;
  std::uint64_t factor;
  std::uint64_t addend;
  std::vector<std::uint8_t> marks;  // one per iteration
};

Input make_input(std::int64_t grain, std::uint64_t seed);
std::uint64_t digest_of(const std::vector<std::uint8_t>& marks);
// The digest from the closed form of the generator: x * factor^k + addend * (1 + .. + factor^(k-1))
// (Knuth, TAOCP vol. 2, 3.2.1, equation 6).
std::uint64_t expected_digest(const Input& input);

struct Workload {
  static constexpr std::string_view kName = "for_range";
  static constexpr std::string_view kSummary = "a loop of tiny bodies: cost against grain";
  static constexpr std::string_view kSource = "granularity (METG), Slaughter et al., SC 2020";
  static constexpr std::string_view kOperation = "iteration";
  static constexpr std::string_view kParameter = "grain";
  static constexpr std::array<NamedSize, 5> kSizes{
      {{"small", 1}, {"small", 16}, {"medium", 256}, {"medium", 4096}, {"large", 65536}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = kIterationsMax;  // one leaf

  using Input = for_range::Input;
  using Answer = Unit;  // the answer is in Input::marks

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return make_input(n, seed);
  }
  static void reset(Input& input) { input.marks.assign(input.marks.size(), 0); }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const auto iterations = static_cast<std::int64_t>(input.marks.size());
    an::for_range(worker, 0, iterations, input.grain,
                  [marks = input.marks.data(), factor = input.factor, addend = input.addend](
                      W /*worker*/, std::int64_t i) {
                    const std::uint8_t mark =
                        mark_of(advance(static_cast<std::uint64_t>(i), factor, addend));
                    marks[i] = static_cast<std::uint8_t>(marks[i] + mark);
                  });
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return digest_of(input.marks);
  }
  static std::uint64_t expected(const Input& input) { return expected_digest(input); }
  static std::uint64_t operations(const Input& input) { return input.marks.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) { return iterations_for(n); }
  static std::vector<Note> notes(const Input& input) {
    return {{"iterations", static_cast<std::int64_t>(input.marks.size())}};
  }
};

}  // namespace an::workloads::for_range
