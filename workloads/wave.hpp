// Waves and what is done to them with SIMD: the kernels of wave_add and wave_phasor, and the only
// file that includes Highway. Static dispatch: one instruction set per build, the one the flags
// name.
//
// A wave is three separate arrays of doubles, amplitude, phase and frequency: 24 bytes an element.
// Thread-compatible: one thread may write a wave at a time.
//
// Same result from every compiler: contraction is off (-ffp-contract=off), and where a fused
// multiply-add stands it is an explicit instruction. Other vector widths give other last bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <numbers>
#include <span>

// Highway 1.0.3 takes AVX2 only together with AES and PCLMUL, which x86-64-v3 does not name;
// without this it would fall back to SSSE3.
#define HWY_DISABLE_PCLMUL_AES
#include <hwy/highway.h>
// After highway.h, which it needs.
#include <hwy/contrib/math/math-inl.h>

#include "core/base/assert.hpp"
#include "core/base/cache_line.hpp"

namespace an::workloads::wave {

namespace hn = hwy::HWY_NAMESPACE;

// A fixed array of doubles, all zero at first, that starts on a cache line.
class Array {
 public:
  explicit Array(std::size_t size)
      : data_(new (std::align_val_t{kCacheLine}) double[size]()), size_(size) {}

  std::span<double> span() { return {data_.get(), size_}; }
  std::span<const double> span() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  double& operator[](std::size_t i) { return data_[i]; }
  double operator[](std::size_t i) const { return data_[i]; }

 private:
  struct Free {
    void operator()(double* data) const { ::operator delete[](data, std::align_val_t{kCacheLine}); }
  };
  std::unique_ptr<double[], Free> data_;
  std::size_t size_;
};

struct Wave {
  explicit Wave(std::size_t size) : amplitude(size), phase(size), frequency(size) {}
  std::size_t size() const { return amplitude.size(); }

  Array amplitude;
  Array phase;      // radians, in [-pi, pi]
  Array frequency;  // radians per operation, in [0, pi]
};

inline constexpr std::int64_t kWaveBytesPerElement = 3 * sizeof(double);

// Keeps the compiler from merging or interchanging the operations before and after it: whoever
// reads memory next must find the array as it stands. No instruction.
inline void finish_operation(const double* array) {
  asm volatile("" : : "r"(array) : "memory");
}

// to[i] += from[i]. Requires equal sizes; the arrays may not overlap.
[[gnu::noinline]] inline void add(std::span<double> to, std::span<const double> from) {
  AN_DCHECK(to.size() == from.size());
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  double* const HWY_RESTRICT a = to.data();
  const double* const HWY_RESTRICT b = from.data();
  const std::size_t size = to.size();
  std::size_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes) {
    const auto sum0 = hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i));
    const auto sum1 = hn::Add(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes));
    const auto sum2 = hn::Add(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes));
    const auto sum3 = hn::Add(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes));
    hn::StoreU(sum0, d, a + i);
    hn::StoreU(sum1, d, a + i + lanes);
    hn::StoreU(sum2, d, a + i + 2 * lanes);
    hn::StoreU(sum3, d, a + i + 3 * lanes);
  }
  for (; i + lanes <= size; i += lanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, a + i);
  }
  for (; i < size; ++i) {
    a[i] += b[i];
  }
}

// The angle of (x, y) in [-pi, pi]; 0 for the origin. Highway's Atan covers the right half plane;
// the left half is a half turn away, on the side of y's sign.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V angle(D d, V y, V x) {
  const V zero = hn::Zero(d);
  const V half_turn = hn::CopySign(hn::Set(d, std::numbers::pi), y);
  const V raw = hn::Add(hn::Atan(d, hn::Div(y, x)), hn::IfThenElseZero(hn::Lt(x, zero), half_turn));
  const auto is_origin = hn::And(hn::Eq(x, zero), hn::Eq(y, zero));
  return hn::IfThenElse(is_origin, zero, raw);
}

// One step of interference over the lanes of `d` at element i; see interfere().
template <class D>
HWY_INLINE void interfere_at(D d, Wave& first, Wave& second, std::size_t i) {
  const auto f1 = hn::LoadU(d, &first.frequency[i]);
  const auto f2 = hn::LoadU(d, &second.frequency[i]);
  const auto a1 = hn::LoadU(d, &first.amplitude[i]);
  const auto a2 = hn::LoadU(d, &second.amplitude[i]);
  const auto phase1 = hn::LoadU(d, &first.phase[i]);

  const auto turned = hn::Add(hn::LoadU(d, &second.phase[i]), f2);
  const auto is_past = hn::Gt(turned, hn::Set(d, std::numbers::pi));
  const auto phase2 =
      hn::Sub(turned, hn::IfThenElseZero(is_past, hn::Set(d, 2 * std::numbers::pi)));

  const auto cos1 = hn::Cos(d, phase1);
  const auto sin1 = hn::Sin(d, phase1);
  const auto cos2 = hn::Cos(d, phase2);
  const auto sin2 = hn::Sin(d, phase2);
  const auto cos_difference = hn::MulAdd(cos1, cos2, hn::Mul(sin1, sin2));
  const auto product = hn::Mul(hn::Add(a1, a1), a2);
  const auto squares = hn::MulAdd(a1, a1, hn::Mul(a2, a2));
  // Rounding can take the square of a vanishing sum below zero.
  const auto square = hn::Max(hn::MulAdd(product, cos_difference, squares), hn::Zero(d));
  const auto half = hn::Set(d, 0.5);

  hn::StoreU(hn::Mul(half, hn::Sqrt(square)), d, &first.amplitude[i]);
  hn::StoreU(
      angle(d, hn::MulAdd(a1, sin1, hn::Mul(a2, sin2)), hn::MulAdd(a1, cos1, hn::Mul(a2, cos2))), d,
      &first.phase[i]);
  hn::StoreU(hn::Mul(half, hn::Add(f1, f2)), d, &first.frequency[i]);
  hn::StoreU(phase2, d, &second.phase[i]);
}

// One operation of true interference: wave 2 turns by its frequency, then wave 1 becomes half of
// the sum of the two phasors,
//     a' = sqrt(a1^2 + a2^2 + 2 a1 a2 cos(phase1 - phase2)) / 2
//     phase' = atan2(a1 sin phase1 + a2 sin phase2, a1 cos phase1 + a2 cos phase2)
//     frequency' = (frequency1 + frequency2) / 2,
// the cosine of the difference taken from the four sines and cosines that phase' needs anyway. The
// half makes it a contraction: rounding errors do not pile up. Requires equal sizes.
[[gnu::noinline]] inline void interfere(Wave& first, Wave& second) {
  AN_DCHECK(first.size() == second.size());
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t size = first.size();
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    interfere_at(d, first, second, i);
  }
  for (; i < size; ++i) {
    interfere_at(hn::CappedTag<double, 1>(), first, second, i);
  }
}

}  // namespace an::workloads::wave
