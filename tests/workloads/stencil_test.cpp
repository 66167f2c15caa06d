#include "workloads/stencil.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::stencil {
namespace {

using namespace an::tests;

TEST(Stencil, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 7, 64, 101}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

// Every cell gives five shares of itself to itself and one to each neighbour.
Field scattered(const Field& from) {
  Field to(from.n());
  for (std::int64_t i = 0; i < from.n(); ++i) {
    for (std::int64_t j = 0; j < from.n(); ++j) {
      const auto give = [&](std::int64_t row, std::int64_t column, std::uint64_t shares) {
        if (row >= 0 && row < from.n() && column >= 0 && column < from.n()) {
          to.row(row)[column] += shares * from.row(i)[j];
        }
      };
      give(i, j, 5);
      give(i - 1, j, 1);
      give(i + 1, j, 1);
      give(i, j - 1, 1);
      give(i, j + 1, 1);
    }
  }
  return to;
}

TEST(Stencil, EveryCellIsThatOfTheScatteredForm) {
  auto input = Workload::prepare(19, 5);
  Field field = input.field;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    field = scattered(field);
  }
  answer_of<Workload>(input);
  for (std::int64_t i = 0; i < 19; ++i) {
    for (std::int64_t j = 0; j < 19; ++j) {
      ASSERT_EQ(input.field.row(i)[j], field.row(i)[j]) << i << ", " << j;
    }
  }
}

TEST(Stencil, TheBinomialFormHoldsAfterEveryNumberOfSteps) {
  Field start(13);
  draw(start, 5);
  Field field = start;
  for (std::int64_t steps = 0; steps <= 20; ++steps) {
    EXPECT_EQ(weigh_after(start, steps, 9), weigh(field, 9)) << steps;
    field = scattered(field);
  }
}

TEST(Stencil, ACorruptedCellIsNoticed) {
  auto input = Workload::prepare(21, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::int64_t i = 0; i < 21; ++i) {
    for (std::int64_t j = 0; j < 21; ++j) {
      for (const int bit : {0, 63}) {
        input.field.row(i)[j] ^= std::uint64_t{1} << bit;
        ASSERT_NE(Workload::digest(input, answer), right) << i << ", " << j;
        input.field.row(i)[j] ^= std::uint64_t{1} << bit;
      }
    }
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

// Runs the steps one row after the other, all but row `row` of step `dropped`.
void run_without(Workload::Input& input, std::int64_t dropped, std::int64_t row) {
  Field* from = &input.field;
  Field* to = &input.other;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    for (std::int64_t i = 0; i < from->n(); ++i) {
      if (step != dropped || i != row) {
        update_row(*to, *from, i);
      }
    }
    std::swap(from, to);
  }
}

TEST(Stencil, ARowDroppedInAnyStepIsNoticed) {
  auto input = Workload::prepare(20, 5);
  const std::uint64_t right = Workload::expected(input);
  for (std::int64_t dropped = 0; dropped <= kSteps; ++dropped) {
    Workload::reset(input);
    run_without(input, dropped, dropped % 20);
    EXPECT_EQ(Workload::digest(input, Unit{}) == right, dropped == kSteps) << dropped;
  }
}

TEST(Stencil, TheBorderStaysZero) {
  auto input = Workload::prepare(20, 5);
  answer_of<Workload>(input);
  for (const Field* field : {&input.field, &input.other}) {
    for (std::int64_t i = -1; i <= 20; ++i) {
      EXPECT_EQ(field->row(i)[-1], 0U);
      EXPECT_EQ(field->row(i)[20], 0U);
      EXPECT_EQ(field->row(-1)[i], 0U);
      EXPECT_EQ(field->row(20)[i], 0U);
    }
  }
}

TEST(Stencil, OperationsAndBytesFollowTheSide) {
  const auto input = Workload::prepare(64, 5);
  EXPECT_EQ(Workload::operations(input), 409'600U);
  EXPECT_EQ(note_of<Workload>(input, "steps"), 100);
  EXPECT_EQ(note_of<Workload>(input, "cells_per_task"), 64);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 2 * 66 * 66 * 8);
  EXPECT_EQ(Workload::footprint_bytes(64), 2 * 66 * 66 * 8);
}

TEST(Stencil, TheSeedDecidesTheStart) {
  EXPECT_EQ(digest_of_size<Workload>(20, 1), digest_of_size<Workload>(20, 1));
  EXPECT_NE(digest_of_size<Workload>(20, 1), digest_of_size<Workload>(20, 2));
}

}  // namespace
}  // namespace an::workloads::stencil
