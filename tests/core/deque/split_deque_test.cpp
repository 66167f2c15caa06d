#include "core/deque/split_deque.hpp"

#include "tests/contract/work_deque_contract.hpp"

namespace an::contract {

using SplitDequeOfItems = SplitDeque<DequeItem>;
INSTANTIATE_TYPED_TEST_SUITE_P(SplitDeque, WorkDequeContract, SplitDequeOfItems);

namespace {

class SplitDequeTest : public testing::Test {
 protected:
  void push(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      owner.push(&items[pushed++]);
    }
  }

  SplitDequeOfItems::Owner owner{4};
  std::vector<DequeItem> items = std::vector<DequeItem>(1000);
  std::size_t pushed = 0;
};

TEST_F(SplitDequeTest, WhatIsPrivateCannotBeStolen) {
  push(3);
  EXPECT_EQ(owner.steal().result, StealResult::kEmpty);
  EXPECT_EQ(owner.size(), 0);
  EXPECT_EQ(owner.private_size(), 3);
}

TEST_F(SplitDequeTest, TheOlderHalfIsSharedRoundedUp) {
  push(5);
  owner.share();
  EXPECT_EQ(owner.size(), 3);
  EXPECT_EQ(owner.private_size(), 2);
  owner.share();
  EXPECT_EQ(owner.size(), 4);
  EXPECT_EQ(owner.steal().item, &items[0]);
  EXPECT_EQ(owner.steal().item, &items[1]);
}

TEST_F(SplitDequeTest, TheOwnerTakesTheYoungerHalfBack) {
  push(8);
  while (owner.private_size() > 0) {
    owner.share();
  }
  EXPECT_EQ(owner.pop(), &items[7]);
  EXPECT_EQ(owner.size(), 4);
  EXPECT_EQ(owner.private_size(), 3);
  for (std::size_t i = 7; i-- > 0;) {
    EXPECT_EQ(owner.pop(), &items[i]);
  }
  EXPECT_EQ(owner.pop(), nullptr);
}

TEST_F(SplitDequeTest, WithNothingPrivateNothingMoreIsShared) {
  owner.share();
  EXPECT_EQ(owner.size(), 0);
  push(1);
  owner.share();
  owner.share();
  EXPECT_EQ(owner.size(), 1);
}

TEST_F(SplitDequeTest, AGrownRingKeepsTheSplit) {
  push(4);
  owner.share();
  push(60);
  EXPECT_EQ(owner.capacity(), 64);
  EXPECT_EQ(owner.size(), 2);
  EXPECT_EQ(owner.steal().item, &items[0]);
  EXPECT_EQ(owner.steal().item, &items[1]);
  EXPECT_EQ(owner.steal().result, StealResult::kEmpty);
  for (std::size_t i = 64; i-- > 2;) {
    EXPECT_EQ(owner.pop(), &items[i]);
  }
}

// Indices are 32 bits: they may pass zero with items on both sides.
TEST_F(SplitDequeTest, IndicesMayOverflow) {
  SplitDequeOfItems::Owner late(4, 0xffff'fffe);
  for (std::size_t i = 0; i < 20; ++i) {
    late.push(&items[i]);
    late.push(&items[i + 20]);
    EXPECT_EQ(late.private_size(), 2);
    late.share();
    EXPECT_EQ(late.steal().item, &items[i]);
    EXPECT_EQ(late.pop(), &items[i + 20]);
    EXPECT_EQ(late.pop(), nullptr);
  }
  EXPECT_EQ(late.capacity(), 4);
}

}  // namespace
}  // namespace an::contract
