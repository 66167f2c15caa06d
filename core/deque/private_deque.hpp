// PrivateDeque: a deque that its owner alone touches: plain memory, no atomic. (U. Acar, A. Chargueraud,
// M. Rainey, "Scheduling parallel programs by work stealing with private deques", PPoPP 2013.) Whoever
// wants an item asks the owner, who takes the oldest out and hands it over: how is for the user to say
// (schedulers/stealing/handover.hpp).
//
// Threads: one at a time.
//
// I1: items are slots [tail, head). Indices are modulo 2^32.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/assert.hpp"
#include "core/deque/work_deque.hpp"

namespace an {

template <class T>
class PrivateDeque {
 public:
  using Item = T;
  using Owner = PrivateDeque;

  static constexpr std::int64_t kCapacityDefault = 256;
  static constexpr std::int64_t kCapacityMax = std::int64_t{1} << 30;

  // An empty deque with room for `capacity` items, a power of two, before it first grows. `first` is the
  // index of the first item.
  explicit PrivateDeque(std::int64_t capacity = kCapacityDefault, std::uint32_t first = 0)
      : head_(first), tail_(first) {
    AN_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0 && capacity <= kCapacityMax);
    use(static_cast<std::uint32_t>(capacity));
  }

  // Out of memory ends the program: a fork that others may know of cannot be taken back. O(1) amortised.
  void push(T* item) noexcept {
    if (head_ == limit_) [[unlikely]] {
      grow();
    }
    slots_[head_ & mask_] = item;
    ++head_;
  }

  // Drops the youngest item; whether there was one.
  bool take_back() noexcept {
    if (head_ == tail_) [[unlikely]] {
      return false;
    }
    --head_;
    return true;
  }

  // The youngest item, or null.
  T* pop() noexcept { return take_back() ? slots_[head_ & mask_] : nullptr; }

  // The oldest item, or null.
  T* pop_oldest() noexcept {
    if (head_ == tail_) {
      return nullptr;
    }
    ++limit_;
    return slots_[tail_++ & mask_];
  }

  bool is_empty() const noexcept { return head_ == tail_; }
  std::int64_t size() const noexcept { return head_ - tail_; }

  // Slots of the ring.
  std::int64_t capacity() const noexcept { return std::int64_t{mask_} + 1; }

 private:
  [[gnu::noinline, gnu::cold]] void grow() noexcept {
    AN_ASSERT(capacity() < kCapacityMax);
    const std::unique_ptr<T*[]> old_slots = std::move(slots_);
    const std::uint32_t old_mask = mask_;
    use(2 * (old_mask + 1));
    for (std::uint32_t i = tail_; i != head_; ++i) {
      slots_[i & mask_] = old_slots[i & old_mask];
    }
  }

  void use(std::uint32_t capacity) {
    slots_ = std::make_unique<T*[]>(capacity);
    mask_ = capacity - 1;
    limit_ = tail_ + capacity;
  }

  std::uint32_t head_;
  std::uint32_t tail_;
  std::uint32_t limit_;  // tail + capacity
  std::uint32_t mask_;
  std::unique_ptr<T*[]> slots_;
};

static_assert(BranchDeque<PrivateDeque<int>>);

}  // namespace an
