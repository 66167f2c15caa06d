// Which columns a block has, and what stands in them.
#include "harness/report/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

bool is_byte_note(const std::string& name) {
  return name.find("bytes") != std::string::npos;
}

// "resident_bytes" -> "resident bytes".
std::string title_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// "" for a verified cell.
std::string remark_of(const CellResult& result) {
  return result.status == Status::kOk && !result.verified
             ? "not verified"
             : status_remark(result.status, result.reason.value_or(""));
}

GridRow make_row(const CellResult& result, const std::set<std::string>& byte_notes) {
  GridRow row;
  row.status = result.status;
  row.is_best = result.x_best && *result.x_best <= 1.0;
  row.has_figures = result.ns_per_op.has_value();
  row.remark = remark_of(result);
  row.cells = {
      fmt::format("{}", result.plan.n),
      scheduler_label(result.plan),
      fmt::format("{}", result.plan.workers),
      fmt::format("{}", result.samples),
      format_estimate(result.ns_per_op, result.ns_low, result.ns_high),
      format_estimate(result.x_serial, result.x_serial_low, result.x_serial_high),
      result.x_best ? format_figure(*result.x_best) : "-",
      result.bytes_per_op ? format_bytes(*result.bytes_per_op) : "-",
      result.rss_peak_kib ? format_bytes(1024.0 * static_cast<double>(*result.rss_peak_kib)) : "-"};
  for (const std::string& name : byte_notes) {
    const auto note = result.notes.find(name);
    row.cells.push_back(
        note == result.notes.end() ? "-" : format_bytes(static_cast<double>(note->second)));
  }
  row.cells.push_back(row.remark.empty() ? "yes" : row.remark);
  return row;
}

Grid make_frame(const std::string& workload, const std::set<std::string>& byte_notes) {
  Grid grid;
  grid.workload = workload;
  grid.columns = {{"size", true},    {"scheduler", false},   {"workers", true},
                  {"samples", true}, {"ns/op (95 %)", true}, {"x serial (95 %)", true},
                  {"x best", true},  {"bytes/op", true},     {"peak RSS", true}};
  grid.identity_columns = 3;
  for (const std::string& name : byte_notes) {
    grid.columns.push_back({title_of(name), true});
  }
  grid.columns.push_back({"verified", false});
  return grid;
}

void append_once(std::vector<std::string>& lines, const std::string& line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) {
    lines.push_back(line);
  }
}

// Integers that are no bytes, once per size: cells of one size report the same.
void append_notes(const CellResult& result, std::vector<std::string>& lines) {
  std::string text;
  for (const auto& [name, value] : result.notes) {
    if (!is_byte_note(name)) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", title_of(name), value);
    }
  }
  if (!text.empty()) {
    append_once(lines, fmt::format("size {}: {}", result.plan.n, text));
  }
}

// What a cell leaves live for good each time it is made, run and destroyed.
void append_leak(const CellResult& result, std::vector<std::string>& lines) {
  if (result.verified && result.memory.leaked_bytes.value_or(0) > 0) {
    append_once(lines, fmt::format("warning: {} leaks {}: live once all is destroyed, minus before",
                                   result.plan.name,
                                   format_bytes(static_cast<double>(*result.memory.leaked_bytes))));
  }
}

// A run that ended before its samples were used up says why.
void append_stop(const CellResult& result, std::vector<std::string>& lines) {
  if (result.stopped == Stopped::kRelCi) {
    append_once(lines, fmt::format("size {}: {} units, then every interval was within --rel-ci",
                                   result.plan.n, result.units));
  } else if (result.stopped == Stopped::kBudget) {
    append_once(lines, fmt::format("size {}: {} units, then --budget was used up", result.plan.n,
                                   result.units));
  }
}

Grid make_grid(const std::string& workload, const std::vector<const CellResult*>& results) {
  std::set<std::string> byte_notes;
  for (const CellResult* result : results) {
    for (const auto& [name, value] : result->notes) {
      if (!result->plan.baseline && is_byte_note(name)) {
        byte_notes.insert(name);
      }
    }
  }
  Grid grid = make_frame(workload, byte_notes);
  for (const CellResult* result : results) {
    if (!result->plan.baseline) {
      grid.rows.push_back(make_row(*result, byte_notes));
      append_notes(*result, grid.notes);
      append_leak(*result, grid.notes);
      append_stop(*result, grid.notes);
    } else if (const std::string remark = remark_of(*result); !remark.empty()) {
      append_once(grid.notes, fmt::format("size {}: no x serial: the {} baseline is {}",
                                          result->plan.n, scheduler_label(result->plan), remark));
    }
  }
  return grid;
}

}  // namespace

std::string status_remark(Status status, const std::string& reason) {
  if (status == Status::kOk) {
    return "";
  }
  std::string word = to_string(status);
  if (status == Status::kWrong || status == Status::kCrash || status == Status::kTimeout) {
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
  return reason.empty() ? word : word + ": " + reason;
}

std::string scheduler_label(const CellPlan& plan) {
  std::string label = plan.scheduler;
  for (const auto& [name, value] : plan.options) {
    label += fmt::format(" {}={}", name, value);
  }
  if (plan.allocator.name != kDefaultAllocator) {
    label += " alloc:" + plan.allocator.name;
  }
  return label;
}

std::vector<Grid> make_grids(const std::vector<CellResult>& results,
                             const std::map<std::string, std::string>& operations) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const CellResult*>> by_workload;
  for (const CellResult& result : results) {
    append_once(order, result.plan.workload);
    by_workload[result.plan.workload].push_back(&result);
  }
  std::vector<Grid> grids;
  for (const std::string& workload : order) {
    grids.push_back(make_grid(workload, by_workload[workload]));
    if (const auto operation = operations.find(workload); operation != operations.end()) {
      grids.back().operation = operation->second;
    }
  }
  return grids;
}

}  // namespace an::harness
