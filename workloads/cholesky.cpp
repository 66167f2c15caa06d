#include "workloads/cholesky.hpp"

#include <cmath>
#include <cstddef>

#include "core/base/rng.hpp"
#include "workloads/weights.hpp"

namespace an::workloads::cholesky {

namespace {

using matrix::kBlock;
constexpr std::uint64_t kFactor = 201;  // streams of the seed
constexpr std::uint64_t kRowWeights = 202;
constexpr std::uint64_t kColumnWeights = 203;

// to = sign * from^T.
void transpose(Block& to, const Block& from, double sign) {
  for (std::int64_t i = 0; i < kBlock; ++i) {
    for (std::int64_t j = 0; j < kBlock; ++j) {
      to.at(i, j) = sign * from.at(j, i);
    }
  }
}

}  // namespace

void factor(Block& l) {
  std::array<double, kBlock> column;
  for (std::int64_t j = 0; j < kBlock; ++j) {
    const double root = std::sqrt(l.at(j, j));
    l.at(j, j) = root;
    for (std::int64_t i = j + 1; i < kBlock; ++i) {
      l.at(i, j) /= root;
      column[static_cast<std::size_t>(i)] = l.at(i, j);
    }
    for (std::int64_t i = j + 1; i < kBlock; ++i) {
      const double factor = column[static_cast<std::size_t>(i)];
      for (std::int64_t k = j + 1; k <= i; ++k) {
        l.at(i, k) -= factor * column[static_cast<std::size_t>(k)];
      }
    }
  }
}

// Forward substitution on the transpose: rows of 32 that a vector unit can take.
void solve(Block& x, const Block& l) {
  Block turned;
  transpose(turned, x, 1);
  std::array<double, kBlock> row;
  for (std::int64_t j = 0; j < kBlock; ++j) {
    for (std::int64_t i = 0; i < kBlock; ++i) {
      row[static_cast<std::size_t>(i)] = turned.at(j, i);
    }
    for (std::int64_t k = 0; k < j; ++k) {
      const double factor = l.at(j, k);
      for (std::int64_t i = 0; i < kBlock; ++i) {
        row[static_cast<std::size_t>(i)] -= factor * turned.at(k, i);
      }
    }
    for (std::int64_t i = 0; i < kBlock; ++i) {
      turned.at(j, i) = row[static_cast<std::size_t>(i)] / l.at(j, j);
    }
  }
  transpose(x, turned, 1);
}

void update(Block& c, const Block& a, const Block& b) {
  Block turned;
  transpose(turned, b, -1);
  matrix::multiply_add(c, a, turned);
}

Matrix draw_factor(std::int64_t n, std::uint64_t seed) {
  Matrix l(matrix::blocks_for(n));
  Rng rng = Rng::stream(seed, kFactor);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      l.at(i, j) = static_cast<double>(rng.below(16)) - 8;
    }
    l.at(i, i) = 1 + static_cast<double>(rng.below(8));
  }
  for (std::int64_t i = n; i < l.rows(); ++i) {
    l.at(i, i) = 1;
  }
  return l;
}

Matrix square_of(const Matrix& l) {
  Matrix square(l.side());
  Block turned;
  for (std::int64_t j = 0; j < l.side(); ++j) {
    for (std::int64_t k = 0; k <= j; ++k) {
      transpose(turned, l.block(j, k), 1);
      for (std::int64_t i = j; i < l.side(); ++i) {
        matrix::multiply_add(square.block(i, j), l.block(i, k), turned);
      }
    }
  }
  return square;
}

std::uint64_t weigh_lower(const Matrix& l, std::uint64_t seed) {
  const std::vector<std::uint64_t> rows = odd_weights(l.rows(), seed, kRowWeights);
  const std::vector<std::uint64_t> columns = odd_weights(l.rows(), seed, kColumnWeights);
  std::uint64_t total = 0;
  for (std::int64_t i = 0; i < l.rows(); ++i) {
    std::uint64_t sum = 0;
    for (std::int64_t j = 0; j <= i; ++j) {
      sum += integer_of(l.at(i, j)) * columns[static_cast<std::size_t>(j)];
    }
    total += sum * rows[static_cast<std::size_t>(i)];
  }
  return total;
}

}  // namespace an::workloads::cholesky
