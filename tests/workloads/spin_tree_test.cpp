#include "workloads/spin_tree.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::spin_tree {
namespace {

using namespace an::tests;

TEST(SpinTree, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 64, 1000}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

// The whole of the work is in the leaves: a leaf makes every step, one after the other.
TEST(SpinTree, ALeafMakesItsSteps) {
  for (std::uint64_t steps = 0; steps < 100; ++steps) {
    EXPECT_EQ(spin(7, steps), pareto_body::jump(7, steps)) << steps;
  }
  EXPECT_EQ(spin(spin(7, 40), 60), spin(7, 100));
}

TEST(SpinTree, ACorruptedAnswerIsNoticed) {
  auto input = Workload::prepare(64, 3);
  const std::uint64_t answer = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, answer + 1), Workload::expected(input));
}

TEST(SpinTree, OneStepTooFewIsNoticed) {
  auto input = Workload::prepare(64, 3);
  --input.steps;
  const std::uint64_t answer = answer_of<Workload>(input);
  ++input.steps;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(SpinTree, OperationsAreTheLeaves) {
  EXPECT_EQ(Workload::operations(Workload::prepare(64, 1)), kLeaves);
}

TEST(SpinTree, TheSeedDrawsTheStarts) {
  EXPECT_NE(expected_of_size<Workload>(10, 1), expected_of_size<Workload>(10, 2));
}

}  // namespace
}  // namespace an::workloads::spin_tree
