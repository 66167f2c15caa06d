// wave_phasor: what claim C1 calls wave interference, done in earnest: two waves of n phasors
// interfere in place, every array of both waves is touched, the sum is taken by magnitude and angle
// (workloads/wave.hpp, interfere()). It schedules nothing: it runs on the root alone.
//
// Source: claim C1b; the formula is the law of cosines for the sum of two phasors. Operation: one
// interference of two waves; a run makes 2^22 / n of them, within 64 .. 65,536. n = 64 .. 65,536.
//
// Bytes: two waves are resident (48n); an operation reads all six arrays (48n) and writes four
// (amplitude, phase and frequency of wave 1, phase of wave 2: 32n).
//
// The answer is known in closed form, by complex numbers. With z1, z2 the phasors at the start and
// q = e^(-i f2) / 2, after K operations
//     z1' = z1 / 2^K + (z2 e^(i f2 K) / 2) (1 - q^K) / (1 - q)
// and f1' = f2 + (f1 - f2) / 2^K. Compared in the complex plane: an amplitude may pass through
// zero, where its phase means nothing. The phase of wave 2 counts the operations.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/wave.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::wave_phasor {

inline constexpr double kTolerance = 1e-6;  // absolute, in the complex plane

// Element i of both waves at the start.
struct Start {
  double amplitude1, phase1, frequency1;
  double amplitude2, phase2, frequency2;
};

// Amplitudes in [0.5, 1.5), phases in [-pi, pi), frequencies in [0.1, 3.1).
inline Start draw(Rng& rng) {
  const auto amplitude = [&rng] { return 0.5 + rng.unit(); };
  const auto phase = [&rng] { return std::numbers::pi * (2 * rng.unit() - 1); };
  const auto frequency = [&rng] { return 0.1 + 3 * rng.unit(); };
  Start start;
  start.amplitude1 = amplitude();
  start.phase1 = phase();
  start.frequency1 = frequency();
  start.amplitude2 = amplitude();
  start.phase2 = phase();
  start.frequency2 = frequency();
  return start;
}

// What an element must be in the end.
struct Finish {
  std::complex<double> wave1;  // phasor of wave 1
  std::complex<double> turn2;  // e^(i phase) of wave 2
  double frequency1;
};

inline Finish finish_of(const Start& start, std::int64_t operations) {
  using Complex = std::complex<double>;
  const int k = static_cast<int>(operations);
  const double shrink = std::ldexp(1.0, -k);  // 0 once it is too small to matter
  const Complex q = std::polar(0.5, -start.frequency2);
  const Complex q_to_k = std::polar(shrink, -start.frequency2 * k);
  const Complex turn2 = std::polar(1.0, start.phase2 + start.frequency2 * k);
  const Complex rest = shrink * std::polar(start.amplitude1, start.phase1);
  return {rest + 0.5 * start.amplitude2 * turn2 * (1.0 - q_to_k) / (1.0 - q), turn2,
          start.frequency2 + (start.frequency1 - start.frequency2) * shrink};
}

// Folds the five numbers of an element: the right ones where the found ones are close enough, so
// that rounding never decides; the found ones otherwise.
inline std::uint64_t fold_finish(std::uint64_t digest, const Finish& found, const Finish& right) {
  const auto fold_value = [&digest](double value) {
    digest = fold(digest, std::bit_cast<std::uint64_t>(value));
  };
  const auto fold_point = [&](std::complex<double> point, std::complex<double> target) {
    const std::complex<double> snapped = std::abs(point - target) <= kTolerance ? target : point;
    fold_value(snapped.real());
    fold_value(snapped.imag());
  };
  fold_point(found.wave1, right.wave1);
  fold_point(found.turn2, right.turn2);
  const bool is_right = std::abs(found.frequency1 - right.frequency1) <= kTolerance;
  fold_value(is_right ? right.frequency1 : found.frequency1);
  return digest;
}

struct Workload {
  static constexpr std::string_view kName = "wave_phasor";
  static constexpr std::string_view kSummary =
      "true interference of two waves, root only: claim C1b";
  static constexpr std::string_view kSource = "law of cosines for phasors; claim C1b";
  static constexpr std::string_view kOperation = "interference";
  static constexpr std::string_view kParameter = "elements";
  static constexpr std::array<NamedSize, 6> kSizes{{{"small", 64},
                                                    {"small", 256},
                                                    {"medium", 1024},
                                                    {"medium", 4096},
                                                    {"large", 16384},
                                                    {"large", 65536}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 20;

  struct Input {
    wave::Wave first;
    wave::Wave second;
    std::uint64_t seed;
    std::int64_t operations;
  };
  using Answer = Unit;  // the answer is in the waves

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const auto size = static_cast<std::size_t>(n);
    const std::int64_t operations =
        std::clamp((std::int64_t{1} << 22) / n, std::int64_t{64}, std::int64_t{65536});
    Input input{wave::Wave(size), wave::Wave(size), seed, operations};
    reset(input);
    return input;
  }
  static void reset(Input& input) {
    Rng rng(input.seed);
    for (std::size_t i = 0; i < input.first.size(); ++i) {
      const Start start = draw(rng);
      input.first.amplitude[i] = start.amplitude1;
      input.first.phase[i] = start.phase1;
      input.first.frequency[i] = start.frequency1;
      input.second.amplitude[i] = start.amplitude2;
      input.second.phase[i] = start.phase2;
      input.second.frequency[i] = start.frequency2;
    }
  }

  template <ForkJoinWorker W>
  static Answer run(W /*worker*/, Input& input) {
    for (std::int64_t k = 0; k < input.operations; ++k) {
      wave::interfere(input.first, input.second);
      wave::finish_operation(input.first.amplitude.span().data());
    }
    return Unit{};
  }

  // What element i is now.
  static Finish found(const Input& input, std::size_t i) {
    const double amplitude = input.first.amplitude[i];
    const double phase = input.first.phase[i];
    const double phase2 = input.second.phase[i];
    return {{amplitude * std::cos(phase), amplitude * std::sin(phase)},
            {std::cos(phase2), std::sin(phase2)},
            input.first.frequency[i]};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    Rng rng(input.seed);
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < input.first.size(); ++i) {
      digest = fold_finish(digest, found(input, i), finish_of(draw(rng), input.operations));
    }
    return digest;
  }
  static std::uint64_t expected(const Input& input) {
    Rng rng(input.seed);
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < input.first.size(); ++i) {
      const Finish right = finish_of(draw(rng), input.operations);
      digest = fold_finish(digest, right, right);
    }
    return digest;
  }
  static std::uint64_t operations(const Input& input) {
    return static_cast<std::uint64_t>(input.operations);
  }
  static std::int64_t footprint_bytes(std::int64_t n) { return 2 * wave::kWaveBytesPerElement * n; }
  static std::vector<Note> notes(const Input& input) {
    const auto n = static_cast<std::int64_t>(input.first.size());
    return {{"wave_bytes", wave::kWaveBytesPerElement * n},
            {"resident_bytes", 2 * wave::kWaveBytesPerElement * n},
            {"moved_bytes_per_op", (6 + 4) * 8 * n},
            {"elements_per_op", n}};
  }
};

}  // namespace an::workloads::wave_phasor
