#include "workloads/pareto_body.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::pareto_body {
namespace {

using namespace an::tests;

TEST(ParetoBody, EveryTaskRunsOnceAndAgainAfterReset) {
  for (const std::int64_t n : {1, 2, 7, 1000}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(ParetoBody, AJumpIsSoManyIterations) {
  for (std::uint64_t iterations = 0; iterations < 300; ++iterations) {
    Body body{iterations * 77, iterations, 0};
    spin(&body);
    EXPECT_EQ(jump(body.start, iterations), body.result) << iterations;
  }
  Body longest{5, kLongest, 0};
  spin(&longest);
  EXPECT_EQ(jump(5, kLongest), longest.result);
}

TEST(ParetoBody, LengthsAreBoundedAndGrowWithTheUniformNumber) {
  EXPECT_EQ(iterations_at(0), kShortest);
  EXPECT_LE(iterations_at(1 - 0x1p-53), kLongest);
  EXPECT_GT(iterations_at(1 - 0x1p-53), kLongest - kLongest / 100);
  EXPECT_EQ(iterations_at(0.5), 101U);    // 64 * 2^(2/3)
  EXPECT_EQ(iterations_at(0.875), 255U);  // 64 * 8^(2/3), a little less for the bound
}

// One task in a hundred is 100^(2/3) = 21.5 times the shortest or longer, and those tasks together
// hold a fifth of the work.
TEST(ParetoBody, TheTailIsHeavy) {
  const auto input = Workload::prepare(100'000, 1);
  std::uint64_t all = 0;
  std::uint64_t above = 0;
  std::uint64_t count = 0;
  for (const Body& body : input.bodies) {
    all += body.iterations;
    const bool is_long = 2 * body.iterations >= 43 * kShortest;
    above += is_long ? body.iterations : 0;
    count += is_long ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(count), 1000, 150);
  EXPECT_GT(above, all / 8);
  EXPECT_GT(note_of<Workload>(input, "longest_task_iterations"), 30'000);
  EXPECT_EQ(note_of<Workload>(input, "iterations"), static_cast<std::int64_t>(all));
  EXPECT_GT(note_of<Workload>(input, "longest_task_share_ppm"), 1000);
}

TEST(ParetoBody, ATaskThatDidNotRunIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  const Unit answer = answer_of<Workload>(input);
  input.bodies[999].result = 0;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(ParetoBody, ATaskThatRanTwiceIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  const Unit answer = answer_of<Workload>(input);
  spin(&input.bodies[0]);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(ParetoBody, OneIterationTooFewIsNoticed) {
  auto input = Workload::prepare(10, 3);
  --input.bodies[4].iterations;
  const Unit answer = answer_of<Workload>(input);
  ++input.bodies[4].iterations;
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(ParetoBody, ExchangedResultsAreNoticed) {
  auto input = Workload::prepare(10, 3);
  const Unit answer = answer_of<Workload>(input);
  std::swap(input.bodies[2].result, input.bodies[3].result);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(ParetoBody, OperationsAndBytesAreThoseOfTheTasks) {
  const auto input = Workload::prepare(1000, 1);
  EXPECT_EQ(Workload::operations(input), 1000U);
  EXPECT_EQ(Workload::footprint_bytes(1000),
            static_cast<std::int64_t>(input.bodies.capacity() * sizeof(Body)));
}

TEST(ParetoBody, TheSeedDrawsTheTasks) {
  EXPECT_EQ(expected_of_size<Workload>(10, 1), expected_of_size<Workload>(10, 1));
  EXPECT_NE(expected_of_size<Workload>(10, 1), expected_of_size<Workload>(10, 2));
}

}  // namespace
}  // namespace an::workloads::pareto_body
