// Stands before core/base/atomic.hpp in the include path of the stress programs: the same door, but
// each operation of an Atomic is preceded and followed by a delay now and then (perturb.hpp). The
// structures' sources are compiled unchanged.
//
// Atomic<T> has the size and the address of std::atomic<T>: the kernel compares futex words itself.
#pragma once

#include <atomic>

#include "tests/stress/perturb.hpp"

namespace an {

template <class T>
class Atomic : private std::atomic<T> {
  using Base = std::atomic<T>;
  using Order = std::memory_order;

  // Before the operation when made, after it when it goes.
  struct Delayed {
    Delayed() noexcept { stress::perturb(); }
    ~Delayed() { stress::perturb(); }
    Delayed(const Delayed&) = delete;
    Delayed& operator=(const Delayed&) = delete;
  };

 public:
  using typename Base::value_type;

  constexpr Atomic() noexcept = default;
  constexpr Atomic(T value) noexcept : Base(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order) const noexcept {
    const Delayed delayed;
    return Base::load(order);
  }
  void store(T value, Order order) noexcept {
    const Delayed delayed;
    Base::store(value, order);
  }
  T exchange(T value, Order order) noexcept {
    const Delayed delayed;
    return Base::exchange(value, order);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) noexcept {
    const Delayed delayed;
    return Base::compare_exchange_strong(expected, desired, success, failure);
  }
  // Fails for no reason now and then, which x86 never does.
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) noexcept {
    const Delayed delayed;
    if (stress::fails_spuriously()) {
      expected = Base::load(failure);
      return false;
    }
    return Base::compare_exchange_weak(expected, desired, success, failure);
  }
  T fetch_add(T amount, Order order) noexcept {
    const Delayed delayed;
    return Base::fetch_add(amount, order);
  }
  T fetch_sub(T amount, Order order) noexcept {
    const Delayed delayed;
    return Base::fetch_sub(amount, order);
  }
  T fetch_or(T bits, Order order) noexcept {
    const Delayed delayed;
    return Base::fetch_or(bits, order);
  }
  T fetch_and(T bits, Order order) noexcept {
    const Delayed delayed;
    return Base::fetch_and(bits, order);
  }
};

static_assert(sizeof(Atomic<unsigned>) == sizeof(std::atomic<unsigned>));

inline constexpr std::memory_order kStat = std::memory_order_relaxed;
inline constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
inline constexpr std::memory_order kAcquire = std::memory_order_acquire;
inline constexpr std::memory_order kRelease = std::memory_order_release;
inline constexpr std::memory_order kAcqRel = std::memory_order_acq_rel;
inline constexpr std::memory_order kSeqCst = std::memory_order_seq_cst;

// As in core/base/atomic.hpp.
inline void light_barrier() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}
bool heavy_barrier_available() noexcept;
void heavy_barrier() noexcept;
inline void full_barrier() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace an
