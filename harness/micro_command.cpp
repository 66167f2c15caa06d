// `harness micro`: what is smaller than a cell, measured by programs of Google Benchmark that stand beside
// the harness. Everything that can be refused is refused before the directory is made.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "core/base/suggest.hpp"
#include "harness/commands.hpp"
#include "harness/conductor/directory_lock.hpp"
#include "harness/conductor/interrupt.hpp"
#include "harness/conductor/measure_lock.hpp"
#include "harness/conductor/micro.hpp"
#include "harness/conductor/name_filter.hpp"
#include "harness/conductor/record.hpp"
#include "harness/report/micro_table.hpp"
#include "harness/request.hpp"
#include "harness/terminal.hpp"

namespace an::harness {
namespace {

void note(const std::string& text) {
  std::cerr << "harness: " << text << "\n";
}

// Throws for a name that is neither a program's nor a benchmark's.
void check_name(const std::string& name, const std::vector<MicroBenchmark>& known) {
  std::vector<std::string> programs, names;
  for (const MicroBenchmark& benchmark : known) {
    if (benchmark.program == name || benchmark.name == name) {
      return;
    }
    if (programs.empty() || programs.back() != benchmark.program) {
      programs.push_back(benchmark.program);
    }
    if (benchmark.name.starts_with(name.substr(0, name.find('/') + 1))) {
      names.push_back(benchmark.name);
    }
  }
  const bool names_benchmark = name.find('/') != std::string::npos && !names.empty();
  throw UsageError(fmt::format("no benchmark is called '{}'", name), "",
                   names_benchmark ? suggestion(name, names, "Benchmarks of this program")
                                   : suggestion(name, programs, "Programs"));
}

std::vector<MicroBenchmark> select(const Options& options, std::vector<MicroBenchmark> known) {
  if (known.empty()) {
    throw Error("there is nothing to run", "No program of the micro suite was found",
                "They are executables called *_bench, beside the harness or in --cells=DIR: build "
                "them (./dev build), or name their folder");
  }
  for (const std::string& name : options.benchmarks) {
    check_name(name, known);
  }
  const NameFilter filter(options.filter);
  std::erase_if(known, [&](const MicroBenchmark& benchmark) {
    const bool is_named = options.benchmarks.empty() ||
                          std::any_of(options.benchmarks.begin(), options.benchmarks.end(),
                                      [&](const std::string& name) {
                                        return name == benchmark.program || name == benchmark.name;
                                      });
    return !is_named || !filter.selects(benchmark.name);
  });
  if (known.empty()) {
    throw UsageError(fmt::format("--filter={} leaves no benchmark", options.filter.value_or("")),
                     "It is a regular expression, searched for in names such as deque/line",
                     "Type 'harness micro --dry-run' to see the names");
  }
  return known;
}

bool has_status(const std::vector<MicroFigure>& figures, std::initializer_list<Status> statuses) {
  return std::any_of(figures.begin(), figures.end(), [&](const MicroFigure& figure) {
    return std::find(statuses.begin(), statuses.end(), figure.status) != statuses.end();
  });
}

int exit_code(const MicroOutcome& outcome, const std::vector<MicroFigure>& figures) {
  if (outcome.interrupted) {
    return kExitInterrupted;
  }
  if (has_status(figures, {Status::kWrong, Status::kCrash, Status::kTimeout})) {
    return kExitCellFailed;
  }
  if (!has_status(figures, {Status::kOk})) {
    note("nothing was measured. Every benchmark asked for is n/a; its row says why.");
    return kExitEnvironment;
  }
  return kExitOk;
}

}  // namespace

int execute_micro(const Options& options) {
  const bool json = wants_json(options);
  const Interrupt interrupt;
  const Patience patience{options.timeout_ns, interrupt.wake_fd()};
  std::vector<MicroBenchmark> known = find_micro(cell_folders(options), patience);
  if (interrupt.is_requested()) {
    return kExitInterrupted;
  }
  MicroRequest request;
  request.benchmarks = select(options, std::move(known));
  if (options.dry_run) {
    for (const MicroBenchmark& benchmark : request.benchmarks) {
      std::cout << benchmark.name << (benchmark.unusable.empty() ? "" : "  " + benchmark.unusable)
                << "\n";
    }
    return kExitOk;
  }
  request.samples = options.samples;
  request.min_time_ns = options.min_time_ns;
  request.seed = options.seed;
  request.patience = patience;
  request.command = options.command_line;
  request.out = make_run_directory(options.out);
  const DirectoryLock directory(request.out);
  const MeasureLock machine(interrupt.wake_fd(), note);
  const MicroOutcome outcome = run_micro(request, note);
  const std::vector<MicroFigure> figures = micro_figures(outcome.records);
  const MicroNoise noise = micro_noise(outcome.records);
  const std::string text = micro_json(figures, outcome.builds, noise);
  write_atomically(request.out / "micro.json", text);
  const std::string footer =
      micro_noise_text(noise) +
      render_footer(micro_provenance(outcome, options.command_line, request.out));
  if (json) {
    std::cout << text << std::flush;
    std::cerr << footer;
  } else {
    std::cout << render_table(micro_grids(figures), wants_colour(options)) << "\n" << footer;
  }
  return exit_code(outcome, figures);
}

}  // namespace an::harness
