// skynet: a tree in which every node forks ten more, down to n leaves that return their ordinal;
// a node returns the sum of its ten. Wide forks: a scheduler sees ten branches at once, not two.
//
// Source: github.com/atemerev/skynet (Alexander Temerev, "Skynet 1M concurrency microbenchmark",
// 2016), which measured a million goroutines, actors and channels. Operation: one node. n is the
// number of leaves, rounded down to a power of ten. Sizes: n = 10^5 (111,111 nodes), 10^7
// (11,111,111), 10^8 (111,111,111). The seed has no effect.
//
// The ten branches are a range: nine joins, each of which halves what is left.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::skynet {

inline constexpr std::int64_t kBranches = 10;

// The sum of the ordinals of the `leaves` leaves that begin at `first`. Requires a power of ten.
template <ForkJoinWorker W>
[[gnu::noinline]] std::uint64_t sum_of(W worker, std::int64_t first, std::int64_t leaves) {
  if (leaves == 1) {
    return static_cast<std::uint64_t>(first);
  }
  const std::int64_t below = leaves / kBranches;
  std::array<std::uint64_t, kBranches> sums;
  an::for_range(worker, 0, kBranches, 1, [&sums, first, below](W w, std::int64_t i) {
    sums[static_cast<std::size_t>(i)] = sum_of(w, first + i * below, below);
  });
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) {
    total += sum;
  }
  return total;
}

struct Workload {
  static constexpr std::string_view kName = "skynet";
  static constexpr std::string_view kSummary = "a tree of ten-way forks that do nothing else";
  static constexpr std::string_view kSource = "atemerev/skynet, 2016; sum in closed form";
  static constexpr std::string_view kOperation = "node";
  static constexpr std::string_view kParameter = "leaves";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 100'000}, {"medium", 10'000'000}, {"large", 100'000'000}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1'000'000'000;  // the sum of more would still fit

  struct Input {
    std::int64_t leaves;  // a power of ten
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    Input input{1};
    while (input.leaves <= n / kBranches) {
      input.leaves *= kBranches;
    }
    return input;
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    return sum_of(worker, 0, input.leaves);
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  static std::uint64_t expected(const Input& input) {
    const auto leaves = static_cast<std::uint64_t>(input.leaves);
    return fold(0, leaves * (leaves - 1) / 2);
  }
  // 1 + 10 + 100 + ... + leaves.
  static std::uint64_t operations(const Input& input) {
    return (static_cast<std::uint64_t>(input.leaves) * kBranches - 1) / (kBranches - 1);
  }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& input) { return {{"leaves", input.leaves}}; }
};

}  // namespace an::workloads::skynet
