// ChaseLev: the dynamic circular work-stealing deque of D. Chase and Y. Lev (SPAA 2005), in the
// form whose orders are argued by N. M. Le, A. Pop, A. Cohen and F. Zappa Nardelli (PPoPP 2013),
// with seq_cst operations where they have fences: ThreadSanitizer does not model fences, and on x86
// the locked subtraction of pop() is cheaper than a fence. Indices are signed 64-bit: they never
// wrap, and an empty deque's bottom - 1 is a number below top. README.md has the table of orders.
//
// Threads: Owner's members by one thread at a time, Thief's by any.
//
// I1: items are slots [top, bottom); bottom is written by the owner only, top grows only.
// I2: a slot inside [top, bottom) of the current ring is not overwritten before top has passed it.
// I3: a ring that was replaced is never written again and lives as long as the deque, so a thief
//     that still holds it reads the item that was there; its claim on top decides whether it may
//     keep it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/deque/work_deque.hpp"

namespace an {

template <class T>
class ChaseLev {
 public:
  using Item = T;
  class Thief;
  class Owner;

 private:
  // A power of two of slots, addressed modulo its size. Slots are atomic because a thief may read
  // one that the owner reuses (and then fail its claim).
  struct Ring {
    explicit Ring(std::int64_t capacity)
        : mask(capacity - 1),
          slots(std::make_unique<Atomic<T*>[]>(static_cast<std::size_t>(capacity))) {
      AN_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0);
    }
    Atomic<T*>& slot(std::int64_t index) noexcept {
      return slots[static_cast<std::size_t>(index & mask)];
    }
    std::int64_t capacity() const noexcept { return mask + 1; }

    std::int64_t mask;
    std::unique_ptr<Atomic<T*>[]> slots;
  };
};

// What everyone may do.
template <class T>
class ChaseLev<T>::Thief {
 public:
  Thief(const Thief&) = delete;
  Thief& operator=(const Thief&) = delete;

  // Tries once to take the oldest item.
  Steal<T> steal() noexcept {
    // (D5) seq_cst; pairs with (D4), (D8): before (D6) in the single total order. If weaker, a
    // thief and the owner could both take the last item: chase_lev_test.cpp, EveryItemIsTakenOnce.
    std::int64_t top = top_.load(kSeqCst);
    // (D6) seq_cst; pairs with (D2), (D3): acquires the slot's content and the ring that holds it.
    const std::int64_t bottom = bottom_.load(kSeqCst);
    if (top >= bottom) {
      return {StealResult::kEmpty, nullptr};
    }
    // (D7) acquire; pairs with (D9): the ring's slots were filled before it was published.
    Ring* ring = ring_.load(kAcquire);
    // (D1) relaxed; pairs with (D2): ordered by (D6); an outdated item is discarded by (D8)
    // failing.
    T* item = ring->slot(top).load(kRelaxed);
    // (D8) seq_cst; pairs with (D4), (D8): the claim; one of all contenders for this index wins.
    if (!top_.compare_exchange_strong(top, top + 1, kSeqCst, kStat)) {
      return {StealResult::kLost, nullptr};
    }
    return {StealResult::kStolen, item};
  }

  // A guess, for deciding whether to sleep or to try: the caller's barriers make it meaningful.
  bool is_empty() const noexcept { return size() <= 0; }

  // As is_empty(). May be off by the operations in flight; never negative.
  std::int64_t size() const noexcept {
    // (D10) acquire; pairs with (D2): a non-zero answer promises that steal() can see the item.
    const std::int64_t bottom = bottom_.load(kAcquire);
    const std::int64_t top = top_.load(kStat);
    return bottom > top ? bottom - top : 0;
  }

 protected:
  Thief() = default;
  ~Thief() = default;

  alignas(kNoSharing) Atomic<std::int64_t> top_ = 0;  // thieves write here
  alignas(kNoSharing) Atomic<std::int64_t> bottom_ = 0;
  Atomic<Ring*> ring_ = nullptr;
};

// What only the owner may do.
template <class T>
class ChaseLev<T>::Owner : public ChaseLev<T>::Thief {
 public:
  static constexpr std::int64_t kCapacityDefault = 256;

  // An empty deque with room for `capacity` items, a power of two, before it first grows.
  explicit Owner(std::int64_t capacity = kCapacityDefault) : limit_(capacity) {
    rings_.push_back(std::make_unique<Ring>(capacity));
    use(*rings_.back());
    this->ring_.store(rings_.back().get(), kStat);
  }

  // Out of memory ends the program: a half-published fork cannot be taken back.
  void push(T* item) noexcept {
    const std::int64_t bottom = this->bottom_.load(kStat);
    if (bottom >= limit_) [[unlikely]] {
      make_room(bottom);
    }
    slot(bottom).store(item, kStat);
    // (D2) release; pairs with (D6), (D10): publishes the slot written above and what the item
    // points to. If relaxed, a thief could take a slot that was never written: chase_lev_test.cpp,
    // StolenItemsAreWhole.
    this->bottom_.store(bottom + 1, kRelease);
  }

  bool take_back() noexcept {
    // (D3) seq_cst; pairs with (D5), (D6): the withdrawal is visible before (D4) looks at top.
    const std::int64_t bottom = this->bottom_.fetch_sub(1, kSeqCst) - 1;
    // (D4) seq_cst; pairs with (D8): a claim that this load misses will see bottom lowered.
    std::int64_t top = this->top_.load(kSeqCst);
    if (top < bottom) [[likely]] {
      return true;
    }
    return take_last(bottom, top);
  }

  T* pop() noexcept {
    if (this->is_empty()) {
      return nullptr;  // certain for the owner, since top only grows; spares a locked instruction
    }
    T* item = slot(this->bottom_.load(kStat) - 1).load(kStat);
    return take_back() ? item : nullptr;
  }

  // Slots of the current ring.
  std::int64_t capacity() const noexcept { return mask_ + 1; }

 private:
  // One item left, or none: the owner competes like a thief.
  [[gnu::noinline]] bool take_last(std::int64_t bottom, std::int64_t top) noexcept {
    bool taken = false;
    if (top == bottom) {
      // (D11) seq_cst; pairs with (D8): the owner's claim on the last item.
      taken = this->top_.compare_exchange_strong(top, top + 1, kSeqCst, kStat);
    }
    // (D12) release; pairs with (D6): restores bottom = top; a reader that sees it sees all pushes.
    this->bottom_.store(bottom + 1, kRelease);
    return taken;
  }

  // The ring looked full by the owner's old view of top: renews the view, and grows if it really
  // is.
  [[gnu::noinline]] void make_room(std::int64_t bottom) {
    // (D13) acquire; pairs with (D8): a thief that advanced top has finished reading its slot.
    const std::int64_t top = this->top_.load(kAcquire);
    limit_ = top + capacity();
    if (bottom < limit_) {
      return;
    }
    auto larger = std::make_unique<Ring>(capacity() * 2);
    for (std::int64_t i = top; i < bottom; ++i) {
      larger->slot(i).store(slot(i).load(kStat), kStat);
    }
    use(*larger);
    limit_ = top + capacity();
    rings_.push_back(std::move(larger));
    // (D9) release; pairs with (D7): publishes the slots copied above. If relaxed, a thief could
    // read an empty slot of the new ring (the published defect of Le et al.): chase_lev_test.cpp,
    // GrowthUnderTheft.
    this->ring_.store(rings_.back().get(), kRelease);
  }

  // The owner's copy of where the current ring is: one load less on the fork path.
  void use(Ring& ring) noexcept {
    mask_ = ring.mask;
    slots_ = ring.slots.get();
  }
  Atomic<T*>& slot(std::int64_t index) noexcept { return slots_[index & mask_]; }

  std::int64_t limit_;  // a lower bound of top + capacity
  std::int64_t mask_ = 0;
  Atomic<T*>* slots_ = nullptr;
  std::vector<std::unique_ptr<Ring>> rings_;  // all of them (I3)
};

static_assert(WorkDeque<ChaseLev<int>>);

}  // namespace an
