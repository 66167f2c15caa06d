#include "core/sync/event_count.hpp"

#include <gtest/gtest.h>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

class EventCountTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Barriers, EventCountTest, testing::Bool());

TEST_P(EventCountTest, NobodyIsChosenWhenNobodyWaits) {
  EventCount events(3, GetParam());
  EXPECT_FALSE(events.anyone_waits());
  EXPECT_EQ(events.claim_one(Interest::kAnyWork), EventCount::kNoWaiter);
  EXPECT_FALSE(events.claim(1));
}

TEST_P(EventCountTest, AWaiterIsChosenOnce) {
  EventCount events(3, GetParam());
  events.announce(1, Interest::kAnyWork);
  EXPECT_TRUE(events.anyone_waits());
  EXPECT_EQ(events.claim_one(Interest::kAnyWork), 1U);
  EXPECT_TRUE(events.is_notified(1));
  EXPECT_EQ(events.claim_one(Interest::kAnyWork), EventCount::kNoWaiter);
  events.accept(1);
  EXPECT_FALSE(events.is_notified(1));
}

TEST_P(EventCountTest, AWaiterIsChosenOnlyForWhatItTakes) {
  EventCount events(3, GetParam());
  events.announce(0, Interest::kOwnEvent);
  events.announce(1, Interest::kForks);
  EXPECT_EQ(events.claim_one(Interest::kAnyWork), EventCount::kNoWaiter);
  EXPECT_EQ(events.claim_one(Interest::kForks), 1U);
  EXPECT_EQ(events.claim_one(Interest::kForks), EventCount::kNoWaiter);
  EXPECT_TRUE(events.anyone_waits()) << "one claim takes one count";
  EXPECT_TRUE(events.claim(0));
  EXPECT_FALSE(events.anyone_waits());
}

TEST_P(EventCountTest, AWithdrawalTellsWhetherANotificationWasConsumed) {
  EventCount events(2, GetParam());
  events.announce(0, Interest::kAnyWork);
  EXPECT_TRUE(events.withdraw(0));
  EXPECT_FALSE(events.anyone_waits());
  events.announce(0, Interest::kAnyWork);
  EXPECT_TRUE(events.claim(0));
  EXPECT_FALSE(events.withdraw(0));
}

TEST_P(EventCountTest, WaitersAreChosenInTurn) {
  EventCount events(3, GetParam());
  std::uint32_t chosen[3] = {};
  for (int round = 0; round < 30; ++round) {
    for (std::uint32_t w = 0; w < 3; ++w) {
      if (!events.is_notified(w) && round == 0) {
        events.announce(w, Interest::kAnyWork);
      }
    }
    const std::uint32_t waiter = events.claim_one(Interest::kAnyWork);
    ASSERT_NE(waiter, EventCount::kNoWaiter);
    ++chosen[waiter];
    events.accept(waiter);
    events.announce(waiter, Interest::kAnyWork);
  }
  for (const std::uint32_t count : chosen) {
    EXPECT_EQ(count, 10U);
  }
}

// Dekker's pattern: the notifier publishes one item a round and looks for a waiter; the waiter
// announces and looks for the item. If both missed, the waiter would never be notified: the round
// would not end.
TEST_P(EventCountTest, NoWakeIsLost) {
  constexpr std::uint64_t kRounds = 30'000;
  EventCount events(1, GetParam());
  Atomic<std::uint64_t> published = 0;
  Atomic<std::uint64_t> consumed = 0;
  Thread notifier("notifier", [&] {
    for (std::uint64_t round = 1; round <= kRounds; ++round) {
      while (consumed.load(kAcquire) + 1 < round) {
        cpu_pause();
      }
      for (std::uint64_t i = 0; i < round % 64; ++i) {
        cpu_pause();  // vary the meeting point
      }
      published.store(round, kRelease);
      events.claim_one(Interest::kAnyWork);
    }
  });
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    events.announce(0, Interest::kAnyWork);
    if (published.load(kAcquire) >= round) {
      events.withdraw(0);
    } else {
      while (!events.is_notified(0)) {
        cpu_yield();
      }
      events.accept(0);
      while (published.load(kAcquire) < round) {
        cpu_pause();
      }
    }
    consumed.store(round, kRelease);
  }
}

}  // namespace
}  // namespace an
