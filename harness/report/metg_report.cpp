// See metg_report.hpp.
#include "harness/report/metg_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/report/grid.hpp"
#include "harness/report/quantity.hpp"
#include "harness/report/table.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string length_text(const TaskLength& length) {
  const std::string figure = format_figure(length.ns);
  return length.side == TaskLength::Side::kAt ? figure
                                              : fmt::format("{} {}", length.sign(), figure);
}

std::string metg_text(const Metg& row) {
  return row.low ? fmt::format("{} [{}, {}]", length_text(row.value), length_text(*row.low),
                               length_text(*row.high))
                 : length_text(row.value);
}

// "6ns", "5.5us": short enough for the title of a column.
std::string title_of(double ns) {
  if (ns < 1000) {
    return fmt::format("{:.0f}ns", ns);
  }
  return fmt::format("{:.{}f}us", ns / 1000, ns < 10'000 ? 1 : 0);
}

GridRow frame_of(const Metg& row) {
  GridRow line;
  line.status = row.is_suspect       ? Status::kWrong
                : row.reason.empty() ? Status::kOk
                                     : Status::kNotApplicable;
  line.cells = {scheduler_label(row.plan), fmt::format("{}", row.plan.workers)};
  line.remark = row.reason;
  return line;
}

Grid make_values(const std::vector<Metg>& rows, double target) {
  Grid grid;
  grid.workload = fmt::format("{}: METG({:g} %)", kMetgWorkload, 100 * target);
  grid.columns = {{"scheduler", false},
                  {"workers", true},
                  {"METG ns (95 %)", true},
                  {"units", true},
                  {"remark", false}};
  grid.identity_columns = 2;
  for (const Metg& row : rows) {
    GridRow line = frame_of(row);
    line.has_figures = row.reason.empty();
    if (line.has_figures) {
      line.cells.insert(line.cells.end(), {metg_text(row), fmt::format("{}", row.units),
                                           fmt::format("{}", fmt::join(row.remarks, "; "))});
    }
    grid.rows.push_back(std::move(line));
  }
  return grid;
}

// The efficiencies of all rows that have a curve. A size has the title of its first row: serial is
// the same for all, but for the allocator.
Grid make_curves(const std::vector<Metg>& rows) {
  std::map<std::int64_t, std::string> titles;
  for (const Metg& row : rows) {
    for (const EfficiencyPoint& point : row.curve) {
      titles.emplace(point.n, title_of(point.task_ns));
    }
  }
  Grid grid;
  grid.workload = "efficiency T_s / (W T_W) by length of a task";
  grid.columns = {{"scheduler", false}, {"workers", true}};
  for (const auto& [n, title] : titles) {
    grid.columns.push_back({title, true});
  }
  grid.identity_columns = 2;
  for (const Metg& row : rows) {
    if (row.curve.empty()) {
      continue;
    }
    std::map<std::int64_t, std::string> texts;
    for (const EfficiencyPoint& point : row.curve) {
      texts[point.n] = fmt::format("{:.2f}", point.efficiency);
    }
    GridRow line = frame_of(row);
    line.has_figures = true;
    for (const auto& [n, title] : titles) {
      line.cells.push_back(texts.count(n) != 0 ? texts[n] : "-");
    }
    grid.rows.push_back(std::move(line));
  }
  return grid;
}

Json to_json(const std::optional<TaskLength>& length) {
  return length ? Json{{"sign", length->sign()}, {"ns", length->ns}} : Json(nullptr);
}

Json to_json(const EfficiencyPoint& point) {
  return {{"size", point.n},
          {"units", point.units},
          {"task_ns", point.task_ns},
          {"efficiency", point.efficiency},
          {"efficiency_low", or_null(point.low)},
          {"efficiency_high", or_null(point.high)}};
}

Json to_json(const Metg& row) {
  Json options = Json::object(), curve = Json::array();
  for (const auto& [name, value] : row.plan.options) {
    options[name] = value;
  }
  for (const EfficiencyPoint& point : row.curve) {
    curve.push_back(to_json(point));
  }
  const bool has_figure = row.reason.empty();
  return {{"scheduler", row.plan.scheduler},
          {"workers", row.plan.workers},
          {"options", std::move(options)},
          {"allocator", row.plan.allocator.name},
          {"reason", text_or_null(row.reason)},
          {"metg", to_json(has_figure ? std::optional(row.value) : std::nullopt)},
          {"metg_low", to_json(row.low)},
          {"metg_high", to_json(row.high)},
          {"units", row.units},
          {"remarks", row.remarks},
          {"curve", std::move(curve)}};
}

}  // namespace

std::string render_metg(const std::vector<Metg>& rows, double target, bool colour) {
  std::vector<Grid> grids{make_values(rows, target), make_curves(rows)};
  if (grids.back().rows.empty()) {
    grids.pop_back();
  }
  return render_table(grids, colour);
}

std::string metg_json(const std::vector<Metg>& rows, double target, double alpha) {
  Json array = Json::array();
  for (const Metg& row : rows) {
    array.push_back(to_json(row));
  }
  const Json json = {{"v", 1},
                     {"workload", kMetgWorkload},
                     {"target", target},
                     {"alpha", alpha},
                     {"rows", std::move(array)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
