#include "core/base/intrusive_list.hpp"

#include <array>
#include <vector>

#include "gtest/gtest.h"

namespace an {
namespace {

struct Element : ListLink {
  explicit Element(int n) : number(n) {}
  int number;
};

std::vector<int> numbers(IntrusiveList<Element>& list) {
  std::vector<int> result;
  for (Element* each = list.front(); each != nullptr; each = list.after(*each)) {
    result.push_back(each->number);
  }
  return result;
}

TEST(IntrusiveList, IsEmptyAtFirst) {
  IntrusiveList<Element> list;
  EXPECT_TRUE(list.is_empty());
  EXPECT_EQ(list.front(), nullptr);
}

TEST(IntrusiveList, KeepsTheOrderOfInsertion) {
  Element a(1);
  Element b(2);
  Element c(3);
  IntrusiveList<Element> list;
  list.push_back(a);
  list.push_back(b);
  list.push_back(c);
  EXPECT_EQ(numbers(list), (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(list.is_empty());
}

TEST(IntrusiveList, UnlinksFromFrontMiddleAndBack) {
  std::array<Element, 5> all = {Element(0), Element(1), Element(2), Element(3), Element(4)};
  IntrusiveList<Element> list;
  for (Element& each : all) {
    list.push_back(each);
  }
  IntrusiveList<Element>::unlink(all[2]);
  IntrusiveList<Element>::unlink(all[0]);
  IntrusiveList<Element>::unlink(all[4]);
  EXPECT_EQ(numbers(list), (std::vector<int>{1, 3}));
  EXPECT_FALSE(all[2].is_linked());
  EXPECT_TRUE(all[1].is_linked());
}

TEST(IntrusiveList, AnUnlinkedElementMayEnterAgain) {
  Element a(1);
  IntrusiveList<Element> first;
  IntrusiveList<Element> second;
  first.push_back(a);
  IntrusiveList<Element>::unlink(a);
  EXPECT_TRUE(first.is_empty());
  second.push_back(a);
  EXPECT_EQ(second.front(), &a);
}

#ifndef NDEBUG
TEST(IntrusiveListDeathTest, InsertingALinkedElementIsCaughtInDebugBuilds) {
  Element a(1);
  IntrusiveList<Element> list;
  list.push_back(a);
  EXPECT_DEATH(list.push_back(a), "is_linked");
}
#endif

struct Node {
  Node* next = nullptr;
};

TEST(IntrusiveQueue, IsFirstInFirstOutAndCounts) {
  std::array<Node, 3> nodes{};
  IntrusiveQueue<Node> queue;
  EXPECT_TRUE(queue.is_empty());
  for (Node& node : nodes) {
    queue.push(node);
  }
  EXPECT_EQ(queue.size(), 3U);
  for (Node& node : nodes) {
    EXPECT_EQ(queue.pop(), &node);
  }
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(IntrusiveQueue, WorksAgainAfterItRanEmpty) {
  Node a;
  Node b;
  IntrusiveQueue<Node> queue;
  queue.push(a);
  queue.pop();
  queue.push(b);
  queue.push(a);
  EXPECT_EQ(queue.pop(), &b);
  EXPECT_EQ(queue.pop(), &a);
  EXPECT_TRUE(queue.is_empty());
}

}  // namespace
}  // namespace an
