// `harness compare RUN_DIR RUN_DIR`: two stored runs, reference first. Nothing is measured or judged.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "harness/commands.hpp"
#include "harness/report/provenance.hpp"
#include "harness/report/run_comparison.hpp"
#include "harness/report/table.hpp"
#include "harness/terminal.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

StoredRun read_or_refuse(const fs::path& directory) {
  if (!fs::exists(directory / "manifest.json") && holds_cells(directory)) {
    throw UsageError(fmt::format("{} holds cells and no run", directory.string()), "",
                     "Two builds are compared with --ref=DIR and --cand=DIR");
  }
  StoredRun run = read_run(directory);
  if (!run.arms.empty()) {
    throw UsageError(fmt::format("{} is a comparison of builds", directory.string()),
                     "Its reference is in it, measured in the same session",
                     "Name runs, or print it with `harness export --arm=R`");
  }
  return run;
}

// The first names of `run`'s cells.
std::string cells_text(const StoredRun& run) {
  constexpr std::size_t kNamesMax = 4;
  std::vector<std::string> names;
  for (const StoredCell& cell : run.cells) {
    if (!cell.record.plan.baseline) {
      names.push_back(cell.record.plan.name);
    }
  }
  const std::size_t others = names.size() - std::min(names.size(), kNamesMax);
  names.resize(names.size() - others);
  return fmt::format("{} has {}{}", run.directory.string(), fmt::join(names, ", "),
                     others > 0 ? fmt::format(" and {} more", others) : "");
}

// What has no row in the table, by name; cells that never ran, in either, by their number.
void report_left_out(const RunComparison& comparison) {
  std::size_t never_ran = 0;
  for (const LeftOutCell& cell : comparison.left_out) {
    if (cell.never_ran) {
      ++never_ran;
    } else {
      std::cerr << fmt::format("harness: left out: {}: {}\n", cell.cell, cell.reason);
    }
  }
  if (never_ran > 0) {
    std::cerr << fmt::format("harness: left out: cells that are n/a in both runs: {}\n", never_ran);
  }
}

}  // namespace

int execute_run_comparison(const Options& options) {
  require_format(options, {Format::kTable, Format::kJson, Format::kMarkdown});
  std::error_code not_there;
  if (fs::equivalent(options.directories.at(0), options.directories.at(1), not_there)) {
    throw UsageError(fmt::format("{} is compared with itself", options.directories.at(0).string()),
                     "Intervals hold for runs that were measured apart", "Name two runs");
  }
  const StoredRun reference = read_or_refuse(options.directories.at(0));
  const StoredRun candidate = read_or_refuse(options.directories.at(1));
  const RunComparison comparison = compare_runs(reference, candidate);
  report_left_out(comparison);
  if (comparison.cells.empty()) {
    throw UsageError(
        comparison.left_out.empty() ? "no cell is in both runs" : "no cell ended well in both runs",
        fmt::format("{}; {}", cells_text(reference), cells_text(candidate)),
        "Name two runs of the same cells");
  }
  if (options.format == Format::kJson) {
    std::cout << run_comparison_json(reference, candidate, comparison);
  } else if (options.format == Format::kMarkdown) {
    std::cout << render_run_comparison_markdown(comparison);
  } else {
    std::cout << render_run_comparison(comparison, wants_colour(options));
  }
  std::cout << std::flush;
  // Below the table; where it would spoil the document, on standard error.
  std::ostream& foot = options.format == Format::kJson ? std::cerr : std::cout << "\n";
  for (const std::string& line : comparison_lines(comparison)) {
    foot << (options.format == Format::kMarkdown ? "- " : "") << line << "\n";
  }
  std::ostream& origin = options.format == Format::kTable ? std::cout : std::cerr;
  origin << "\nreference\n"
         << render_footer(provenance_of(reference)) << "\ncandidate\n"
         << render_footer(provenance_of(candidate));
  return kExitOk;
}

}  // namespace an::harness
