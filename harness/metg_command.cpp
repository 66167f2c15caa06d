// `harness metg`: the minimum effective task granularity of schedulers, out of a run of one workload
// over a grid of task lengths. The run is one as `run` makes it, and can be read again.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "harness/commands.hpp"
#include "harness/report/metg_report.hpp"
#include "harness/report/provenance.hpp"
#include "harness/resume_command.hpp"
#include "harness/terminal.hpp"
#include "harness/verdict/metg.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {
namespace {

// True when every figure there is may be trusted.
bool print_metg(const RunOutcome& outcome,
                const std::filesystem::path& directory,
                const Options& options) {
  const std::vector<Metg> rows = metg_of(outcome, options.target);
  if (rows.empty()) {
    throw UsageError(fmt::format("{} has no METG", directory.string()),
                     fmt::format("It holds no cell of {} but those of serial, whose efficiency is "
                                 "1 at any length",
                                 kMetgWorkload),
                     "Name a run that `harness metg` wrote, or another --scheduler");
  }
  const std::string footer = render_footer(provenance_of(read_run(directory)));
  if (options.format == Format::kJson) {
    std::cout << metg_json(rows, options.target, outcome.alpha) << std::flush;
    std::cerr << footer;
  } else {
    std::cout << render_metg(rows, options.target, wants_colour(options)) << "\n"
              << footer << std::flush;
  }
  return std::none_of(rows.begin(), rows.end(), [](const Metg& row) { return row.is_suspect; });
}

// An efficiency beyond the possible is a control that failed.
int with_control(int code, bool is_trusted) {
  return code == kExitOk && !is_trusted ? kExitEnvironment : code;
}

void refuse_serial_alone(const Options& options) {
  const auto& names = options.schedulers;
  if (std::all_of(names.begin(), names.end(),
                  [](const std::string& name) { return name == kBaselineScheduler; })) {
    throw UsageError("serial has no METG", "It is what efficiency is measured against: 1, always",
                     "Choose another --scheduler");
  }
}

}  // namespace

int execute_metg(const Options& given) {
  if (!given.directories.empty()) {
    wants_json(given);  // refuses other formats
    const std::filesystem::path& directory = given.directories.front();
    const StoredRun run = read_run(directory);
    return with_control(kExitOk, print_metg(outcome_of(run), directory, given));
  }
  const Options options = given.resume ? resumed_options(given) : given;
  wants_json(options);
  refuse_serial_alone(options);
  const std::optional<MeasuredRun> run = measure_run(options);
  if (!run) {
    return kExitOk;
  }
  return with_control(exit_code_of(*run), print_metg(run->outcome, run->directory, options));
}

}  // namespace an::harness
