// FiberStore: fibers and their stacks, used again and again. A stack is a mapping with a page below it
// that may not be touched: whoever runs over the end is killed there, and has overwritten nothing. The
// pages of a stack are the system's until they are touched, and stay from then on.
//
// The Fiber itself lies at the upper end of its stack. Where that end is differs from stack to stack
// within a page ("colours"): otherwise the youngest frames of all stacks would share the few lines of a
// cache whose addresses end alike.
//
// Threads: Shelf's members by one thread at a time, the store's by any.
//
// I1: a fiber is in use, on one shelf, or in the store.
// I2: a fiber may be put on a shelf by the strand that stands on it, if the next thing its thread does
//     is to leave: nobody but that thread takes from the shelf, and put() gives nothing away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/base/assert.hpp"
#include "core/fiber/fiber.hpp"

namespace an {

class FiberStore {
 public:
  class Shelf;

  static constexpr std::size_t kStackBytesMin = std::size_t{16} << 10;

  // Stacks of `stack_bytes` >= kStackBytesMin, rounded up to pages, without the page below.
  explicit FiberStore(std::size_t stack_bytes);
  // Requires that every fiber is back.
  ~FiberStore();
  FiberStore(const FiberStore&) = delete;
  FiberStore& operator=(const FiberStore&) = delete;

  std::size_t stack_bytes() const noexcept { return stack_bytes_; }
  // Stacks that exist: the most that were in use or on shelves at one time.
  std::uint64_t stacks() const noexcept;

 private:
  // A list of at least one and at most `wanted` fibers: old ones first. Throws an::Error when the system
  // has no more memory or mappings.
  Fiber* take(std::uint32_t wanted, std::uint32_t& taken);
  void give_back(Fiber* first, Fiber* last, std::uint32_t count) noexcept;
  Fiber& make();

  std::size_t stack_bytes_;
  mutable std::mutex lock_;
  Fiber* free_ = nullptr;
  std::uint64_t free_count_ = 0;
  std::vector<Fiber*> all_;
};

// The fibers one worker has at hand. A fiber that ends on another worker stays there.
class FiberStore::Shelf {
 public:
  // From and to the store so many at a time; a shelf keeps no more than twice as many for long.
  static constexpr std::uint32_t kBatch = 8;

  explicit Shelf(FiberStore& store) noexcept : store_(store) {}
  ~Shelf() {
    if (top_ != nullptr) {
      give_back(count_);
    }
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  // A fiber to start. Throws an::Error as FiberStore::take.
  [[gnu::always_inline]] Fiber& take() {
    if (top_ == nullptr) [[unlikely]] {
      refill();
    }
    Fiber& fiber = *top_;
    top_ = fiber.next;
    --count_;
    return fiber;
  }

  // A fiber that has returned.
  [[gnu::always_inline]] void put(Fiber& fiber) noexcept {
    fiber.next = top_;
    top_ = &fiber;
    ++count_;
  }

  // A fiber whose strand is over although it could not return (I2).
  void put_left(Fiber& fiber) noexcept {
    fiber.has_left = false;
    fiber.is_worn = true;
    put(fiber);
  }

  // Gives back what is above the limit. Not on the stack of a fiber that was put here.
  void trim() noexcept {
    if (count_ > 2 * kBatch) [[unlikely]] {
      give_back(count_ - kBatch);
    }
  }

 private:
  [[gnu::noinline]] void refill();
  [[gnu::noinline]] void give_back(std::uint32_t count) noexcept;

  FiberStore& store_;
  Fiber* top_ = nullptr;
  std::uint32_t count_ = 0;
};

}  // namespace an
