// The only door to sleeping: wait on a 32-bit word until somebody changes it and wakes us.
// The kernel compares and sleeps atomically with respect to futex_wake, so a wake between the
// caller's check and its sleep is not lost. Returns may be spurious: callers loop.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"
#include "core/base/clock.hpp"

namespace an {

// Sleeps while `word` holds `expected`, until woken, `until` passes, or spuriously.
// Returns false only when the deadline passed.
bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected, Deadline until) noexcept;

// Wakes at most `count` sleepers of `word`. A system call even when nobody sleeps (0.1 us).
void futex_wake(Atomic<std::uint32_t>& word, int count) noexcept;

}  // namespace an
