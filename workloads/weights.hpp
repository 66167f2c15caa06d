// Weights for checking a large answer with one number: the weighted sum of its elements, modulo
// 2^64. Every weight is odd, so one wrong element changes the sum for certain, by whatever amount it
// is wrong; several wrong elements cancel with a probability near 2^-64.
//
// A matrix takes a weight per row and one per column: the weight of an element is their product, odd
// again. Then the weighted sum of a product A * B follows from A and B alone, without multiplying
// them (Freivalds, "Fast probabilistic algorithms", MFCS 1979).
#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace an::workloads
