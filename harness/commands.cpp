// The commands that measure nothing.
#include "harness/commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "core/base/suggest.hpp"
#include "harness/conductor/conform.hpp"
#include "harness/report/listing.hpp"

namespace an::harness {
namespace {

int execute_list(const Options& options) {
  const bool json = wants_json(options);
  const Catalogue catalogue = find_cells(options);
  std::cout << (json ? list_json(catalogue) : list_text(catalogue));
  if (catalogue.schedulers.empty()) {
    std::cerr << "harness: there are no cells. None stands beside the harness. Build some "
                 "(./dev build), or name their folder with --cells=DIR\n";
  }
  return kExitOk;
}

int execute_describe(const Options& options) {
  const bool json = wants_json(options);
  const Catalogue catalogue = find_cells(options);
  const std::string text =
      json ? describe_json(catalogue, options.subject) : describe_text(catalogue, options.subject);
  if (text.empty()) {
    std::vector<std::string> names = catalogue.workload_names();
    for (const SchedulerEntry& scheduler : catalogue.schedulers) {
      names.push_back(scheduler.name);
    }
    std::sort(names.begin(), names.end());
    throw UsageError(fmt::format("no scheduler or workload is called '{}'", options.subject), "",
                     suggestion(options.subject, names, "Known names"));
  }
  std::cout << text;
  return kExitOk;
}

int execute_conform(const Options& options) {
  const std::filesystem::path path(options.subject);
  if (!std::filesystem::is_regular_file(path)) {
    throw UsageError(fmt::format("{} is not a file", options.subject), "",
                     "Name an executable that speaks harness/PROTOCOL.md");
  }
  std::size_t failed = 0;
  const std::vector<ConformCheck> checks =
      conform(std::filesystem::absolute(path), options.timeout_ns);
  for (const ConformCheck& check : checks) {
    failed += check.passed ? 0 : 1;
    std::cout << fmt::format("{}  {}\n", check.passed ? "pass" : "FAIL", check.name);
    if (!check.passed) {
      std::cout << fmt::format("      {}\n", check.reason);
    }
  }
  std::cout << fmt::format("{} of {} checks passed\n", checks.size() - failed, checks.size());
  return failed == 0 ? kExitOk : kExitCellFailed;
}

}  // namespace

bool wants_json(const Options& options) {
  require_format(options, {Format::kTable, Format::kJson});
  return options.format == Format::kJson;
}

void require_format(const Options& options, const std::set<Format>& printed) {
  if (printed.count(options.format) != 0) {
    return;
  }
  std::vector<std::string> names;
  for (const Format format : printed) {
    names.push_back(fmt::format("--format={}", to_string(format)));
  }
  throw UsageError(
      fmt::format("this command does not print --format={}", to_string(options.format)),
      "Stored runs are exported to more formats than others are printed in",
      fmt::format("Choose {}, or `harness export RUN_DIR`", fmt::join(names, " or ")));
}

std::map<std::string, std::string> operations_of(const Catalogue& catalogue) {
  std::map<std::string, std::string> operations;
  for (const std::string& name : catalogue.workload_names()) {
    operations[name] = catalogue.workload(name)->operation;
  }
  return operations;
}

std::vector<std::filesystem::path> cell_folders(const Options& options) {
  std::vector<std::filesystem::path> folders = options.cells;
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    folders.push_back(self.parent_path());
  }
  return folders;
}

Catalogue find_cells(const Options& options) {
  for (const std::filesystem::path& folder : options.cells) {
    if (!holds_cells(folder)) {
      std::cerr << fmt::format(
          "harness: warning: --cells={} holds no cell. Only executables called cell-* are cells. "
          "Build one into it, or name its subfolder that has them\n",
          folder.string());
    }
  }
  return discover(cell_folders(options), describe_timeout_ns(options));
}

Nanos describe_timeout_ns(const Options& options) {
  // A --timeout meant for turns must not make every cell absent.
  constexpr Nanos kDescribeMinNs = 1'000'000'000, kDescribeMaxNs = 10'000'000'000;
  return std::clamp(options.timeout_ns, kDescribeMinNs, kDescribeMaxNs);
}

int execute(const Options& options) {
  switch (options.command) {
    case Command::kRun:
      return execute_run(options);
    case Command::kList:
      return execute_list(options);
    case Command::kDescribe:
      return execute_describe(options);
    case Command::kEnvironment:
      return execute_environment(options);
    case Command::kConform:
      return execute_conform(options);
    case Command::kCompare:
    case Command::kGate:
      return options.directories.empty() ? execute_comparison(options)
                                         : execute_run_comparison(options);
    case Command::kCount:
      return execute_count(options);
    case Command::kProfile:
      return execute_profile(options);
    case Command::kExport:
      return execute_export(options);
    case Command::kPlan:
      return execute_plan(options);
    case Command::kMerge:
      return execute_merge(options);
    case Command::kCalibrate:
      return execute_calibrate(options);
    case Command::kMisfire:
      return execute_misfire(options);
    case Command::kMetg:
      return execute_metg(options);
    case Command::kMicro:
      return execute_micro(options);
  }
  return kExitInternal;
}

}  // namespace an::harness
