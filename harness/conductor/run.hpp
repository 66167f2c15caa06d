// One sweep: plan the cells, measure them in interleaved turns, write the run directory. What comes
// out are the raw turns; harness/verdict/summary.hpp makes figures of them.
//
// Everything here is called from one thread, the conducting one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/conductor/allocator.hpp"
#include "harness/conductor/catalogue.hpp"

namespace an::harness {

// The two-sided level of the intervals, where nothing is said.
inline constexpr double kAlpha = 0.05;

// The scheduler whose cell with one worker is the unit of x_serial.
inline constexpr const char* kBaselineScheduler = "serial";

enum class Status { kOk, kWrong, kCrash, kTimeout, kNotApplicable, kPartial };

// "ok", "wrong", "crash", "timeout", "n/a", "partial".
const char* to_string(Status status);

struct CellRecord;

// Whether the figures of these cells are precise enough to stop; `alpha` is what this look may
// spend. Cells without figures are among them. Implemented in harness/verdict.
using StopRule = std::function<bool(const std::vector<const CellRecord*>& cells, double alpha)>;

// What the user asked for, already checked against the catalogue by options.cpp.
struct RunRequest {
  std::vector<std::string> schedulers;  // names, in the order given
  std::vector<std::string> workloads;
  std::set<std::pair<std::string, std::int64_t>>
      groups;                      // unless empty, only these workloads and n
  std::vector<std::string> sizes;  // "small", "medium", "large", "all" or a number
  std::vector<std::uint32_t> workers;
  std::set<std::string> one_worker;  // schedulers that have one worker, whatever `workers` says
  std::vector<Allocator> allocators{{}};
  std::optional<std::string> filter;  // ECMAScript regex on the cell name; a leading '-' negates
  int samples = 18;                   // turns per cell; with `rel_ci`, at most
  int turns = 3;                      // turns per unit
  Nanos min_time_ns = 34'000'000;     // least length of a turn
  Nanos tick_ns = 0;                  // of the kernel's clock; 0 when not known
  Nanos timeout_ns = 60'000'000'000;  // per request to a cell
  std::uint64_t seed = 1;
  std::map<std::string, std::map<std::string, std::string>> options;  // scheduler -> name -> value
  std::filesystem::path out;                                          // the run directory
  std::string pin = "none";                                           // none | compact | scatter
  bool baseline = true;                        // measure serial beside every cell, for x_serial
  bool memory = true;                          // a second, untimed, metered process per cell
  std::optional<std::filesystem::path> trace;  // the file of --trace
  bool freeze = true;                          // SIGSTOP the cells whose turn it is not
  bool filter_pressure = false;                // drop and repeat rounds under pressure for the CPU
  std::optional<double> rel_ci;  // stop at this half-width, 0.02 for 2 %; needs `stop_rule`
  StopRule stop_rule;
  std::optional<Nanos> budget_ns;    // of a workload and size: no unit begins after it
  bool resume = false;               // `out` holds a run of this plan that goes on
  std::vector<std::string> command;  // argv, for the manifest
};

// One planned cell.
struct CellPlan {
  std::string name;  // fib/n:30/sched:resonance/workers:2
  Allocator allocator;
  std::string scheduler, workload;
  std::int64_t n = 0;
  std::uint32_t workers = 1;
  std::map<std::string, std::string> options;      // those that differ from their default
  bool baseline = false;                           // added for x_serial only: not shown
  std::string arm;                                 // of a duel: "R", "C", "R'"; empty in `run`
  std::filesystem::path executable;                // empty: the catalogue's
  std::map<std::string, std::string> environment;  // variables added to that of its processes
  std::string not_applicable;                      // why it cannot run; empty when it can
};

// Why a round does not count, for any of its arms. Never for a value that was measured.
enum class Dropped { kNo, kPressure, kThawed, kSuspended };

// "pressure", "thawed", "suspended"; empty for kNo.
const char* to_string(Dropped dropped);

// Why a cell has no more units than it has.
enum class Stopped { kSamples, kRelCi, kBudget };

// "samples", "rel-ci", "budget".
const char* to_string(Stopped stopped);

// One turn as it was measured: the members of samples.jsonl (results/README.md). Turns of equal
// unit and turn, workload and size form a round: they are paired.
struct Sample {
  int unit = 0;      // which set of fresh processes
  int turn = 0;      // within the unit
  int position = 0;  // place of this turn within its round
  Nanos ns = 0;
  std::int64_t iterations = 0;
  std::int64_t ops = 0;
  std::uint64_t check = 0;
  bool ok = false;  // the check is the expected one
  std::optional<std::int64_t> cpu_ns, maxrss_kib, nvcsw, nivcsw, minflt;
  Integers counters;
  Nanos t_mono_ns = 0;                 // the conductor's clock when the turn ended
  std::optional<std::int64_t> psi_us;  // pressure stall of the CPU (some) while it was timed
  Dropped dropped = Dropped::kNo;
};

// One round in which every arm of a group had its turn.
struct RoundRecord {
  int unit = 0;
  int turn = 0;
  Dropped dropped = Dropped::kNo;        // unless kNo, the round does not count
  std::size_t spoiler = 0;               // then: the arm in whose turn it was spoilt first
  std::vector<double> ns_per_iteration;  // in the order of the arms
  std::vector<Nanos> ns;                 // of the whole turns, in that order
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
  int units = 0;                   // sets of processes that took part
  bool freezes = true;             // false: it had a fresh process for every turn
  int dropped = 0;                 // turns in dropped rounds
  std::optional<Stopped> stopped;  // what ended the units; only of a cell that is ok
  std::vector<Sample> samples;     // without those of dropped rounds
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
  double alpha = kAlpha;          // two-sided level of the intervals: less after looks
  bool interrupted = false;       // SIGINT or SIGTERM
};

// Every cell that the request selects, sorted by workload, size, scheduler, workers; baselines
// included. Throws an::Error when nothing is selected, a size is unknown, or the filter is
// malformed. Pure.
std::vector<CellPlan> plan_cells(const RunRequest& request, const Catalogue& catalogue);

// Whether request.filter, an ECMAScript expression, leaves a cell of this name. Throws an::Error when
// it is malformed.
bool is_selected(const RunRequest& request, const std::string& cell_name);

// `cell` at size `n`, with the name that goes with it.
CellPlan resized(const CellPlan& cell, std::int64_t n, const Catalogue& catalogue);

// Runs the sweep. The out directory must exist and be empty (options.cpp makes it). Never throws
// for what a cell does; throws an::Error when nothing is selected or the run directory cannot be
// written. While it runs, SIGINT and SIGTERM are caught, and SIGPIPE is ignored; the former
// dispositions come back when it returns. summary.json is left to write_summary
// (harness/verdict/summary.hpp).
//
// `earlier` is what a run of the same plan has in that directory already, when request.resume: one
// record per planned cell, in plan order (harness/verdict/resume.hpp makes them, and the files agree
// with them). Partial ones are measured from unit number record.units on; a workload and size without
// any is over. Orders and paddings of a unit do not depend on when it is measured.
RunOutcome run_sweep(const RunRequest& request,
                     const Catalogue& catalogue,
                     RunObserver& observer,
                     const std::vector<CellRecord>& earlier = {});

}  // namespace an::harness
