// strassen: C = A * B with seven products of half the side instead of eight. A tree of fan-out seven
// with memory: every node adds whole matrices before and after its products, so it mixes coarse
// leaves with streams over temporary matrices, and its parallel parts differ in length.
//
// Source: Strassen, "Gaussian elimination is not optimal", Numerische Mathematik 13, 1969; the
// strassen of the Cilk and BOTS suites. The seven products are forked, then the rows of the sum of
// products. Four products are formed in the quadrants of C where they belong anyway, so a node needs
// thirteen temporary matrices of half its side: ten sums and three products. All of them lie in one
// workspace made by prepare; a run allocates nothing. Below the last level the product is that of
// matmul.hpp, forks included.
//
// Cutoff: the side is halved while that leaves 64 or more (kCutoff blocks), at most three times
// (kLevels; the workspace then is 19 times the matrix, and would grow by 7/4 a level). The matrices
// are padded with zeros to a multiple of 32 * 2^levels.
//
// Operation: one product of two blocks of 32 x 32, as in matmul, whose sizes it has: n = 256 (392
// products instead of 512), 768 (9,261 instead of 13,824), 2048 (175,616 instead of 262,144). A and
// B are drawn from the seed: integers in [-8, 8), so all sums are exact and the check is matmul's.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/matmul.hpp"
#include "workloads/matrix.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::strassen {

using matrix::Block;
using matrix::Grid;
using matrix::Matrix;

inline constexpr std::int64_t kCutoff = 2;  // blocks
inline constexpr int kLevels = 3;

// A factor of a product: a quadrant, or the sum or difference of two, formed in temporary `slot`.
// Quadrants: 0 and 1 above, 2 and 3 below.
struct Factor {
  int first;
  int second = -1;  // none
  double sign = 0;
  int slot = -1;
};

// One of the seven products, and where it goes: quadrant of C, or a temporary.
struct Product {
  Factor a;
  Factor b;
  int quadrant;   // of C; -1 = none
  int temporary;  // if no quadrant
};

inline constexpr std::int64_t kProducts = 7;
inline constexpr std::int64_t kTemporaries = 13;
inline constexpr std::array<Product, kProducts> kTable{{
    {{0, 3, +1, 0}, {0, 3, +1, 1}, -1, 10},  // M1 = (A11 + A22) (B11 + B22)
    {{2, 3, +1, 2}, {0}, 2, -1},             // M2 = (A21 + A22) B11, in C21
    {{0}, {1, 3, -1, 3}, 1, -1},             // M3 = A11 (B12 - B22), in C12
    {{3}, {2, 0, -1, 4}, -1, 11},            // M4 = A22 (B21 - B11)
    {{0, 1, +1, 5}, {3}, -1, 12},            // M5 = (A11 + A12) B22
    {{2, 0, -1, 6}, {0, 1, +1, 7}, 3, -1},   // M6 = (A21 - A11) (B11 + B12), in C22
    {{1, 3, -1, 8}, {2, 3, +1, 9}, 0, -1},   // M7 = (A12 - A22) (B21 + B22), in C11
}};

// How often a matrix of `blocks` blocks a side is halved.
constexpr int levels_for(std::int64_t blocks) {
  int levels = 0;
  while (levels < kLevels && (blocks + (2 << levels) - 1) / (2 << levels) >= kCutoff) {
    ++levels;
  }
  return levels;
}

// `blocks`, rounded up to what can be halved levels_for(blocks) times.
constexpr std::int64_t padded_for(std::int64_t blocks) {
  const std::int64_t unit = std::int64_t{1} << levels_for(blocks);
  return (blocks + unit - 1) / unit * unit;
}

// Blocks of workspace below a product of `side` blocks a side, halved `levels` times.
constexpr std::int64_t workspace_for(std::int64_t side, int levels) {
  if (levels == 0) {
    return 0;
  }
  const std::int64_t half = side / 2;
  return kTemporaries * half * half + kProducts * workspace_for(half, levels - 1);
}

// A product c = a * b of `side` blocks a side, to be halved `levels` times more. `workspace` holds
// the temporaries, then the workspaces of the seven products.
struct Node {
  Grid c;
  Grid a;
  Grid b;
  std::int64_t side;
  int levels;
  Block* workspace;

  std::int64_t half() const { return side / 2; }
  Grid temporary(int slot) const { return {workspace + slot * half() * half(), half()}; }
  Grid quadrant(Grid grid, int quadrant) const {
    return grid.from(quadrant / 2 * half(), quadrant % 2 * half());
  }
};

// Node number `index` below `node`, its factors formed.
Node child_of(const Node& node, std::int64_t index);

// c = 0.
void clear(Grid c, std::int64_t side);

// Adds the products to one row of blocks of the upper half of C, and of the lower half:
//   C11 = M7 + M1 + M4 - M5    C12 = M3 + M5
//   C21 = M2 + M4              C22 = M6 + M1 - M2 + M3
void combine_row(const Node& node, std::int64_t row);

template <ForkJoinWorker W>
[[gnu::noinline]] void multiply(W worker, const Node& node) {
  if (node.levels == 0) {
    clear(node.c, node.side);
    matmul::multiply_add(worker, node.c, node.a, node.b, node.side, node.side, node.side);
    return;
  }
  an::for_range(worker, 0, kProducts, 1,
                [&node](W w, std::int64_t index) { multiply(w, child_of(node, index)); });
  an::for_range(worker, 0, node.half(), 1,
                [&node](W /*worker*/, std::int64_t row) { combine_row(node, row); });
}

struct Workload {
  static constexpr std::string_view kName = "strassen";
  static constexpr std::string_view kSummary = "seven-way forks around sums of whole matrices";
  static constexpr std::string_view kSource = "Strassen, Numerische Mathematik 13, 1969; BOTS";
  static constexpr std::string_view kOperation = "block product";
  static constexpr std::string_view kParameter = "side";
  static constexpr std::array<NamedSize, 3> kSizes = matmul::Workload::kSizes;
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 13;  // 11 GiB

  struct Input {
    Matrix a;
    Matrix b;
    Matrix c;
    std::vector<Block> workspace;
    int levels;
    std::uint64_t seed;
  };
  using Answer = Unit;  // the answer is in Input::c

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const std::int64_t blocks = matrix::blocks_for(n);
    const std::int64_t side = padded_for(blocks);
    const int levels = levels_for(blocks);
    const auto workspace = static_cast<std::size_t>(workspace_for(side, levels));
    Input input{Matrix(side), Matrix(side), Matrix(side), std::vector<Block>(workspace),
                levels,       seed};
    matrix::fill(input.a, n, seed, 1);
    matrix::fill(input.b, n, seed, 2);
    reset(input);
    return input;
  }
  // Spoils every block of the workspace too: a product that does not run may not find the right
  // answer there from the run before.
  static void reset(Input& input);

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    multiply(worker, Node{input.c.grid(), input.a.grid(), input.b.grid(), input.c.side(),
                          input.levels, input.workspace.data()});
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return fold(0, matrix::weigh(input.c, input.seed));
  }
  static std::uint64_t expected(const Input& input) {
    return fold(0, matrix::weigh_product(input.a, input.b, input.seed));
  }
  static std::uint64_t operations(const Input& input) {
    std::uint64_t leaves = 1;
    for (int level = 0; level < input.levels; ++level) {
      leaves *= kProducts;
    }
    const auto side = static_cast<std::uint64_t>(input.c.side() >> input.levels);
    return leaves * side * side * side;
  }
  static std::int64_t footprint_bytes(std::int64_t n) {
    const std::int64_t blocks = matrix::blocks_for(n);
    const std::int64_t side = padded_for(blocks);
    return 3 * matrix::bytes_of(side) +
           workspace_for(side, levels_for(blocks)) * static_cast<std::int64_t>(sizeof(Block));
  }
  static std::vector<Note> notes(const Input& input) {
    return {{"padded_side", input.c.rows()},
            {"levels", input.levels},
            {"workspace_bytes", static_cast<std::int64_t>(input.workspace.size() * sizeof(Block))}};
  }
};

}  // namespace an::workloads::strassen
