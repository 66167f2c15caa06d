// Weights for checking a large answer with one number: the weighted sum of its elements, modulo
// 2^64. Every weight is odd, so one wrong element changes the sum for certain, by whatever amount it
// is wrong; several wrong elements cancel with a probability near 2^-64.
//
// A matrix takes a weight per row and one per column: the weight of an element is their product, odd
// again. Then the weighted sum of a product A * B follows from A and B alone, without multiplying
// them (Freivalds, "Fast probabilistic algorithms", MFCS 1979).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"

namespace an::workloads {

// `count` odd weights that follow from the seed; other streams of it are other weights.
inline std::vector<std::uint64_t> odd_weights(std::int64_t count,
                                              std::uint64_t seed,
                                              std::uint64_t stream) {
  Rng rng = Rng::stream(seed, stream);
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(count));
  for (std::uint64_t& weight : weights) {
    weight = rng.next() | 1;
  }
  return weights;
}

// A double that should be an integer, for a sum modulo 2^64. What is no integer, or is 2^52 or more,
// counts as 2^62, which no right answer holds.
inline std::uint64_t integer_of(double value) {
  constexpr std::uint64_t kNoInteger = std::uint64_t{1} << 62;
  if (!(std::abs(value) < 0x1p52)) {  // a NaN too
    return kNoInteger;
  }
  const auto integer = static_cast<std::int64_t>(value);
  return static_cast<double>(integer) == value ? static_cast<std::uint64_t>(integer) : kNoInteger;
}

// The sum of x[i] * y[i], modulo 2^64. Requires equal sizes.
inline std::uint64_t dot(std::span<const std::uint64_t> x, std::span<const std::uint64_t> y) {
  AN_DCHECK(x.size() == y.size());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

}  // namespace an::workloads
