#include "workloads/wave_phasor.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::wave_phasor {
namespace {

using namespace an::tests;
using Complex = std::complex<double>;
constexpr double kPi = std::numbers::pi;

TEST(WavePhasor, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 5, 64, 1027}) {
    auto input = Workload::prepare(n, 11);
    input.operations = std::min<std::int64_t>(input.operations, 2000);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(WavePhasor, AnswersAreRightAfterEveryNumberOfOperations) {
  auto input = Workload::prepare(37, 11);
  for (input.operations = 1; input.operations <= 80; ++input.operations) {
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << input.operations;
  }
}

// The reference by brute force: complex numbers, one operation after the other.
TEST(WavePhasor, TheClosedFormIsRepeatedInterference) {
  Rng rng(5);
  for (int element = 0; element < 100; ++element) {
    const Start start = draw(rng);
    Complex wave1 = std::polar(start.amplitude1, start.phase1);
    Complex wave2 = std::polar(start.amplitude2, start.phase2);
    double frequency1 = start.frequency1;
    for (std::int64_t k = 1; k <= 1000; ++k) {
      wave2 *= std::polar(1.0, start.frequency2);
      wave1 = 0.5 * (wave1 + wave2);
      frequency1 = 0.5 * (frequency1 + start.frequency2);
      if (k < 70 || k == 1000) {
        const Finish finish = finish_of(start, k);
        ASSERT_LT(std::abs(finish.wave1 - wave1), 1e-11) << k;
        ASSERT_LT(std::abs(finish.turn2 * start.amplitude2 - wave2), 1e-11) << k;
        ASSERT_NEAR(finish.frequency1, frequency1, 1e-12) << k;
      }
    }
  }
}

// One operation on waves of one element (the remainder loop) and of five (vector and remainder),
// for sums in every direction, on the axes, and zero.
TEST(WavePhasor, OneOperationIsTheComplexSumInEveryDirection) {
  constexpr int kDirections = 16;
  for (const std::size_t size : {std::size_t{1}, std::size_t{5}}) {
    wave::Wave first(size);
    wave::Wave second(size);
    for (int i = 0; i < kDirections * kDirections; ++i) {
      const double phase1 = kPi * (2.0 * (i % kDirections) / kDirections - 1);
      const double phase2 = kPi * (2.0 * (i / kDirections) / kDirections - 1);
      for (std::size_t at = 0; at < size; ++at) {
        first.amplitude[at] = second.amplitude[at] = 0.75;
        first.phase[at] = phase1;
        second.phase[at] = phase2;
        first.frequency[at] = 1;
        second.frequency[at] = kPi / 4;
      }
      wave::interfere(first, second);
      const Complex right = 0.5 * (std::polar(0.75, phase1) + std::polar(0.75, phase2 + kPi / 4));
      for (std::size_t at = 0; at < size; ++at) {
        const Complex sum =
            first.amplitude[at] * Complex(std::cos(first.phase[at]), std::sin(first.phase[at]));
        EXPECT_LT(std::abs(sum - right), 1e-7) << phase1 << " and " << phase2;
        EXPECT_LE(std::abs(first.phase[at]), kPi);
        EXPECT_LE(std::abs(second.phase[at]), kPi + 1e-15);
        EXPECT_EQ(first.frequency[at], 0.5 * (1 + kPi / 4));
      }
    }
  }
}

TEST(WavePhasor, SilenceStaysSilence) {
  wave::Wave first(5);
  wave::Wave second(5);
  wave::interfere(first, second);
  for (std::size_t at = 0; at < 5; ++at) {
    EXPECT_EQ(first.amplitude[at], 0);
    EXPECT_EQ(first.phase[at], 0);
  }
}

TEST(WavePhasor, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(1027, 11);
  const Unit answer = answer_of<Workload>(input);
  ASSERT_EQ(Workload::digest(input, answer), Workload::expected(input));
  double* const places[] = {&input.first.amplitude[1026], &input.first.phase[0],
                            &input.first.frequency[512], &input.second.phase[3]};
  for (double* place : places) {
    for (const double wrong : {1e-4, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
      const double right = *place;
      *place += wrong;
      EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << wrong;
      *place = right;
    }
  }
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WavePhasor, OneOperationTooManyIsNoticed) {
  auto input = Workload::prepare(256, 11);
  input.operations = 100;
  const Unit answer = answer_of<Workload>(input);
  wave::interfere(input.first, input.second);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(WavePhasor, OperationsAndBytesFollowTheSize) {
  EXPECT_EQ(Workload::operations(Workload::prepare(1, 1)), 65536U);
  EXPECT_EQ(Workload::operations(Workload::prepare(64, 1)), 65536U);
  EXPECT_EQ(Workload::operations(Workload::prepare(4096, 1)), 1024U);
  EXPECT_EQ(Workload::operations(Workload::prepare(100'000, 1)), 64U);
  const auto input = Workload::prepare(64, 1);
  EXPECT_EQ(note_of<Workload>(input, "wave_bytes"), 1536);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 3072);
  EXPECT_EQ(note_of<Workload>(input, "moved_bytes_per_op"), 5120);
  EXPECT_EQ(note_of<Workload>(input, "elements_per_op"), 64);
  EXPECT_EQ(Workload::footprint_bytes(64), 3072);
}

TEST(WavePhasor, TheSeedDecidesTheWaves) {
  EXPECT_EQ(expected_of_size<Workload>(64, 1), expected_of_size<Workload>(64, 1));
  EXPECT_NE(expected_of_size<Workload>(64, 1), expected_of_size<Workload>(64, 2));
}

}  // namespace
}  // namespace an::workloads::wave_phasor
