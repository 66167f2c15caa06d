#include "workloads/cholesky.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::cholesky {
namespace {

using namespace an::tests;

TEST(Cholesky, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 31, 32, 33, 100, 161, 256}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

// The textbook algorithm, element by element, on the matrix the workload is given.
TEST(Cholesky, TheFactorIsThatOfTheTextbook) {
  auto input = Workload::prepare(75, 5);
  answer_of<Workload>(input);
  Matrix l = input.a;
  for (std::int64_t i = 0; i < l.rows(); ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double sum = l.at(i, j);
      for (std::int64_t k = 0; k < j; ++k) {
        sum -= l.at(i, k) * l.at(j, k);
      }
      l.at(i, j) = i == j ? std::sqrt(sum) : sum / l.at(j, j);
      ASSERT_EQ(input.l.at(i, j), l.at(i, j)) << i << ", " << j;
    }
  }
}

TEST(Cholesky, TheMatrixIsTheSquareOfTheFactor) {
  const auto input = Workload::prepare(75, 5);
  const Matrix l = draw_factor(75, 5);
  for (std::int64_t i = 0; i < l.rows(); ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k <= j; ++k) {
        sum += l.at(i, k) * l.at(j, k);
      }
      ASSERT_EQ(input.a.at(i, j), sum) << i << ", " << j;
    }
  }
}

TEST(Cholesky, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(75, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::int64_t i = 0; i < input.l.rows(); i += 5) {
    for (std::int64_t j = 0; j <= i; j += 5) {
      const double element = input.l.at(i, j);
      input.l.at(i, j) = std::nextafter(element, 100.0);
      ASSERT_NE(Workload::digest(input, answer), right) << i << ", " << j;
      input.l.at(i, j) = element;
    }
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

// The tasks of a run in the right order, all but number `dropped`.
void run_without(Matrix& l, std::uint64_t dropped) {
  std::uint64_t task = 0;
  const auto is_due = [&task, dropped] { return task++ != dropped; };
  for (std::int64_t k = 0; k < l.side(); ++k) {
    if (is_due()) {
      factor(l.block(k, k));
    }
    for (std::int64_t i = k + 1; i < l.side(); ++i) {
      if (is_due()) {
        solve(l.block(i, k), l.block(k, k));
      }
    }
    for (std::int64_t i = k + 1; i < l.side(); ++i) {
      for (std::int64_t j = k + 1; j <= i; ++j) {
        if (is_due()) {
          update(l.block(i, j), l.block(i, k), l.block(j, k));
        }
      }
    }
  }
}

TEST(Cholesky, EveryTaskDroppedIsNoticed) {
  auto input = Workload::prepare(128, 5);
  const std::uint64_t right = Workload::expected(input);
  const std::uint64_t tasks = Workload::operations(input);
  ASSERT_EQ(tasks, 20U);
  for (std::uint64_t dropped = 0; dropped <= tasks; ++dropped) {
    Workload::reset(input);
    run_without(input.l, dropped);
    EXPECT_EQ(Workload::digest(input, Unit{}) == right, dropped == tasks) << dropped;
  }
}

TEST(Cholesky, OperationsAndBytesFollowThePaddedSide) {
  const auto input = Workload::prepare(65, 5);
  EXPECT_EQ(Workload::operations(input), 3U + 3 + 4);
  EXPECT_EQ(note_of<Workload>(input, "padded_side"), 96);
  EXPECT_EQ(note_of<Workload>(input, "steps"), 3);
  EXPECT_EQ(Workload::footprint_bytes(65), 2 * 96 * 96 * 8);
  EXPECT_EQ(Workload::operations(Workload::prepare(256, 5)), 120U);
}

TEST(Cholesky, TheSeedDecidesTheFactor) {
  EXPECT_EQ(digest_of_size<Workload>(33, 1), digest_of_size<Workload>(33, 1));
  EXPECT_NE(digest_of_size<Workload>(33, 1), digest_of_size<Workload>(33, 2));
}

}  // namespace
}  // namespace an::workloads::cholesky
