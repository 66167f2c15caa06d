// matmul: C += A * B by divide and conquer. Regular, coarse work: the leaf is a product of two
// blocks, some microseconds, so it shows what is left of a scheduler's cost, and of its locality,
// when the tasks are of a sensible size.
//
// Source: Frigo, Leiserson, Prokop and Ramachandran, "Cache-oblivious algorithms", FOCS 1999, their
// REC-MULT, which is also the matmul of the Cilk distribution: the longest of the three dimensions
// is halved. Halves of rows or columns of C are forked; halves of the depth write the same part of C
// and follow one another, so nothing is written twice at a time. On a square of 2^k blocks this is
// the eight-way recursion in two rounds of four products. Any side works: halves need not be equal.
//
// Operation: one product of two blocks of 32 x 32, the base kernel (matrix.hpp). n is the side; the
// matrices are padded to whole blocks, so a run makes ceil(n / 32)^3 of them. Sizes: n = 256 (512),
// 768 (13,824), 2048 (262,144). A and B are drawn from the seed: integers in [-8, 8), all sums exact.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/matrix.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::matmul {

using matrix::Grid;
using matrix::Matrix;

// c += a * b, where c has rows x columns blocks, a rows x depth, b depth x columns. Requires that
// c overlaps neither a nor b, and rows, columns, depth >= 1.
template <ForkJoinWorker W>
[[gnu::noinline]] void multiply_add(
    W worker, Grid c, Grid a, Grid b, std::int64_t rows, std::int64_t columns, std::int64_t depth) {
  if (rows == 1 && columns == 1 && depth == 1) {
    matrix::multiply_add(*c.first, *a.first, *b.first);
  } else if (rows >= columns && rows >= depth) {
    const std::int64_t half = rows / 2;
    worker.join([=](W w) { multiply_add(w, c, a, b, half, columns, depth); },
                [=](W w) {
                  multiply_add(w, c.from(half, 0), a.from(half, 0), b, rows - half, columns, depth);
                });
  } else if (columns >= depth) {
    const std::int64_t half = columns / 2;
    worker.join([=](W w) { multiply_add(w, c, a, b, rows, half, depth); },
                [=](W w) {
                  multiply_add(w, c.from(0, half), a, b.from(0, half), rows, columns - half, depth);
                });
  } else {
    const std::int64_t half = depth / 2;
    multiply_add(worker, c, a, b, rows, columns, half);
    multiply_add(worker, c, a.from(0, half), b.from(half, 0), rows, columns, depth - half);
  }
}

struct Workload {
  static constexpr std::string_view kName = "matmul";
  static constexpr std::string_view kSummary = "divide and conquer with leaves of microseconds";
  static constexpr std::string_view kSource = "Frigo, Leiserson, Prokop, Ramachandran, FOCS 1999";
  static constexpr std::string_view kOperation = "block product";
  static constexpr std::string_view kParameter = "side";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 256}, {"medium", 768}, {"large", 2048}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 14;  // 6 GiB

  struct Input {
    Matrix a;
    Matrix b;
    Matrix c;
    std::uint64_t seed;
  };
  using Answer = Unit;  // the answer is in Input::c

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const std::int64_t side = matrix::blocks_for(n);
    Input input{Matrix(side), Matrix(side), Matrix(side), seed};
    matrix::fill(input.a, n, seed, 1);
    matrix::fill(input.b, n, seed, 2);
    return input;
  }
  static void reset(Input& input) { input.c.clear(); }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const std::int64_t side = input.c.side();
    multiply_add(worker, input.c.grid(), input.a.grid(), input.b.grid(), side, side, side);
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return fold(0, matrix::weigh(input.c, input.seed));
  }
  static std::uint64_t expected(const Input& input) {
    return fold(0, matrix::weigh_product(input.a, input.b, input.seed));
  }
  static std::uint64_t operations(const Input& input) {
    const auto side = static_cast<std::uint64_t>(input.c.side());
    return side * side * side;
  }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return 3 * matrix::bytes_of(matrix::blocks_for(n));
  }
  static std::vector<Note> notes(const Input& input) {
    return {{"padded_side", input.c.rows()},
            {"multiply_adds_per_op", matrix::kBlock * matrix::kBlock * matrix::kBlock}};
  }
};

}  // namespace an::workloads::matmul
