// Checksum: a long array of numbers in 64 bits, for the digest of workloads whose answer is an
// array. Every element is mixed with its position and the results are added, so a wrong element, a
// missing one and two exchanged ones all change it; and, unlike a chain of fold(), no element waits
// for the one before: about a nanosecond each.
#pragma once

#include <cstdint>

#include "core/base/rng.hpp"

namespace an::workloads {

class Checksum {
 public:
  // Appends one element.
  constexpr void add(std::uint64_t value) noexcept {
    position_ += 0x9e3779b97f4a7c15ULL;
    sum_ += mix64(value + position_);
  }

  constexpr std::uint64_t value() const noexcept { return sum_ ^ position_; }

 private:
  std::uint64_t position_ = 0;  // elements so far, times an odd constant
  std::uint64_t sum_ = 0;
};

// The checksum of all `values` (a range of unsigned integers), in order.
template <class Range>
constexpr std::uint64_t checksum_of(const Range& values) noexcept {
  Checksum checksum;
  for (const std::uint64_t value : values) {
    checksum.add(value);
  }
  return checksum.value();
}

}  // namespace an::workloads
