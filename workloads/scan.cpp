#include "workloads/scan.hpp"

#include "core/base/rng.hpp"
#include "workloads/checksum.hpp"

namespace an::workloads::scan {

Input make_input(std::int64_t n, std::uint64_t seed) {
  const auto count = static_cast<std::size_t>(n);
  Input input{seed, std::vector<std::uint64_t>(count), std::vector<std::uint64_t>(count),
              std::vector<std::uint64_t>(static_cast<std::size_t>(blocks_for(n)))};
  Rng rng(seed);
  for (std::uint64_t& value : input.values) {
    value = rng.next();
  }
  return input;
}

std::uint64_t digest_of(const std::vector<std::uint64_t>& prefixes) {
  return fold(0, checksum_of(prefixes));
}

std::uint64_t expected_digest(const Input& input) {
  Rng rng(input.seed);
  Checksum checksum;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    sum += rng.next();
    checksum.add(sum);
  }
  return fold(0, checksum.value());
}

}  // namespace an::workloads::scan
