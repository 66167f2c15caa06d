#include "workloads/uts.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace an::workloads::uts {

namespace {

// The sample trees of the paper and of sample_trees.sh in the authors' distribution.
constexpr std::array<Sample, 3> kPublished{{{kT3, {4'112'897, 3'599'034, 1572}},
                                            {kT1, {4'130'071, 3'305'118, 10}},
                                            {kT1L, {102'181'082, 81'746'377, 13}}}};

}  // namespace

std::uint32_t children_uncut(const Tree& tree, const Node& node, std::uint32_t depth) {
  if (tree.shape == Shape::kBinomial) {
    if (depth == 0) {
      return static_cast<std::uint32_t>(tree.branches);
    }
    return chance_of(node) < tree.fork_chance ? tree.children : 0;
  }
  const double stop = 1.0 / (1.0 + tree.branches);
  const double children = std::floor(std::log(1 - chance_of(node)) / std::log(1 - stop));
  return std::min(static_cast<std::uint32_t>(children), kChildrenMax);
}

Walked count_walking(const Tree& tree) {
  struct Waiting {
    Node node;
    std::uint32_t depth;
  };
  Walked walked{};
  std::vector<Waiting> waiting{{root_of(tree.root_seed), 0}};
  while (!waiting.empty()) {
    const Waiting next = waiting.back();
    waiting.pop_back();
    const std::uint32_t uncut = children_uncut(tree, next.node, next.depth);
    const std::uint32_t children = next.depth < tree.depth_max ? uncut : 0;
    ++walked.count.nodes;
    walked.count.leaves += children == 0 ? 1 : 0;
    walked.count.depth = std::max<std::uint64_t>(walked.count.depth, next.depth);
    walked.next_level += uncut - children;
    for (std::uint32_t i = 0; i < children; ++i) {
      waiting.push_back({child_of(next.node, i), next.depth + 1});
    }
  }
  return walked;
}

Sample sample_of(std::int64_t n) {
  AN_ASSERT(n >= Workload::kMin);
  AN_ASSERT(n <= Workload::kMax);
  const auto nodes = static_cast<std::uint64_t>(n);
  for (const Sample& published : kPublished) {
    if (published.count.nodes == nodes) {
      return published;
    }
  }
  Tree tree = kT1;
  tree.depth_max = 0;
  Walked walked = count_walking(tree);
  while (walked.count.nodes + walked.next_level <= nodes) {
    ++tree.depth_max;
    walked = count_walking(tree);
  }
  return {tree, walked.count};
}

}  // namespace an::workloads::uts
