#include "workloads/for_range.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"
#include "workloads/checksum.hpp"

namespace an::workloads::for_range {
namespace {

using namespace an::tests;

TEST(ForRange, AnswersAreRightAndRepeat) {
  for (const std::int64_t grain : {1, 3, 16, 1100, 65536}) {
    auto input = Workload::prepare(grain, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << grain;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << grain;
  }
}

TEST(ForRange, TheClosedFormIsThatOfTheGenerator) {
  // By pencil and paper: x -> 2x + 1 doubles x + 1, here eight times.
  EXPECT_EQ(advance(2, 2, 1), 3U * 256 - 1);
  Input input{1, 2, 1, {0, 0, 0}};
  Checksum checksum;
  for (std::uint64_t i = 0; i < 3; ++i) {
    checksum.add(mark_of(advance(i, 2, 1)));
  }
  EXPECT_EQ(expected_digest(input), fold(0, checksum.value()));
}

TEST(ForRange, ADroppedOrRepeatedIterationIsNoticed) {
  auto input = Workload::prepare(1, 3);
  const Unit answer = answer_of<Workload>(input);
  const std::size_t last = input.marks.size() - 1;
  for (const std::size_t i : {std::size_t{0}, std::size_t{4711}, last}) {
    const std::uint8_t right = input.marks[i];
    input.marks[i] = 0;
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    input.marks[i] = static_cast<std::uint8_t>(2 * right);
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    input.marks[i] = right;
  }
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(ForRange, ARunWithoutResetIsNoticed) {
  auto input = Workload::prepare(16, 3);
  answer_of<Workload>(input);
  EXPECT_NE(Workload::digest(input, answer_of<Workload>(input)), Workload::expected(input));
}

TEST(ForRange, TheGrainBoundsTheLeavesAndTheIterations) {
  EXPECT_EQ(iterations_for(1), 65'536);
  EXPECT_EQ(iterations_for(16), 1 << 20);
  EXPECT_EQ(iterations_for(64), 1 << 22);
  EXPECT_EQ(iterations_for(65'536), 1 << 22);
  EXPECT_EQ(iterations_for(Workload::kMax), 1 << 22);
  const auto input = Workload::prepare(16, 3);
  EXPECT_EQ(note_of<Workload>(input, "iterations"), 1 << 20);
  EXPECT_EQ(Workload::operations(input), 1U << 20);
  EXPECT_EQ(Workload::footprint_bytes(16), static_cast<std::int64_t>(input.marks.capacity()));
}

TEST(ForRange, TheSeedDecidesTheBody) {
  EXPECT_EQ(digest_of_size<Workload>(1, 1), digest_of_size<Workload>(1, 1));
  EXPECT_NE(digest_of_size<Workload>(1, 1), digest_of_size<Workload>(1, 2));
}

}  // namespace
}  // namespace an::workloads::for_range
