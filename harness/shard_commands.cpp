// `harness plan`, `harness merge`, and what `harness run --shard` runs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "harness/commands.hpp"
#include "harness/conductor/record.hpp"
#include "harness/request.hpp"
#include "harness/verdict/merge_runs.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanFile = "plan.json";

// The flags as given, but with the defaults that depend on the machine spelled out.
std::vector<std::string> fixed_flags(const Options& options, const RunRequest& request) {
  std::vector<std::string> flags{fmt::format("--scheduler={}", fmt::join(request.schedulers, ",")),
                                 fmt::format("--workload={}", fmt::join(request.workloads, ",")),
                                 fmt::format("--workers={}", fmt::join(request.workers, ","))};
  for (const std::string& flag : options.flags) {
    const bool is_fixed = flag.starts_with("--scheduler=") || flag.starts_with("--workload=") ||
                          flag.starts_with("--workers=");
    if (!is_fixed) {
      flags.push_back(flag);
    }
  }
  return flags;
}

void print_shards(const ShardPlan& plan) {
  for (int shard = 1; shard <= plan.shards; ++shard) {
    std::set<std::string> groups;
    int count = 0;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
      if (plan.shard_of[i] == shard) {
        groups.insert(fmt::format("{} {}", plan.cells[i].workload, plan.cells[i].n));
        count += plan.cells[i].not_applicable.empty() ? 1 : 0;
      }
    }
    std::cout << fmt::format("shard {}/{}: {} cells of {}\n", shard, plan.shards, count,
                             fmt::join(groups, ", "));
  }
}

// Two plans in one directory would mix; the same one again changes nothing.
void write_plan(const fs::path& directory, const ShardPlan& plan) {
  const fs::path path = directory / kPlanFile;
  if (fs::exists(path) && read_file(path) != to_json(plan)) {
    throw UsageError(fmt::format("{} is already there, and another one", path.string()),
                     "Shards of two plans are never mixed", "Name another directory with --out");
  }
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw UsageError(fmt::format("cannot make {}", directory.string()), error.message(),
                     "Name another directory with --out");
  }
  write_atomically(path, to_json(plan));
}

}  // namespace

int execute_plan(const Options& options) {
  require_format(options, {Format::kTable});
  const Catalogue catalogue = find_cells(options);
  const PreparedRun sweep = prepare_sweep(options, catalogue);
  const ShardPlan plan = make_shard_plan(fixed_flags(options, sweep.request), sweep.request,
                                         sweep.cells, catalogue, options.shards);
  if (!options.dry_run) {
    write_plan(*options.out, plan);
  }
  print_shards(plan);
  return kExitOk;
}

fs::path shard_directory(const Options& options) {
  return *options.plan / fmt::format("shard-{}", options.shard);
}

PreparedRun prepare_shard(const Options& options, const Catalogue& catalogue) {
  const ShardPlan plan = read_shard_plan(*options.plan / kPlanFile);
  if (options.shard_count != plan.shards || options.shard > plan.shards) {
    throw UsageError(
        fmt::format("--shard={}/{} is no shard of this plan", options.shard, options.shard_count),
        fmt::format("It has {} shards, counted from 1", plan.shards),
        fmt::format("Run --shard=1/{0} to --shard={0}/{0}", plan.shards));
  }
  std::vector<std::string> words{"harness"};
  words.insert(words.end(), plan.flags.begin(), plan.flags.end());
  PreparedRun prepared = prepare_sweep(parse_options(words), catalogue);
  const ShardPlan here =
      make_shard_plan(plan.flags, prepared.request, prepared.cells, catalogue, plan.shards);
  const std::vector<std::string> found = differences(plan, here);
  if (!found.empty()) {
    throw Error(fmt::format("this is not what {} planned: {} differs",
                            (*options.plan / kPlanFile).string(), fmt::join(found, "; ")),
                "It was planned with another build, or on a machine with other parts installed",
                "Copy the same executables here (--cells=DIR), or plan anew");
  }
  prepared.cells.clear();
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (plan.shard_of[i] == options.shard) {
      prepared.cells.push_back(here.cells[i]);
      prepared.request.groups.insert({here.cells[i].workload, here.cells[i].n});
    }
  }
  prepared.request.command = options.command_line;
  prepared.request.out = shard_directory(options);
  prepared.mark = ShardMark{plan, {options.shard}};
  return prepared;
}

int execute_merge(const Options& options) {
  require_format(options, {Format::kTable});
  const fs::path out = holds_merge(*options.out) ? *options.out : make_run_directory(options.out);
  const MergeReport report = merge_runs(options.directories, out);
  if (!report.unfinished.empty()) {
    std::cerr << fmt::format(
        "harness: shard {} was killed or interrupted, and is left out. Let it go on (harness run "
        "--plan=DIR --shard=I/N --resume) and merge again into the same directory\n",
        fmt::join(report.unfinished, ", "));
  }
  std::cout << fmt::format("merged shard {} into {}\n", fmt::join(report.merged, ", "),
                           out.string());
  if (!report.missing.empty()) {
    std::cerr << fmt::format(
        "harness: shard {} is missing. It was not run, or not named. Its cells are partial; run it "
        "and merge again into the same directory\n",
        fmt::join(report.missing, ", "));
  }
  return report.missing.empty() && report.unfinished.empty() ? kExitOk : kExitEnvironment;
}

}  // namespace an::harness
