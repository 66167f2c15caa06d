// The machine as plain numbers: which CPUs this process may use and what they share. Everything
// that places threads or orders victims works on these structs, so that it can be tested on
// machines we do not own; hwloc stays in machine.cpp.
//
// Thread-safe: every call loads its own topology and releases it before it returns.
//
// I1: `cpus` is ascending by id and holds only CPUs the process may run on; never empty.
// I2: core, package, node, l2 and l3 are dense from 0 over the CPUs listed (the first CPU of a
//     group names it), so two CPUs share a thing exactly when their numbers are equal and not -1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace an {

// One hardware thread.
struct Cpu {
  int id = 0;       // the operating system's number: what sched_setaffinity takes
  int core = 0;     // physical core; equal for SMT siblings
  int package = 0;  // socket
  int node = 0;     // NUMA node of its memory
  int l2 = -1;      // level-2 cache group; -1 unknown
  int l3 = -1;      // level-3 cache group; -1 unknown

  friend bool operator==(const Cpu&, const Cpu&) = default;
};

// One kind of data or unified cache.
struct Cache {
  int level = 0;           // 1..5
  std::int64_t bytes = 0;  // of one cache, not of all of its kind
  int line_bytes = 0;      // 0 unknown
  int shared_by = 0;       // the most usable CPUs behind one cache of this kind

  friend bool operator==(const Cache&, const Cache&) = default;
};

struct Machine {
  std::vector<Cpu> cpus;          // usable by this process, ascending by id
  int cores = 0;                  // physical cores among `cpus`
  int packages = 0;               // packages among `cpus`
  int nodes = 0;                  // NUMA nodes among `cpus`, at least 1
  std::vector<Cache> caches;      // data and unified caches, ascending by level, one entry per kind
  std::string model;              // the CPU's name as it gives it; empty when unknown
  std::int64_t memory_bytes = 0;  // RAM of the whole machine, not the container's share; 0 unknown
};

// This machine, restricted to the CPUs the calling thread is allowed (affinity and cpuset): right
// in a container, under taskset and with one CPU. Milliseconds: call it once, at start. Throws
// an::Error when the topology cannot be read.
Machine read_machine();

// A machine from a description, for tests and for reading about other machines: an hwloc synthetic
// string such as "pack:2 l3:1 core:8 pu:2", or, when it starts with '<', the XML that
// `lstopo --of xml` prints. `allowed` are the CPU ids a process there may use (a cpuset, a
// container); empty means all, ids the machine does not have are ignored.
// Throws an::Error when the description does not parse or no allowed CPU exists.
Machine read_machine_from(const std::string& description, const std::vector<int>& allowed = {});

}  // namespace an
