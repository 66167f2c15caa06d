#include "workloads/matrix.hpp"

#include <cstddef>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"
#include "workloads/weights.hpp"

namespace an::workloads::matrix {

namespace {

constexpr std::uint64_t kRowWeights = 101;  // streams of the seed
constexpr std::uint64_t kColumnWeights = 102;

// Four doubles in one register; may alias the doubles of a block.
using Lanes [[gnu::vector_size(32), gnu::may_alias]] = double;
constexpr std::int64_t kLanes = 4;
constexpr std::int64_t kTileRows = 4;  // 4 x 8 sums stay in eight of the sixteen registers

Lanes& lanes_at(Block& block, std::int64_t row, std::int64_t column) {
  return *reinterpret_cast<Lanes*>(&block.at(row, column));
}
const Lanes& lanes_at(const Block& block, std::int64_t row, std::int64_t column) {
  return *reinterpret_cast<const Lanes*>(block.values.data() + row * kBlock + column);
}

// Rows [row, row + 4) and columns [column, column + 8) of c += a * b.
void multiply_add_tile(
    Block& c, const Block& a, const Block& b, std::int64_t row, std::int64_t column) {
  Lanes left[kTileRows];
  Lanes right[kTileRows];
  for (std::int64_t i = 0; i < kTileRows; ++i) {
    left[i] = lanes_at(c, row + i, column);
    right[i] = lanes_at(c, row + i, column + kLanes);
  }
  for (std::int64_t k = 0; k < kBlock; ++k) {
    const Lanes b_left = lanes_at(b, k, column);
    const Lanes b_right = lanes_at(b, k, column + kLanes);
#pragma GCC unroll 4
    for (std::int64_t i = 0; i < kTileRows; ++i) {
      const double factor = a.at(row + i, k);
      left[i] += factor * b_left;
      right[i] += factor * b_right;
    }
  }
  for (std::int64_t i = 0; i < kTileRows; ++i) {
    lanes_at(c, row + i, column) = left[i];
    lanes_at(c, row + i, column + kLanes) = right[i];
  }
}

// The products of every row of `matrix` with the vector.
std::vector<std::uint64_t> times(const Matrix& matrix, const std::vector<std::uint64_t>& vector) {
  std::vector<std::uint64_t> product(vector.size());
  for (std::int64_t i = 0; i < matrix.rows(); ++i) {
    std::uint64_t sum = 0;
    for (std::int64_t j = 0; j < matrix.rows(); ++j) {
      sum += integer_of(matrix.at(i, j)) * vector[static_cast<std::size_t>(j)];
    }
    product[static_cast<std::size_t>(i)] = sum;
  }
  return product;
}

}  // namespace

void Matrix::clear() {
  for (Block& block : blocks_) {
    block.values.fill(0);
  }
}

void multiply_add(Block& c, const Block& a, const Block& b) {
  for (std::int64_t row = 0; row < kBlock; row += kTileRows) {
    for (std::int64_t column = 0; column < kBlock; column += 2 * kLanes) {
      multiply_add_tile(c, a, b, row, column);
    }
  }
}

void fill(Matrix& matrix, std::int64_t n, std::uint64_t seed, std::uint64_t stream) {
  AN_ASSERT(n <= matrix.rows());
  Rng rng = Rng::stream(seed, stream);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      matrix.at(i, j) = static_cast<double>(rng.below(16)) - 8;
    }
  }
}

std::uint64_t weigh(const Matrix& c, std::uint64_t seed) {
  return dot(odd_weights(c.rows(), seed, kRowWeights),
             times(c, odd_weights(c.rows(), seed, kColumnWeights)));
}

std::uint64_t weigh_product(const Matrix& a, const Matrix& b, std::uint64_t seed) {
  AN_ASSERT(a.side() == b.side());
  const std::vector<std::uint64_t> columns = odd_weights(b.rows(), seed, kColumnWeights);
  return dot(odd_weights(a.rows(), seed, kRowWeights), times(a, times(b, columns)));
}

}  // namespace an::workloads::matrix
