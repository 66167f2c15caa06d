// SplitDeque: a work-stealing deque whose owner works without fences and locked instructions. (T. van
// Dijk and J. van de Pol, "Lace: non-blocking split deque for work-stealing", MuCoCoS at Euro-Par
// 2014; the split point is from J. Dinan et al., "Scalable work stealing", SC 2009.)
//
// The older items are shared, the younger ones private. Thieves see the shared part only: they claim
// its oldest item by moving `tail`. The owner pushes and pops the private part with plain loads and
// stores, and moves the split point: share() gives the older half of what is private to the thieves,
// and a pop that finds nothing private takes the younger half of what is shared back. tail and split
// are one word, so that each of these moves is one compare-and-swap, and none can overlap another.
//
// When to share is for the user to say: an item that was never shared cannot be stolen. That is the
// price: an owner that is deep in a long task shares nothing meanwhile.
//
// Against the paper: one word instead of a flag and two fields written by half, so that the owner
// needs no fence to take items back; a ring that grows instead of a fixed array; items leave no trace
// in the deque once they are claimed.
//
// Threads: Owner's members by one thread at a time, Thief's by any.
//
// I1: items are slots [tail, head); shared are [tail, split), private [split, head). Indices are
//     modulo 2^32; tail only grows, so a claim is never of an item that was there before.
// I2: a claim makes its slot the thief's: the thief reads it afterwards and empties it. Before the
//     owner uses a slot again that lies below tail, it sees it empty (make_room).
// I3: the ring is replaced only when nothing is shared and every claimed slot is empty: no thief
//     reads a ring that was replaced.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/deque/work_deque.hpp"

namespace an {

template <class T>
class SplitDeque {
 public:
  using Item = T;
  class Thief;
  class Owner;

 private:
  // What thieves and the owner agree on.
  struct Shared {
    std::uint32_t tail;
    std::uint32_t split;

    static Shared of(std::uint64_t word) noexcept {
      return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
    }
    std::uint64_t word() const noexcept { return static_cast<std::uint64_t>(split) << 32 | tail; }
    std::uint32_t size() const noexcept { return split - tail; }
  };
};

// What everyone may do.
template <class T>
class SplitDeque<T>::Thief {
 public:
  Thief(const Thief&) = delete;
  Thief& operator=(const Thief&) = delete;

  // Tries once to take the oldest shared item.
  Steal<T> steal() noexcept {
    std::uint64_t word = shared_.load(kStat);
    const Shared seen = Shared::of(word);
    if (seen.size() == 0) {
      return {StealResult::kEmpty, nullptr};
    }
    const Shared claimed{seen.tail + 1, seen.split};
    // (S1) acquire; pairs with (S2): what the owner wrote before it shared the item: the slot, what it
    // points to, and the ring. If relaxed, a thief could take a slot that was never written:
    // split_deque_test.cpp, StolenItemsAreWhole.
    if (!shared_.compare_exchange_strong(word, claimed.word(), kAcquire, kStat)) {
      return {StealResult::kLost, nullptr};
    }
    Atomic<T*>& slot = slots_[seen.tail & mask_];
    T* const item = slot.load(kStat);
    // (S3) release; pairs with (S4): the slot, and the ring, were read.
    slot.store(nullptr, kRelease);
    return {StealResult::kStolen, item};
  }

  // Of the shared part: a guess, for deciding whether to sleep or to try.
  bool is_empty() const noexcept { return size() == 0; }

  // Items of the shared part. May be off by the operations in flight.
  std::int64_t size() const noexcept {
    // One word, so no order is needed: a steal that follows sees this value or a later one.
    return Shared::of(shared_.load(kStat)).size();
  }

 protected:
  Thief() = default;
  ~Thief() = default;

  alignas(kNoSharing) Atomic<std::uint64_t> shared_ = 0;  // Shared
  std::uint32_t mask_ = 0;               // written by the owner while nothing is shared
  std::unique_ptr<Atomic<T*>[]> slots_;  // as mask_
};

// What only the owner may do.
template <class T>
class SplitDeque<T>::Owner : public SplitDeque<T>::Thief {
 public:
  static constexpr std::int64_t kCapacityDefault = 256;
  static constexpr std::int64_t kCapacityMax = std::int64_t{1} << 30;

  // An empty deque with room for `capacity` items, a power of two, before it first grows. `first` is the
  // index of the first item.
  explicit Owner(std::int64_t capacity = kCapacityDefault, std::uint32_t first = 0)
      : head_(first),
        split_(first),
        limit_(first + static_cast<std::uint32_t>(capacity)),
        unread_(first) {
    AN_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0 && capacity <= kCapacityMax);
    use(static_cast<std::uint32_t>(capacity));
    this->shared_.store(Shared{first, first}.word(), kStat);
  }

  // Out of memory ends the program: a fork that others may know of cannot be taken back.
  void push(T* item) noexcept {
    if (head_ == limit_) [[unlikely]] {
      make_room();
    }
    own_slots_[head_ & own_mask_].store(item, kStat);  // published by (S2)
    ++head_;
  }

  bool take_back() noexcept {
    if (head_ == split_ && !unshare()) [[unlikely]] {
      return false;
    }
    --head_;
    return true;
  }

  T* pop() noexcept {
    if (head_ == split_ && !unshare()) [[unlikely]] {
      return nullptr;
    }
    --head_;
    return own_slots_[head_ & own_mask_].load(kStat);
  }

  // Shares the older half of the private items, rounded up. O(1).
  [[gnu::noinline, gnu::cold]] void share() noexcept {
    split_ += (head_ - split_ + 1) / 2;
    publish_split();
  }

  // Items no thief can see.
  std::int64_t private_size() const noexcept { return head_ - split_; }

  // Slots of the ring.
  std::int64_t capacity() const noexcept { return std::int64_t{own_mask_} + 1; }

 private:
  void publish_split() noexcept {
    std::uint64_t word = this->shared_.load(kStat);
    // (S2) release; pairs with (S1): the slots up to the split point, what they point to, and the
    // ring.
    while (!this->shared_.compare_exchange_weak(word, Shared{Shared::of(word).tail, split_}.word(),
                                                kRelease, kStat)) {
    }
  }

  // Nothing is private: takes the younger half of what is shared back. False when there is none.
  [[gnu::noinline, gnu::cold]] bool unshare() noexcept {
    std::uint64_t word = this->shared_.load(kStat);
    for (;;) {
      const Shared seen = Shared::of(word);
      if (seen.size() == 0) {
        return false;
      }
      const Shared rest{seen.tail, seen.tail + seen.size() / 2};
      // (S5) relaxed; pairs with (S1): it continues the release sequence of the (S2) that published what
      // stays shared.
      if (this->shared_.compare_exchange_weak(word, rest.word(), kRelaxed, kStat)) {
        split_ = rest.split;
        return true;
      }
    }
  }

  // The ring looked full by the owner's old view of tail: renews the view, and grows if it really is.
  [[gnu::noinline, gnu::cold]] void make_room() noexcept {
    const std::uint32_t tail = Shared::of(this->shared_.load(kStat)).tail;
    await_claims(tail);
    limit_ = tail + own_mask_ + 1;
    if (head_ == limit_) {
      grow();
    }
  }

  // Every slot below `tail` was read by its thief.
  void await_claims(std::uint32_t tail) noexcept {
    for (; unread_ != tail; ++unread_) {
      Backoff backoff;
      // (S4) acquire; pairs with (S3): the thief is done with the slot and with the ring.
      while (own_slots_[unread_ & own_mask_].load(kAcquire) != nullptr) {
        backoff.wait();
      }
    }
  }

  void grow() noexcept {
    const std::uint32_t split = split_;
    std::uint64_t word = this->shared_.load(kStat);
    // (S6) relaxed; pairs with (S1): publishes nothing; from here on nobody claims from the old ring.
    while (!this->shared_.compare_exchange_weak(
        word, Shared{Shared::of(word).tail, Shared::of(word).tail}.word(), kRelaxed, kStat)) {
    }
    const std::uint32_t tail = Shared::of(word).tail;
    await_claims(tail);
    const auto old_slots = std::move(this->slots_);
    const std::uint32_t old_mask = own_mask_;
    AN_ASSERT(capacity() < kCapacityMax);
    use(2 * (old_mask + 1));
    for (std::uint32_t i = tail; i != head_; ++i) {
      own_slots_[i & own_mask_].store(old_slots[i & old_mask].load(kStat), kStat);
    }
    limit_ = tail + own_mask_ + 1;
    split_ = split;
    publish_split();
  }

  void use(std::uint32_t capacity) {
    this->slots_ = std::make_unique<Atomic<T*>[]>(capacity);
    own_slots_ = this->slots_.get();
    this->mask_ = own_mask_ = capacity - 1;
  }

  // The owner's own, and its copies of what thieves read; on a line that thieves do not touch.
  alignas(kNoSharing) std::uint32_t head_;
  std::uint32_t split_;
  std::uint32_t limit_;  // a lower bound of tail + capacity
  std::uint32_t own_mask_ = 0;
  Atomic<T*>* own_slots_ = nullptr;
  std::uint32_t unread_;  // slots below were emptied by their thieves
};

static_assert(WorkDeque<SplitDeque<int>>);

}  // namespace an
