// nqueens: how many ways n queens fit on an n x n board without attacking each other. An irregular
// tree: degree and depth vary, so it shows how a scheduler balances work it cannot foresee.
//
// Source: a classic of the Cilk and BOTS suites (Duran, Teruel, Ferrer, Martorell and Ayguade,
// "Barcelona OpenMP Tasks Suite", ICPP 2009); answers from OEIS A000170. Board as bit masks (Qiu
// Zongyan, "Bit-vector encoding of n-queen problem", SIGPLAN Notices 2002), passed by value:
// nothing is allocated. Every node forks over its legal columns by halves; there is no cutoff.
// Operation: one node of the search tree, that is one queen placed. Sizes: n = 8 (2,056 nodes),
// 11 (166,925), 13 (4,674,889). The seed has no effect.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::nqueens {

// A bit per column of the row to be filled next: which have no queen yet, and which the queens
// above attack along the two diagonals (bits beyond the board mean nothing).
struct Board {
  std::uint32_t free;
  std::uint32_t falling = 0;
  std::uint32_t rising = 0;

  bool is_full() const { return free == 0; }
  std::uint32_t legal() const { return free & ~(falling | rising); }
  Board with(std::uint32_t queen) const {
    return {free ^ queen, (falling | queen) >> 1, (rising | queen) << 1};
  }
};

// The part of `set` below the middle between its lowest and its highest bit. Requires two bits or
// more; then both parts have one. Halving the distance, not the number, needs no loop.
inline std::uint32_t lower_half(std::uint32_t set) {
  const int middle = (std::countr_zero(set) + 32 - std::countl_zero(set)) / 2;
  return set & ((1U << middle) - 1);
}

// Solutions below the board {free, falling, rising} with the next queen on one of the columns of
// `choices` (not empty). Scalars, not a Board: GCC passes a struct of them through memory, in
// pieces that the reader then waits for.
template <ForkJoinWorker W>
[[gnu::noinline]] std::uint64_t count_over(W worker,
                                           std::uint32_t free,
                                           std::uint32_t falling,
                                           std::uint32_t rising,
                                           std::uint32_t choices) {
  if (std::has_single_bit(choices)) {
    const Board next = Board{free, falling, rising}.with(choices);
    if (next.is_full()) {
      return 1;
    }
    const std::uint32_t legal = next.legal();
    return legal == 0 ? 0 : count_over(worker, next.free, next.falling, next.rising, legal);
  }
  const std::uint32_t lower = lower_half(choices);
  const std::uint32_t upper = choices ^ lower;
  auto [below, above] =
      worker.join([=](W w) { return count_over(w, free, falling, rising, lower); },
                  [=](W w) { return count_over(w, free, falling, rising, upper); });
  return below + above;
}

// Queens placed by the whole search, counted without recursion: an explicit stack of the columns
// still to try, and only half of the first row, for the board is its own mirror image.
std::uint64_t count_placements(int n);

// OEIS A000170, n = 1..15.
inline constexpr std::array<std::uint64_t, 15> kSolutions{
    1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2680, 14200, 73712, 365596, 2279184};

struct Workload {
  static constexpr std::string_view kName = "nqueens";
  static constexpr std::string_view kSummary = "backtracking: an irregular tree of forks";
  static constexpr std::string_view kSource = "Duran et al., BOTS, ICPP 2009; OEIS A000170";
  static constexpr std::string_view kOperation = "node";
  static constexpr std::string_view kParameter = "n";
  static constexpr std::array<NamedSize, 3> kSizes{{{"small", 8}, {"medium", 11}, {"large", 13}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = kSolutions.size();

  struct Input {
    std::int64_t n;
    std::uint64_t placements;  // by count_placements
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return Input{n, count_placements(static_cast<int>(n))};
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const Board empty{(1U << input.n) - 1};
    return count_over(worker, empty.free, empty.falling, empty.rising, empty.legal());
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  static std::uint64_t expected(const Input& input) {
    return fold(0, kSolutions[static_cast<std::size_t>(input.n - 1)]);
  }
  static std::uint64_t operations(const Input& input) { return input.placements; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::nqueens
