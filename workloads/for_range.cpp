#include "workloads/for_range.hpp"

#include "core/base/rng.hpp"
#include "workloads/checksum.hpp"

namespace an::workloads::for_range {

Input make_input(std::int64_t grain, std::uint64_t seed) {
  Rng rng(seed);
  // Full period (Hull and Dobell, 1962): addend odd, factor = 1 modulo 4.
  const std::uint64_t factor = (rng.next() & ~std::uint64_t{3}) | 1;
  const std::uint64_t addend = rng.next() | 1;
  return {grain, factor, addend,
          std::vector<std::uint8_t>(static_cast<std::size_t>(iterations_for(grain)))};
}

std::uint64_t digest_of(const std::vector<std::uint8_t>& marks) {
  return fold(0, checksum_of(marks));
}

std::uint64_t expected_digest(const Input& input) {
  std::uint64_t power = 1;
  std::uint64_t powers_sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    powers_sum += power;
    power *= input.factor;
  }
  Checksum checksum;
  for (std::uint64_t i = 0; i < input.marks.size(); ++i) {
    checksum.add(mark_of(i * power + input.addend * powers_sum));
  }
  return fold(0, checksum.value());
}

}  // namespace an::workloads::for_range
