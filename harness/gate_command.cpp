// `harness compare` and `harness gate`: from two builds to verdicts and an exit code. A gate leaves
// verdict.json only when it came to its end: what a run before left goes first.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "harness/commands.hpp"
#include "harness/conductor/executable.hpp"
#include "harness/conductor/kernel_settings.hpp"
#include "harness/conductor/record.hpp"
#include "harness/report/progress.hpp"
#include "harness/report/verdict_table.hpp"
#include "harness/request.hpp"
#include "harness/revision_build.hpp"
#include "harness/terminal.hpp"
#include "harness/verdict/compare.hpp"
#include "harness/verdict/verdict_file.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

void remove_stale_verdict(const Options& options) {
  // A folder that holds a run is refused later, and keeps its verdict.
  const bool is_ours = options.command == Command::kGate && options.out && !options.dry_run;
  if (is_ours && !fs::exists(*options.out / "manifest.json")) {
    std::error_code error;
    fs::remove(verdict_path(*options.out), error);
    if (error && error != std::errc::not_a_directory) {
      throw Error(
          fmt::format("cannot remove {}: {}", verdict_path(*options.out).string(), error.message()),
          "It is of an earlier gate and must not be taken for this one's",
          "Remove it, or name another folder with --out=DIR");
    }
  }
}

// The schedulers whose cells a revision is built for; empty: all.
std::vector<std::string> schedulers_to_build(const Options& options) {
  std::set<std::string> names;
  if (!options.selects_cells) {
    for (const GateCell& cell : default_gate_cells()) {
      names.insert(cell.scheduler);
    }
  } else if (options.schedulers != std::vector<std::string>{"all"}) {
    names.insert(options.schedulers.begin(), options.schedulers.end());
  }
  return {names.begin(), names.end()};
}

// The folder of a build, built first when a revision was named. Nothing when interrupted.
std::optional<BuildName> obtain(const std::string& flag,
                                const BuildChoice& choice,
                                const Options& options) {
  if (choice.revision.empty()) {
    return BuildName{fs::absolute(choice.folder), ""};
  }
  const auto built = build_revision(flag, choice.revision, schedulers_to_build(options), std::cerr);
  return built ? std::optional(BuildName{built->bin, built->commit}) : std::nullopt;
}

// The options of the default gate, when no cell was asked for.
Options with_default_cells(const Options& options, const Catalogue& catalogue) {
  if (options.selects_cells) {
    return options;
  }
  std::set<std::string> schedulers, workloads;
  std::set<std::uint32_t> workers;
  for (const GateCell& cell : default_gate_cells()) {
    const SchedulerEntry* entry = catalogue.scheduler(cell.scheduler);
    if (entry == nullptr || entry->workload(cell.workload) == nullptr) {
      throw Error(
          fmt::format("neither build has the default cell {} on {}", cell.workload, cell.scheduler),
          "The builds are not of Antinode's own cells, or of part of them",
          "Name the cells to gate with --scheduler and --workload");
    }
    schedulers.insert(cell.scheduler);
    workloads.insert(cell.workload);
    workers.insert(cell.workers);
  }
  Options chosen = options;
  chosen.schedulers.assign(schedulers.begin(), schedulers.end());
  chosen.workloads.assign(workloads.begin(), workloads.end());
  chosen.workers.assign(workers.begin(), workers.end());
  chosen.sizes = {"small"};
  return chosen;
}

std::vector<ComparedCell> plan_or_refuse(const Options& options,
                                         const RunRequest& request,
                                         const Catalogue& reference,
                                         const Catalogue& candidate) {
  std::vector<ComparedCell> cells = plan_comparison(request, reference, candidate);
  if (!options.selects_cells) {
    std::erase_if(cells, [](const ComparedCell& cell) { return !is_default_gate_cell(cell.plan); });
  }
  if (cells.empty()) {
    throw UsageError("no cell is selected",
                     options.filter ? "The filter " + *options.filter + " leaves no cell name" : "",
                     "A gate of nothing would pass. A cell name looks like "
                     "fib/n:30/sched:resonance/workers:2");
  }
  return cells;
}

void print_plan(const std::vector<ComparedCell>& cells) {
  for (const ComparedCell& cell : cells) {
    std::cout << cell.plan.name
              << (cell.plan.not_applicable.empty() ? "" : "  n/a: " + cell.plan.not_applicable)
              << (cell.lost.empty() ? "" : "  INVALID: " + cell.lost)
              << (cell.is_identical ? "  IDENTICAL" : "") << "\n";
  }
}

std::map<std::string, JudgedExecutable> executables_of(const std::vector<ComparedCell>& cells,
                                                       const Catalogue& catalogue,
                                                       fs::path ComparedCell::*executable) {
  std::map<std::string, JudgedExecutable> executables;
  for (const ComparedCell& cell : cells) {
    const fs::path& path = cell.*executable;
    if (!path.empty() && executables.count(cell.plan.scheduler) == 0) {
      const BuildEntry& build = catalogue.scheduler(cell.plan.scheduler)->build;
      executables[cell.plan.scheduler] = {code_hash(path), build.compiler, build.flags};
    }
  }
  return executables;
}

// A difference that is no error, but may be all that the figures show.
void note_flags(const std::vector<ComparedCell>& cells,
                const Catalogue& reference,
                const Catalogue& candidate) {
  std::set<std::string> names;
  for (const ComparedCell& cell : cells) {
    if (!cell.reference.empty()) {
      names.insert(cell.plan.scheduler);
    }
  }
  for (const std::string& name : names) {
    const BuildEntry& before = reference.scheduler(name)->build;
    const BuildEntry& after = candidate.scheduler(name)->build;
    if (before.compiler != after.compiler || before.flags != after.flags) {
      std::cerr << fmt::format(
          "harness: note: cell-{} was built with other compilers or flags: reference {} {}; "
          "candidate {} {}\n",
          name, before.compiler, before.flags, after.compiler, after.flags);
    }
  }
}

int exit_code_of(const CompareOutcome& outcome, const Options& options) {
  if (outcome.interrupted) {
    return kExitInterrupted;
  }
  Tally counts = tally(outcome.cells);
  if (options.command == Command::kCompare) {
    // A comparison says so; only a gate fails for it.
    counts.ok += counts.regressed;
    counts.regressed = 0;
  }
  switch (result_of(counts, options.strict)) {
    case GateResult::kPassed:
      return kExitOk;
    case GateResult::kRegressed:
      return kExitRegressed;
    case GateResult::kFailedCell:
      return kExitCellFailed;
    case GateResult::kUnsound:
      break;
  }
  return kExitEnvironment;
}

void print_outcome(const CompareOutcome& outcome, const std::string& json, const Options& options) {
  // The last line goes where it does not spoil JSON.
  std::ostream& last = options.format == Format::kJson ? std::cerr : std::cout;
  if (options.format == Format::kJson) {
    std::cout << (outcome.interrupted ? "" : json);
  } else if (options.format == Format::kMarkdown) {
    std::cout << render_verdicts_markdown(outcome) << "\n";
  } else {
    std::cout << render_verdicts(outcome, wants_colour(options)) << "\n";
  }
  std::cout << std::flush;
  if (outcome.interrupted) {
    std::cerr << "harness: interrupted. What was measured is in the run directory; there is no "
                 "verdict.\n";
  } else {
    last << verdict_line(tally(outcome.cells)) << "\n" << std::flush;
  }
}

// Both builds are there: measure and judge.
int compare(const Options& options, const BuildName& before, const BuildName& after) {
  const Nanos timeout_ns = describe_timeout_ns(options);
  const Catalogue reference = discover({before.folder}, timeout_ns);
  const Catalogue candidate = discover({after.folder}, timeout_ns);
  const Catalogue both = merge(reference, candidate);
  RunRequest request = make_request(with_default_cells(options, both), both);
  request.baseline = false;
  request.memory = false;
  request.filter_pressure = options.compare.drops_pressed;
  const std::vector<ComparedCell> cells = plan_or_refuse(options, request, reference, candidate);
  if (options.dry_run) {
    print_plan(cells);
    return kExitOk;
  }
  note_flags(cells, reference, candidate);
  request.out = make_run_directory(options.out);
  CompareRules rules;
  rules.decision.tolerance = options.compare.tolerance;
  rules.decision.alpha_regressed = options.compare.family_alpha;
  rules.confirms = options.command == Command::kGate;
  rules.hz = static_cast<int>(read_kernel_settings().hz.value_or(0));
  VerdictFile file;
  file.command = rules.confirms ? "gate" : "compare";
  file.started = utc_now();
  CompareOutcome outcome;
  {
    const std::unique_ptr<RunObserver> progress = make_progress(std::cerr, progress_style());
    outcome = compare_builds(request, reference, cells, rules, *progress);
  }
  file.reference = before;
  file.reference.executables = executables_of(cells, reference, &ComparedCell::reference);
  file.candidate = after;
  file.candidate.executables = executables_of(cells, candidate, &ComparedCell::candidate);
  file.seed = request.seed;
  file.turns = request.turns;
  file.min_time_ns = request.min_time_ns;
  file.freeze = request.freeze;
  file.drops_pressed = request.filter_pressure;
  file.strict = options.strict;
  file.exit_code = exit_code_of(outcome, options);
  const std::string json = verdict_json(file, outcome);
  if (rules.confirms && !outcome.interrupted) {
    write_atomically(verdict_path(request.out), json);
  }
  print_outcome(outcome, json, options);
  return file.exit_code;
}

}  // namespace

int execute_comparison(const Options& options) {
  if (options.format == Format::kCsv) {
    throw UsageError("a comparison has no CSV", "", "Use --format=table, json or markdown");
  }
  remove_stale_verdict(options);
  const auto before = obtain("--ref-rev", options.compare.reference, options);
  if (!before) {
    return kExitInterrupted;
  }
  const BuildChoice own{fs::read_symlink("/proc/self/exe").parent_path(), ""};
  const auto after = obtain("--cand-rev", options.compare.candidate.value_or(own), options);
  return after ? compare(options, *before, *after) : kExitInterrupted;
}

}  // namespace an::harness
