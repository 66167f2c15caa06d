#include "workloads/matmul.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::matmul {
namespace {

using namespace an::tests;

TEST(Matmul, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 31, 32, 33, 65, 100, 128, 161}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Matmul, EveryElementIsTheSumOfItsProducts) {
  auto input = Workload::prepare(75, 5);
  answer_of<Workload>(input);
  for (std::int64_t i = 0; i < 75; ++i) {
    for (std::int64_t j = 0; j < 75; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < 75; ++k) {
        sum += input.a.at(i, k) * input.b.at(k, j);
      }
      ASSERT_EQ(input.c.at(i, j), sum) << i << ", " << j;
    }
  }
}

TEST(Matmul, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(75, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::int64_t i = 0; i < input.c.rows(); i += 5) {
    for (std::int64_t j = 0; j < input.c.rows(); j += 5) {
      input.c.at(i, j) += 1;
      ASSERT_NE(Workload::digest(input, answer), right) << i << ", " << j;
      input.c.at(i, j) -= 1;
    }
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

TEST(Matmul, ABlockProductDroppedOrRepeatedIsNoticed) {
  for (const double sign : {-1.0, 1.0}) {
    auto input = Workload::prepare(75, 5);
    const Unit answer = answer_of<Workload>(input);
    matrix::Block a = input.a.block(1, 2);
    for (double& value : a.values) {
      value *= sign;
    }
    matrix::multiply_add(input.c.block(1, 0), a, input.b.block(2, 0));
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << sign;
  }
}

TEST(Matmul, ASecondRunWithoutResetIsNoticed) {
  auto input = Workload::prepare(40, 5);
  answer_of<Workload>(input);
  const Unit twice = answer_of<Workload>(input);
  EXPECT_NE(Workload::digest(input, twice), Workload::expected(input));
}

TEST(Matmul, OperationsAndBytesFollowThePaddedSide) {
  const auto input = Workload::prepare(65, 5);
  EXPECT_EQ(Workload::operations(input), 27U);
  EXPECT_EQ(note_of<Workload>(input, "padded_side"), 96);
  EXPECT_EQ(note_of<Workload>(input, "multiply_adds_per_op"), 32'768);
  EXPECT_EQ(Workload::footprint_bytes(65), 3 * 96 * 96 * 8);
  EXPECT_EQ(Workload::operations(Workload::prepare(128, 5)), 64U);
}

TEST(Matmul, TheSeedDecidesTheMatrices) {
  EXPECT_EQ(digest_of_size<Workload>(33, 1), digest_of_size<Workload>(33, 1));
  EXPECT_NE(digest_of_size<Workload>(33, 1), digest_of_size<Workload>(33, 2));
}

}  // namespace
}  // namespace an::workloads::matmul
