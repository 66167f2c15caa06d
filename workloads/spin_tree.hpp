// spin_tree: a balanced tree of forks with 1,024 leaves that compute for n steps each. The one
// workload whose cost per task is a parameter: n + 10 % is a task body that is 10 % longer, on
// every worker alike and in no other place. What a gate finds of that, `harness calibrate` shows.
//
// Source: the delay loop of Task Bench's compute-bound kernel (Slaughter et al., "Task Bench: a
// parameterized benchmark for evaluating parallel runtime performance", SC 2020). Operation: one
// leaf. n is the steps of a leaf: 64, 1,024, 16,384. The seed draws where the leaves start.
//
// A leaf repeats x = a x + c, modulo 2^64; the right result is that of a jump of n steps at once
// (both as in pareto_body).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/pareto_body.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::spin_tree {

inline constexpr std::uint64_t kLeaves = 1024;

// Where leaf number `leaf` starts.
constexpr std::uint64_t start_of(std::uint64_t seed, std::uint64_t leaf) {
  return Rng::stream(seed, leaf).next();
}

// x after so many steps, one after the other: each waits for the one before.
[[gnu::noinline]] inline std::uint64_t spin(std::uint64_t x, std::uint64_t steps) {
  for (std::uint64_t i = 0; i < steps; ++i) {
    x = pareto_body::kFactor * x + pareto_body::kSummand;
  }
  return x;
}

// The sum over `leaves` leaves from number `first` on.
template <ForkJoinWorker W>
[[gnu::noinline]] std::uint64_t sum_of(
    W worker, std::uint64_t seed, std::uint64_t steps, std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) {
    return spin(start_of(seed, first), steps);
  }
  const std::uint64_t half = leaves / 2;
  auto [left, right] =
      worker.join([=](W w) { return sum_of(w, seed, steps, first, half); },
                  [=](W w) { return sum_of(w, seed, steps, first + half, leaves - half); });
  return left + right;
}

struct Workload {
  static constexpr std::string_view kName = "spin_tree";
  static constexpr std::string_view kSummary = "a tree of forks whose leaves spin for n steps";
  static constexpr std::string_view kSource = "compute-bound kernel of Task Bench, SC 2020";
  static constexpr std::string_view kOperation = "leaf";
  static constexpr std::string_view kParameter = "steps";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 64}, {"medium", 1024}, {"large", 16384}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 24;  // 20 seconds

  struct Input {
    std::uint64_t seed, steps;
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return Input{seed, static_cast<std::uint64_t>(n)};
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    return sum_of(worker, input.seed, input.steps, 0, kLeaves);
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  static std::uint64_t expected(const Input& input) {
    std::uint64_t sum = 0;
    for (std::uint64_t leaf = 0; leaf < kLeaves; ++leaf) {
      sum += pareto_body::jump(start_of(input.seed, leaf), input.steps);
    }
    return fold(0, sum);
  }
  static std::uint64_t operations(const Input& /*input*/) { return kLeaves; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::spin_tree
