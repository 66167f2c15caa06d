// cholesky: A = L * L^T by blocks, right-looking. A task graph in waves: each of the m steps factors
// one block, then solves a column of them, then updates the triangle that is left. The waves shrink
// from m^2 / 2 tasks to one, with two joins a step: it shows what barriers cost when work runs out.
//
// Source: the tile algorithm of Buttari, Langou, Kurzak and Dongarra, "A class of parallel tiled
// linear algebra algorithms for multicore architectures", Parallel Computing 35, 2009 (PLASMA), in
// its fork-join form. A block is written once per step, so its updates always come in one order.
//
// The answer is known before the problem: L is drawn from the seed, in integers with a diagonal of
// 1 .. 8, and A is formed from it. Then every square root, quotient and sum of the run is an integer
// too and exact, and L must come back bit by bit: no tolerance. (Rounding errors would be those of a
// badly conditioned matrix; there are none.)
//
// Operation: one task on a block of 32 x 32: a factorisation, a solution or an update. n is the
// side, padded to whole blocks with a unit diagonal: with m = ceil(n / 32) there are m
// factorisations, m (m - 1) / 2 solutions and (m^3 - m) / 6 updates. Sizes: n = 256 (120 tasks),
// 1024 (5,984), 3072 (152,096).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/matrix.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::cholesky {

using matrix::Block;
using matrix::Matrix;

// The three tasks. Of a block on the diagonal they read and define the lower triangle only.

// l = the Cholesky factor of l. A step's first task.
void factor(Block& l);
// x = x * inverse(l^T), l lower triangular.
void solve(Block& x, const Block& l);
// c -= a * b^T.
void update(Block& c, const Block& a, const Block& b);

// The first n rows of L, then rows of the unit matrix. Blocks above the diagonal are zero.
Matrix draw_factor(std::int64_t n, std::uint64_t seed);

// l * l^T: the blocks on and below the diagonal. Costs as much as one run.
Matrix square_of(const Matrix& l);

// The weighted sum (weights.hpp) of the lower triangle of l.
std::uint64_t weigh_lower(const Matrix& l, std::uint64_t seed);

struct Workload {
  static constexpr std::string_view kName = "cholesky";
  static constexpr std::string_view kSummary = "shrinking waves of block tasks between joins";
  static constexpr std::string_view kSource = "Buttari et al., Parallel Computing 35, 2009";
  static constexpr std::string_view kOperation = "block task";
  static constexpr std::string_view kParameter = "side";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 256}, {"medium", 1024}, {"large", 3072}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 14;  // 4 GiB

  struct Input {
    Matrix a;
    Matrix l;  // a at first; the run works in place
    std::int64_t n;
    std::uint64_t seed;
  };
  using Answer = Unit;  // the answer is in Input::l

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    Matrix a = square_of(draw_factor(n, seed));
    return Input{a, a, n, seed};
  }
  static void reset(Input& input) { input.l = input.a; }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    Matrix& l = input.l;
    const std::int64_t side = l.side();
    for (std::int64_t k = 0; k < side; ++k) {
      factor(l.block(k, k));
      an::for_range(worker, k + 1, side, 1,
                    [&l, k](W /*worker*/, std::int64_t i) { solve(l.block(i, k), l.block(k, k)); });
      an::for_range(worker, k + 1, side, 1, [&l, k](W w, std::int64_t i) {
        an::for_range(w, k + 1, i + 1, 1, [&l, k, i](W /*worker*/, std::int64_t j) {
          update(l.block(i, j), l.block(i, k), l.block(j, k));
        });
      });
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return fold(0, weigh_lower(input.l, input.seed));
  }
  static std::uint64_t expected(const Input& input) {
    return fold(0, weigh_lower(draw_factor(input.n, input.seed), input.seed));
  }
  static std::uint64_t operations(const Input& input) {
    const auto side = static_cast<std::uint64_t>(input.l.side());
    return side + side * (side - 1) / 2 + (side * side * side - side) / 6;
  }
  // The matrix and what becomes of it; L itself lives only while A is formed.
  static std::int64_t footprint_bytes(std::int64_t n) {
    return 2 * matrix::bytes_of(matrix::blocks_for(n));
  }
  static std::vector<Note> notes(const Input& input) {
    return {{"padded_side", input.l.rows()}, {"steps", input.l.side()}};
  }
};

}  // namespace an::workloads::cholesky
