#include "workloads/noop_batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::noop_batch {
namespace {

using namespace an::tests;

TEST(NoopBatch, EveryTaskRunsOnceAndAgainAfterReset) {
  for (const std::int64_t n : {1, 2, 1000}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(std::count(input.runs.begin(), input.runs.end(), 1), n);
  }
}

TEST(NoopBatch, ATaskThatDidNotRunIsNoticed) {
  auto input = Workload::prepare(1000, 1);
  const Unit answer = answer_of<Workload>(input);
  input.runs[999] = 0;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(NoopBatch, ATaskThatRanTwiceIsNoticed) {
  auto input = Workload::prepare(1000, 1);
  const Unit answer = answer_of<Workload>(input);
  input.runs[0] = 2;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(NoopBatch, ADroppedAndARepeatedTaskDoNotCancel) {
  auto input = Workload::prepare(1000, 1);
  const Unit answer = answer_of<Workload>(input);
  input.runs[0] = 2;
  input.runs[1] = 0;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(NoopBatch, ARunWithoutResetIsNoticed) {
  auto input = Workload::prepare(10, 1);
  answer_of<Workload>(input);
  EXPECT_NE(Workload::digest(input, answer_of<Workload>(input)), Workload::expected(input));
}

TEST(NoopBatch, OperationsAndBytesAreThoseOfTheTasks) {
  const auto input = Workload::prepare(1000, 1);
  EXPECT_EQ(Workload::operations(input), 1000U);
  EXPECT_EQ(Workload::footprint_bytes(1000), static_cast<std::int64_t>(input.runs.capacity()));
}

TEST(NoopBatch, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(10, 1), digest_of_size<Workload>(10, 2));
  EXPECT_NE(expected_of_size<Workload>(10, 1), expected_of_size<Workload>(11, 1));
}

}  // namespace
}  // namespace an::workloads::noop_batch
