#include "workloads/knapsack.hpp"

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"

namespace an::workloads::knapsack {

namespace {

// Item i of n: a weight in 100 .. 1000, and a value of a half to one and a half times as much, each
// n-th part of that span for one item. Drawn freely, the number of nodes would vary tenfold.
Item draw(Rng& rng, std::int64_t i, std::int64_t n) {
  const std::int64_t weight = 100 + rng.below(901);
  const std::int64_t per_mille = 500 + (1000 * i + rng.below(1000)) / n;
  return {weight * per_mille / 1000, weight};
}

static_assert(Workload::kMax * 1500 < std::int64_t{kOneNode});

// What is packed by taking every item that still fits, in order.
std::int64_t greedy_value(const std::vector<Item>& items, std::int64_t room) {
  std::int64_t value = 0;
  for (const Item& item : items) {
    if (item.weight <= room) {
      room -= item.weight;
      value += item.value;
    }
  }
  return value;
}

// Nodes of the search, by an explicit stack of the branches put aside.
std::uint64_t count_nodes(const Workload::Input& input) {
  struct Branch {
    std::size_t next;
    std::int64_t room;
    std::int64_t value;
  };
  std::uint64_t nodes = 0;
  std::vector<Branch> aside{{0, input.room, 0}};
  while (!aside.empty()) {
    auto [next, room, value] = aside.back();
    aside.pop_back();
    ++nodes;
    while (next < input.items.size() &&
           may_reach(input.items[next], room, value, input.threshold)) {
      const Item& item = input.items[next];
      ++next;
      ++nodes;
      if (item.weight <= room) {
        aside.push_back({next, room, value});
        room -= item.weight;
        value += item.value;
      }
    }
  }
  return nodes;
}

}  // namespace

Workload::Input Workload::prepare(std::int64_t n, std::uint64_t seed) {
  AN_ASSERT(n >= kMin);
  AN_ASSERT(n <= kMax);
  Input input{{}, 0, 0, 0};
  Rng rng(seed);
  std::int64_t weight = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    input.items.push_back(draw(rng, i, n));
    weight += input.items.back().weight;
  }
  std::sort(input.items.begin(), input.items.end(), [](const Item& a, const Item& b) {
    const std::int64_t better = a.value * b.weight - b.value * a.weight;
    return better != 0 ? better > 0 : a.weight < b.weight;
  });
  input.room = weight / 2;
  input.threshold = greedy_value(input.items, input.room) * 9 / 10;
  input.nodes = count_nodes(input);
  return input;
}

std::uint64_t Workload::expected(const Input& input) {
  std::vector<std::int64_t> best(static_cast<std::size_t>(input.room) + 1, 0);
  for (const Item& item : input.items) {
    const auto weight = static_cast<std::size_t>(item.weight);
    for (std::size_t room = best.size(); room-- > weight;) {
      best[room] = std::max(best[room], best[room - weight] + item.value);
    }
  }
  return fold(fold(0, input.nodes), static_cast<std::uint64_t>(best.back()));
}

}  // namespace an::workloads::knapsack
