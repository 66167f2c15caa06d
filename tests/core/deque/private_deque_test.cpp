#include "core/deque/private_deque.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace an {
namespace {

class PrivateDequeTest : public testing::Test {
 protected:
  void push(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      deque.push(&items[pushed++]);
    }
  }

  PrivateDeque<int> deque{4};
  std::vector<int> items = std::vector<int>(1000);
  std::size_t pushed = 0;
};

TEST_F(PrivateDequeTest, AnEmptyOneYieldsNothing) {
  EXPECT_TRUE(deque.is_empty());
  EXPECT_EQ(deque.pop(), nullptr);
  EXPECT_EQ(deque.pop_oldest(), nullptr);
  EXPECT_FALSE(deque.take_back());
  EXPECT_EQ(deque.size(), 0);
}

TEST_F(PrivateDequeTest, TheYoungestAtOneEndTheOldestAtTheOther) {
  push(4);
  EXPECT_EQ(deque.pop(), &items[3]);
  EXPECT_EQ(deque.pop_oldest(), &items[0]);
  EXPECT_TRUE(deque.take_back());
  EXPECT_EQ(deque.size(), 1);
  EXPECT_EQ(deque.pop_oldest(), &items[1]);
  EXPECT_TRUE(deque.is_empty());
  EXPECT_FALSE(deque.take_back());
}

TEST_F(PrivateDequeTest, WhatWasTakenMakesRoom) {
  for (std::size_t i = 0; i < 100; ++i) {
    push(4);
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(deque.pop_oldest(), &items[4 * i + k]);
    }
  }
  EXPECT_EQ(deque.capacity(), 4);
}

TEST_F(PrivateDequeTest, AGrownRingKeepsWhatItHeldInOrder) {
  push(3);
  EXPECT_EQ(deque.pop_oldest(), &items[0]);  // so that the items wrap around
  push(61);
  EXPECT_EQ(deque.capacity(), 64);
  EXPECT_EQ(deque.size(), 63);
  EXPECT_EQ(deque.pop_oldest(), &items[1]);
  for (std::size_t i = 64; i-- > 2;) {
    EXPECT_EQ(deque.pop(), &items[i]);
  }
  EXPECT_EQ(deque.pop(), nullptr);
}

// Indices are 32 bits: they may pass zero with items on both sides.
TEST_F(PrivateDequeTest, IndicesMayOverflow) {
  PrivateDeque<int> late(4, 0xffff'fffe);
  for (std::size_t i = 0; i < 20; ++i) {
    late.push(&items[i]);
    late.push(&items[i + 20]);
    late.push(&items[i + 40]);
    EXPECT_EQ(late.pop_oldest(), &items[i]);
    EXPECT_EQ(late.pop(), &items[i + 40]);
    EXPECT_EQ(late.pop_oldest(), &items[i + 20]);
    EXPECT_EQ(late.pop(), nullptr);
  }
  EXPECT_EQ(late.capacity(), 4);
}

}  // namespace
}  // namespace an
