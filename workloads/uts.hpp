// uts: counts the nodes of a tree that nobody knows before it has been walked: whether a node has
// children, and how many, is decided by the SHA-1 hash that names it. The imbalance is extreme and
// at every level; nothing foresees it.
//
// Source: Olivier, Huan, Liu, Prins, Dinan, Sadayappan and Tseng, "UTS: An Unbalanced Tree Search
// Benchmark", LCPC 2006: its SHA-1 generator, its trees and their published counts. T1 and T1L are
// geometric (a node above the last level has b children on average), T3 is binomial (8 children
// with probability 0.124875, else none; 1,572 levels, so a walk takes 1 to 2 MiB of stack).
// Operation: one node. Every node forks over its children by halves; there is no cutoff.
//
// n is the number of nodes: 4,112,897 names T3, 4,130,071 T1, 102,181,082 T1L. Any other n names T1
// cut below the deepest level that leaves at most n nodes. Sizes: 3,987 (six levels of T1); T3 and
// T1; T1L. Medium takes half a second a run, large ten seconds and more. The seed has no effect:
// the trees bring their own.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "core/task/fork_join.hpp"
#include "workloads/sha1.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::uts {

// A node is the hash that names it.
using Node = sha1::Digest;

inline Node root_of(std::uint32_t seed) {
  return sha1::hash(std::array<std::uint32_t, 5>{0, 0, 0, 0, seed});
}
inline Node child_of(const Node& node, std::uint32_t index) {
  return sha1::hash(
      std::array<std::uint32_t, 6>{node[0], node[1], node[2], node[3], node[4], index});
}
// A number in [0, 1): the low 31 bits of the last word.
inline double chance_of(const Node& node) {
  return (node[4] & 0x7fffffffU) * 0x1p-31;
}

enum class Shape { kGeometric, kBinomial };

struct Tree {
  Shape shape;
  std::uint32_t root_seed;
  double branches;          // geometric: mean number of children; binomial: children of the root
  std::uint32_t depth_max;  // nodes at this depth have no children
  double fork_chance;       // binomial: below the root, the probability of having children ...
  std::uint32_t children;   // ... and how many they then are
};

inline constexpr std::uint32_t kNoDepthMax = std::numeric_limits<std::uint32_t>::max();
inline constexpr Tree kT1{Shape::kGeometric, 19, 4, 10, 0, 0};
inline constexpr Tree kT1L{Shape::kGeometric, 29, 4, 13, 0, 0};
inline constexpr Tree kT3{Shape::kBinomial, 42, 2000, kNoDepthMax, 0.124875, 8};

// Largest number of children of a geometric node.
inline constexpr std::uint32_t kChildrenMax = 100;

// Children of `node` at `depth`, whatever depth_max says.
std::uint32_t children_uncut(const Tree& tree, const Node& node, std::uint32_t depth);

// Children of `node` at `depth`.
inline std::uint32_t children_of(const Tree& tree, const Node& node, std::uint32_t depth) {
  return depth >= tree.depth_max ? 0 : children_uncut(tree, node, depth);
}

struct Count {
  std::uint64_t nodes;
  std::uint64_t leaves;
  std::uint64_t depth;  // of the deepest node; the root has depth 0

  friend constexpr bool operator==(const Count&, const Count&) = default;
};

// The subtrees of the children [begin, end), at `depth`, of `parent`. Requires begin < end.
template <ForkJoinWorker W>
[[gnu::noinline]] Count count_over(W worker,
                                   const Tree* tree,
                                   const Node* parent,
                                   std::uint32_t depth,
                                   std::uint32_t begin,
                                   std::uint32_t end) {
  if (end - begin == 1) {
    const Node node = child_of(*parent, begin);
    const std::uint32_t children = children_of(*tree, node, depth);
    if (children == 0) {
      return {1, 1, depth};
    }
    Count below = count_over(worker, tree, &node, depth + 1, 0, children);
    ++below.nodes;
    return below;
  }
  const std::uint32_t middle = begin + (end - begin) / 2;
  auto [lower, upper] =
      worker.join([=](W w) { return count_over(w, tree, parent, depth, begin, middle); },
                  [=](W w) { return count_over(w, tree, parent, depth, middle, end); });
  return {lower.nodes + upper.nodes, lower.leaves + upper.leaves,
          lower.depth > upper.depth ? lower.depth : upper.depth};
}

// The tree that n names and what is in it.
struct Sample {
  Tree tree;
  Count count;
};

// Published counts for the published trees, count_walking() for T1 cut at another depth.
Sample sample_of(std::int64_t n);

// What a walk with an explicit stack finds, and how many nodes one more level would add.
struct Walked {
  Count count;
  std::uint64_t next_level;
};
Walked count_walking(const Tree& tree);

struct Workload {
  static constexpr std::string_view kName = "uts";
  static constexpr std::string_view kSummary = "unbalanced tree search: a tree nobody can foresee";
  static constexpr std::string_view kSource = "Olivier et al., UTS, LCPC 2006: T1, T3, T1L";
  static constexpr std::string_view kOperation = "node";
  static constexpr std::string_view kParameter = "nodes";
  static constexpr std::array<NamedSize, 4> kSizes{
      {{"small", 3987}, {"medium", 4'112'897}, {"medium", 4'130'071}, {"large", 102'181'082}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 102'181'082;

  using Input = Sample;
  using Answer = Count;

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) { return sample_of(n); }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const Node root = root_of(input.tree.root_seed);
    const std::uint32_t children = children_of(input.tree, root, 0);
    if (children == 0) {
      return {1, 1, 0};
    }
    Count count = count_over(worker, &input.tree, &root, 1, 0, children);
    ++count.nodes;
    return count;
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(fold(fold(0, answer.nodes), answer.leaves), answer.depth);
  }
  static std::uint64_t expected(const Input& input) { return digest(input, input.count); }
  static std::uint64_t operations(const Input& input) { return input.count.nodes; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& input) {
    return {{"nodes", static_cast<std::int64_t>(input.count.nodes)},
            {"leaves", static_cast<std::int64_t>(input.count.leaves)},
            {"depth", static_cast<std::int64_t>(input.count.depth)}};
  }
};

}  // namespace an::workloads::uts
