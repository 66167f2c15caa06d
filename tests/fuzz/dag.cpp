#include "tests/fuzz/dag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace an::fuzz {
namespace {

constexpr std::array<std::string_view, kKinds> kNames{
    "leaf", "join",  "range",       "reduce", "group",  "group_batch",  "abandoned", "fill",
    "into", "loose", "loose_batch", "nested", "inject", "inject_batch", "try",       "throw"};

// Where a node stands.
struct Place {
  bool may_throw;        // what the node throws ends somewhere defined
  bool group_may_throw;  // so does what a task of the innermost group throws
  bool loose_may_throw;  // and of the run
  int depth;
};

class Maker {
 public:
  Maker(Dag& dag, const Shape& shape) : dag_(dag), shape_(shape), rng_(mix64(dag.seed)) {}

  void make() {
    const std::uint32_t size = draw_size();
    add(size, {shape_.throws, false, shape_.throws && shape_.loose_throws, 0});
    if (rng_.below(4) == 0) {
      for (std::uint32_t i = 1 + rng_.below(6); i > 0; --i) {
        dag_.outside.push_back(add(1 + rng_.below(12), {shape_.throws, false, false, 0}));
      }
      dag_.outside_meanwhile = rng_.below(4) == 0;
    }
  }

 private:
  static constexpr int kDepthMax = 60;

  std::uint32_t draw_size() {
    const std::uint32_t bound = std::array{4U, 40U, 40U, 120U, shape_.nodes_max}[rng_.below(5)];
    return 1 + rng_.below(std::min(bound, shape_.nodes_max));
  }

  Kind draw_kind(std::uint32_t size, const Place& place) {
    if (size <= 1 || place.depth >= kDepthMax) {
      return place.may_throw && rng_.below(12) == 0 ? Kind::kThrow : Kind::kLeaf;
    }
    for (;;) {
      // Joins three times as often as anything else.
      const std::uint32_t drawn = rng_.below(kKinds + 2);
      const Kind kind = drawn >= kKinds ? Kind::kJoin : static_cast<Kind>(drawn);
      const bool is_leaf = kind == Kind::kLeaf || kind == Kind::kThrow;
      const bool is_allowed = place.may_throw || kind != Kind::kAbandoned;
      if (!is_leaf && is_allowed && (shape_.throws || kind != Kind::kTry)) {
        return kind;
      }
    }
  }

  // The children of `kind`: how many at most, and where they stand.
  std::pair<std::uint32_t, Place> below(Kind kind, const Place& place) {
    Place here = place;
    ++here.depth;
    const bool loose = place.loose_may_throw;
    switch (kind) {
      case Kind::kJoin:
        return {2, here};
      case Kind::kRange:
      case Kind::kReduce:
        return {8, {false, place.group_may_throw, loose, here.depth}};
      case Kind::kGroup:
      case Kind::kGroupBatch:
        return {24, {place.may_throw, place.may_throw, loose, here.depth}};
      case Kind::kAbandoned:
        return {24, {true, true, loose, here.depth}};
      case Kind::kFill:
        return {1, {place.may_throw, place.may_throw, loose, here.depth}};
      case Kind::kInto:
        return {
            8,
            {place.may_throw && place.group_may_throw, place.group_may_throw, loose, here.depth}};
      case Kind::kLoose:
      case Kind::kLooseBatch:
        return {24, {loose, false, loose, here.depth}};
      case Kind::kInject:
      case Kind::kInjectBatch:
        return {8, {shape_.throws, false, false, here.depth}};
      case Kind::kNested:
        return {1, {place.may_throw, false, loose, here.depth}};
      case Kind::kTry:
        return {1, {shape_.throws, place.group_may_throw, loose, here.depth}};
      case Kind::kLeaf:
      case Kind::kThrow:
        break;
    }
    return {0, here};
  }

  NodeId add(std::uint32_t size, const Place& place) {
    const auto id = static_cast<NodeId>(dag_.nodes.size());
    const Kind kind = draw_kind(size, place);
    dag_.nodes.push_back(draw_node(kind));
    const auto [most, inner] = below(kind, place);
    std::uint32_t left = size - 1;
    std::uint32_t count = std::min({most, left, 1 + rng_.below(most + 1)});
    if (kind == Kind::kJoin) {
      count = 2;
      left = std::max(left, 2U);
    }
    std::vector<NodeId> children;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t others = count - i - 1;
      const std::uint32_t most_here = left - others;
      const bool is_last = others == 0;
      // Mostly even shares, sometimes a chain.
      const std::uint32_t share = is_last              ? most_here
                                  : rng_.below(4) == 0 ? 1 + rng_.below(most_here)
                                                       : std::max(1U, most_here / (others + 1));
      children.push_back(add(share, inner));
      left -= share;
    }
    if (kind == Kind::kGroupBatch && place.may_throw && rng_.below(8) == 0) {
      dag_.nodes[id].stop = rng_.below(count);
    }
    dag_.nodes[id].children = std::move(children);
    return id;
  }

  Node draw_node(Kind kind) {
    Node node;
    node.kind = kind;
    node.wish = static_cast<Wish>(rng_.below(4));
    node.bulk = static_cast<std::uint8_t>(rng_.below(16) == 0 ? 1 + rng_.below(2) : 0);
    node.yields = rng_.below(yields_of_) == 0;
    node.work = rng_.below(3) == 0 ? 0 : rng_.below(rng_.below(16) == 0 ? 5'000 : work_max_);
    node.place = rng_.below(6);
    node.waves = rng_.below(4) == 0;
    if (kind == Kind::kRange || kind == Kind::kReduce) {
      node.elements = rng_.below(rng_.below(4) == 0 ? 200 : 10);
      node.grain = 1 + rng_.below(rng_.below(2) == 0 ? 3 : 40);
    }
    return node;
  }

  Dag& dag_;
  const Shape& shape_;
  Rng rng_;
  // Some DAGs are over before a thief is awake, some leave it time.
  std::uint32_t work_max_ = std::array{1U, 100U, 2'000U, 10'000U}[rng_.below(4)];
  std::uint32_t yields_of_ = std::array{2U, 32U, 1'000U}[rng_.below(3)];  // one in so many
};

void append(std::string& text, const Dag& dag, NodeId id, std::size_t indent) {
  const Node& node = dag.nodes[id];
  text += fmt::format("{:{}}{} {} work={}", "", indent, id, name_of(node.kind), node.work);
  if (node.kind == Kind::kRange || node.kind == Kind::kReduce) {
    text += fmt::format(" elements={} grain={}", node.elements, node.grain);
  }
  if (node.stop != kNoNode) {
    text += fmt::format(" maker throws at {}", node.stop);
  }
  if (node.waves && node.kind == Kind::kGroup) {
    text += " in two waves";
  }
  if (node.wish != Wish::kNone) {
    constexpr std::array kWishes{"", "phase", "worker", "node"};
    text += fmt::format(" {}={}", kWishes[static_cast<std::size_t>(node.wish)], node.place);
  }
  text += node.bulk > 0 ? fmt::format(" bulk={}", node.bulk) : "";
  text += node.yields ? " yields\n" : "\n";
  for (const NodeId child : node.children) {
    append(text, dag, child, indent + 2);
  }
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

Dag make_dag(std::uint64_t seed, const Shape& shape) {
  Dag dag;
  dag.seed = seed;
  Maker(dag, shape).make();
  return dag;
}

std::string to_text(const Dag& dag) {
  std::string text = fmt::format("DAG {}: {} nodes\n", dag.seed, dag.nodes.size());
  append(text, dag, 0, 2);
  for (const NodeId root : dag.outside) {
    text += dag.outside_meanwhile ? "  injected meanwhile\n" : "  injected before\n";
    append(text, dag, root, 4);
  }
  return text;
}

}  // namespace an::fuzz
