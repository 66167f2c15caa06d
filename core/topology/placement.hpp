// Which CPU each worker runs on. A pure function of the machine, so equal machines give equal
// placements and a record can repeat one.
//
// compact: neighbours close together. CPUs are taken package by package, inside a package node by
//     node, then by L3 and L2 group, one worker per physical core; the second hyperthreads of a
//     package come after all its cores and before the next package. With few workers: most sharing,
//     no hyperthread shared while a core of the package is free.
// scatter: most cache and memory bandwidth per worker. Round robin over packages, inside each over
//     nodes, then L3 groups, then L2 groups, then cores; second hyperthreads only after every core
//     of the machine has a worker.
//
// More workers than CPUs wrap round: worker i shares the CPU of worker i - cpus.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/topology/machine.hpp"

namespace an {

enum class Pin { kNone, kCompact, kScatter };

// CPU ids by worker: result[i] is where worker i runs. `workers` entries, or empty for Pin::kNone
// (threads float). O(cpus log cpus + workers). Does not throw for a machine that has a CPU.
std::vector<int> place(const Machine& machine, std::uint32_t workers, Pin pin);

// The NUMA node of each worker placed so: result[i] is that of cpus[i] (a CPU the machine does not have
// counts as node 0). Dense numbers, as in Machine. O(cpus * machine's CPUs).
std::vector<std::uint32_t> nodes_of(const Machine& machine, const std::vector<int>& cpus);

// "none", "compact" or "scatter".
std::string_view to_string(Pin pin);

// The inverse; empty for any other text.
std::optional<Pin> parse_pin(std::string_view text);

}  // namespace an
