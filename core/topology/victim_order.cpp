#include "core/topology/victim_order.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "core/base/error.hpp"

namespace an {
namespace {

// The CPU of each worker; one made-up CPU for all when nobody is pinned.
std::vector<Cpu> cpus_by_worker(const Machine& machine,
                                const std::vector<int>& ids,
                                std::uint32_t workers) {
  if (ids.empty()) {
    return std::vector<Cpu>(workers);
  }
  if (ids.size() != workers) {
    throw Error("a placement of " + std::to_string(ids.size()) + " CPUs for " +
                    std::to_string(workers) + " workers",
                "Every worker needs a CPU, or none",
                "Give one CPU per worker, or an empty list for unpinned workers");
  }
  std::vector<Cpu> cpus;
  cpus.reserve(workers);
  for (const int id : ids) {
    const auto found = std::lower_bound(machine.cpus.begin(), machine.cpus.end(), id,
                                        [](const Cpu& cpu, int wanted) { return cpu.id < wanted; });
    if (found == machine.cpus.end() || found->id != id) {
      throw Error(
          "a worker is placed on CPU " + std::to_string(id) + ", which this process may not use",
          "The placement was made for another machine or container",
          "Run with --pin=none, or see `harness env` for the CPUs that may be used");
    }
    cpus.push_back(*found);
  }
  return cpus;
}

// Workers in an order in which those that share something stand together.
std::vector<std::uint32_t> neighbourhood(const std::vector<Cpu>& cpus) {
  std::vector<std::uint32_t> order(cpus.size());
  for (std::uint32_t worker = 0; worker < order.size(); ++worker) {
    order[worker] = worker;
  }
  const auto key = [&](std::uint32_t worker) {
    const Cpu& cpu = cpus[worker];
    return std::tuple(cpu.package, cpu.node, cpu.l3, cpu.l2, cpu.core, worker);
  };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  return order;
}

}  // namespace

Distance distance(const Cpu& a, const Cpu& b) {
  if (a.core == b.core) {
    return Distance::kSameCore;
  }
  if (a.l2 == b.l2 && a.l2 >= 0) {
    return Distance::kSameL2;
  }
  if (a.l3 == b.l3 && a.l3 >= 0) {
    return Distance::kSameL3;
  }
  if (a.node == b.node) {
    return Distance::kSameNode;
  }
  return a.package == b.package ? Distance::kSamePackage : Distance::kFar;
}

std::vector<std::vector<std::uint32_t>> victim_order(const Machine& machine,
                                                     const std::vector<int>& cpus_of_workers,
                                                     std::uint32_t workers) {
  const std::vector<Cpu> cpus = cpus_by_worker(machine, cpus_of_workers, workers);
  const std::vector<std::uint32_t> ring = neighbourhood(cpus);
  std::vector<std::vector<std::uint32_t>> orders(workers);
  for (const std::uint32_t self : ring) {
    std::map<Distance, std::vector<std::uint32_t>> classes;
    std::map<Distance, std::size_t> before;  // members of the class that precede self in the ring
    bool is_before = true;
    for (const std::uint32_t other : ring) {
      if (other == self) {
        is_before = false;
        continue;
      }
      const Distance apart = distance(cpus[self], cpus[other]);
      classes[apart].push_back(other);
      before[apart] += is_before ? 1 : 0;
    }
    // Entering each class at self's place among those at most that far away gives I3.
    std::size_t place = 0;
    for (auto& [apart, members] : classes) {
      place += before[apart];
      const auto first = static_cast<std::ptrdiff_t>(place % members.size());
      std::rotate(members.begin(), members.begin() + first, members.end());
      orders[self].insert(orders[self].end(), members.begin(), members.end());
    }
  }
  return orders;
}

}  // namespace an
