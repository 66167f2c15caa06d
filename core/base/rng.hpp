// Seeded random numbers. One seed per run reaches every random choice; each consumer derives its
// own stream, so adding one does not shift the others.
//
// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014):
// one addition and a mix; passes BigCrush; streams with different seeds are independent enough for
// victim selection and inputs. Not for cryptography.
#pragma once

#include <cstdint>

namespace an {

// The finaliser of SplitMix64: a bijection that spreads every input bit over the output.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Rng {
 public:
  explicit constexpr Rng(std::uint64_t seed) noexcept : state_(seed) {}

  // A generator for consumer number `stream` of the same run.
  static constexpr Rng stream(std::uint64_t seed, std::uint64_t stream) noexcept {
    return Rng(mix64(seed ^ mix64(stream + 1)));
  }

  // The next 64 uniform bits.
  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix64(state_);
  }

  // Uniform in [0, bound), bias below 2^-32 for bounds below 2^32 (Lemire's multiply-shift).
  // Requires bound > 0.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

  // Uniform in [0, 1) with 53 bits.
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace an
