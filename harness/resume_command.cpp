// See resume_command.hpp.
#include "harness/resume_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

#include "harness/commands.hpp"
#include "harness/conductor/environment.hpp"
#include "harness/conductor/placements.hpp"
#include "harness/conductor/record.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

// A run without a manifest has no samples: what it left is empty files.
void remove_unbegun(const fs::path& directory) {
  std::error_code ignored;
  for (const char* file : {"samples.jsonl", "cells.jsonl"}) {
    if (fs::file_size(directory / file, ignored) == 0) {
      fs::remove(directory / file, ignored);
    }
  }
  for (const char* file : {"manifest.json.tmp", "shard.json", "shard.json.tmp", ".probe"}) {
    fs::remove(directory / file, ignored);
  }
  fs::remove(directory / "stderr", ignored);  // only when it is empty
}

}  // namespace

Options resumed_options(const Options& given) {
  Options options = given;
  if (given.plan && !given.out) {
    options.out = shard_directory(given);
  }
  if (!options.out) {
    throw UsageError("--resume needs --out=DIR", "", "Name the directory of the run to go on with");
  }
  const fs::path out = *options.out;
  const bool says_what = given.plan || !given.flags.empty();
  if (!fs::exists(out / "manifest.json")) {
    if (!says_what) {
      throw UsageError(fmt::format("{} holds no run", out.string()),
                       "There is no manifest.json in it",
                       "Name a run directory, or begin the run with its flags");
    }
    remove_unbegun(out);
    options.resume = false;
    return options;
  }
  if (says_what) {
    return options;
  }
  options = parse_options(command_of(read_file(out / "manifest.json")));
  if (options.command != given.command) {
    throw UsageError(fmt::format("{} was not written by {}", out.string(),
                                 given.command == Command::kRun ? "run" : "metg"),
                     "", "run and metg go on with --resume, each with what it began");
  }
  options.resume = true;
  options.dry_run = given.dry_run;
  options.out = out;
  options.format = given.format;
  options.colour = given.colour;
  if (!given.cells.empty()) {
    options.cells = given.cells;
  }
  return options;
}

Resumption take_up_run(const RunRequest& request,
                       const Catalogue& catalogue,
                       const std::vector<CellPlan>& cells) {
  constexpr std::size_t kListedMax = 5;
  Placements placements(request.pin);
  std::vector<std::string> differences = plan_differences(
      read_file(request.out / "manifest.json"),
      manifest_json(request, catalogue, cells, read_environment(), placements.records(cells)));
  for (const std::string& difference : version_differences(request.out)) {
    differences.push_back(difference);
  }
  if (!differences.empty()) {
    const auto listed = static_cast<std::ptrdiff_t>(std::min(differences.size(), kListedMax));
    throw UsageError(
        fmt::format("{} cannot be resumed: it differs in {}{}", request.out.string(),
                    fmt::join(differences.begin(), differences.begin() + listed, ", "),
                    differences.size() > kListedMax ? ", ..." : ""),
        "Other flags, cells that were built again, or another machine",
        "Give --resume and --out alone, with the cells of then; or measure into another directory");
  }
  Resumption resumption = plan_resumption(read_run(request.out), request);
  if (!resumption.is_finished) {
    remove_unfinished(request.out, resumption);
  }
  return resumption;
}

}  // namespace an::harness
