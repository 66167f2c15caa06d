// The commands of the program. Results go to standard output, everything else to standard error.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"
#include "harness/options.hpp"
#include "harness/verdict/shard_plan.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {

// What the process exits with.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRegressed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitCellFailed = 3;
inline constexpr int kExitEnvironment = 4;
inline constexpr int kExitInternal = 5;
inline constexpr int kExitInterrupted = 130;

// Carries out what `options` ask for and returns the exit code. Throws UsageError (kExitUsage) and
// an::Error (kExitEnvironment).
int execute(const Options& options);

// `run`: plans, measures, prints. Defined in run_command.cpp.
int execute_run(const Options& options);

// `metg`: measures, or reads a run, and prints. Defined in metg_command.cpp.
int execute_metg(const Options& options);

// `env`: the machine, or the checklist. Defined in environment_command.cpp.
int execute_environment(const Options& options);

// `compare` and `gate`: two builds of the same cells. Defined in gate_command.cpp.
int execute_comparison(const Options& options);

// `compare RUN_DIR RUN_DIR`: two stored runs. Defined in compare_runs_command.cpp.
int execute_run_comparison(const Options& options);

// `count`: counts instead of times, of one build or two. Defined in count_command.cpp.
int execute_count(const Options& options);

// `profile`: work, span, and where a scheduler loses. Defined in profile_command.cpp.
int execute_profile(const Options& options);

// The cells that `request` selects; nothing selected is a UsageError. Defined in run_command.cpp.
std::vector<CellPlan> plan_or_refuse(const RunRequest& request, const Catalogue& catalogue);

// `calibrate` and `misfire`: what verdicts are worth here. Defined in calibrate_command.cpp.
int execute_calibrate(const Options& options);
int execute_misfire(const Options& options);

// `micro`: the programs beside the cells. Defined in micro_command.cpp.
int execute_micro(const Options& options);

// True for --format=json, false for the table; throws UsageError for every other format.
bool wants_json(const Options& options);

// `export`: reads run directories back. Defined in export_command.cpp.
int execute_export(const Options& options);

// `plan` and `merge`. Defined in shard_commands.cpp.
int execute_plan(const Options& options);
int execute_merge(const Options& options);

// What run_command.cpp does before it measures: the cells to run, how, and where to.
struct PreparedRun {
  RunRequest request;
  std::vector<CellPlan> cells;
  std::optional<ShardMark> mark;  // of a shard
};

// A run as it is in its directory, summary.json included.
struct MeasuredRun {
  std::filesystem::path directory;
  RunOutcome outcome;
  std::vector<CellResult> results;
  std::map<std::string, std::string> operations;  // by workload, the name of its operation
};

// Plans and measures what `options` ask for, or of a run to resume what is missing. Empty after
// --dry-run, for which the plan was printed. Both in run_command.cpp.
std::optional<MeasuredRun> measure_run(const Options& options);

// What `run` exits with. A run in which every cell is n/a is said on standard error.
int exit_code_of(const MeasuredRun& run);

// The whole sweep that `options` ask for. Planning errors (nothing selected) are UsageErrors.
PreparedRun prepare_sweep(const Options& options, const Catalogue& catalogue);

// One shard of the plan options.plan. Throws an::Error when executables, harness or cells differ
// from the plan's, with what differs. Defined in shard_commands.cpp.
PreparedRun prepare_shard(const Options& options, const Catalogue& catalogue);

// Where it is measured to, unless --out says so: below options.plan, which is there. In
// shard_commands.cpp too.
std::filesystem::path shard_directory(const Options& options);

// Throws UsageError unless --format is one of `printed`, those of the command.
void require_format(const Options& options, const std::set<Format>& printed);

// The folders in which cells are looked for: --cells, then that of this executable.
std::vector<std::filesystem::path> cell_folders(const Options& options);

// Asks the cells in cell_folders(). A --cells folder without any is said on standard error.
Catalogue find_cells(const Options& options);

// What one operation of each workload is: fib -> "join".
std::map<std::string, std::string> operations_of(const Catalogue& catalogue);

// How long a cell may take to describe itself.
Nanos describe_timeout_ns(const Options& options);

}  // namespace an::harness
