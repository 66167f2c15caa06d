// The command line as typed, with everything checked that needs no knowledge of what there is to
// run. CLI11 is included in options.cpp and nowhere else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/compare_flags.hpp"
#include "harness/flag_values.hpp"

namespace an::harness {

enum class Command {
  kRun,
  kList,
  kDescribe,
  kEnvironment,
  kConform,
  kCompare,
  kGate,
  kCount,
  kExport,
  kPlan,
  kMerge,
  kCalibrate,
  kMisfire,
  kMetg,
  kProfile,
  kMicro
};
enum class Format { kTable, kJson, kCsv, kMarkdown, kLatex, kGbench, kBenchfmt };
// As --format names it: "table", "json", ...
const char* to_string(Format format);

enum class Colour { kAuto, kAlways, kNever };

// Of comparisons and calibrations, unless said otherwise: rounds of a unit, and the length of a turn.
inline constexpr int kDuelTurns = 6;
inline constexpr Nanos kDuelMinTimeNs = 20'000'000;

struct Options {
  Command command = Command::kRun;
  std::string help;                                // not empty: print this and exit 0
  std::string subject;                             // NAME of describe, PATH of conform
  std::vector<std::filesystem::path> directories;  // RUN_DIR... of compare, export and merge
  std::vector<std::string> benchmarks;             // NAME... of micro; empty: all
  std::string arm;                                 // of export; empty: the run has none
  std::vector<std::string> schedulers{"all"};
  std::vector<std::string> workloads{"all"};
  std::vector<std::string> sizes{"all"};  // small | medium | large | all | a number
  std::vector<std::uint32_t> workers;     // default: 1 and the number of allowed CPUs
  std::vector<std::string> allocators{"glibc"};
  std::optional<std::string> filter;
  int samples = 18;
  int turns = 3;
  Nanos min_time_ns = 34'000'000;
  std::optional<double> rel_ci;  // 0.02 for 2 %
  std::optional<Nanos> budget_ns;
  Nanos timeout_ns = 60'000'000'000;
  std::uint64_t seed = 1;
  std::vector<OptionSetting> settings;
  std::optional<std::filesystem::path> out;
  Format format = Format::kTable;
  std::string pin = "none";
  Colour colour = Colour::kAuto;
  std::vector<std::filesystem::path> cells;
  bool baseline = true;
  bool memory = true;
  bool freeze = true;
  std::optional<std::filesystem::path>
      trace;  // run: the file; empty: trace.json in the run directory
  std::optional<std::filesystem::path> reference, candidate;  // folders of cells to compare
  bool resume = false;                                        // go on with the run in `out`
  bool dry_run = false;
  int gates = 100;                 // calibrate, misfire: gates that run; 0 with --quick
  int units = 0;                   // calibrate, misfire: measured of a cell
  bool check = false;              // env: the checklist
  bool strict = false;             // what fails or cannot be told is an exit code of its own
  bool selects_cells = false;      // by --scheduler, --workload, --size or --workers
  CompareOptions compare;          // of compare and gate
  std::vector<std::string> flags;  // those given that select or measure: `--name=value`
  double target = 0.5;             // metg: an efficiency
  int shards = 0;                  // of plan; 0: not given
  std::optional<std::filesystem::path> plan;  // run: the directory of plan.json
  int shard = 0, shard_count = 0;             // run: --shard=I/N; 0: not given
  std::vector<std::string> command_line;      // argv
};

// Parses argv. Throws UsageError with what is wrong, why, and what to type instead.
Options parse_options(const std::vector<std::string>& argv);

}  // namespace an::harness
