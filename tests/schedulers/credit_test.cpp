#include "schedulers/heartbeat/credit.hpp"

#include <gtest/gtest.h>

namespace an::schedulers::heartbeat {
namespace {

TEST(Credit, NothingIsMintedBeforeTheFirstBeat) {
  Credit credit(1000, 1);
  credit.begin(0, 0);
  credit.look(999);
  EXPECT_FALSE(credit.may_promote());
  credit.look(1000);
  EXPECT_TRUE(credit.may_promote());
}

TEST(Credit, AtMostCTokensAreKept) {
  Credit credit(1000, 3);
  credit.begin(0, 0);
  credit.look(50'000);
  EXPECT_EQ(credit.tokens(), 3U);
  EXPECT_EQ(credit.minted(), 3U);
}

TEST(Credit, APromotionSpendsOneAndGivesHalfOfTheRestAway) {
  Credit credit(1000, 5);
  credit.begin(0, 0);
  credit.look(1000);
  EXPECT_EQ(credit.spend(), 2U);
  EXPECT_EQ(credit.tokens(), 2U);
  credit.refund(2);
  EXPECT_EQ(credit.tokens(), 4U);
}

TEST(Credit, AStolenJobStartsWithItsShare) {
  Credit credit(1000, 1);
  credit.begin(77, 4);
  EXPECT_EQ(credit.tokens(), 4U);
  EXPECT_EQ(credit.minted(), 0U);
}

TEST(Credit, DensePollsLookRarelyAndCoarseOnesAlways) {
  Credit credit(100'000, 1);
  credit.begin(0, 0);
  std::uint64_t now = 0;
  std::int64_t reload = 1;
  for (int look = 0; look < 50; ++look) {
    now += static_cast<std::uint64_t>(reload) * 10;  // ten ticks a poll
    reload = credit.look(now);
  }
  EXPECT_EQ(reload, Credit::kReloadMax);
  for (int look = 0; look < 2; ++look) {
    now += static_cast<std::uint64_t>(reload) * 1'000'000;
    reload = credit.look(now);
  }
  EXPECT_EQ(reload, 1) << "one coarse interval is enough to look at every poll";
}

TEST(Credit, AboutFourLooksFallIntoABeat) {
  Credit credit(100'000, 1);
  credit.begin(0, 0);
  std::uint64_t now = 0;
  std::int64_t reload = 1;
  int looks = 0;
  while (now < 10'000'000) {  // a hundred beats, a thousand ticks a poll
    now += static_cast<std::uint64_t>(reload) * 1000;
    reload = credit.look(now);
    ++looks;
  }
  EXPECT_GE(looks, 300);
  EXPECT_LE(looks, 900);
}

}  // namespace
}  // namespace an::schedulers::heartbeat
