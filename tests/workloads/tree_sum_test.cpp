#include "workloads/tree_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::tree_sum {
namespace {

using namespace an::tests;

struct Shape {
  std::int64_t nodes = 0;
  std::int64_t leaves = 0;
  int height_min = 1000;  // of the leaves
  int height_max = 0;
};

// Follows the links; every node must be reached exactly once.
void walk(const std::vector<Node>& nodes, std::size_t at, int height, Shape& shape) {
  ASSERT_LT(at, nodes.size());
  // Depth-first order: the walk meets the nodes in the order in which they lie.
  ASSERT_EQ(at, static_cast<std::size_t>(shape.nodes));
  ++shape.nodes;
  const Node& node = nodes[at];
  if (node.left == 0 && node.right == 0) {
    ++shape.leaves;
    shape.height_min = std::min(shape.height_min, height);
    shape.height_max = std::max(shape.height_max, height);
    return;
  }
  ASSERT_NE(node.left, 0U);
  walk(nodes, at + node.left, height + 1, shape);
  if (node.right != 0) {
    walk(nodes, at + node.right, height + 1, shape);
  }
}

TEST(TreeSum, TheTreeIsCompleteAndInDepthFirstOrder) {
  for (const std::int64_t n : {1, 2, 3, 4, 5, 6, 7, 8, 100, 1000, 1023, 1024}) {
    const auto input = Workload::prepare(n, 1);
    Shape shape;
    walk(input.nodes, 0, 0, shape);
    EXPECT_EQ(shape.nodes, n);
    EXPECT_EQ(shape.leaves, (n + 1) / 2);
    EXPECT_LE(shape.height_max - shape.height_min, 1) << n;
  }
}

TEST(TreeSum, NamedSizesArePerfectlyBalanced) {
  for (const std::int64_t n : {1023, 65535}) {
    const auto input = Workload::prepare(n, 1);
    Shape shape;
    walk(input.nodes, 0, 0, shape);
    EXPECT_EQ(shape.height_min, shape.height_max) << n;
  }
}

TEST(TreeSum, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 4, 6, 100, 1023, 4000}) {
    auto input = Workload::prepare(n, 7);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(TreeSum, ACorruptedNodeIsNoticed) {
  auto input = Workload::prepare(1023, 7);
  for (const std::size_t at : {0U, 1U, 511U, 1022U}) {
    input.nodes[at].value ^= 1;
    EXPECT_NE(digest_of_run<Workload>(input), Workload::expected(input)) << at;
    input.nodes[at].value ^= 1;
  }
  EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input));
}

TEST(TreeSum, ASkippedSubtreeIsNoticed) {
  auto input = Workload::prepare(1023, 7);
  input.nodes[0].right = 0;
  EXPECT_NE(digest_of_run<Workload>(input), Workload::expected(input));
}

TEST(TreeSum, ACorruptedAnswerIsNoticed) {
  auto input = Workload::prepare(100, 7);
  const std::uint64_t sum = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, sum), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, sum + 1), Workload::expected(input));
}

TEST(TreeSum, OperationsAndBytesAreThoseOfTheNodes) {
  const auto input = Workload::prepare(65535, 7);
  EXPECT_EQ(Workload::operations(input), input.nodes.size());
  EXPECT_EQ(Workload::footprint_bytes(65535),
            static_cast<std::int64_t>(input.nodes.capacity() * sizeof(Node)));
  EXPECT_EQ(note_of<Workload>(input, "bytes_per_node"), 16);
}

TEST(TreeSum, TheSeedDecidesTheValues) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::tree_sum
