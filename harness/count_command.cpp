// `harness count`: what two builds do, counted instead of timed. It writes no run directory: counts
// that repeat can be taken again.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "harness/commands.hpp"
#include "harness/conductor/interrupt.hpp"
#include "harness/conductor/placements.hpp"
#include "harness/report/counts.hpp"
#include "harness/request.hpp"

namespace an::harness {
namespace {

// One build, or the reference and the candidate.
std::vector<Catalogue> catalogues_of(const Options& options) {
  if (!options.reference) {
    return {find_cells(options)};
  }
  const Nanos timeout_ns = describe_timeout_ns(options);
  return {discover({*options.reference}, timeout_ns), discover({*options.candidate}, timeout_ns)};
}

// The scheduler in every build; empty, with `reason` set, when one cannot run it.
std::vector<const SchedulerEntry*> entries_of(const std::string& scheduler,
                                              const std::vector<Catalogue>& catalogues,
                                              std::string& reason) {
  std::vector<const SchedulerEntry*> entries;
  for (const Catalogue& catalogue : catalogues) {
    const SchedulerEntry* entry = catalogue.scheduler(scheduler);
    if (entry == nullptr || !entry->absent_reason.empty()) {
      reason =
          entry == nullptr ? "one of the builds has no cell-" + scheduler : entry->absent_reason;
      return {};
    }
    entries.push_back(entry);
  }
  return entries;
}

bool can_run(const std::string& scheduler, const Catalogue& catalogue) {
  const SchedulerEntry* entry = catalogue.scheduler(scheduler);
  return entry != nullptr && entry->absent_reason.empty();
}

CountedCell not_applicable(const CellPlan& plan, std::size_t builds, const std::string& reason) {
  CellCount count;
  count.status = Status::kNotApplicable;
  count.reason = reason;
  return {plan, std::vector<CellCount>(builds, count)};
}

CountedCell count_one(const CellPlan& plan,
                      const std::vector<Catalogue>& catalogues,
                      const CountRequest& request,
                      Placements& placements) {
  std::string reason = plan.not_applicable;
  const auto entries = reason.empty() ? entries_of(plan.scheduler, catalogues, reason)
                                      : std::vector<const SchedulerEntry*>{};
  if (entries.empty()) {
    return not_applicable(plan, catalogues.size(), reason);
  }
  std::vector<std::filesystem::path> executables;
  for (const SchedulerEntry* entry : entries) {
    executables.push_back(entry->executable);
  }
  return {plan, count_cell(plan, executables, request, placements)};
}

void count_builds(const std::vector<CellPlan>& plan,
                  const std::vector<Catalogue>& catalogues,
                  CountReport& report) {
  std::vector<std::string> names;
  for (const CellPlan& cell : plan) {
    std::string reason;
    const auto entries = entries_of(cell.scheduler, catalogues, reason);
    if (std::count(names.begin(), names.end(), cell.scheduler) != 0) {
      continue;
    }
    names.push_back(cell.scheduler);
    if (entries.empty()) {
      // What went away is a change.
      if (catalogues.size() == 2 && can_run(cell.scheduler, catalogues.front())) {
        report.changes.push_back({.subject = cell.scheduler,
                                  .quantity = "cell",
                                  .verdict = CountVerdict::kChanged,
                                  .note = "the candidate cannot run it: " + reason});
      }
      continue;
    }
    report.builds.emplace_back();
    for (const SchedulerEntry* entry : entries) {
      report.builds.back().push_back(count_build(*entry));
    }
  }
}

void compare(CountReport& report) {
  std::size_t family = 0;
  for (const CountedCell& cell : report.cells) {
    family += distributional_counters(cell.plan, cell.builds[0], cell.builds[1]);
  }
  for (const std::vector<BuildCount>& builds : report.builds) {
    const auto changes = compare_builds(builds[0], builds[1]);
    report.changes.insert(report.changes.end(), changes.begin(), changes.end());
  }
  for (const CountedCell& cell : report.cells) {
    const auto changes = compare_cells(cell.plan, cell.builds[0], cell.builds[1], family);
    report.changes.insert(report.changes.end(), changes.begin(), changes.end());
  }
}

bool has_status(const CountReport& report, std::initializer_list<Status> statuses) {
  for (const CountedCell& cell : report.cells) {
    for (const CellCount& count : cell.builds) {
      if (std::find(statuses.begin(), statuses.end(), count.status) != statuses.end()) {
        return true;
      }
    }
  }
  return false;
}

bool has_verdict(const CountReport& report, std::initializer_list<CountVerdict> verdicts) {
  return std::any_of(report.changes.begin(), report.changes.end(), [&](const CountChange& change) {
    return std::find(verdicts.begin(), verdicts.end(), change.verdict) != verdicts.end();
  });
}

int exit_code(const CountReport& report, bool is_strict) {
  if (has_status(report, {Status::kWrong, Status::kCrash, Status::kTimeout})) {
    return kExitCellFailed;
  }
  if (has_verdict(report, {CountVerdict::kChanged})) {
    return kExitRegressed;
  }
  if (!has_status(report, {Status::kOk})) {
    std::cerr << "harness: nothing was counted. Every cell asked for is n/a; its row says why.\n";
    return kExitEnvironment;
  }
  const bool is_open = has_verdict(report, {CountVerdict::kInconclusive, CountVerdict::kUnknown}) ||
                       has_status(report, {Status::kNotApplicable});
  return is_strict && is_open ? kExitEnvironment : kExitOk;
}

CountRequest request_of(const Options& options, const RunRequest& run, int wake_fd) {
  CountRequest request;
  request.timeout_ns = run.timeout_ns;
  request.seed = run.seed;
  request.processes = options.samples;
  const char* search_path = std::getenv("PATH");
  request.valgrind = find_valgrind(search_path == nullptr ? "" : search_path);
  request.has_counters = check_pmu().plausible.value_or(false);
  request.wake_fd = wake_fd;
  return request;
}

}  // namespace

int execute_count(const Options& options) {
  const bool json = wants_json(options);
  const std::vector<Catalogue> catalogues = catalogues_of(options);
  Options selection = options;
  selection.baseline = false;  // there is no ratio to serial here
  const bool has_size = std::any_of(options.flags.begin(), options.flags.end(),
                                    [](const auto& flag) { return flag.starts_with("--size="); });
  if (!has_size) {
    selection.sizes = {"small"};  // valgrind is fifty times slower, and counts do not need more
  }
  const RunRequest run = make_request(selection, catalogues.front());
  const std::vector<CellPlan> plan = plan_or_refuse(run, catalogues.front());
  const Interrupt interrupt;
  const CountRequest request = request_of(options, run, interrupt.wake_fd());
  Placements placements(run.pin);
  CountReport report;
  count_builds(plan, catalogues, report);
  for (std::size_t i = 0; i < plan.size() && !interrupt.is_requested(); ++i) {
    std::cerr << fmt::format("[{}/{}] {}\n", i + 1, plan.size(), plan[i].name);
    report.cells.push_back(count_one(plan[i], catalogues, request, placements));
  }
  if (interrupt.is_requested()) {
    return kExitInterrupted;
  }
  if (options.reference) {
    compare(report);
  }
  std::cout << (json ? counts_json(report) : counts_text(report));
  return exit_code(report, options.strict);
}

}  // namespace an::harness
