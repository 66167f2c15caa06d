// In which order a worker that has nothing to do looks at the others: near first, because a stolen
// task finds its data in the cache both share. (Measured for trees of tasks by Quintin and Wagner,
// "Hierarchical Work-Stealing", Euro-Par 2010.)
//
// I1: list i is a permutation of all workers but i.
// I2: distance never decreases along a list: same core, same L2, same L3, same node, same package,
//     the rest. An unknown cache group (-1) is shared with nobody.
// I3: at equal distance the order is a ring over neighbours that every worker enters at another
//     place, so that not everybody robs worker 0 first: on a symmetric machine every worker is the
//     first victim of a distance exactly once.
#pragma once

#include <cstdint>
#include <vector>

#include "core/topology/machine.hpp"

namespace an {

// Distance classes, near to far.
enum class Distance { kSameCore, kSameL2, kSameL3, kSameNode, kSamePackage, kFar };

// How far apart two CPUs are. Symmetric; a CPU is kSameCore to itself.
Distance distance(const Cpu& a, const Cpu& b);

// For each of `workers` workers the others, near to far. Worker i runs on CPU id
// `cpus_of_workers[i]`; when the list is empty nobody is pinned and every order is the ring that
// starts after the worker. Throws an::Error when the list has another length than `workers` or
// names a CPU the machine does not have. O(workers^2 log workers).
std::vector<std::vector<std::uint32_t>> victim_order(const Machine& machine,
                                                     const std::vector<int>& cpus_of_workers,
                                                     std::uint32_t workers);

}  // namespace an
