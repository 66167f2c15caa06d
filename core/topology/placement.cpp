#include "core/topology/placement.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/base/assert.hpp"

namespace an {
namespace {

// How many CPUs of the same core come before each CPU: 0 for first hyperthreads. By CPU index.
std::vector<int> smt_ranks(const std::vector<Cpu>& cpus) {
  std::map<int, int> seen;
  std::vector<int> ranks;
  ranks.reserve(cpus.size());
  for (const Cpu& cpu : cpus) {
    ranks.push_back(seen[cpu.core]++);
  }
  return ranks;
}

std::vector<int> compact_order(const Machine& machine) {
  const std::vector<int> ranks = smt_ranks(machine.cpus);
  std::vector<std::size_t> order(machine.cpus.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const auto key = [&](std::size_t i) {
    const Cpu& cpu = machine.cpus[i];
    return std::tuple(cpu.package, ranks[i], cpu.node, cpu.l3, cpu.l2, cpu.core, cpu.id);
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<int> ids;
  ids.reserve(order.size());
  for (const std::size_t i : order) {
    ids.push_back(machine.cpus[i].id);
  }
  return ids;
}

// What scatter spreads over, outermost first.
constexpr std::array<int Cpu::*, 5> kLevels = {&Cpu::package, &Cpu::node, &Cpu::l3, &Cpu::l2,
                                               &Cpu::core};

// `cpus` in round-robin order over the groups of kLevels[level], each group ordered the same way.
std::vector<int> interleave(const std::vector<Cpu>& cpus, std::size_t level) {
  std::vector<int> ids;
  ids.reserve(cpus.size());
  if (level == kLevels.size()) {
    for (const Cpu& cpu : cpus) {
      ids.push_back(cpu.id);
    }
    return ids;
  }
  std::map<int, std::vector<Cpu>> groups;
  for (const Cpu& cpu : cpus) {
    groups[cpu.*kLevels[level]].push_back(cpu);
  }
  std::vector<std::vector<int>> lists;
  lists.reserve(groups.size());
  for (const auto& [number, group] : groups) {
    lists.push_back(interleave(group, level + 1));
  }
  for (std::size_t turn = 0; ids.size() < cpus.size(); ++turn) {
    for (const std::vector<int>& list : lists) {
      if (turn < list.size()) {
        ids.push_back(list[turn]);
      }
    }
  }
  return ids;
}

std::vector<int> scatter_order(const Machine& machine) {
  const std::vector<int> ranks = smt_ranks(machine.cpus);
  std::map<int, std::vector<Cpu>> by_rank;
  for (std::size_t i = 0; i < machine.cpus.size(); ++i) {
    by_rank[ranks[i]].push_back(machine.cpus[i]);
  }
  std::vector<int> ids;
  for (const auto& [rank, cpus] : by_rank) {
    const std::vector<int> layer = interleave(cpus, 0);
    ids.insert(ids.end(), layer.begin(), layer.end());
  }
  return ids;
}

}  // namespace

std::vector<int> place(const Machine& machine, std::uint32_t workers, Pin pin) {
  if (pin == Pin::kNone) {
    return {};
  }
  AN_ASSERT(!machine.cpus.empty());
  const std::vector<int> order =
      pin == Pin::kCompact ? compact_order(machine) : scatter_order(machine);
  std::vector<int> ids;
  ids.reserve(workers);
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    ids.push_back(order[worker % order.size()]);
  }
  return ids;
}

std::vector<std::uint32_t> nodes_of(const Machine& machine, const std::vector<int>& cpus) {
  std::vector<std::uint32_t> nodes;
  nodes.reserve(cpus.size());
  for (const int id : cpus) {
    const auto cpu = std::ranges::find(machine.cpus, id, &Cpu::id);
    nodes.push_back(cpu == machine.cpus.end() ? 0 : static_cast<std::uint32_t>(cpu->node));
  }
  return nodes;
}

std::string_view to_string(Pin pin) {
  switch (pin) {
    case Pin::kNone:
      return "none";
    case Pin::kCompact:
      return "compact";
    case Pin::kScatter:
      return "scatter";
  }
  return "none";
}

std::optional<Pin> parse_pin(std::string_view text) {
  for (const Pin pin : {Pin::kNone, Pin::kCompact, Pin::kScatter}) {
    if (text == to_string(pin)) {
      return pin;
    }
  }
  return std::nullopt;
}

}  // namespace an
