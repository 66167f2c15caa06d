// See run_comparison.hpp.
#include "harness/report/run_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/report/formats.hpp"
#include "harness/report/grid.hpp"
#include "harness/report/quantity.hpp"
#include "harness/report/table.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

bool is_same_machine(const RunComparison& comparison) {
  return comparison.machine_differences.empty();
}

bool has_other_rank(const MatchedCell& cell) {
  return cell.reference.rank != cell.candidate.rank;
}

// "6" of equal numbers, "6 -> 12" of others.
std::string pair_text(int before, int after) {
  return before == after ? fmt::format("{}", before) : fmt::format("{} -> {}", before, after);
}

std::string x_serial_text(const RunFigures& figures) {
  return format_estimate(figures.x_serial, figures.x_serial_low, figures.x_serial_high);
}

std::string ns_text(const RunFigures& figures) {
  return format_estimate(figures.ns_per_op, figures.ns_low, figures.ns_high);
}

std::string remark_of(const MatchedCell& cell) {
  std::vector<std::string> remarks;
  if (!cell.same_work) {
    remarks.push_back("different work");
  }
  if (has_other_rank(cell)) {
    remarks.push_back("other rank");
  }
  return fmt::format("{}", fmt::join(remarks, ", "));
}

Grid make_frame(const std::string& workload, bool with_times) {
  Grid grid;
  grid.workload = workload;
  grid.columns = {{"size", true},
                  {"scheduler", false},
                  {"workers", true},
                  {"units", true},
                  {"x serial, reference", true},
                  {"x serial, candidate", true},
                  {"cand/ref (95 %)", true},
                  {"rank", true}};
  if (with_times) {
    grid.columns.insert(
        grid.columns.end(),
        {{"ns/op, reference", true}, {"ns/op, candidate", true}, {"ns cand/ref", true}});
  }
  grid.columns.push_back({"remark", false});
  grid.identity_columns = 3;
  return grid;
}

GridRow make_row(const MatchedCell& cell, bool with_times) {
  GridRow row;
  row.remark = remark_of(cell);
  row.status = row.remark.empty() ? Status::kOk : Status::kPartial;
  row.has_figures = true;
  row.cells = {
      fmt::format("{}", cell.plan.n),
      scheduler_label(cell.plan),
      fmt::format("{}", cell.plan.workers),
      pair_text(cell.reference.units, cell.candidate.units),
      x_serial_text(cell.reference),
      x_serial_text(cell.candidate),
      format_estimate(cell.ratio, cell.ratio_low, cell.ratio_high),
      fmt::format("{} of {}", pair_text(cell.reference.rank, cell.candidate.rank), cell.ranked)};
  if (with_times) {
    row.cells.insert(row.cells.end(), {ns_text(cell.reference), ns_text(cell.candidate),
                                       cell.ns_ratio ? format_figure(*cell.ns_ratio) : "-"});
  }
  row.cells.push_back(row.remark);
  return row;
}

std::vector<Grid> make_grids(const RunComparison& comparison) {
  std::vector<Grid> grids;
  for (const MatchedCell& cell : comparison.cells) {
    auto grid = std::find_if(grids.begin(), grids.end(), [&](const Grid& other) {
      return other.workload == cell.plan.workload;
    });
    if (grid == grids.end()) {
      grids.push_back(make_frame(cell.plan.workload, is_same_machine(comparison)));
      grid = grids.end() - 1;
    }
    grid->rows.push_back(make_row(cell, is_same_machine(comparison)));
  }
  return grids;
}

bool lacks_interval(const MatchedCell& cell) {
  return cell.ratio && !cell.ratio_low;
}

void append_only(std::vector<std::string>& lines,
                 const char* side,
                 const std::vector<std::string>& names) {
  if (!names.empty()) {
    lines.push_back(
        fmt::format("Only in the {} ({}): {}", side, names.size(), fmt::join(names, ", ")));
  }
}

Json number_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const StoredRun& run) {
  return {{"directory", run.directory.string()},
          {"started", run.facts.started},
          {"commit", run.facts.commit},
          {"dirty", run.facts.is_dirty},
          {"publishable", run.facts.is_publishable},
          {"cpu", text_or_null(run.facts.cpu)},
          {"host", text_or_null(run.facts.host)},
          {"kernel", text_or_null(run.facts.kernel)}};
}

Json to_json(const RunFigures& figures) {
  return {{"units", figures.units},
          {"x_serial", number_or_null(figures.x_serial)},
          {"x_serial_low", number_or_null(figures.x_serial_low)},
          {"x_serial_high", number_or_null(figures.x_serial_high)},
          {"rank", figures.rank},
          {"ns_per_op", number_or_null(figures.ns_per_op)},
          {"ns_low", number_or_null(figures.ns_low)},
          {"ns_high", number_or_null(figures.ns_high)}};
}

Json to_json(const MatchedCell& cell) {
  Json options = Json::object();
  for (const auto& [name, value] : cell.plan.options) {
    options[name] = value;
  }
  return {{"cell", cell.plan.name},
          {"scheduler", cell.plan.scheduler},
          {"workload", cell.plan.workload},
          {"size", cell.plan.n},
          {"workers", cell.plan.workers},
          {"options", std::move(options)},
          {"allocator", cell.plan.allocator.name},
          {"reference", to_json(cell.reference)},
          {"candidate", to_json(cell.candidate)},
          {"ranked", cell.ranked},
          {"ratio", number_or_null(cell.ratio)},
          {"ratio_low", number_or_null(cell.ratio_low)},
          {"ratio_high", number_or_null(cell.ratio_high)},
          {"ns_ratio", number_or_null(cell.ns_ratio)},
          {"same_work", cell.same_work}};
}

}  // namespace

std::string render_run_comparison(const RunComparison& comparison, bool colour) {
  return render_table(make_grids(comparison), colour);
}

std::string render_run_comparison_markdown(const RunComparison& comparison) {
  return render_markdown(make_grids(comparison));
}

std::vector<std::string> comparison_lines(const RunComparison& comparison) {
  const std::vector<MatchedCell>& cells = comparison.cells;
  std::vector<std::string> lines{
      "No verdict: the runs were measured at different times. `harness gate` measures two builds "
      "in "
      "one session, and judges.",
      "cand/ref is of the two x serial. Intervals are over units (95 %); what changed between the "
      "sessions is not in them.",
      "A rank is by median ns/op in its own run: neighbours within the noise trade places."};
  lines.push_back(is_same_machine(comparison)
                      ? "ns/op of runs taken apart drift together with the machine: no verdict "
                        "follows from their quotient."
                      : fmt::format("absolute times are not compared: different machines ({})",
                                    fmt::join(comparison.machine_differences, ", ")));
  if (std::any_of(cells.begin(), cells.end(), lacks_interval)) {
    lines.push_back("A quotient without an interval: one of the runs has too few units.");
  }
  if (std::any_of(cells.begin(), cells.end(),
                  [](const MatchedCell& cell) { return !cell.ratio; })) {
    lines.push_back("No quotient (-): x serial is missing in one of the runs.");
  }
  if (comparison.serial_differs) {
    lines.push_back(
        "warning: the serial cells are different executables: x serial may differ for that alone");
  }
  const auto others =
      std::count_if(cells.begin(), cells.end(), [](const auto& cell) { return !cell.same_work; });
  if (others > 0) {
    lines.push_back(fmt::format(
        "warning: the runs did different work in {} of {} cells: digests or operations differ",
        others, cells.size()));
  }
  if (!comparison.plan_differences.empty()) {
    lines.push_back(fmt::format("warning: the runs were measured differently: {}",
                                fmt::join(comparison.plan_differences, ", ")));
  }
  append_only(lines, "reference", comparison.only_reference);
  append_only(lines, "candidate", comparison.only_candidate);
  return lines;
}

std::string run_comparison_json(const StoredRun& reference,
                                const StoredRun& candidate,
                                const RunComparison& comparison) {
  Json cells = Json::array(), left_out = Json::array();
  for (const MatchedCell& cell : comparison.cells) {
    cells.push_back(to_json(cell));
  }
  for (const LeftOutCell& cell : comparison.left_out) {
    left_out.push_back({{"cell", cell.cell}, {"reason", cell.reason}});
  }
  const Json json = {{"v", 1},
                     {"reference", to_json(reference)},
                     {"candidate", to_json(candidate)},
                     {"same_machine", is_same_machine(comparison)},
                     {"machine_differences", comparison.machine_differences},
                     {"plan_differences", comparison.plan_differences},
                     {"serial_differs", comparison.serial_differs},
                     {"alpha", kAlpha},
                     {"cells", std::move(cells)},
                     {"left_out", std::move(left_out)},
                     {"only_reference", comparison.only_reference},
                     {"only_candidate", comparison.only_candidate}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
