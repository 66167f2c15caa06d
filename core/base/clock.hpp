// The only clock. Time points are nanoseconds of CLOCK_MONOTONIC as signed 64-bit integers, so that
// differences and deadlines are plain arithmetic. `ticks()` is the CPU's invariant counter, for
// intervals too short or too frequent for a clock read (15 ns against 27 here).
#pragma once

#include <cstdint>
#include <ctime>

namespace an {

using Nanos = std::int64_t;

// Nanoseconds since an arbitrary origin; never goes back. About 27 ns.
inline Nanos now_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<Nanos>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// CPU time of the whole process, all threads, in nanoseconds. A system call.
inline Nanos process_cpu_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<Nanos>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// CPU time of the calling thread, in nanoseconds. A system call.
inline Nanos thread_cpu_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<Nanos>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// How long the machine was suspended since it was started, in nanoseconds: two clocks are read one
// after the other, so a difference is only as exact as the caller is undisturbed.
inline Nanos suspended_ns() noexcept {
  timespec time{};
  const Nanos monotonic = now_ns();
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return static_cast<Nanos>(time.tv_sec) * 1'000'000'000 + time.tv_nsec - monotonic;
}

// The time stamp counter. Not ordered with the instructions around it.
inline std::uint64_t ticks() noexcept {
  return __builtin_ia32_rdtsc();
}

// Ticks per microsecond, measured once against now_ns() over two milliseconds at the first call.
// Thread-safe. At least 1.
std::uint64_t ticks_per_us() noexcept;

// A point in time to give up at. never() does not come.
struct Deadline {
  Nanos at_ns;

  static constexpr Deadline never() { return {INT64_MAX}; }
  // `duration_ns` from now; a duration too long to count does not come either.
  static Deadline after(Nanos duration_ns) {
    Nanos at_ns = 0;
    return __builtin_add_overflow(now_ns(), duration_ns, &at_ns) ? never() : Deadline{at_ns};
  }
  constexpr bool is_never() const { return at_ns == INT64_MAX; }
  bool has_passed() const { return !is_never() && now_ns() >= at_ns; }
};

}  // namespace an
