// `harness export`: stored runs on standard output, in any of the formats.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "harness/commands.hpp"
#include "harness/report/exports.hpp"
#include "harness/report/formats.hpp"
#include "harness/report/provenance.hpp"
#include "harness/report/table.hpp"
#include "harness/terminal.hpp"

namespace an::harness {
namespace {

// The arm of `run` to export: what was asked for, if the run has it.
std::string arm_or_refuse(const StoredRun& run, const Options& options) {
  const std::string name = run.directory.string();
  if (run.arms.empty() && !options.arm.empty()) {
    throw UsageError(fmt::format("{} has no arms", name), "It is a run, not a comparison",
                     "Leave --arm out");
  }
  const bool is_known = std::find(run.arms.begin(), run.arms.end(), options.arm) != run.arms.end();
  if (!run.arms.empty() && !is_known) {
    throw UsageError(fmt::format("{} is a comparison: which arm?", name),
                     "Arms measure the same cells, and a file has one figure for each",
                     fmt::format("Name one with --arm: {}", fmt::join(run.arms, ", ")));
  }
  return options.arm;
}

// One file holds one measurement of a cell, on one machine.
void refuse_mixtures(const std::vector<ExportedRun>& runs) {
  std::map<std::string, std::string> seen;
  for (const ExportedRun& exported : runs) {
    const std::string directory = exported.run.directory.string();
    if (exported.run.facts.host != runs.front().run.facts.host) {
      throw UsageError(fmt::format("{} and {} were measured on different machines",
                                   runs.front().run.directory.string(), directory),
                       "Absolute times of two machines do not compare", "Export one at a time");
    }
    for (const StoredCell& cell : exported.run.cells) {
      if (cell.record.plan.arm != exported.arm) {
        continue;
      }
      const auto [place, is_new] = seen.emplace(cell.record.plan.name, directory);
      if (!is_new) {
        throw UsageError(
            fmt::format("{} and {} both hold {}", place->second, directory, cell.record.plan.name),
            "A file has one measurement of a cell", "Export one at a time");
      }
    }
  }
}

std::vector<CellResult> results_of(const std::vector<ExportedRun>& runs) {
  std::vector<CellResult> results;
  for (const ExportedRun& exported : runs) {
    for (CellResult& result : summarise(outcome_of(exported.run, exported.arm))) {
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::string render(const std::vector<ExportedRun>& runs, const Options& options) {
  switch (options.format) {
    case Format::kTable:
      return render_table(results_of(runs), {}, wants_colour(options));
    case Format::kJson:
      return summary_json(results_of(runs));
    case Format::kCsv:
      return render_csv(results_of(runs));
    case Format::kMarkdown:
      return render_markdown(results_of(runs), {});
    case Format::kLatex:
      return render_latex(results_of(runs), {});
    case Format::kGbench:
      return render_gbench(runs);
    case Format::kBenchfmt:
      break;
  }
  return render_benchfmt(runs);
}

}  // namespace

int execute_export(const Options& options) {
  std::vector<ExportedRun> runs;
  for (const std::filesystem::path& directory : options.directories) {
    ExportedRun exported{read_run(directory), ""};
    exported.arm = arm_or_refuse(exported.run, options);
    runs.push_back(std::move(exported));
  }
  refuse_mixtures(runs);
  std::cout << render(runs, options) << std::flush;
  const bool is_foreign = options.format == Format::kGbench || options.format == Format::kBenchfmt;
  for (const std::string& line : is_foreign ? left_out(runs) : std::vector<std::string>{}) {
    std::cerr << fmt::format("harness: left out, because it has no figures: {}\n", line);
  }
  std::ostream& foot = options.format == Format::kTable ? std::cout << "\n" : std::cerr;
  for (const ExportedRun& exported : runs) {
    foot << render_footer(provenance_of(exported.run));
  }
  return kExitOk;
}

}  // namespace an::harness
