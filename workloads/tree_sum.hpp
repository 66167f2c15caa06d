// tree_sum: the sum of the values of a balanced binary tree, one fork per inner node. Unlike fib a
// branch reads memory, so it also shows what a scheduler does to the order in which it is read.
//
// Source: the tree benchmark of Spice and Chili (Spice: parallelism with sub-nanosecond overhead,
// 2024; sizes 1K .. 16M), itself treeadd of the Olden suite (Rogers, Carlisle, Reppy and Hendren,
// TOPLAS 1995). Operation: one node. n is the number of nodes: 1023, 65535, 1048575 and 16777215
// are perfectly balanced; any other n gives the complete tree (heap shape).
//
// 16 bytes a node, all in one array in depth-first order: the serial walk reads straight ahead, so
// the baseline is a walk, not a chain of cache misses.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::tree_sum {

// Links are distances from the node itself, in nodes; 0 = no such child. A branch then needs one
// pointer. A node without a left child is a leaf.
struct Node {
  std::uint32_t left;
  std::uint32_t right;
  std::uint64_t value;
};
static_assert(sizeof(Node) == 16);

template <ForkJoinWorker W>
[[gnu::noinline]] std::uint64_t sum_of(W worker, const Node* node) {
  if (node->left == 0) {
    return node->value;
  }
  if (node->right == 0) [[unlikely]] {  // at most one node: the last inner one of a heap
    return node->value + sum_of(worker, node + node->left);
  }
  auto [left, right] = worker.join([node](W w) { return sum_of(w, node + node->left); },
                                   [node](W w) { return sum_of(w, node + node->right); });
  return node->value + left + right;
}

// Appends the subtree of heap position `heap` (root 1, children 2h and 2h + 1) of a tree of `count`
// nodes. Depth log2(count).
inline void append_subtree(std::vector<Node>& nodes, std::uint64_t heap, std::uint64_t count) {
  const std::size_t self = nodes.size();
  nodes.push_back(Node{0, 0, 0});
  const auto distance = [&] { return static_cast<std::uint32_t>(nodes.size() - self); };
  if (2 * heap <= count) {
    nodes[self].left = distance();
    append_subtree(nodes, 2 * heap, count);
  }
  if (2 * heap + 1 <= count) {
    nodes[self].right = distance();
    append_subtree(nodes, 2 * heap + 1, count);
  }
}

struct Workload {
  static constexpr std::string_view kName = "tree_sum";
  static constexpr std::string_view kSummary = "a fork at every inner node of a balanced tree";
  static constexpr std::string_view kSource = "Olden treeadd, TOPLAS 1995; Spice and Chili, 2024";
  static constexpr std::string_view kOperation = "node";
  static constexpr std::string_view kParameter = "nodes";
  static constexpr std::array<NamedSize, 4> kSizes{
      {{"small", 1023}, {"small", 65535}, {"medium", 1048575}, {"large", 16777215}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = (std::int64_t{1} << 30) - 1;  // 16 GiB

  struct Input {
    std::vector<Node> nodes;  // nodes[0] is the root
    std::uint64_t seed;
  };
  using Answer = std::uint64_t;

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    Input input{{}, seed};
    input.nodes.reserve(static_cast<std::size_t>(n));
    append_subtree(input.nodes, 1, static_cast<std::uint64_t>(n));
    Rng rng(seed);
    for (Node& node : input.nodes) {
      node.value = rng.next();
    }
    return input;
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    return sum_of(worker, input.nodes.data());
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, answer);
  }
  // Draws the values again and adds them, modulo 2^64: reads neither links nor nodes.
  static std::uint64_t expected(const Input& input) {
    Rng rng(input.seed);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < input.nodes.size(); ++i) {
      sum += rng.next();
    }
    return fold(0, sum);
  }
  static std::uint64_t operations(const Input& input) { return input.nodes.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return n * static_cast<std::int64_t>(sizeof(Node));
  }
  static std::vector<Note> notes(const Input& /*input*/) {
    return {{"bytes_per_node", static_cast<std::int64_t>(sizeof(Node))}};
  }
};

}  // namespace an::workloads::tree_sum
