#include "workloads/wave_tasks.hpp"

#include <bit>

#include "core/base/assert.hpp"

namespace an::workloads::wave_tasks {

namespace {

constexpr auto kSize = static_cast<std::size_t>(kElements);

// Amplitude of element i of the first wave at the start; 1 less it in the second. A multiple of
// 2^-18 below 1, so every sum is exact.
double start_of(std::size_t i) {
  return static_cast<double>(i) / static_cast<double>(kElements);
}

}  // namespace

Workload::Input Workload::prepare(std::int64_t n, std::uint64_t /*seed*/) {
  AN_ASSERT(n >= kMin);
  AN_ASSERT(n <= kMax);
  Input input{wave::Wave(kSize), wave::Wave(kSize), n};
  reset(input);
  return input;
}

void Workload::reset(Input& input) {
  for (std::size_t i = 0; i < kSize; ++i) {
    input.first.amplitude[i] = start_of(i);
    input.second.amplitude[i] = 1 - start_of(i);
  }
}

std::uint64_t Workload::digest(const Input& input, const Answer& /*answer*/) {
  std::uint64_t digest = 0;
  for (const double amplitude : input.first.amplitude.span()) {
    digest = fold(digest, std::bit_cast<std::uint64_t>(amplitude));
  }
  return digest;
}

std::uint64_t Workload::expected(const Input& /*input*/) {
  std::uint64_t digest = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double right = start_of(i) + static_cast<double>(kAdditions) * (1 - start_of(i));
    digest = fold(digest, std::bit_cast<std::uint64_t>(right));
  }
  return digest;
}

std::vector<Note> Workload::notes(const Input& input) {
  return {{"wave_bytes", wave::kWaveBytesPerElement * kElements},
          {"resident_bytes", 2 * wave::kWaveBytesPerElement * kElements},
          {"moved_bytes_per_op", 3 * 8 * input.chunk},
          {"elements_per_op", input.chunk},
          {"chunks", chunks(input)},
          {"additions", kAdditions}};
}

}  // namespace an::workloads::wave_tasks
