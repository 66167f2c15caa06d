// See catalogue.hpp.
#include "harness/conductor/catalogue.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/cell_client.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCellPrefix = "cell-";
constexpr const char* kAbsentFile = "cells.absent";

// The regular executable files of `directory` called cell-*, sorted.
std::vector<fs::path> cells_in(const fs::path& directory) {
  std::vector<fs::path> cells;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().filename().string().rfind(kCellPrefix, 0) == 0 &&
        entry->is_regular_file(ignored) && ::access(entry->path().c_str(), X_OK) == 0) {
      cells.push_back(fs::absolute(entry->path()));
    }
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

SchedulerEntry absent(std::string name, std::string reason) {
  SchedulerEntry entry;
  entry.name = std::move(name);
  entry.absent_reason = std::move(reason);
  return entry;
}

SchedulerEntry ask(const fs::path& executable, const std::string& name, Nanos timeout_ns) {
  SchedulerEntry entry = absent(name, "");
  entry.executable = executable;
  try {
    CellClient cell({executable, {}, {}, {}}, timeout_ns);
    auto answer = cell.describe();
    if (!answer) {
      entry.absent_reason = executable.string() + ": " + answer.reason;
      return entry;
    }
    DescribeReply& reply = answer.value;
    if (reply.scheduler != name) {
      entry.absent_reason =
          executable.string() + " calls itself " + reply.scheduler + "; rename one of the two";
      return entry;
    }
    cell.quit();  // whatever it answers, the process is gone afterwards
    entry.summary = std::move(reply.summary);
    entry.version = std::move(reply.version);
    entry.build = std::move(reply.build);
    entry.workers_max = reply.workers_max;
    entry.is_instrument = reply.is_instrument;
    entry.task_bytes = reply.task_bytes;
    entry.options = std::move(reply.options);
    entry.workloads = std::move(reply.workloads);
  } catch (const Error& error) {
    entry.absent_reason = error.what();
  }
  return entry;
}

// The lines `name<TAB>reason` of the file that the build leaves for what it could not build.
std::vector<SchedulerEntry> absent_in(const fs::path& directory) {
  std::vector<SchedulerEntry> entries;
  std::ifstream file(directory / kAbsentFile);
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && tab > 0) {
      const std::string reason = line.substr(tab + 1);
      entries.push_back(absent(line.substr(0, tab), reason.empty() ? "not built" : reason));
    }
  }
  return entries;
}

const WorkloadEntry* find_workload(const std::vector<WorkloadEntry>& entries,
                                   const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const WorkloadEntry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

const WorkloadEntry* SchedulerEntry::workload(const std::string& workload_name) const {
  return find_workload(workloads, workload_name);
}

const SchedulerEntry* Catalogue::scheduler(const std::string& name) const {
  const auto found = std::find_if(schedulers.begin(), schedulers.end(),
                                  [&](const SchedulerEntry& entry) { return entry.name == name; });
  return found == schedulers.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::workload_names() const {
  std::set<std::string> names;
  for (const SchedulerEntry& entry : schedulers) {
    for (const WorkloadEntry& workload : entry.workloads) {
      names.insert(workload.name);
    }
  }
  return {names.begin(), names.end()};
}

const WorkloadEntry* Catalogue::workload(const std::string& name) const {
  for (const SchedulerEntry& entry : schedulers) {
    if (const WorkloadEntry* found = entry.workload(name)) {
      return found;
    }
  }
  return nullptr;
}

bool holds_cells(const fs::path& directory) {
  std::error_code error;
  return !cells_in(directory).empty() || fs::exists(directory / kAbsentFile, error);
}

Catalogue discover(const std::vector<fs::path>& directories, Nanos timeout_ns) {
  // A cell that dies before it reads must be an error code here, as it is during a run.
  ::signal(SIGPIPE, SIG_IGN);
  Catalogue catalogue;
  for (const fs::path& directory : directories) {
    for (const fs::path& cell : cells_in(directory)) {
      const std::string name = cell.filename().string().substr(std::string(kCellPrefix).size());
      if (catalogue.scheduler(name) == nullptr) {
        catalogue.schedulers.push_back(ask(cell, name, timeout_ns));
      }
    }
  }
  for (const fs::path& directory : directories) {
    for (SchedulerEntry& entry : absent_in(directory)) {
      if (catalogue.scheduler(entry.name) == nullptr) {
        catalogue.schedulers.push_back(std::move(entry));
      }
    }
  }
  std::sort(catalogue.schedulers.begin(), catalogue.schedulers.end(),
            [](const SchedulerEntry& a, const SchedulerEntry& b) {
              return std::pair(a.name != kBaselineScheduler, a.name) <
                     std::pair(b.name != kBaselineScheduler, b.name);
            });
  return catalogue;
}

}  // namespace an::harness
