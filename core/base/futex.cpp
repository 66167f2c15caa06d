#include "core/base/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "core/base/assert.hpp"

namespace an {

static_assert(sizeof(Atomic<std::uint32_t>) == sizeof(std::uint32_t),
              "the kernel compares the word itself");

bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected, Deadline until) noexcept {
  timespec at{};
  // The kernel refuses negative times; the origin of the clock has passed just as well.
  const Nanos at_ns = std::max<Nanos>(0, until.at_ns);
  at.tv_sec = static_cast<time_t>(at_ns / 1'000'000'000);
  at.tv_nsec = static_cast<long>(at_ns % 1'000'000'000);
  // WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, WAIT a relative one.
  const long result = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected,
                                until.is_never() ? nullptr : &at, nullptr, FUTEX_BITSET_MATCH_ANY);
  if (result == 0) {
    return true;
  }
  AN_ASSERT(errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT);
  return errno != ETIMEDOUT;
}

void futex_wake(Atomic<std::uint32_t>& word, int count) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace an
