// The machine as it is while figures are taken: what the manifest records and `harness env` prints.
// Every fact that cannot be read is absent (null in JSON); nothing here fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/kernel_settings.hpp"
#include "harness/conductor/noise.hpp"
#include "harness/conductor/pmu.hpp"

namespace an::harness {

struct CacheFact {
  std::string type;  // Data | Instruction | Unified
  int level = 0;
  std::int64_t bytes = 0;
  int cpus = 0;  // how many logical CPUs share it
};

// Instruction sets and clocks that our figures depend on; absent: the CPU's flags cannot be read.
struct CpuFlags {
  std::optional<bool> avx2, avx512f;
  std::optional<bool> invariant_tsc;  // constant_tsc and nonstop_tsc
};

struct Environment {
  std::optional<std::string> cpu;  // model name
  std::optional<std::int64_t> family, model, stepping;
  std::optional<std::string> microcode;
  CpuFlags flags;
  std::optional<std::int64_t> cores, logical_cpus;
  std::vector<int> allowed_cpus;
  std::vector<CacheFact> caches;  // as the first CPU sees them
  std::optional<std::int64_t> memory_kib, memory_available_kib;
  std::optional<std::int64_t> memory_limit_bytes;  // of the control group
  std::optional<std::string> kernel, os;
  std::optional<bool> hypervisor;  // the CPU says that it is virtual
  std::optional<std::string> libc;
  KernelSettings settings;
  PmuFact pmu;
  std::vector<double> loadavg;                           // 1, 5, 15 minutes; empty when unknown
  NoiseReading noise;                                    // since the machine started
  std::optional<double> psi_avg10_percent, steal_share;  // as in noise.hpp
  std::optional<std::string> host;  // sixteen hex digits: a hash of the name, not the name
};

// Reads /proc, /sys and uname, and counts a known loop. A few milliseconds.
Environment read_environment();

// The same as a JSON object (one line, no line end): `machine` of manifest.json.
std::string to_json(const Environment& environment);

// Commit of the sources this conductor was built from: forty hex digits or "unknown".
const char* git_commit();
// True when those sources had uncommitted changes.
bool git_is_dirty();

}  // namespace an::harness
