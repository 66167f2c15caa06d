// FutexMutex: a mutex of four bytes, for what is locked rarely and briefly but lives in great
// numbers. The third mutex of U. Drepper, "Futexes Are Tricky" (2004, revised 2011): the word tells
// whether anybody may sleep, so that an uncontended lock is one compare-and-swap and an uncontended
// unlock one exchange, without a system call. Not recursive, not fair.
//
// Memory effects: everything before an unlock() happens before the end of every later lock().
//
// Threads: any may lock; who has locked unlocks. The mutex may be destroyed by whoever knows that
// nobody will lock it again and has locked and unlocked it last: an earlier unlock() may still be
// about to wake the address, which it hands to the kernel without reading it; at worst a sleeper on
// a new word there wakes for nothing.
//
// I1: kFree: nobody holds it. kLocked: held, and whoever sleeps for it also has a wake-up under way.
//     kContended: held, and somebody may sleep.
// I2: a thread sleeps only while the word is kContended (the kernel compares), and whoever wins
//     after having slept leaves kContended behind, because it cannot know that it was the last.
//
// Progress: blocking. try_lock() and an unlock() without sleepers are wait-free.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"

namespace an {

class FutexMutex {
 public:
  constexpr FutexMutex() noexcept = default;
  FutexMutex(const FutexMutex&) = delete;
  FutexMutex& operator=(const FutexMutex&) = delete;

  // Spins for about a microsecond, then sleeps. Requires that the caller does not hold it.
  void lock() noexcept {
    if (!try_lock()) [[unlikely]] {
      lock_slow();
    }
  }

  // Takes it if nobody holds it; never waits.
  bool try_lock() noexcept {
    std::uint32_t state = kFree;
    // (M1) acquire; pairs with (M2): what the last holder wrote is visible. If relaxed, a holder
    // could read what was there before it: futex_mutex_test.cpp, OneHolderAtATime.
    return state_.compare_exchange_strong(state, kLocked, kAcquire, kStat);
  }

  // Requires that the caller holds it.
  void unlock() noexcept {
    // (M2) release; pairs with (M1), (M3): publishes what the holder wrote.
    const std::uint32_t before = state_.exchange(kFree, kRelease);
    if (before != kLocked) [[unlikely]] {
      wake_one(before);
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kLocked = 1;
  static constexpr std::uint32_t kContended = 2;

  void lock_slow() noexcept;
  void wake_one(std::uint32_t before) noexcept;

  Atomic<std::uint32_t> state_ = kFree;
};

static_assert(sizeof(FutexMutex) == 4, "the word is all there is");

}  // namespace an
