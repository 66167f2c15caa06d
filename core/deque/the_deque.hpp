// TheDeque: the work-stealing deque of Cilk-5 (M. Frigo, C. Leiserson, K. Randall, "The
// implementation of the Cilk-5 multithreaded language", PLDI 1998; the THE protocol, after
// Dijkstra's mutual exclusion), with the owner's barrier moved to the thief (asymmetric barriers,
// core/base/atomic.hpp) and thieves that take half.
//
// The owner pushes and pops with plain loads and stores. A thief takes the lock, moves `top` over
// what it claims, runs heavy_barrier(), and looks at `bottom` once more: what the owner has popped
// meanwhile it gives back. The owner, having lowered `bottom`, looks at `top`: when its item is
// claimed it takes the lock and so waits for the verdict. A steal costs 2 to 13 us (membarrier on two
// hosts) and an interrupt on every CPU that runs this process; it pays because it takes up to half of
// the items at once, and
// every item can be stolen at any time, also while the owner is deep in a task. When it loses: items
// stolen one at a time, and many thieves (kAsymmetricThievesMax).
//
// Threads: Owner's members by one thread at a time, Thief's by any.
//
// I1: items are slots [top, bottom). bottom is written by the owner only; top under the lock only.
// I2: while the lock is held top may be ahead of its final value, never behind it.
// I3: a slot below top is not reused before the lock was taken by the owner once after top passed it
//     (make_room), so a thief copies its loot undisturbed; and a ring is replaced under the lock.
// I4: lock_ counts lockings and unlockings: odd = held. A value of top read between two equal even
//     readings of it was final then.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/deque/work_deque.hpp"

namespace an {

template <class T>
class TheDeque {
 public:
  using Item = T;
  class Thief;
  class Owner;
};

// What everyone may do.
template <class T>
class TheDeque<T>::Thief {
 public:
  Thief(const Thief&) = delete;
  Thief& operator=(const Thief&) = delete;

  // Takes the older half of the items, rounded up, at most out.size(); returns how many, oldest
  // first in `out`. 0: nothing there, or somebody else is stealing.
  std::size_t steal_half(std::span<T*> out) noexcept {
    if (is_empty() || !try_lock()) {
      return 0;
    }
    const std::int64_t first = top_.load(kStat);
    const std::int64_t end = claim(first, static_cast<std::int64_t>(out.size()));
    for (std::int64_t i = first; i < end; ++i) {
      out[static_cast<std::size_t>(i - first)] = slot(i).load(kStat);
    }
    unlock();
    return static_cast<std::size_t>(end - first);
  }

  // One attempt to take the oldest item.
  Steal<T> steal() noexcept {
    if (is_empty()) {
      return {StealResult::kEmpty, nullptr};
    }
    T* item = nullptr;
    return steal_half({&item, 1}) == 1 ? Steal<T>{StealResult::kStolen, item}
                                       : Steal<T>{StealResult::kLost, nullptr};
  }

  // A guess, for deciding whether to sleep or to try: the caller's barriers make it meaningful.
  bool is_empty() const noexcept { return size() == 0; }

  // As is_empty(). May be off by the operations in flight; never negative.
  std::int64_t size() const noexcept {
    const std::int64_t top = top_.load(kStat);
    // (T1) acquire; pairs with (T4), (T5), (T8): with a non-zero answer the items can be stolen.
    const std::int64_t bottom = bottom_.load(kAcquire);
    return bottom > top ? bottom - top : 0;
  }

 protected:
  explicit Thief(bool asymmetric) : asymmetric_(asymmetric) {}
  ~Thief() = default;

  bool try_lock() noexcept {
    std::uint32_t count = lock_.load(kStat);
    // (T2) acquire; pairs with (T3): what the last holder did to top and to the ring.
    return count % 2 == 0 && lock_.compare_exchange_strong(count, count + 1, kAcquire, kStat);
  }
  void lock() noexcept {
    Backoff backoff;
    while (!try_lock()) {
      backoff.wait();
    }
  }
  // (T3) release; pairs with (T2), (T9): hands top and the ring to the next holder.
  void unlock() noexcept { lock_.store(lock_.load(kStat) + 1, kRelease); }

  // Under the lock: moves top over the older half of the items from `first`, at most `most`.
  // Returns the new top.
  std::int64_t claim(std::int64_t first, std::int64_t most) noexcept {
    // (T6) acquire; pairs with (T4), (T5), (T8): a first estimate of how much there is.
    std::int64_t bottom = bottom_.load(kAcquire);
    std::int64_t end = first + std::min(most, (bottom - first + 1) / 2);
    if (end <= first) {
      return first;
    }
    // (T7) seq_cst; pairs with (T10), (T12): with the barrier or the load below, the thief's half of
    // Dekker's pattern: a pop that does not see this claim is seen by it. Without: an item is taken
    // twice, work_deque_contract.hpp, EveryItemIsTakenOnce.
    top_.store(end, kSeqCst);
    if (asymmetric_) {
      heavy_barrier();
    }
    // (T11) seq_cst; pairs with (T4), (T5), (T8), (T12): as (T7); and acquires the items claimed.
    bottom = bottom_.load(kSeqCst);
    if (bottom < end) {
      end = std::max(first, bottom);
      top_.store(end, kStat);  // published by (T3)
    }
    return end;
  }

  Atomic<T*>& slot(std::int64_t index) const noexcept {
    return slots_[static_cast<std::size_t>(index & mask_)];
  }

  alignas(kNoSharing) Atomic<std::int64_t> top_ = 0;  // thieves write here
  Atomic<std::uint32_t> lock_ = 0;
  alignas(kNoSharing) Atomic<std::int64_t> bottom_ = 0;
  std::int64_t mask_ = 0;                // written by the owner under the lock
  std::unique_ptr<Atomic<T*>[]> slots_;  // as mask_
  const bool asymmetric_;
};

// What only the owner may do.
template <class T>
class TheDeque<T>::Owner : public TheDeque<T>::Thief {
 public:
  static constexpr std::int64_t kCapacityDefault = 256;
  // An item is asked for so many pops before it is returned.
  static constexpr std::int64_t kAhead = 4;
  // With more thieves than this the owner pays for its own barrier: every steal interrupts every
  // CPU of the process, so the cost of the asymmetric kind grows with their square.
  static constexpr std::uint32_t kAsymmetricThievesMax = 15;

  // An empty deque with room for `capacity` items, a power of two, before it first grows.
  // `thieves` is how many threads may steal.
  explicit Owner(std::int64_t capacity = kCapacityDefault, std::uint32_t thieves = 1)
      : TheDeque<T>::Thief(thieves <= kAsymmetricThievesMax && heavy_barrier_available()) {
    AN_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0);
    use(capacity);
    limit_ = capacity;
  }

  // Out of memory ends the program: what was published with an earlier push cannot be taken back.
  void push(T* item) noexcept {
    const std::int64_t bottom = this->bottom_.load(kStat);
    if (bottom >= limit_) [[unlikely]] {
      make_room(bottom, 1);
    }
    this->slot(bottom).store(item, kStat);
    // (T4) release; pairs with (T1), (T6), (T11): publishes the slot and what the item points to.
    this->bottom_.store(bottom + 1, kRelease);
  }

  // Pushes all of `items`, the last becoming the youngest, with one publication.
  void push_all(std::span<T* const> items) noexcept {
    const std::int64_t bottom = this->bottom_.load(kStat);
    const auto count = static_cast<std::int64_t>(items.size());
    if (bottom + count > limit_) [[unlikely]] {
      make_room(bottom, count);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      this->slot(bottom + i).store(items[static_cast<std::size_t>(i)], kStat);
    }
    // (T8) release; pairs with (T1), (T6), (T11): as (T4), for all of them.
    this->bottom_.store(bottom + count, kRelease);
  }

  bool take_back() noexcept {
    std::int64_t bottom = 0;
    if (this->asymmetric_) [[likely]] {
      bottom = this->bottom_.load(kStat) - 1;
      // (T5) release; pairs with (T1), (T6), (T11): a reader of it sees the pushes below. Ordered
      // before (T10) by the thief's heavy barrier.
      this->bottom_.store(bottom, kRelease);
      light_barrier();
    } else {
      // (T12) seq_cst; pairs with (T7), (T11): the owner's half of Dekker's pattern.
      bottom = this->bottom_.fetch_sub(1, kSeqCst) - 1;
    }
    // (T10) seq_cst; pairs with (T7): a claim that this load misses will see bottom lowered.
    if (this->top_.load(kSeqCst) <= bottom) [[likely]] {
      return true;
    }
    return take_contended(bottom);
  }

  T* pop() noexcept {
    const std::int64_t bottom = this->bottom_.load(kStat);
    if (this->top_.load(kStat) >= bottom && is_surely_empty(bottom)) {
      return nullptr;
    }
    T* item = this->slot(bottom - 1).load(kStat);
    // Whoever made it may have been another CPU, and the next few are known by now.
    __builtin_prefetch(this->slot(bottom - 1 - kAhead).load(kStat));
    return take_back() ? item : nullptr;
  }

  // Slots of the ring.
  std::int64_t capacity() const noexcept { return this->mask_ + 1; }

 private:
  // Whether top, in its final value, has reached `bottom` (I4).
  [[gnu::noinline]] bool is_surely_empty(std::int64_t bottom) const noexcept {
    // (T9) acquire; pairs with (T3): top as the last thief left it.
    const std::uint32_t before = this->lock_.load(kAcquire);
    // (T13) acquire; pairs with (T7): not after the second reading of the lock.
    const std::int64_t top = this->top_.load(kAcquire);
    return before % 2 == 0 && this->lock_.load(kStat) == before && top >= bottom;
  }

  // The item at the lowered `bottom` is claimed, or there is none: waits for the verdict.
  [[gnu::noinline]] bool take_contended(std::int64_t bottom) noexcept {
    this->lock();
    const bool taken = this->top_.load(kStat) <= bottom;
    if (!taken) {
      this->bottom_.store(bottom + 1, kStat);  // published by (T3), or by the next push
    }
    this->unlock();
    return taken;
  }

  // The ring looked full by the owner's old view of top: renews the view, and grows unless half of the
  // ring is free, so that the next renewal, which may have to wait for a thief, is far away.
  [[gnu::noinline]] void make_room(std::int64_t bottom, std::int64_t count) {
    this->lock();
    const std::int64_t top = this->top_.load(kStat);
    if (bottom + count > top + capacity() / 2) {
      const std::int64_t old_mask = this->mask_;
      const auto old_slots = std::move(this->slots_);
      std::int64_t larger = capacity() * 2;
      while (bottom + count > top + larger / 2) {
        larger *= 2;
      }
      use(larger);
      for (std::int64_t i = top; i < bottom; ++i) {
        this->slot(i).store(old_slots[static_cast<std::size_t>(i & old_mask)].load(kStat), kStat);
      }
    }
    limit_ = top + capacity();
    this->unlock();
  }

  void use(std::int64_t capacity) {
    this->slots_ = std::make_unique<Atomic<T*>[]>(static_cast<std::size_t>(capacity));
    this->mask_ = capacity - 1;
  }

  std::int64_t limit_ = 0;  // a lower bound of top + capacity
};

static_assert(WorkDeque<TheDeque<int>>);

}  // namespace an
