// wave_tasks: the addition of claim C1, a1[i] += a2[i], cut into chunks that are scheduled. Where a
// chunk takes a few microseconds a scheduler should cost nothing and every core should help; a
// chunk of 64 elements takes some twenty nanoseconds and is too small on purpose.
//
// Source: claim C1c, on the loop of wave_add.hpp. A wave has 2^18 elements; a run adds 32 times,
// one addition after the other, each over all chunks in parallel. So the work is the same at every
// size: n is the number of elements in a chunk, 64 .. 65,536, and nothing else changes. The last
// chunk of a wave may be shorter. Operation: one chunk added. The seed has no effect.
//
// Bytes: a wave holds 24 an element (amplitude, phase, frequency), two waves are resident (12 MiB);
// an operation reads 16n and writes 8n, and 4 MiB of amplitudes pass by 32 times. Start: a1[i] = i
// / 2^18, a2[i] = 1 - a1[i]; after k additions a1[i] + k a2[i], which is exact in binary.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/task/fork_join.hpp"
#include "workloads/wave.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::wave_tasks {

inline constexpr std::int64_t kElements = 1 << 18;
inline constexpr std::int64_t kAdditions = 32;

struct Workload {
  static constexpr std::string_view kName = "wave_tasks";
  static constexpr std::string_view kSummary = "a1[i] += a2[i] in chunks, as tasks: claim C1c";
  static constexpr std::string_view kSource = "the loop of wave_add; claim C1c";
  static constexpr std::string_view kOperation = "chunk";
  static constexpr std::string_view kParameter = "elements";
  static constexpr std::array<NamedSize, 6> kSizes{{{"small", 64},
                                                    {"small", 256},
                                                    {"medium", 1024},
                                                    {"medium", 4096},
                                                    {"large", 16384},
                                                    {"large", 65536}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = kElements;

  struct Input {
    wave::Wave first;
    wave::Wave second;
    std::int64_t chunk;  // elements
  };
  using Answer = Unit;  // the answer is in Input::first.amplitude

  static std::int64_t chunks(const Input& input) {
    return (kElements + input.chunk - 1) / input.chunk;
  }

  static Input prepare(std::int64_t n, std::uint64_t seed);
  static void reset(Input& input);

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const std::int64_t chunk = input.chunk;
    double* const to = input.first.amplitude.span().data();
    const double* const from = input.second.amplitude.span().data();
    for (std::int64_t k = 0; k < kAdditions; ++k) {
      an::for_range(worker, 0, chunks(input), 1, [=](W /*worker*/, std::int64_t i) {
        const std::int64_t begin = i * chunk;
        const auto size = static_cast<std::size_t>(std::min(chunk, kElements - begin));
        wave::add({to + begin, size}, {from + begin, size});
      });
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& answer);
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) {
    return static_cast<std::uint64_t>(kAdditions * chunks(input));
  }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) {
    return 2 * wave::kWaveBytesPerElement * kElements;
  }
  static std::vector<Note> notes(const Input& input);
};

}  // namespace an::workloads::wave_tasks
