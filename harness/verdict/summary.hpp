// From turns to figures: one CellResult per cell, the rows of the table and of summary.json.
//
// A cell that is wrong, crashed, timed out or not applicable has no figures, whatever was measured
// of it before. Ratios are paired: turns of the same round saw the same machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/run.hpp"

namespace an::harness {

// One cell's result: the members of summary.json (results/README.md).
struct CellResult {
  CellPlan plan;
  Status status = Status::kPartial;
  std::optional<std::string> reason;
  int samples = 0;                  // turns the figures stand on
  int units = 0;                    // sets of processes they come from
  int dropped = 0;                  // turns that did not count
  std::optional<Stopped> stopped;   // what ended a cell that is ok
  std::optional<std::int64_t> ops;  // operations of one iteration
  std::optional<double> ns_per_op, ns_low, ns_high;
  std::optional<double> x_serial, x_serial_low, x_serial_high, x_best;
  std::optional<double> bytes_per_op;
  std::optional<std::int64_t> task_bytes;
  CellMemory memory;
  std::optional<std::int64_t> rss_peak_kib;
  bool verified = false;  // at least one turn, and every turn's digest was right
  Integers counters;      // sums over all turns
  Integers notes;
};

// The results of `outcome`, in its order, baseline cells included. Figures are medians over units of
// the median within a unit, intervals those of the sign test over units at level outcome.alpha.
std::vector<CellResult> summarise(const RunOutcome& outcome);

// The StopRule of --rel-ci: the interval of every cell's ns/op at level `alpha` is no wider than
// `rel_ci` times the median on either side, taken as half its width. Cells without turns do not
// count; one with too few units for an interval is not precise.
bool is_precise(const std::vector<const CellRecord*>& cells, double alpha, double rel_ci);

// What `--format=json` prints and summary.json holds: one array, one object per cell, ended by a
// line end. Baseline cells only when `with_baselines`. An unknown value is null.
std::string summary_json(const std::vector<CellResult>& results, bool with_baselines = false);

// Writes `directory`/summary.json by a temporary file and a rename. Throws an::Error when it
// cannot.
void write_summary(const std::filesystem::path& directory, const std::vector<CellResult>& results);

// True when a cell is wrong, crashed or timed out: `run` exits 3.
bool has_failure(const std::vector<CellResult>& results);

// True when every cell that was asked for, baselines aside, is n/a: `run` exits 4.
bool has_nothing(const std::vector<CellResult>& results);

}  // namespace an::harness
