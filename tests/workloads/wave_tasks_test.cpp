#include "workloads/wave_tasks.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::wave_tasks {
namespace {

using namespace an::tests;

TEST(WaveTasks, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 37, 64, 1001, 65536, 262143, 262144}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(WaveTasks, TheRightAnswerIsRepeatedAddition) {
  auto input = Workload::prepare(64, 1);
  for (std::size_t i = 0; i < input.first.size(); ++i) {
    for (std::int64_t k = 0; k < kAdditions; ++k) {
      input.first.amplitude[i] += input.second.amplitude[i];
    }
  }
  EXPECT_EQ(Workload::digest(input, Unit{}), Workload::expected(input));
}

TEST(WaveTasks, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(1000, 1);
  const Unit answer = answer_of<Workload>(input);
  const std::size_t last = input.first.size() - 1;
  for (const std::size_t at : {std::size_t{0}, std::size_t{999}, std::size_t{1000}, last}) {
    for (const double wrong : {0x1p-40, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
      const double right = input.first.amplitude[at];
      input.first.amplitude[at] += wrong;
      EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << at << " " << wrong;
      input.first.amplitude[at] = right;
    }
  }
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WaveTasks, AChunkAddedTwiceIsNoticed) {
  auto input = Workload::prepare(64, 1);
  const Unit answer = answer_of<Workload>(input);
  wave::add(input.first.amplitude.span().subspan(64, 64),
            input.second.amplitude.span().subspan(64, 64));
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WaveTasks, OperationsAreTheChunks) {
  EXPECT_EQ(Workload::operations(Workload::prepare(64, 1)), 32U * 4096);
  EXPECT_EQ(Workload::operations(Workload::prepare(65536, 1)), 32U * 4);
  EXPECT_EQ(Workload::operations(Workload::prepare(65537, 1)), 32U * 4);
  EXPECT_EQ(Workload::operations(Workload::prepare(65535, 1)), 32U * 5);
}

TEST(WaveTasks, BytesAreThoseOfTheClaim) {
  const auto input = Workload::prepare(64, 1);
  EXPECT_EQ(note_of<Workload>(input, "wave_bytes"), 24 << 18);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 48 << 18);
  EXPECT_EQ(note_of<Workload>(input, "moved_bytes_per_op"), 1536);
  EXPECT_EQ(note_of<Workload>(input, "elements_per_op"), 64);
  EXPECT_EQ(note_of<Workload>(input, "chunks"), 4096);
  EXPECT_EQ(note_of<Workload>(input, "additions"), 32);
  EXPECT_EQ(Workload::footprint_bytes(64), 48 << 18);
}

TEST(WaveTasks, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(4096, 1), digest_of_size<Workload>(4096, 2));
}

}  // namespace
}  // namespace an::workloads::wave_tasks
