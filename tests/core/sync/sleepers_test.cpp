#include "core/sync/sleepers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/sync/event_count.hpp"

namespace an {
namespace {

using Ids = std::vector<std::uint32_t>;

// In which order `notifier` looks when nobody can be had.
Ids looks_of(Sleepers& sleepers, std::uint32_t notifier) {
  Ids looks;
  EXPECT_EQ(sleepers.choose(notifier,
                            [&](std::uint32_t waiter) {
                              looks.push_back(waiter);
                              return false;
                            }),
            Sleepers::kNobody);
  return looks;
}

TEST(Sleepers, ANotifierLooksNearToFarAndAtItselfLast) {
  Sleepers sleepers(4, {{2, 3, 1}, {3, 2, 0}, {0, 1, 3}, {1, 0, 2}});
  EXPECT_EQ(looks_of(sleepers, 0), (Ids{2, 3, 1, 0}));
  EXPECT_EQ(looks_of(sleepers, 3), (Ids{1, 0, 2, 3}));
}

TEST(Sleepers, TheSearchEndsWithTheFirstThatCanBeHad) {
  Sleepers sleepers(4, {{2, 3, 1}, {3, 2, 0}, {0, 1, 3}, {1, 0, 2}});
  Ids looks;
  const auto claim = [&](std::uint32_t waiter) {
    looks.push_back(waiter);
    return waiter == 3;
  };
  for (int round = 0; round < 2; ++round) {  // and the next search begins at the near end again
    looks.clear();
    EXPECT_EQ(sleepers.choose(0, claim), 3U);
    EXPECT_EQ(looks, (Ids{2, 3}));
  }
}

TEST(Sleepers, EverybodyIsLookedAtOnceWhateverTheListsLeaveOutOrRepeat) {
  Sleepers sleepers(4, {{2}, {}, {3, 0}, {1, 1, 3, 0, 2}});
  EXPECT_EQ(looks_of(sleepers, 0), (Ids{2, 0, 1, 3}));
  EXPECT_EQ(looks_of(sleepers, 1), (Ids{0, 1, 2, 3}));
  EXPECT_EQ(looks_of(sleepers, 2), (Ids{3, 0, 1, 2}));
  EXPECT_EQ(looks_of(sleepers, 3), (Ids{1, 3, 0, 2}));
  EXPECT_EQ(looks_of(sleepers, Sleepers::kNobody), (Ids{0, 1, 2, 3}));
}

TEST(Sleepers, WithoutAnOrderEveryoneIsChosenInTurn) {
  Sleepers sleepers(3);
  for (std::uint32_t turn = 0; turn < 12; ++turn) {
    const std::uint32_t notifier = turn % 4 == 3 ? Sleepers::kNobody : turn % 4;
    EXPECT_EQ(sleepers.choose(notifier, [](std::uint32_t) { return true; }), turn % 3);
  }
}

TEST(Sleepers, WhoIsNoWorkerChoosesInTurnAlsoWhereWorkersHaveOrders) {
  Sleepers sleepers(3, {{2, 1}, {2, 0}, {1, 0}});
  for (std::uint32_t turn = 0; turn < 9; ++turn) {
    EXPECT_EQ(sleepers.choose(Sleepers::kNobody, [](std::uint32_t) { return true; }), turn % 3);
    EXPECT_EQ(sleepers.choose(0, [](std::uint32_t) { return true; }), 2U);
  }
}

TEST(Sleepers, NobodyIsChosenAmongNobody) {
  Sleepers sleepers(0);
  EXPECT_TRUE(looks_of(sleepers, Sleepers::kNobody).empty());
}

TEST(Sleepers, AnEventCountWakesTheNearestThatTakesTheWork) {
  EventCount events(4, true, {{1, 2, 3}, {0, 2, 3}, {3, 0, 1}, {2, 1, 0}});
  events.announce(1, Interest::kForks);
  events.announce(2, Interest::kAnyWork);
  events.announce(3, Interest::kAnyWork);
  EXPECT_EQ(events.claim_one(Interest::kAnyWork, 0), 2U) << "1 is nearer but takes only branches";
  EXPECT_EQ(events.claim_one(Interest::kForks, 0), 1U);
  EXPECT_EQ(events.claim_one(Interest::kForks, 0), 3U) << "the farthest, when no other is left";
  EXPECT_EQ(events.claim_one(Interest::kForks, 0), EventCount::kNoWaiter);
}

TEST(SleepersDeathTest, OrdersThatDoNotFitAreABrokenInvariant) {
  EXPECT_DEATH(Sleepers(3, {{1, 2}}), "waiters");
  EXPECT_DEATH(Sleepers(2, {{2}, {0}}), "waiters");
}

}  // namespace
}  // namespace an
