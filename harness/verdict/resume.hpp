// What an interrupted run has, what of it is kept, and whether it may go on.
//
// Kept is what is whole: the records of a workload and size whose cells are all finished; otherwise the
// records of cells that failed, and the units before the first one that lacks a turn of a cell that
// did not. The rest is measured again.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/conductor/run.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {

// What of a cell stays in the files.
struct Kept {
  bool record = false;  // its line of cells.jsonl
  int units = 0;        // the turns of units below this number
};

struct Resumption {
  std::vector<CellRecord> cells;     // the `earlier` of run_sweep
  std::map<std::string, Kept> kept;  // by cell name
  bool is_finished = false;          // nothing is left to do
};

// Pure. `request` is that of the run, whose plan `run` is known to have (see plan_differences).
Resumption plan_resumption(const StoredRun& run, const RunRequest& request);

// In what the manifests of a run and of its continuation differ, so that it may not go on: schema
// version, seed, plan, builds and hashes of the cells, allocators, placement, machine. A phrase each:
// "plan.samples (18 then, 6 now)". Throws an::Error when one is no JSON.
std::vector<std::string> plan_differences(const std::string& then, const std::string& now);

// The same for the schema version of the records in `directory`.
std::vector<std::string> version_differences(const std::filesystem::path& directory);

// The command line of the run whose manifest is `manifest`. Throws an::Error when that is none.
std::vector<std::string> command_of(const std::string& manifest);

// Takes out of the files in `directory` what is not kept, a torn last line included, each file by a
// temporary one and a rename; summary.json goes too. How much that is goes to events.jsonl first.
// Throws an::Error when the directory cannot be written.
void remove_unfinished(const std::filesystem::path& directory, const Resumption& resumption);

}  // namespace an::harness
