#include "workloads/wave_add.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::wave_add {
namespace {

using namespace an::tests;

TEST(WaveAdd, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 7, 16, 37, 64}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(WaveAdd, PowersOfTwoAreExact) {
  auto input = Workload::prepare(64, 1);
  answer_of<Workload>(input);
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_EQ(input.first.amplitude[i], Workload::final_amplitude(i, 64)) << i;
  }
}

TEST(WaveAdd, TheClosedFormIsRepeatedAddition) {
  double amplitude = 3.0 / 64;
  for (std::int64_t k = 0; k < kOperations; ++k) {
    amplitude += 1 - 3.0 / 64;
  }
  EXPECT_EQ(amplitude, Workload::final_amplitude(3, 64));
}

// Every length around the unrolled blocks, and the elements beyond the end stay as they are.
TEST(WaveAdd, TheKernelAddsEveryLengthOnce) {
  for (std::size_t size = 0; size <= 70; ++size) {
    std::vector<double> to(size + 8, 1000);
    std::vector<double> from(size + 8);
    for (std::size_t i = 0; i < from.size(); ++i) {
      from[i] = static_cast<double>(i);
    }
    wave::add({to.data(), size}, {from.data(), size});
    for (std::size_t i = 0; i < to.size(); ++i) {
      EXPECT_EQ(to[i], i < size ? 1000 + from[i] : 1000) << size << " at " << i;
    }
  }
}

TEST(WaveAdd, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(37, 1);
  const Unit answer = answer_of<Workload>(input);
  for (const double wrong : {1e-5, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    const double right = input.first.amplitude[36];
    input.first.amplitude[36] += wrong;
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << wrong;
    input.first.amplitude[36] = right;
  }
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WaveAdd, OneOperationTooManyIsNoticed) {
  auto input = Workload::prepare(64, 1);
  const Unit answer = answer_of<Workload>(input);
  wave::add(input.first.amplitude.span(), input.second.amplitude.span());
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WaveAdd, BytesAreThoseOfTheClaim) {
  const auto input = Workload::prepare(64, 1);
  EXPECT_EQ(Workload::operations(input), 100'000U);
  EXPECT_EQ(note_of<Workload>(input, "wave_bytes"), 1536);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 3072);
  EXPECT_EQ(note_of<Workload>(input, "moved_bytes_per_op"), 1536);
  EXPECT_EQ(note_of<Workload>(input, "elements_per_op"), 64);
  EXPECT_EQ(Workload::footprint_bytes(64), 3072);
}

TEST(WaveAdd, TheSeedHasNoEffect) {
  EXPECT_EQ(expected_of_size<Workload>(16, 1), expected_of_size<Workload>(16, 2));
}

}  // namespace
}  // namespace an::workloads::wave_add
