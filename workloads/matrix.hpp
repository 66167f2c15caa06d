// Square matrices of doubles in blocks of 32 x 32, each block contiguous (8 KiB), for matmul,
// strassen and cholesky: the one base kernel, and the checks of a product.
//
// The layout keeps a block in as many cache sets as it has lines, whatever the side; in rows of
// 8 KiB all lines of a column of blocks would fall into the same few sets. A matrix of any side n is
// padded with zeros to whole blocks.
//
// All values are integers small enough that every sum and product is exact, so that the result
// depends on no order. Matrix and Grid are thread-compatible: tasks may write different blocks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/cache_line.hpp"

namespace an::workloads::matrix {

inline constexpr std::int64_t kBlock = 32;  // three blocks fit into 32 KiB of level-1 cache

struct Block {
  alignas(kCacheLine) std::array<double, kBlock * kBlock> values;  // row by row

  double& at(std::int64_t row, std::int64_t column) {
    return values[static_cast<std::size_t>(row * kBlock + column)];
  }
  double at(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * kBlock + column)];
  }
};
static_assert(sizeof(Block) == 8192);

// A window on a matrix; a reference, not a copy. Distances are in blocks.
struct Grid {
  Block* first;
  std::int64_t stride;  // from one row of blocks to the next

  Block& at(std::int64_t row, std::int64_t column) const { return first[row * stride + column]; }
  Grid from(std::int64_t row, std::int64_t column) const { return {&at(row, column), stride}; }
};

// The number of blocks that cover n rows.
constexpr std::int64_t blocks_for(std::int64_t n) {
  return (n + kBlock - 1) / kBlock;
}

class Matrix {
 public:
  // All zeros. side is in blocks.
  explicit Matrix(std::int64_t side)
      : side_(side), blocks_(static_cast<std::size_t>(side * side)) {}

  std::int64_t side() const { return side_; }           // in blocks
  std::int64_t rows() const { return side_ * kBlock; }  // in elements, padding included
  Grid grid() { return {blocks_.data(), side_}; }
  std::vector<Block>& blocks() { return blocks_; }

  Block& block(std::int64_t row, std::int64_t column) {
    return blocks_[static_cast<std::size_t>(row * side_ + column)];
  }
  const Block& block(std::int64_t row, std::int64_t column) const {
    return blocks_[static_cast<std::size_t>(row * side_ + column)];
  }
  double& at(std::int64_t row, std::int64_t column) {
    return block(row / kBlock, column / kBlock).at(row % kBlock, column % kBlock);
  }
  double at(std::int64_t row, std::int64_t column) const {
    return block(row / kBlock, column / kBlock).at(row % kBlock, column % kBlock);
  }
  void clear();

 private:
  std::int64_t side_;
  std::vector<Block> blocks_;
};

// What a matrix of `side` blocks occupies.
constexpr std::int64_t bytes_of(std::int64_t side) {
  return side * side * static_cast<std::int64_t>(sizeof(Block));
}

// c += a * b: 32,768 multiplications, as many additions. The blocks are different ones.
void multiply_add(Block& c, const Block& a, const Block& b);

// Draws the first n rows and columns from [-8, 8), row by row; the padding stays as it is.
void fill(Matrix& matrix, std::int64_t n, std::uint64_t seed, std::uint64_t stream);

// The weighted sum (weights.hpp) of all elements of c, padding included. O(n^2).
std::uint64_t weigh(const Matrix& c, std::uint64_t seed);

// weigh(a * b, seed), from two products of a matrix and a vector. Requires equal sides. O(n^2).
std::uint64_t weigh_product(const Matrix& a, const Matrix& b, std::uint64_t seed);

}  // namespace an::workloads::matrix
