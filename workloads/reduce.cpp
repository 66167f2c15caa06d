#include "workloads/reduce.hpp"

#include "core/base/rng.hpp"

namespace an::workloads::reduce {

Progression progression_of(std::uint64_t seed) {
  Rng rng(seed);
  const std::uint64_t first = rng.next();
  return {first, rng.next() | 1};
}

std::vector<std::uint64_t> terms(Progression progression, std::size_t count) {
  std::vector<std::uint64_t> values(count);
  std::uint64_t term = progression.first;
  for (std::uint64_t& value : values) {
    value = term;
    term += progression.difference;
  }
  return values;
}

std::uint64_t sum_of(Progression progression, std::uint64_t count) {
  const std::uint64_t pairs = count % 2 == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;
  return count * progression.first + pairs * progression.difference;
}

}  // namespace an::workloads::reduce
