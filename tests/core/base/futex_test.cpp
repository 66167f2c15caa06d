#include "core/base/futex.hpp"

#include <climits>
#include <cstdint>
#include <vector>

#include "core/base/thread.hpp"
#include "gtest/gtest.h"

namespace an {
namespace {

constexpr Nanos kMillisecond = 1'000'000;

TEST(Futex, ReturnsAtOnceWhenTheWordHasAnotherValue) {
  Atomic<std::uint32_t> word = 7;
  EXPECT_TRUE(futex_wait(word, 6, Deadline::never()));
}

TEST(Futex, ReturnsFalseOnlyWhenTheDeadlinePassed) {
  Atomic<std::uint32_t> word = 0;
  const Deadline deadline = Deadline::after(2 * kMillisecond);
  while (futex_wait(word, 0, deadline)) {
    // A spurious return: wait again.
  }
  EXPECT_TRUE(deadline.has_passed());
}

TEST(Futex, ADeadlineBeforeTheOriginOfTheClockHasPassed) {
  Atomic<std::uint32_t> word = 0;
  EXPECT_FALSE(futex_wait(word, 0, Deadline{-1}));
  EXPECT_FALSE(futex_wait(word, 0, Deadline{INT64_MIN}));
}

TEST(Futex, AWakeWithoutSleepersDoesNothing) {
  Atomic<std::uint32_t> word = 0;
  futex_wake(word, INT_MAX);
}

TEST(Futex, OneWakeReleasesEverySleeper) {
  Atomic<std::uint32_t> word = 0;
  std::vector<Thread> sleepers;
  sleepers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    sleepers.emplace_back("sleeper", [&] {
      while (word.load(kAcquire) == 0) {
        futex_wait(word, 0, Deadline::never());
      }
    });
  }
  word.store(1, kRelease);
  futex_wake(word, INT_MAX);
  for (Thread& sleeper : sleepers) {
    sleeper.join();
  }
}

// Two threads hand a token back and forth, sleeping without a deadline: one lost wake and the test
// never ends.
TEST(Futex, NoWakeIsLostBetweenCheckAndSleep) {
  constexpr std::uint32_t kTurns = 20'000;
  Atomic<std::uint32_t> token = 0;
  const auto play = [&](std::uint32_t parity) {
    for (std::uint32_t turn = parity; turn < kTurns; turn += 2) {
      for (std::uint32_t now = token.load(kAcquire); now != turn; now = token.load(kAcquire)) {
        futex_wait(token, now, Deadline::never());
      }
      token.store(turn + 1, kRelease);
      futex_wake(token, 1);
    }
  };
  Thread odd("odd", [&] { play(1); });
  play(0);
  odd.join();
  EXPECT_EQ(token.load(kAcquire), kTurns);
}

}  // namespace
}  // namespace an
