// The machine as it is while figures are taken: what the manifest records and `harness env` prints.
// Every fact that cannot be read is absent (null in JSON); nothing here fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace an::harness {

struct CacheFact {
  std::string type;  // Data | Instruction | Unified
  int level = 0;
  std::int64_t bytes = 0;
  int cpus = 0;  // how many logical CPUs share it
};

struct Environment {
  std::optional<std::string> cpu;  // model name
  std::optional<std::int64_t> cores, logical_cpus;
  std::vector<int> allowed_cpus;
  std::vector<CacheFact> caches;  // as the first CPU sees them
  std::optional<std::int64_t> memory_kib, memory_available_kib;
  std::optional<std::int64_t> memory_limit_bytes;  // of the control group
  std::optional<std::string> kernel, os;
  std::optional<bool> hypervisor;  // the CPU says that it is virtual
  std::optional<std::string> governor, turbo, thp, clocksource, smt;
  std::vector<double> loadavg;      // 1, 5, 15 minutes; empty when unknown
  std::optional<std::string> host;  // sixteen hex digits: a hash of the name, not the name
};

// Reads /proc, /sys and uname. A few milliseconds.
Environment read_environment();

// The same as a JSON object (one line, no line end): `machine` of manifest.json.
std::string to_json(const Environment& environment);

// Commit of the sources this conductor was built from: forty hex digits or "unknown".
const char* git_commit();
// True when those sources had uncommitted changes.
bool git_is_dirty();

}  // namespace an::harness
