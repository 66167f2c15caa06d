// One sweep: plan the cells, measure them in interleaved turns, write the run directory. What comes
// out are the raw turns; harness/verdict/summary.hpp makes figures of them.
//
// Everything here is called from one thread, the conducting one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/conductor/allocator.hpp"
#include "harness/conductor/catalogue.hpp"

namespace an::harness {

// The scheduler whose cell with one worker is the unit of x_serial.
inline constexpr const char* kBaselineScheduler = "serial";

enum class Status { kOk, kWrong, kCrash, kTimeout, kNotApplicable, kPartial };

// "ok", "wrong", "crash", "timeout", "n/a", "partial".
const char* to_string(Status status);

// What the user asked for, already checked against the catalogue by options.cpp.
struct RunRequest {
  std::vector<std::string> schedulers;  // names, in the order given
  std::vector<std::string> workloads;
  std::vector<std::string> sizes;  // "small", "medium", "large", "all" or a number
  std::vector<std::uint32_t> workers;
  std::vector<Allocator> allocators{{}};
  std::optional<std::string> filter;  // ECMAScript regex on the cell name; a leading '-' negates
  int samples = 15;                   // turns per cell
  Nanos min_time_ns = 20'000'000;     // least length of a turn
  Nanos timeout_ns = 60'000'000'000;  // per request to a cell
  std::uint64_t seed = 1;
  std::map<std::string, std::map<std::string, std::string>> options;  // scheduler -> name -> value
  std::filesystem::path out;                                          // the run directory
  std::string pin = "none";                                           // none | compact | scatter
  bool baseline = true;              // measure serial beside every cell, for x_serial
  bool memory = true;                // a second, untimed, metered process per cell
  bool freeze = true;                // SIGSTOP the cells whose turn it is not
  std::vector<std::string> command;  // argv, for the manifest
};

// One planned cell.
struct CellPlan {
  std::string name;  // fib/n:30/sched:resonance/workers:2
  Allocator allocator;
  std::string scheduler, workload;
  std::int64_t n = 0;
  std::uint32_t workers = 1;
  std::map<std::string, std::string> options;  // those that differ from their default
  bool baseline = false;                       // added for x_serial only: not shown
  std::string not_applicable;                  // why it cannot run; empty when it can
};

// One turn as it was measured: the members of samples.jsonl (results/README.md).
struct Sample {
  int round = 0;     // samples of equal round, workload and size are paired
  int position = 0;  // place of this turn within its round
  Nanos ns = 0;
  std::int64_t iterations = 0;
  std::int64_t ops = 0;
  std::uint64_t check = 0;
  bool ok = false;  // the check is the expected one
  std::optional<std::int64_t> cpu_ns, maxrss_kib, nvcsw, nivcsw, minflt;
  Integers counters;
  Nanos t_mono_ns = 0;  // the conductor's clock when the turn ended
};

// What one iteration does to memory, from the metered process. Live is the heap and what the
// program mapped itself.
struct CellMemory {
  std::optional<std::int64_t> live_peak_bytes;  // the most live during it, minus live before
  std::optional<std::int64_t> retained_bytes;   // live after it, minus live before: pools may
  std::optional<std::int64_t> leaked_bytes;     // live when all is destroyed, minus before it was
  std::optional<std::int64_t> requested_bytes;  // asked of the heap
  std::optional<std::int64_t> rss_delta_kib;    // growth of the resident set
};

// One cell as it was measured.
struct CellRecord {
  CellPlan plan;
  Status status = Status::kPartial;
  std::optional<std::string> reason;  // why, unless ok
  std::optional<std::int64_t> ops_per_iteration;
  std::optional<std::int64_t> iterations;  // of each recorded turn, from the calibration
  std::optional<std::int64_t> task_bytes;  // sizeof a task of the scheduler
  CellMemory memory;
  Integers notes;
  std::vector<Sample> samples;
};

// Told what happens, for progress bars and logs. Called on the conducting thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void planned(const std::vector<CellPlan>& cells) = 0;
  // A turn of `cell` begins; `done` of `total` turns are over.
  virtual void turn(const CellPlan& cell, std::int64_t done, std::int64_t total) = 0;
  // A cell has its final status.
  virtual void finished(const CellRecord& cell) = 0;
  // Something the user should know: waiting for the lock, a memory pass that failed.
  virtual void note(const std::string& text) = 0;
};

struct RunOutcome {
  std::vector<CellRecord> cells;  // in plan order, baseline cells included
  bool interrupted = false;       // SIGINT or SIGTERM
};

// Every cell that the request selects, sorted by workload, size, scheduler, workers; baselines
// included. Throws an::Error when nothing is selected, a size is unknown, or the filter is
// malformed. Pure.
std::vector<CellPlan> plan_cells(const RunRequest& request, const Catalogue& catalogue);

// Runs the sweep. The out directory must exist and be empty (options.cpp makes it). Never throws
// for what a cell does; throws an::Error when nothing is selected or the run directory cannot be
// written. While it runs, SIGINT and SIGTERM are caught, and SIGPIPE is ignored; the former
// dispositions come back when it returns. summary.json is left to write_summary
// (harness/verdict/summary.hpp).
RunOutcome run_sweep(const RunRequest& request, const Catalogue& catalogue, RunObserver& observer);

}  // namespace an::harness
