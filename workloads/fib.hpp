// fib: the recursive Fibonacci numbers, the smallest useful fork. A branch does nothing but fork
// again, so ns/op over serial is what a fork and its join cost.
//
// Source: the first benchmark of Cilk (Frigo, Leiserson and Randall, "The Implementation of the
// Cilk-5 Multithreaded Language", PLDI 1998) and of every fork-join runtime since.
// Operation: one join; fib(n) makes fib(n+1) - 1 of them. No cutoff: every call above the leaves
// forks. Sizes: n = 25 (121,392 joins), 30 (1,346,268), 35 (14,930,351). The seed has no effect.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::fib {

template <ForkJoinWorker W>
[[gnu::noinline]] std::uint64_t fib_of(W worker, std::uint64_t n) {
  if (n < 2) {
    return n;
  }
  auto [a, b] = worker.join([n](W w) { return fib_of(w, n - 1); },  //
                            [n](W w) { return fib_of(w, n - 2); });
  return a + b;
}

// The same number by a loop: the independent answer, and the count of joins of n - 1.
constexpr std::uint64_t fib_by_loop(std::int64_t n) {
  std::uint64_t current = 0;
  std::uint64_t next = 1;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t sum = current + next;
    current = next;
    next = sum;
  }
  return current;
}

struct Workload {
  static constexpr std::string_view kName = "fib";
  static constexpr std::string_view kSummary = "forks that do nothing but fork: the cost of a join";
  static constexpr std::string_view kSource = "Frigo, Leiserson, Randall, Cilk-5, PLDI 1998";
  static constexpr std::string_view kOperation = "join";
  static constexpr std::string_view kParameter = "n";
  static constexpr std::array<NamedSize, 3> kSizes{{{"small", 25}, {"medium", 30}, {"large", 35}}};
  static constexpr std::int64_t kMin = 2;   // one join
  static constexpr std::int64_t kMax = 50;  // 20 billion joins: over a minute

  struct Input {
    std::int64_t n;
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return Input{n};
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    return fib_of(worker, static_cast<std::uint64_t>(input.n));
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  static std::uint64_t expected(const Input& input) { return fold(0, fib_by_loop(input.n)); }
  static std::uint64_t operations(const Input& input) { return fib_by_loop(input.n + 1) - 1; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::fib
