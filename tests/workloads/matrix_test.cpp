#include "workloads/matrix.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace an::workloads::matrix {
namespace {

// a * b as the definition says, element by element.
Matrix product_of(const Matrix& a, const Matrix& b) {
  Matrix c(a.side());
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    for (std::int64_t j = 0; j < a.rows(); ++j) {
      for (std::int64_t k = 0; k < a.rows(); ++k) {
        c.at(i, j) += a.at(i, k) * b.at(k, j);
      }
    }
  }
  return c;
}

TEST(Matrix, TheKernelAddsTheProductOfTwoBlocks) {
  Matrix a(1);
  Matrix b(1);
  Matrix c(1);
  fill(a, kBlock, 7, 1);
  fill(b, kBlock, 7, 2);
  fill(c, kBlock, 7, 3);
  const Matrix product = product_of(a, b);
  Matrix sum = c;
  multiply_add(sum.block(0, 0), a.block(0, 0), b.block(0, 0));
  for (std::int64_t i = 0; i < kBlock; ++i) {
    for (std::int64_t j = 0; j < kBlock; ++j) {
      ASSERT_EQ(sum.at(i, j), c.at(i, j) + product.at(i, j)) << i << ", " << j;
    }
  }
}

TEST(Matrix, TheWeightOfAProductNeedsNoProduct) {
  for (const std::int64_t n : {1, 31, 32, 33, 70}) {
    Matrix a(blocks_for(n));
    Matrix b(blocks_for(n));
    fill(a, n, 7, 1);
    fill(b, n, 7, 2);
    EXPECT_EQ(weigh(product_of(a, b), 9), weigh_product(a, b, 9)) << n;
    EXPECT_NE(weigh(product_of(b, a), 9), weigh_product(a, b, 8)) << n;
  }
}

TEST(Matrix, OneWrongElementIsNoticedWhereverItStands) {
  Matrix c(2);
  fill(c, 50, 7, 1);
  const std::uint64_t right = weigh(c, 9);
  for (std::int64_t i = 0; i < c.rows(); ++i) {
    for (std::int64_t j = 0; j < c.rows(); j += 3) {
      const double element = c.at(i, j);
      for (const double wrong : {element + 1, element - 0.5, element + 0x1p40, 0x1p80,
                                 std::numeric_limits<double>::quiet_NaN()}) {
        c.at(i, j) = wrong;
        ASSERT_NE(weigh(c, 9), right) << i << ", " << j << ": " << wrong;
      }
      c.at(i, j) = element;
    }
  }
  EXPECT_EQ(weigh(c, 9), right);
}

TEST(Matrix, SwappedRowsOrColumnsAreNoticed) {
  Matrix c(1);
  fill(c, kBlock, 7, 1);
  Matrix rows = c;
  Matrix columns = c;
  for (std::int64_t i = 0; i < kBlock; ++i) {
    std::swap(rows.at(3, i), rows.at(19, i));
    std::swap(columns.at(i, 3), columns.at(i, 19));
  }
  EXPECT_NE(weigh(rows, 9), weigh(c, 9));
  EXPECT_NE(weigh(columns, 9), weigh(c, 9));
}

TEST(Matrix, FillLeavesThePaddingZero) {
  Matrix a(2);
  fill(a, 33, 7, 1);
  double largest = 0;
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    for (std::int64_t j = 0; j < a.rows(); ++j) {
      if (i >= 33 || j >= 33) {
        ASSERT_EQ(a.at(i, j), 0);
      }
      largest = std::max(largest, std::abs(a.at(i, j)));
    }
  }
  EXPECT_EQ(largest, 8);
}

TEST(Matrix, AGridSeesTheBlocksOfItsMatrix) {
  Matrix a(3);
  EXPECT_EQ(a.rows(), 96);
  a.at(2 * kBlock + 5, kBlock + 6) = 4;
  EXPECT_EQ(a.grid().at(2, 1).at(5, 6), 4);
  EXPECT_EQ(a.grid().from(1, 1).at(1, 0).at(5, 6), 4);
  a.clear();
  EXPECT_EQ(a.grid().at(2, 1).at(5, 6), 0);
  EXPECT_EQ(blocks_for(1), 1);
  EXPECT_EQ(blocks_for(32), 1);
  EXPECT_EQ(blocks_for(33), 2);
  EXPECT_EQ(bytes_of(3), 9 * 8192);
}

}  // namespace
}  // namespace an::workloads::matrix
