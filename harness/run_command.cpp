// `harness run`: everything that can be refused is refused before the run directory is made, and
// the directory is complete before anything is printed.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "harness/commands.hpp"
#include "harness/conductor/directory_lock.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/turns.hpp"
#include "harness/report/formats.hpp"
#include "harness/report/progress.hpp"
#include "harness/report/provenance.hpp"
#include "harness/report/table.hpp"
#include "harness/request.hpp"
#include "harness/resume_command.hpp"
#include "harness/terminal.hpp"
#include "harness/verdict/run_files.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {
namespace {

void print_plan(const std::vector<CellPlan>& cells, Format format) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const CellPlan& cell : cells) {
    if (format == Format::kJson) {
      array.push_back({{"cell", cell.name},
                       {"baseline", cell.baseline},
                       {"not_applicable", cell.not_applicable.empty()
                                              ? nlohmann::ordered_json(nullptr)
                                              : nlohmann::ordered_json(cell.not_applicable)}});
    } else {
      std::cout << cell.name << (cell.baseline ? "  (baseline)" : "")
                << (cell.not_applicable.empty() ? "" : "  n/a: " + cell.not_applicable) << "\n";
    }
  }
  if (format == Format::kJson) {
    std::cout << array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << "\n";
  }
}

void print_results(const MeasuredRun& run, const Options& options) {
  const std::vector<CellResult>& results = run.results;
  const std::string footer = render_footer(provenance_of(read_run(run.directory)));
  switch (options.format) {
    case Format::kTable:
      std::cout << render_table(results, run.operations, wants_colour(options)) << "\n" << footer;
      break;
    case Format::kJson:
      std::cout << summary_json(results);
      break;
    case Format::kCsv:
      std::cout << render_csv(results);
      break;
    default:  // execute_run lets no other through
      std::cout << render_markdown(results, run.operations);
      break;
  }
  std::cout << std::flush;
  if (options.format != Format::kTable) {
    std::cerr << footer;
  }
}

// Measures what the request asks for, and of a run that goes on what is missing.
RunOutcome measure(const RunRequest& request,
                   const Catalogue& catalogue,
                   const std::vector<CellPlan>& plan) {
  Resumption resumption;
  if (request.resume) {
    resumption = take_up_run(request, catalogue, plan);
  }
  if (resumption.is_finished) {
    std::cerr << fmt::format("harness: {} is finished: there is nothing to resume\n",
                             request.out.string());
    RunOutcome outcome;
    outcome.cells = std::move(resumption.cells);
    outcome.alpha = alpha_of(request);
    return outcome;
  }
  const std::unique_ptr<RunObserver> progress = make_progress(std::cerr, progress_style());
  return run_sweep(request, catalogue, *progress, resumption.cells);
}

}  // namespace

std::vector<CellPlan> plan_or_refuse(const RunRequest& request, const Catalogue& catalogue) {
  try {
    return plan_cells(request, catalogue);
  } catch (const Error& error) {
    const std::string text = error.what();
    throw UsageError(text.ends_with('.') ? text.substr(0, text.size() - 1) : text, "", "");
  }
}

PreparedRun prepare_sweep(const Options& options, const Catalogue& catalogue) {
  PreparedRun prepared;
  prepared.request = make_request(options, catalogue);
  prepared.cells = plan_or_refuse(prepared.request, catalogue);
  return prepared;
}

std::optional<MeasuredRun> measure_run(const Options& options) {
  const Catalogue catalogue = find_cells(options);
  PreparedRun prepared =
      options.plan ? prepare_shard(options, catalogue) : prepare_sweep(options, catalogue);
  if (options.dry_run) {
    print_plan(prepared.cells, options.format);
    return std::nullopt;
  }
  if (options.trace && !options.trace->empty()) {
    check_trace_file(*options.trace);
  }
  RunRequest& request = prepared.request;
  request.resume = options.resume;
  request.out = request.resume
                    ? *options.out
                    : make_run_directory(prepared.mark && !options.out ? request.out : options.out);
  if (options.trace) {
    request.trace = options.trace->empty() ? request.out / "trace.json" : *options.trace;
  }
  const DirectoryLock lock(request.out);
  if (prepared.mark && !request.resume) {  // it has one, perhaps of another shard
    write_shard_mark(request.out, *prepared.mark);
  }
  MeasuredRun run;
  run.directory = request.out;
  run.outcome = measure(request, catalogue, prepared.cells);
  run.results = summarise(run.outcome);
  run.operations = operations_of(catalogue);
  write_summary(run.directory, run.results);
  return run;
}

int exit_code_of(const MeasuredRun& run) {
  if (run.outcome.interrupted) {
    return kExitInterrupted;
  }
  if (has_failure(run.results)) {
    return kExitCellFailed;
  }
  if (has_nothing(run.results)) {
    std::cerr << "harness: nothing was measured. Every cell asked for is n/a; its row says why.\n";
    return kExitEnvironment;
  }
  return kExitOk;
}

int execute_run(const Options& given) {
  const Options options = given.resume ? resumed_options(given) : given;
  require_format(options, {Format::kTable, Format::kJson, Format::kCsv, Format::kMarkdown});
  const std::optional<MeasuredRun> run = measure_run(options);
  if (!run) {
    return kExitOk;
  }
  print_results(*run, options);
  return exit_code_of(*run);
}

}  // namespace an::harness
