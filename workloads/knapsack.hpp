// knapsack: the most valuable packing of n items into a sack that holds half their weight, by
// branch and bound: take the next item or leave it, unless the rest cannot make up for what has
// been left out. A tree that thins out irregularly, with two branches that differ much.
//
// Source: knapsack of the Cilk distribution and of BOTS (Duran, Teruel, Ferrer, Martorell and
// Ayguade, "Barcelona OpenMP Tasks Suite", ICPP 2009); the bound is Dantzig's ("Discrete-variable
// extremum problems", Operations Research 1957). There a branch is cut off by the best packing that
// any branch has found so far, so the work depends on the schedule, and a lucky one looks fast.
// Here the threshold is known before: nine tenths of what the greedy packing is worth. Every
// schedule visits the same nodes, and the threshold is never above the answer.
//
// Operation: one node. Sizes: n = 20 (some 50,000 nodes), 28 (4 million), 34 (100 million). The
// seed draws the items; how many nodes they make differs by a factor of two.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::knapsack {

struct Item {
  std::int64_t value;
  std::int64_t weight;
};

// Whether a packing worth `value`, with `room` left, could still reach `threshold` if the rest of
// the items were all as valuable for their weight as `best`, the next one.
inline bool may_reach(const Item& best,
                      std::int64_t room,
                      std::int64_t value,
                      std::int64_t threshold) {
  return room * best.value >= (threshold - value) * best.weight;
}

// What a search found: the value of the best packing in the low bits, above them the nodes visited.
// A maximum alone would not miss a lost branch. One number, for it is returned at every node.
using Found = std::uint64_t;
inline constexpr Found kOneNode = Found{1} << 20;
constexpr std::int64_t value_of(Found found) {
  return static_cast<std::int64_t>(found % kOneNode);
}
constexpr std::uint64_t nodes_of(Found found) {
  return found / kOneNode;
}
constexpr Found either(Found a, Found b) {
  return (nodes_of(a) + nodes_of(b)) * kOneNode + std::max(a % kOneNode, b % kOneNode);
}

// Packings that take the items [next, end) into account, given `value` in the sack and `room` left;
// of value 0 if none can reach `threshold`. Items come most valuable for their weight first.
template <ForkJoinWorker W>
[[gnu::noinline]] Found search(W worker,
                               const Item* next,
                               const Item* end,
                               std::int64_t room,
                               std::int64_t value,
                               std::int64_t threshold) {
  if (next == end) {
    return kOneNode + static_cast<Found>(value);
  }
  if (!may_reach(*next, room, value, threshold)) {
    return kOneNode;
  }
  if (next->weight > room) {
    return kOneNode + search(worker, next + 1, end, room, value, threshold);
  }
  auto [taken, left] = worker.join(
      [=](W w) {
        return search(w, next + 1, end, room - next->weight, value + next->value, threshold);
      },
      [=](W w) { return search(w, next + 1, end, room, value, threshold); });
  return kOneNode + either(taken, left);
}

struct Workload {
  static constexpr std::string_view kName = "knapsack";
  static constexpr std::string_view kSummary = "branch and bound with a threshold known before";
  static constexpr std::string_view kSource = "Cilk; Duran et al., BOTS, ICPP 2009";
  static constexpr std::string_view kOperation = "node";
  static constexpr std::string_view kParameter = "items";
  static constexpr std::array<NamedSize, 3> kSizes{{{"small", 20}, {"medium", 28}, {"large", 34}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 40;  // a minute a run

  struct Input {
    std::vector<Item> items;  // most valuable for its weight first
    std::int64_t room;
    std::int64_t threshold;
    std::uint64_t nodes;
  };
  using Answer = Found;

  static Input prepare(std::int64_t n, std::uint64_t seed);
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const Item* const items = input.items.data();
    return search(worker, items, items + input.items.size(), input.room, 0, input.threshold);
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(fold(0, nodes_of(answer)), static_cast<std::uint64_t>(value_of(answer)));
  }
  // The value by dynamic programming over the room, the nodes by a walk with an explicit stack.
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) { return input.nodes; }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return n * static_cast<std::int64_t>(sizeof(Item));
  }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::knapsack
