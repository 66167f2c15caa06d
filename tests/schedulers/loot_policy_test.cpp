#include "schedulers/stealing/loot_policy.hpp"

#include <gtest/gtest.h>

namespace an::schedulers::stealing {
namespace {

constexpr std::uint64_t kTicksPerUs = 2000;

// A clock in nanoseconds, told to the policy in ticks.
class LootPolicyTest : public testing::Test {
 protected:
  std::int64_t amount(std::int64_t queued) { return policy.amount(queued, ticks()); }
  bool is_resting() { return policy.is_resting(ticks()); }
  // Takes `count` tasks and runs them, each for `each_ns`.
  void run(std::int64_t count, std::uint64_t each_ns) {
    policy.took(count, ticks());
    now_ns += static_cast<std::uint64_t>(count) * each_ns;
  }
  // So that the next question finds a thief that has learnt it.
  void learn(std::uint64_t each_ns) {
    for (int i = 0; i < 20; ++i) {
      run(16, each_ns);
      amount(1000);
    }
  }
  std::uint64_t ticks() const { return now_ns * kTicksPerUs / 1000; }

  LootPolicy policy{kTicksPerUs};
  std::uint64_t now_ns = 1'000'000;
};

TEST_F(LootPolicyTest, AThiefThatKnowsNothingStealsAtOnce) {
  EXPECT_GE(amount(1), 1);
  EXPECT_GE(amount(1000), 1);
}

TEST_F(LootPolicyTest, LongTasksAreTakenOneByOneAndAtOnce) {
  learn(1'000'000);
  EXPECT_EQ(amount(1), 1);
  EXPECT_EQ(amount(1000), 1);
}

TEST_F(LootPolicyTest, ShortTasksAreTakenByTheHundred) {
  learn(1'000);
  EXPECT_EQ(policy.task_ns(), 1'000U);
  EXPECT_EQ(amount(10'000), 100);
}

TEST_F(LootPolicyTest, NeverMoreThanHalf) {
  learn(1'000);
  EXPECT_EQ(amount(60), 30);
  EXPECT_EQ(amount(61), 31);
}

TEST_F(LootPolicyTest, LittleWorkIsLeftToItsOwnerForAWhile) {
  learn(1'000);
  EXPECT_EQ(amount(10), 0);
  EXPECT_TRUE(is_resting());
  now_ns += LootPolicy::kPatienceNs;
  EXPECT_FALSE(is_resting());
  EXPECT_EQ(amount(10), 5);
}

TEST_F(LootPolicyTest, EmptyTasksAreLeftToTheirOwnerHoweverMany) {
  learn(20);
  now_ns += LootPolicy::kRestNs;
  EXPECT_EQ(amount(1'000'000), 0);
}

TEST_F(LootPolicyTest, PatienceWithEmptyTasksIsBounded) {
  learn(20);
  for (std::uint64_t waited = 0; waited <= LootPolicy::kPatienceNsMax + LootPolicy::kRestNs;
       waited += LootPolicy::kRestNs) {
    if (const std::int64_t sample = amount(1'000'000); sample > 0) {
      EXPECT_LE(sample, LootPolicy::kSample);
      return;
    }
    EXPECT_TRUE(is_resting());
    now_ns += LootPolicy::kRestNs;
  }
  ADD_FAILURE() << "never looks whether the tasks have changed";
}

TEST_F(LootPolicyTest, SleepIsNotTakenForWork) {
  learn(1'000);
  run(16, 1'000);
  policy.slept();
  now_ns += 1'000'000'000;
  amount(1000);
  EXPECT_EQ(policy.task_ns(), 1'000U);
}

TEST_F(LootPolicyTest, TasksThatHaveBecomeLongAreNoticed) {
  learn(20);
  run(1, 1'000'000);
  EXPECT_GE(amount(1), 1);
  run(1, 1'000'000);
  EXPECT_GE(amount(1), 1);
}

}  // namespace
}  // namespace an::schedulers::stealing
