#include "workloads/strassen.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::strassen {
namespace {

using namespace an::tests;

TEST(Strassen, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 33, 64, 65, 97, 128, 161, 256, 290}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Strassen, TheProductIsThatOfTheClassicalAlgorithm) {
  auto input = Workload::prepare(256, 5);
  answer_of<Workload>(input);
  auto classical = matmul::Workload::prepare(256, 5);
  answer_of<matmul::Workload>(classical);
  for (std::int64_t i = 0; i < 256; ++i) {
    for (std::int64_t j = 0; j < 256; ++j) {
      ASSERT_EQ(input.c.at(i, j), classical.c.at(i, j)) << i << ", " << j;
    }
  }
}

TEST(Strassen, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(100, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::int64_t i = 0; i < input.c.rows(); i += 9) {
    input.c.at(i, 3 * i % input.c.rows()) -= 1;
    ASSERT_NE(Workload::digest(input, answer), right) << i;
    input.c.at(i, 3 * i % input.c.rows()) += 1;
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

// A run in which child `dropped` of the root never runs, after a run that left the right products
// in the workspace.
TEST(Strassen, ADroppedProductIsNoticed) {
  for (std::int64_t dropped = 0; dropped < kProducts; ++dropped) {
    auto input = Workload::prepare(128, 5);
    Unit answer = answer_of<Workload>(input);
    Workload::reset(input);
    Serial serial{an::SchedulerConfig{}};
    serial.run([&](Serial::Worker worker) {
      const Node root{input.c.grid(), input.a.grid(), input.b.grid(),
                      input.c.side(), input.levels,   input.workspace.data()};
      for (std::int64_t index = 0; index < kProducts; ++index) {
        if (index != dropped) {
          multiply(worker, child_of(root, index));
        }
      }
      for (std::int64_t row = 0; row < root.half(); ++row) {
        combine_row(root, row);
      }
    });
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << dropped;
  }
}

TEST(Strassen, ARowOfSumsDroppedOrRepeatedIsNoticed) {
  auto input = Workload::prepare(128, 5);
  const Unit answer = answer_of<Workload>(input);
  const Node root{input.c.grid(), input.a.grid(), input.b.grid(),
                  input.c.side(), input.levels,   input.workspace.data()};
  combine_row(root, 1);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(Strassen, TheSideIsHalvedDownToTheCutoffAndAtMostThreeTimes) {
  EXPECT_EQ(levels_for(1), 0);
  EXPECT_EQ(levels_for(2), 0);
  EXPECT_EQ(levels_for(3), 1);  // to two blocks, padded to four
  EXPECT_EQ(levels_for(4), 1);
  EXPECT_EQ(levels_for(8), 2);
  EXPECT_EQ(levels_for(24), 3);
  EXPECT_EQ(levels_for(256), 3);
  EXPECT_EQ(padded_for(2), 2);
  EXPECT_EQ(padded_for(3), 4);
  EXPECT_EQ(padded_for(25), 32);
}

TEST(Strassen, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(256, 5);
  EXPECT_EQ(Workload::operations(input), 49U * 8);
  EXPECT_EQ(Workload::operations(Workload::prepare(50, 5)), 8U);
  EXPECT_EQ(input.workspace.size(), 13U * 16 + 7 * 13 * 4);
  EXPECT_EQ(note_of<Workload>(input, "workspace_bytes"), (13 * 16 + 7 * 13 * 4) * 8192);
  EXPECT_EQ(note_of<Workload>(input, "levels"), 2);
  EXPECT_EQ(note_of<Workload>(input, "padded_side"), 256);
  EXPECT_EQ(Workload::footprint_bytes(256), 3 * 64 * 8192 + (13 * 16 + 7 * 13 * 4) * 8192);
}

TEST(Strassen, TheSeedDecidesTheMatrices) {
  EXPECT_EQ(digest_of_size<Workload>(70, 1), digest_of_size<Workload>(70, 1));
  EXPECT_NE(digest_of_size<Workload>(70, 1), digest_of_size<Workload>(70, 2));
}

}  // namespace
}  // namespace an::workloads::strassen
