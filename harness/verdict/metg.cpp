// See metg.hpp.
#include "harness/verdict/metg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/assert.hpp"
#include "harness/verdict/ranks.hpp"
#include "harness/verdict/turn_values.hpp"

namespace an::harness {
namespace {

// A drop of the efficiency, as the tasks get longer, that is worth a remark.
constexpr double kDropMin = 0.05;

// One scheduler: its cell and the serial one of the same allocator, size by size.
struct Series {
  struct Cell {
    const CellRecord* record = nullptr;
    const CellResult* result = nullptr;
  };
  std::vector<Cell> cells, serials;
};

using SeriesKey =
    std::tuple<std::string, std::map<std::string, std::string>, std::string, std::uint32_t>;

SeriesKey key_of(const CellPlan& plan) {
  return {plan.scheduler, plan.options, plan.allocator.name, plan.workers};
}

bool is_serial(const CellPlan& plan) {
  return plan.scheduler == kBaselineScheduler;
}

std::vector<Series> series_of(const RunOutcome& outcome, const std::vector<CellResult>& results) {
  std::map<std::pair<std::string, std::int64_t>, Series::Cell> serials;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CellPlan& plan = results[i].plan;
    if (plan.workload == kMetgWorkload && is_serial(plan) && plan.workers == 1) {
      serials[{plan.allocator.name, plan.n}] = {&outcome.cells[i], &results[i]};
    }
  }
  std::vector<Series> all;
  std::map<SeriesKey, std::size_t> places;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CellPlan& plan = results[i].plan;
    if (plan.workload != kMetgWorkload || is_serial(plan)) {
      continue;
    }
    const auto [place, is_new] = places.emplace(key_of(plan), all.size());
    if (is_new) {
      all.emplace_back();
    }
    all[place->second].cells.push_back({&outcome.cells[i], &results[i]});
    all[place->second].serials.push_back(serials[{plan.allocator.name, plan.n}]);
  }
  return all;
}

// Why a size has no point; empty when it has one.
std::string obstacle(const Series::Cell& cell, const Series::Cell& serial) {
  const CellResult& result = *cell.result;
  if (result.ns_per_op && result.x_serial) {
    return "";
  }
  const bool lacks_serial = result.ns_per_op && !result.x_serial;
  const CellResult* guilty = lacks_serial ? serial.result : &result;
  if (guilty == nullptr) {
    return fmt::format("{} has no serial cell", result.plan.name);
  }
  return fmt::format("{} is {}{}", guilty->plan.name, to_string(guilty->status),
                     guilty->reason ? ": " + *guilty->reason : "");
}

double efficiency(double x_serial, std::uint32_t workers) {
  return 1 / (static_cast<double>(workers) * x_serial);
}

EfficiencyPoint point_of(const CellResult& cell, const CellResult& serial) {
  EfficiencyPoint point;
  point.n = cell.plan.n;
  point.units = cell.units;
  point.task_ns = *serial.ns_per_op;
  point.efficiency = efficiency(*cell.x_serial, cell.plan.workers);
  if (cell.x_serial_low && cell.x_serial_high) {
    point.low = efficiency(*cell.x_serial_high, cell.plan.workers);
    point.high = efficiency(*cell.x_serial_low, cell.plan.workers);
  }
  return point;
}

// The curves of the units that have every size.
std::vector<std::vector<LengthEfficiency>> unit_curves(const Series& series) {
  std::map<int, std::vector<LengthEfficiency>> curves;
  for (std::size_t i = 0; i < series.cells.size(); ++i) {
    const TurnValues serial = ns_per_op_of(*series.serials[i].record);
    const std::map<int, double> lengths = unit_medians(serial);
    const TurnValues ratios = paired_ratios(ns_per_op_of(*series.cells[i].record), serial);
    for (const auto& [unit, ratio] : unit_medians(ratios)) {
      curves[unit].push_back(
          {lengths.at(unit), efficiency(ratio, series.cells[i].record->plan.workers)});
    }
  }
  std::vector<std::vector<LengthEfficiency>> whole;
  for (auto& [unit, curve] : curves) {
    if (curve.size() == series.cells.size()) {
      whole.push_back(std::move(curve));
    }
  }
  return whole;
}

bool is_shorter(const TaskLength& a, const TaskLength& b) {
  return std::tie(a.side, a.ns) < std::tie(b.side, b.ns);
}

// False when no unit has every size.
bool set_figures(Metg& metg, const Series& series, double target, double alpha) {
  std::vector<TaskLength> crossings;
  for (const auto& curve : unit_curves(series)) {
    crossings.push_back(crossing_of(curve, target));
  }
  metg.units = static_cast<int>(crossings.size());
  if (crossings.empty()) {
    return false;
  }
  metg.value = median_of(crossings);
  if (const int rank = sign_test_rank(metg.units, alpha); rank > 0) {
    std::sort(crossings.begin(), crossings.end(), is_shorter);
    metg.low = crossings[static_cast<std::size_t>(rank - 1)];
    metg.high = crossings[crossings.size() - static_cast<std::size_t>(rank)];
  }
  return true;
}

// An efficiency falls, beyond its interval, although the tasks get longer.
void remark_drops(Metg& metg) {
  for (std::size_t i = 1; i < metg.curve.size(); ++i) {
    const EfficiencyPoint& before = metg.curve[i - 1];
    const EfficiencyPoint& after = metg.curve[i];
    const bool is_sure = !before.low || !after.high || *after.high < *before.low;
    if (is_sure && before.efficiency - after.efficiency > kDropMin) {
      metg.remarks.push_back(
          fmt::format("not monotone: efficiency {:.2f} at {} steps, {:.2f} at {}",
                      before.efficiency, before.n, after.efficiency, after.n));
    }
  }
}

Metg metg_of(const Series& series, double target, double alpha) {
  Metg metg;
  metg.plan = series.cells.front().result->plan;
  for (std::size_t i = 0; i < series.cells.size(); ++i) {
    metg.reason = obstacle(series.cells[i], series.serials[i]);
    if (!metg.reason.empty()) {
      metg.curve.clear();
      return metg;
    }
    metg.curve.push_back(point_of(*series.cells[i].result, *series.serials[i].result));
  }
  const auto too_fast =
      std::find_if(metg.curve.begin(), metg.curve.end(),
                   [](const EfficiencyPoint& point) { return point.efficiency >= kEfficiencyMax; });
  if (too_fast != metg.curve.end()) {
    metg.is_suspect = true;
    metg.reason = fmt::format(
        "INVALID: an efficiency of {:.2f} at {} steps cannot be; the serial cell was disturbed",
        too_fast->efficiency, too_fast->n);
    return metg;
  }
  if (!set_figures(metg, series, target, alpha)) {
    metg.reason = "no unit has every size";
    return metg;
  }
  remark_drops(metg);
  return metg;
}

}  // namespace

std::vector<std::string> metg_sizes() {
  constexpr int kDoublings = 16;  // from 1 step to 65,536: a nanosecond to a tenth of a millisecond
  std::vector<std::string> sizes;
  for (int i = 0; i <= kDoublings; ++i) {
    sizes.push_back(std::to_string(std::int64_t{1} << i));
  }
  return sizes;
}

const char* TaskLength::sign() const {
  return side == Side::kBelow ? "<" : side == Side::kAt ? "=" : ">";
}

TaskLength crossing_of(const std::vector<LengthEfficiency>& points, double target) {
  AN_ASSERT(!points.empty());
  const auto last_below =
      std::find_if(points.rbegin(), points.rend(),
                   [target](const LengthEfficiency& point) { return point.efficiency < target; });
  if (last_below == points.rend()) {
    return {TaskLength::Side::kBelow, points.front().task_ns};
  }
  if (last_below == points.rbegin()) {
    return {TaskLength::Side::kAbove, points.back().task_ns};
  }
  const LengthEfficiency& below = *last_below;
  const LengthEfficiency& above = *std::prev(last_below);
  const double share = (target - below.efficiency) / (above.efficiency - below.efficiency);
  return {TaskLength::Side::kAt, below.task_ns * std::pow(above.task_ns / below.task_ns, share)};
}

TaskLength median_of(std::vector<TaskLength> lengths) {
  AN_ASSERT(!lengths.empty());
  std::sort(lengths.begin(), lengths.end(), is_shorter);
  const TaskLength& upper = lengths[lengths.size() / 2];
  const TaskLength& lower = lengths[(lengths.size() - 1) / 2];
  const bool are_known = lower.side == TaskLength::Side::kAt && upper.side == TaskLength::Side::kAt;
  return are_known ? TaskLength{TaskLength::Side::kAt, lower.ns + (upper.ns - lower.ns) / 2}
                   : upper;
}

std::vector<Metg> metg_of(const RunOutcome& outcome, double target) {
  const std::vector<CellResult> results = summarise(outcome);
  std::vector<Metg> all;
  for (const Series& series : series_of(outcome, results)) {
    all.push_back(metg_of(series, target, outcome.alpha));
  }
  return all;
}

}  // namespace an::harness
