// MpmcQueue: a bounded ring that any thread may push to and any may pop from. Dmitry Vyukov's
// bounded MPMC queue (1024cores.net, "Bounded MPMC queue", 2010): each cell carries the number of
// the operation it waits for, so that pushes and pops contend on one counter each and never on each
// other's. Indices are 64-bit: they never wrap.
//
// Threads: every member by any thread.
//
// I1: operations are numbered: push number t and pop number t use cell t modulo the capacity, and
//     each number is drawn by one thread.
// I2: a cell's `turn` is t: free for push t; t + 1: holds the item of push t; t + capacity: emptied
//     by pop t, that is, free for push t + capacity. It only grows.
// I3: the item of a cell is written between drawing a push's number and turn = t + 1, read between
//     drawing a pop's number and turn = t + capacity: never by two threads at once.
//
// Order: items leave in the order of their pushes' numbers; those of one producer in its order.
//
// Progress: no call waits for another thread: a lost draw means that somebody else's succeeded. But
// a thread that stops between its draw and its turn holds a place: a push stopped there hides the
// items behind it, and try_pop says "empty"; a pop stopped there makes try_push say "full" one lap
// later. So "empty" does not mean that no push has returned. For consumers that sleep this means
// two duties (README.md, "A queue whose end is not yet linked"): whoever has pushed notifies, and
// whoever was woken hands on while more can be seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"

namespace an {

template <class T>
class MpmcQueue {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> &&
                    std::is_default_constructible_v<T>,
                "items are copied in and out of cells that outlive them: queue pointers");

 public:
  using Item = T;

  // Room for `capacity` items: a power of two, at least 2 (with one cell "holds item t" and "free
  // for push t + 1" would be the same number).
  explicit MpmcQueue(std::size_t capacity)
      : cells_(std::make_unique<Cell[]>(capacity)), mask_(capacity - 1) {
    AN_ASSERT(capacity >= 2 && (capacity & (capacity - 1)) == 0);
    for (std::size_t i = 0; i < capacity; ++i) {
      cells_[i].turn.store(i, kStat);
    }
  }
  MpmcQueue(const MpmcQueue&) = delete;
  MpmcQueue& operator=(const MpmcQueue&) = delete;

  // False when the queue is full. One read-modify-write without contention.
  bool try_push(T item) noexcept {
    std::uint64_t number = pushes_.value.load(kStat);
    for (;;) {
      Cell& cell = cells_[number & mask_];
      // (V1) acquire; pairs with (V6): the pop of a lap ago has finished reading the cell. If
      // relaxed, its item could be overwritten before it was read: mpmc_queue_test.cpp, the storms.
      const std::uint64_t turn = cell.turn.load(kAcquire);
      if (turn == number) {
        // (V2) relaxed; pairs with (V2): draws the number; the cell's turn orders all else.
        if (pushes_.value.compare_exchange_weak(number, number + 1, kRelaxed, kRelaxed)) {
          cell.item = item;
          // (V3) release; pairs with (V4): publishes the item and what it points to.
          cell.turn.store(number + 1, kRelease);
          return true;
        }
      } else if (is_before(turn, number)) {
        return false;
      } else {
        number = pushes_.value.load(kStat);  // others have pushed since
      }
    }
  }

  // Takes the oldest item into `item`; false, leaving it alone, when there is none to be had now.
  // One read-modify-write without contention.
  bool try_pop(T& item) noexcept {
    std::uint64_t number = pops_.value.load(kStat);
    for (;;) {
      Cell& cell = cells_[number & mask_];
      // (V4) acquire; pairs with (V3): the item is whole. If relaxed, an item of the last lap could
      // be taken again: mpmc_queue_test.cpp, the storms.
      const std::uint64_t turn = cell.turn.load(kAcquire);
      if (turn == number + 1) {
        // (V5) relaxed; pairs with (V5): draws the number; the cell's turn orders all else.
        if (pops_.value.compare_exchange_weak(number, number + 1, kRelaxed, kRelaxed)) {
          item = cell.item;
          // (V6) release; pairs with (V1): the cell was read and may be written again.
          cell.turn.store(number + mask_ + 1, kRelease);
          return true;
        }
      } else if (is_before(turn, number + 1)) {
        return false;
      } else {
        number = pops_.value.load(kStat);  // others have popped since
      }
    }
  }

  // A guess, for deciding whether to sleep or to try: what try_pop() would have found. May say
  // "not empty" of an item that is being taken, never "empty" of one that try_pop() would take.
  bool is_empty() const noexcept {
    const std::uint64_t number = pops_.value.load(kStat);
    // (V7) acquire; pairs with (V3): a "not empty" promises that the item can be seen.
    return is_before(cells_[number & mask_].turn.load(kAcquire), number + 1);
  }

  std::size_t capacity() const noexcept { return mask_ + 1; }

 private:
  struct Cell {
    Atomic<std::uint64_t> turn = 0;
    T item{};
  };

  static bool is_before(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<std::int64_t>(a - b) < 0;
  }

  std::unique_ptr<Cell[]> cells_;
  std::uint64_t mask_;
  Padded<Atomic<std::uint64_t>> pushes_{};
  Padded<Atomic<std::uint64_t>> pops_{};
};

}  // namespace an
