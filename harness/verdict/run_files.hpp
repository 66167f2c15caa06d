// A run directory read back (results/README.md is the format), so that a table, a summary or an
// export of a stored run is made by the same code as of a fresh one.
//
// A torn last line of a .jsonl file, which a kill leaves, is ignored. Everything else that is not as
// the format says is an error: a run that cannot be read whole is not read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/run.hpp"

namespace an::harness {

class JsonRecord;

// A cell, or one arm of it (record.plan.arm).
struct StoredCell {
  bool is_finished = false;     // it stands in cells.jsonl; otherwise the run was killed before
  CellRecord record;            // its samples are the turns that count
  std::vector<Sample> dropped;  // turns of rounds that do not
};

// How the cells of one scheduler were built.
struct StoredBuild {
  std::string scheduler, type, sanitizer;
  bool is_publishable = false;
  std::optional<std::string> code_hash;  // of all that it loads; version 1 has none
};

// What the manifest says beside the plan.
struct RunFacts {
  std::vector<std::string> command;
  std::string started;  // ISO 8601, UTC
  std::string commit;
  bool is_dirty = false;
  bool is_publishable = false;
  std::vector<StoredBuild> builds;
  std::optional<std::string> cpu, kernel, governor, host;  // host: a hash
  bool is_of_several_machines = false;  // a merge of shards; the facts are of the first
  std::optional<std::int64_t> logical_cpus;
  std::size_t allowed_cpus = 0;
  std::vector<double> loadavg;
  std::vector<std::string> notes;
  // Seed, turns of a unit, min_time_ns, pin and freeze, where the manifest has them, as JSON.
  std::map<std::string, std::string> measuring;
};

struct StoredRun {
  std::filesystem::path directory;
  RunFacts facts;
  double alpha = kAlpha;          // two-sided level of the intervals
  int turns = 1;                  // planned per unit; of a version 1 run, all of them
  std::vector<std::string> arms;  // in the order in which they first appear; empty in `run`
  std::vector<StoredCell> cells;  // in plan order; per cell its arms
};

// The run that `directory` holds. A planned cell without a record is partial: the run was killed,
// or goes on. Of two records of a cell the later counts. Round r of a version 1 run is turn r of
// unit 0: its turns came from one set of processes. Throws an::Error, with file and line, when
// it is no run directory or something there is malformed.
StoredRun read_run(const std::filesystem::path& directory);

// What run_sweep returned, or would have: one arm of the run, "" when there are none.
RunOutcome outcome_of(const StoredRun& run, const std::string& arm = "");

// A cell of the `plan` of a manifest, or of plan.json. Throws an::Error when it is malformed.
CellPlan planned_cell(const JsonRecord& record);

// The complete lines of `path`; a torn last one is left out. Throws an::Error when it cannot be
// read.
std::vector<std::string> complete_lines(const std::filesystem::path& path);

// The bytes of `path`. Throws an::Error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace an::harness
