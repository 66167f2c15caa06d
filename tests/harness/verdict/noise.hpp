// Random draws for the simulations: what timings look like, with the truth known.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/base/rng.hpp"

namespace an::harness {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : rng_(seed) {}

  // Standard normal (Box and Muller).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - rng_.unit()));
    return radius * std::cos(2 * std::numbers::pi * rng_.unit());
  }

  // Skewed, with median 1.
  double log_normal() { return std::exp(normal()); }

  // Student's t with three degrees of freedom, scaled so that 1.4826 times the median distance from
  // its median is 1: its 0.75-quantile is 0.764892.
  double heavy_tailed() {
    const double z = normal();
    const double a = normal();
    const double b = normal();
    const double c = normal();
    const double t = z / std::sqrt((a * a + b * b + c * c) / 3);
    return t / (1.4826 * 0.764892);
  }

 private:
  Rng rng_;
};

// Four standard errors of a share `p` seen in `experiments`: a sound simulation leaves this band
// once in 16,000.
inline double four_standard_errors(double p, int experiments) {
  return 4 * std::sqrt(p * (1 - p) / experiments);
}

}  // namespace an::harness
