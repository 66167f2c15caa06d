#include "workloads/lattice_clone.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::lattice_clone {
namespace {

using namespace an::tests;

TEST(LatticeClone, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 64, 1100}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(LatticeClone, EveryCloneIsItsOriginalInMemoryOfItsOwn) {
  auto input = Workload::prepare(7, 5);
  answer_of<Workload>(input);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(input.clones[i], input.originals[i]) << i;
    EXPECT_NE(input.clones[i].data(), input.originals[i].data()) << i;
  }
}

TEST(LatticeClone, ACorruptedSiteIsNoticed) {
  auto input = Workload::prepare(3, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::size_t site = 0; site < input.clones[1].size(); site += 13) {
    input.clones[1][site] += 1;
    ASSERT_NE(Workload::digest(input, answer), right) << site;
    input.clones[1][site] -= 1;
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

TEST(LatticeClone, ACloneThatIsMissingOrLateIsNoticed) {
  auto input = Workload::prepare(3, 5);
  const std::uint64_t right = Workload::expected(input);
  answer_of<Workload>(input);
  Workload::reset(input);
  EXPECT_NE(Workload::digest(input, Unit{}), right) << "clones of the run before";

  --input.operations;  // the last one
  answer_of<Workload>(input);
  EXPECT_NE(Workload::digest(input, Unit{}), right);
}

TEST(LatticeClone, OperationsAndBytesFollowTheNumberOfLattices) {
  const auto input = Workload::prepare(64, 5);
  EXPECT_EQ(Workload::operations(input), 1024U);
  EXPECT_EQ(Workload::operations(Workload::prepare(1100, 5)), 1100U);
  EXPECT_EQ(note_of<Workload>(input, "lattice_bytes"), 32'768);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 64 * 65'536);
  EXPECT_EQ(note_of<Workload>(input, "moved_bytes_per_op"), 65'536);
  EXPECT_EQ(Workload::footprint_bytes(64), 129 * 32'768);
}

TEST(LatticeClone, TheSeedDecidesTheSites) {
  EXPECT_EQ(digest_of_size<Workload>(2, 1), digest_of_size<Workload>(2, 1));
  EXPECT_NE(digest_of_size<Workload>(2, 1), digest_of_size<Workload>(2, 2));
}

}  // namespace
}  // namespace an::workloads::lattice_clone
