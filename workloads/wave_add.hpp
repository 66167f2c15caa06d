// wave_add: the "wave interference" of claim C1 exactly as it was measured: a1[i] += a2[i] over the
// amplitudes of two waves, 100,000 times. It schedules nothing: it runs on the root alone and is
// here to put the claimed figures beside ours.
//
// Source: bench/main.zig of lib/lazuline in SCRIBBLE (claim C1: 9.89, 38.48, 163.48 and 1,096.08
// ns/op at n = 64, 256, 1024 and 4096). Operation: one addition of two arrays of n doubles; n = 64
// .. 65,536. Start: a1[i] = i / n, a2[i] = 1 - a1[i]; after K operations a1[i] = i / n + K (1 - i /
// n), exactly when n is a power of two. The seed has no effect.
//
// Bytes: a wave holds 24n (amplitude, phase, frequency), two waves are resident (48n), an operation
// reads 16n and writes 8n. A compiler barrier after every operation keeps the two loops from being
// interchanged into one pass over memory.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/wave.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::wave_add {

inline constexpr std::int64_t kOperations = 100'000;

// Rounding of 100,000 additions below 2^17 when n is no power of two: at most 1e5 * 2^-36 * 2^-1.
inline constexpr double kTolerance = 1e-6;

struct Workload {
  static constexpr std::string_view kName = "wave_add";
  static constexpr std::string_view kSummary = "a1[i] += a2[i] over two waves, root only: claim C1";
  static constexpr std::string_view kSource = "SCRIBBLE lib/lazuline/bench/main.zig; claim C1";
  static constexpr std::string_view kOperation = "array add";
  static constexpr std::string_view kParameter = "elements";
  static constexpr std::array<NamedSize, 6> kSizes{{{"small", 64},
                                                    {"small", 256},
                                                    {"medium", 1024},
                                                    {"medium", 4096},
                                                    {"large", 16384},
                                                    {"large", 65536}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 20;  // half a minute a run

  struct Input {
    wave::Wave first;
    wave::Wave second;
  };
  using Answer = Unit;  // the answer is in Input::first.amplitude

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const auto size = static_cast<std::size_t>(n);
    Input input{wave::Wave(size), wave::Wave(size)};
    reset(input);
    return input;
  }
  static void reset(Input& input) {
    const std::size_t size = input.first.size();
    for (std::size_t i = 0; i < size; ++i) {
      const double start = static_cast<double>(i) / static_cast<double>(size);
      input.first.amplitude[i] = start;
      input.second.amplitude[i] = 1 - start;
    }
  }

  template <ForkJoinWorker W>
  static Answer run(W /*worker*/, Input& input) {
    for (std::int64_t k = 0; k < kOperations; ++k) {
      wave::add(input.first.amplitude.span(), input.second.amplitude.span());
      wave::finish_operation(input.first.amplitude.span().data());
    }
    return Unit{};
  }

  // What element i of n must be in the end.
  static double final_amplitude(std::size_t i, std::size_t n) {
    const double start = static_cast<double>(i) / static_cast<double>(n);
    return start + static_cast<double>(kOperations) * (1 - start);
  }

  // An element within the tolerance counts as the value it should have, so that rounding never
  // decides; any other counts as it is.
  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    const std::size_t size = input.first.size();
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const double right = final_amplitude(i, size);
      const double found = input.first.amplitude[i];
      const bool is_right = std::abs(found - right) <= kTolerance;
      digest = fold(digest, std::bit_cast<std::uint64_t>(is_right ? right : found));
    }
    return digest;
  }
  static std::uint64_t expected(const Input& input) {
    const std::size_t size = input.first.size();
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < size; ++i) {
      digest = fold(digest, std::bit_cast<std::uint64_t>(final_amplitude(i, size)));
    }
    return digest;
  }
  static std::uint64_t operations(const Input& /*input*/) { return kOperations; }
  static std::int64_t footprint_bytes(std::int64_t n) { return 2 * wave::kWaveBytesPerElement * n; }
  static std::vector<Note> notes(const Input& input) {
    const auto n = static_cast<std::int64_t>(input.first.size());
    return {{"wave_bytes", wave::kWaveBytesPerElement * n},
            {"resident_bytes", 2 * wave::kWaveBytesPerElement * n},
            {"moved_bytes_per_op", 3 * 8 * n},
            {"elements_per_op", n}};
  }
};

}  // namespace an::workloads::wave_add
