#include "core/sync/mpsc_queue.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/rng.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

struct Node : MpscLink {
  std::uint32_t producer = 0;
  std::uint32_t number = 0;
  std::uint64_t check = 0;  // plain, a function of the two: must be visible to the consumer
};

TEST(MpscQueue, AnEmptyQueueHasNothing) {
  MpscQueue<Node> queue;
  EXPECT_TRUE(queue.is_empty());
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_TRUE(queue.is_empty());
}

TEST(MpscQueue, NodesLeaveInTheOrderTheyCame) {
  for (std::size_t count = 1; count <= 5; ++count) {
    MpscQueue<Node> queue;
    std::vector<Node> nodes(count);
    for (int round = 0; round < 3; ++round) {  // the stub stands elsewhere in each
      for (Node& node : nodes) {
        queue.push(&node);
        EXPECT_FALSE(queue.is_empty());
      }
      for (Node& node : nodes) {
        EXPECT_FALSE(queue.is_empty());
        EXPECT_EQ(queue.pop(), &node);
      }
      EXPECT_TRUE(queue.is_empty());
      EXPECT_EQ(queue.pop(), nullptr);
    }
  }
}

TEST(MpscQueue, APoppedNodeMayBePushedAgainAtOnce) {
  MpscQueue<Node> queue;
  Node nodes[3];
  for (Node& node : nodes) {
    queue.push(&node);
  }
  for (int round = 0; round < 100; ++round) {
    Node* node = queue.pop();
    ASSERT_EQ(node, &nodes[round % 3]);
    queue.push(node);
  }
}

// At any fill, against a queue that is surely right.
TEST(MpscQueue, ARandomSequenceOfPushesAndPopsIsFirstInFirstOut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    MpscQueue<Node> queue;
    std::vector<Node> nodes(1000);
    std::size_t pushed = 0;
    std::size_t popped = 0;
    while (popped < nodes.size()) {
      if (pushed < nodes.size() && rng.below(2) == 0) {
        queue.push(&nodes[pushed++]);
      } else {
        ASSERT_EQ(queue.is_empty(), popped == pushed);
        ASSERT_EQ(queue.pop(), popped < pushed ? &nodes[popped] : nullptr);
        popped += popped < pushed ? 1 : 0;
      }
    }
  }
}

// Every node once, whole, each producer's in its order, and freed as soon as it was popped.
TEST(MpscQueue, EveryNodeArrivesOnceInItsProducersOrder) {
  constexpr std::uint32_t kProducers = 3;
  constexpr std::uint32_t kNodes = 20'000;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    MpscQueue<Node> queue;
    std::vector<Thread> producers;
    for (std::uint32_t p = 0; p < kProducers; ++p) {
      producers.emplace_back("producer", [&, p] {
        Rng rng = Rng::stream(seed, p);
        for (std::uint32_t i = 0; i < kNodes; ++i) {
          auto* node = new Node;
          node->producer = p;
          node->number = i;
          node->check = mix64(seed + p * kNodes + i);
          queue.push(node);
          for (std::uint32_t pauses = rng.below(64); pauses > 56; --pauses) {
            cpu_pause();  // let the queue run empty now and then
          }
        }
      });
    }
    std::uint32_t next[kProducers] = {};
    for (std::uint32_t left = kProducers * kNodes; left > 0;) {
      const Node* node = queue.pop();
      if (node == nullptr) {
        cpu_yield();
        continue;
      }
      --left;
      ASSERT_EQ(node->check, mix64(seed + node->producer * kNodes + node->number));
      EXPECT_EQ(node->number, next[node->producer]++) << "producer " << node->producer;
      delete node;
    }
    EXPECT_TRUE(queue.is_empty());
    EXPECT_EQ(queue.pop(), nullptr);
  }
}

}  // namespace
}  // namespace an
