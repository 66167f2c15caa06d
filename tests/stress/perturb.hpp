// Delays: what the shadowed atomics call around each operation. Which delay a thread makes at its
// n-th operation follows from the seed, the thread's number and n: replayable as far as the threads
// meet in the same order.
#pragma once

#include <cstdint>

namespace an::stress {

// Mostly nothing; else some pauses, sometimes a yield, rarely a sleep of microseconds.
void perturb() noexcept;

// For a weak compare-exchange.
bool fails_spuriously() noexcept;

// From now on delays follow from `seed`. Threads are numbered as they come, but those that number
// themselves.
void begin_delays(std::uint64_t seed) noexcept;
void end_delays() noexcept;
void number_this_thread(std::uint64_t number) noexcept;

}  // namespace an::stress
