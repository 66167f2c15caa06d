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
// Operation: one node. Sizes: n = 20 (some 50,000 nodes), 28 (4 million), 34 (100 million). The seed
// draws the items; how many nodes they make differs by a factor of two.
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

// The value of the best packing that takes the items [next, end) into account, given `value` in the
// sack and `room` left; 0 if none can reach `threshold`. Items come most valuable for their weight
// first. `end` is not read.
template <ForkJoinWorker W>
[[gnu::noinline]] std::int64_t best_below(W worker,
                                          const Item* next,
                                          const Item* end,
                                          std::int64_t room,
                                          std::int64_t value,
                                          std::int64_t threshold) {
  if (next == end) {
    return value;
  }
  if (!may_reach(*next, room, value, threshold)) {
    return 0;
  }
  if (next->weight > room) {
    return best_below(worker, next + 1, end, room, value, threshold);
  }
  auto [taken, left] = worker.join(
      [=](W w) {
        return best_below(w, next + 1, end, room - next->weight, value + next->value, threshold);
      },
      [=](W w) { return best_below(w, next + 1, end, room, value, threshold); });
  return std::max(taken, left);
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
  using Answer = std::int64_t;

  static Input prepare(std::int64_t n, std::uint64_t seed);
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const Item* const items = input.items.data();
    return best_below(worker, items, items + input.items.size(), input.room, 0, input.threshold);
  }

  static std::uint64_t digest(const Input& /*input*/, const Answer& answer) {
    return fold(0, static_cast<std::uint64_t>(answer));
  }
  // By dynamic programming over the room.
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) { return input.nodes; }
  static std::int64_t footprint_bytes(std::int64_t n) {
    return n * static_cast<std::int64_t>(sizeof(Item));
  }
  static std::vector<Note> notes(const Input& /*input*/) { return {}; }
};

}  // namespace an::workloads::knapsack
