#include "workloads/skynet.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::skynet {
namespace {

using namespace an::tests;

TEST(Skynet, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 9, 10, 11, 99, 100, 1001, 100'000}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Skynet, TheMillionHasThePublishedSum) {
  auto input = Workload::prepare(1'000'000, 1);
  EXPECT_EQ(answer_of<Workload>(input), 499'999'500'000U);
}

TEST(Skynet, LeavesAreRoundedDownToAPowerOfTen) {
  EXPECT_EQ(Workload::prepare(1, 1).leaves, 1);
  EXPECT_EQ(Workload::prepare(9, 1).leaves, 1);
  EXPECT_EQ(Workload::prepare(10, 1).leaves, 10);
  EXPECT_EQ(Workload::prepare(1100, 1).leaves, 1000);
  EXPECT_EQ(Workload::prepare(999'999, 1).leaves, 100'000);
  EXPECT_EQ(Workload::prepare(Workload::kMax, 1).leaves, Workload::kMax);
}

TEST(Skynet, OperationsAreTheNodes) {
  EXPECT_EQ(Workload::operations(Workload::prepare(1, 1)), 1U);
  EXPECT_EQ(Workload::operations(Workload::prepare(1000, 1)), 1111U);
  EXPECT_EQ(note_of<Workload>(Workload::prepare(1100, 1), "leaves"), 1000);
}

TEST(Skynet, ACorruptedAnswerIsNoticed) {
  const auto input = Workload::prepare(100, 1);
  EXPECT_EQ(Workload::digest(input, 4950), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 4951), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
}

TEST(Skynet, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
  EXPECT_NE(expected_of_size<Workload>(100, 1), expected_of_size<Workload>(1000, 1));
}

}  // namespace
}  // namespace an::workloads::skynet
