// See summary.hpp.
#include "harness/verdict/summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/conductor/record.hpp"
#include "harness/verdict/turn_values.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

CellResult own_figures(const CellRecord& cell, double alpha) {
  CellResult result;
  result.plan = cell.plan;
  result.status = cell.status;
  result.reason = cell.reason;
  result.ops = cell.ops_per_iteration;
  result.task_bytes = cell.task_bytes;
  result.notes = cell.notes;
  if (!has_figures(cell)) {
    return result;
  }
  const TurnValues units = ns_per_op_of(cell);
  const Figure figure = figure_of(units, alpha);
  result.ns_per_op = figure.middle;
  result.ns_low = figure.low;
  result.ns_high = figure.high;
  result.samples = static_cast<int>(cell.samples.size());
  result.units = static_cast<int>(units.size());
  result.dropped = cell.dropped;
  result.stopped = cell.stopped;
  result.verified = !cell.samples.empty();
  for (const Sample& sample : cell.samples) {
    for (const auto& [name, value] : sample.counters) {
      result.counters[name] += value;
    }
    if (sample.maxrss_kib) {
      result.rss_peak_kib = std::max(result.rss_peak_kib.value_or(0), *sample.maxrss_kib);
    }
  }
  result.memory = cell.memory;
  if (cell.memory.live_peak_bytes && cell.ops_per_iteration.value_or(0) > 0) {
    result.bytes_per_op = static_cast<double>(*cell.memory.live_peak_bytes) /
                          static_cast<double>(*cell.ops_per_iteration);
  }
  return result;
}

// What the cells of one workload and size are compared with.
struct Reference {
  // With one worker and default options, by its allocator.
  std::map<std::string, const CellRecord*> serial;
  std::size_t best = 0;  // index of the cell with the lowest median
  std::optional<double> best_ns_per_op;
};

using GroupKey = std::pair<std::string, std::int64_t>;

GroupKey key_of(const CellPlan& plan) {
  return {plan.workload, plan.n};
}

std::map<GroupKey, Reference> references(const RunOutcome& outcome,
                                         const std::vector<CellResult>& results) {
  std::map<GroupKey, Reference> found;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CellRecord& cell = outcome.cells[i];
    Reference& reference = found[key_of(cell.plan)];
    if (cell.plan.scheduler == kBaselineScheduler && cell.plan.workers == 1 && has_figures(cell)) {
      reference.serial[cell.plan.allocator.name] = &cell;
    }
    const std::optional<double>& own = results[i].ns_per_op;
    if (cell.status == Status::kOk && !cell.plan.baseline && own &&
        *own < reference.best_ns_per_op.value_or(INFINITY)) {
      reference.best = i;
      reference.best_ns_per_op = own;
    }
  }
  return found;
}

Json number_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

template <class Map>
Json object_of(const Map& map) {
  Json json = Json::object();
  for (const auto& [name, value] : map) {
    json[name] = value;
  }
  return json;
}

Json to_json(const CellResult& result) {
  return {{"cell", result.plan.name},
          {"scheduler", result.plan.scheduler},
          {"workload", result.plan.workload},
          {"size", result.plan.n},
          {"workers", result.plan.workers},
          {"options", object_of(result.plan.options)},
          {"allocator", result.plan.allocator.name},
          {"status", to_string(result.status)},
          {"reason", or_null(result.reason)},
          {"samples", result.samples},
          {"units", result.units},
          {"dropped", result.dropped},
          {"stopped", result.stopped ? Json(to_string(*result.stopped)) : Json(nullptr)},
          {"ops", or_null(result.ops)},
          {"ns_per_op", number_or_null(result.ns_per_op)},
          {"ns_low", number_or_null(result.ns_low)},
          {"ns_high", number_or_null(result.ns_high)},
          {"x_serial", number_or_null(result.x_serial)},
          {"x_serial_low", number_or_null(result.x_serial_low)},
          {"x_serial_high", number_or_null(result.x_serial_high)},
          {"x_best", number_or_null(result.x_best)},
          {"bytes_per_op", number_or_null(result.bytes_per_op)},
          {"task_bytes", or_null(result.task_bytes)},
          {"requested_bytes", or_null(result.memory.requested_bytes)},
          {"retained_bytes", or_null(result.memory.retained_bytes)},
          {"leaked_bytes", or_null(result.memory.leaked_bytes)},
          {"rss_delta_kib", or_null(result.memory.rss_delta_kib)},
          {"rss_peak_kib", or_null(result.rss_peak_kib)},
          {"verified", result.verified},
          {"counters", object_of(result.counters)},
          {"notes", object_of(result.notes)}};
}

}  // namespace

std::vector<CellResult> summarise(const RunOutcome& outcome) {
  std::vector<CellResult> results;
  for (const CellRecord& cell : outcome.cells) {
    results.push_back(own_figures(cell, outcome.alpha));
  }
  const auto found = references(outcome, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    CellResult& result = results[i];
    const Reference& reference = found.at(key_of(result.plan));
    if (!result.ns_per_op) {
      continue;
    }
    const auto serial = reference.serial.find(result.plan.allocator.name);
    if (serial != reference.serial.end()) {
      const Figure ratio =
          figure_of(paired_ratios(ns_per_op_of(outcome.cells[i]), ns_per_op_of(*serial->second)),
                    outcome.alpha);
      result.x_serial = ratio.middle;
      result.x_serial_low = ratio.low;
      result.x_serial_high = ratio.high;
    }
    if (reference.best_ns_per_op.value_or(0) > 0 && !result.plan.baseline) {
      result.x_best = figure_of(paired_ratios(ns_per_op_of(outcome.cells[i]),
                                              ns_per_op_of(outcome.cells[reference.best])),
                                outcome.alpha)
                          .middle;
    }
  }
  return results;
}

bool is_precise(const std::vector<const CellRecord*>& cells, double alpha, double rel_ci) {
  return std::all_of(cells.begin(), cells.end(), [&](const CellRecord* cell) {
    if (cell->samples.empty()) {
      return true;
    }
    const Figure figure = figure_of(ns_per_op_of(*cell), alpha);
    return figure.low && (*figure.high - *figure.low) / 2 <= rel_ci * *figure.middle;
  });
}

std::string summary_json(const std::vector<CellResult>& results, bool with_baselines) {
  Json array = Json::array();
  for (const CellResult& result : results) {
    if (with_baselines || !result.plan.baseline) {
      array.push_back(to_json(result));
    }
  }
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_summary(const std::filesystem::path& directory, const std::vector<CellResult>& results) {
  write_atomically(directory / "summary.json", summary_json(results));
}

bool has_failure(const std::vector<CellResult>& results) {
  return std::any_of(results.begin(), results.end(), [](const CellResult& result) {
    return result.status == Status::kWrong || result.status == Status::kCrash ||
           result.status == Status::kTimeout;
  });
}

bool has_nothing(const std::vector<CellResult>& results) {
  return std::all_of(results.begin(), results.end(), [](const CellResult& result) {
    return result.plan.baseline || result.status == Status::kNotApplicable;
  });
}

}  // namespace an::harness
