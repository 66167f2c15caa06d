// What there is to run: the cells found beside the harness and in --cells directories, each asked
// to describe itself. The conductor knows no scheduler and no workload but from here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

struct SchedulerEntry {
  std::string name, summary, version;
  std::filesystem::path executable;
  BuildEntry build;
  std::uint32_t workers_max = 0;
  bool is_instrument = false;              // measures programs: run when named, not with all
  std::optional<std::int64_t> task_bytes;  // sizeof a spawned task with an empty callable
  std::vector<OptionEntry> options;
  std::vector<WorkloadEntry> workloads;
  // Why it cannot be asked (its executable does not start, speaks another protocol, was not built);
  // empty for a usable one. Its cells are shown as n/a with this reason.
  std::string absent_reason;

  // The entry of the workload called `name`, or null: not every runtime has every workload.
  const WorkloadEntry* workload(const std::string& workload_name) const;
};

struct Catalogue {
  std::vector<SchedulerEntry> schedulers;  // sorted by name, serial first

  // The entry called `name`, or null.
  const SchedulerEntry* scheduler(const std::string& name) const;
  // Names of all workloads any scheduler knows, sorted.
  std::vector<std::string> workload_names() const;
  // The first scheduler's entry of the workload called `name`, or null.
  const WorkloadEntry* workload(const std::string& name) const;
};

// True when `directory` has something for discover(): an executable `cell-*` or `cells.absent`.
bool holds_cells(const std::filesystem::path& directory);

// Starts every executable called `cell-*` in `directories`, asks it to describe itself and stops
// it. A cell that does not answer within `timeout_ns` becomes an entry with an absent_reason. The
// first directory that has a name wins. `cells.absent` in a directory (lines `name<TAB>reason`,
// written by the build) adds schedulers that were not built. Ignores SIGPIPE from then on.
Catalogue discover(const std::vector<std::filesystem::path>& directories, Nanos timeout_ns);

}  // namespace an::harness
