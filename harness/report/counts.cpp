// See counts.hpp.
#include "harness/report/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

// A count without a fraction where it has none, so that exact ones can be compared by eye.
std::string number_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.12g}", *value) : "-";
}

std::string integer_text(const std::optional<std::int64_t>& value) {
  return value ? fmt::format("{}", *value) : "n/a";
}

double median_value(const std::vector<std::int64_t>& values) {
  return median(std::vector<double>(values.begin(), values.end()));
}

std::string counters_text(const CellCount& count) {
  std::string text;
  for (const auto& [name, values] : count.counters) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    text += fmt::format("  {} {}", name, number_text(median_value(values)));
    text += *low == *high ? "" : fmt::format(" [{}..{}]", *low, *high);
  }
  return text.empty() ? "  no counters" : text;
}

std::string work_text(const CellPlan& plan, const InstructionCount& work) {
  if (!work.per_op) {
    return plan.workers == 1 ? "n/a: " + work.reason : "n/a: more than one worker";
  }
  return fmt::format("{:.2f} instructions/op (repeats within {:.1g})", *work.per_op,
                     work.spread.value_or(0));
}

std::string cell_text(const CountedCell& cell, std::size_t build) {
  const CellCount& count = cell.builds[build];
  const char* arm = cell.builds.size() == 1 ? "" : build == 0 ? " R" : " C";
  if (count.status != Status::kOk) {
    return fmt::format("{}{}  {}: {}\n", cell.plan.name, arm, to_string(count.status),
                       count.reason);
  }
  return fmt::format("{}{}  {}\n   {} ops:{}\n", cell.plan.name, arm,
                     work_text(cell.plan, count.callgrind), count.ops, counters_text(count));
}

std::string change_text(const CountChange& change) {
  std::string text =
      fmt::format("{:<12}  {} {}: {} -> {}", to_string(change.verdict), change.subject,
                  change.quantity, number_text(change.reference), number_text(change.candidate));
  if (change.ratio) {
    text += fmt::format("  ratio in [{:.2f}, {:.2f}]", change.ratio->low, change.ratio->high);
  }
  return text + (change.note.empty() ? "" : "  (" + change.note + ")") + "\n";
}

std::string changes_text(const std::vector<CountChange>& changes) {
  std::map<CountVerdict, int> sums;
  std::string text = "\nCandidate against reference\n";
  for (const CountChange& change : changes) {
    ++sums[change.verdict];
    text += change.verdict == CountVerdict::kSame ? "" : change_text(change);
  }
  for (const CountVerdict verdict :
       {CountVerdict::kSame, CountVerdict::kChanged, CountVerdict::kVaries,
        CountVerdict::kInconclusive, CountVerdict::kUnknown}) {
    text += fmt::format("{}{}={}", verdict == CountVerdict::kSame ? "COUNTS: " : " ",
                        to_string(verdict), sums[verdict]);
  }
  return text + "\n";
}

Json build_json(const BuildCount& build) {
  return {{"scheduler", build.scheduler},
          {"file_bytes", build.executable.file_bytes},
          {"text_bytes", or_null(build.executable.text_bytes)},
          {"task_bytes", or_null(build.task_bytes)},
          {"code_hash", build.executable.code_hash}};
}

Json per_op(const std::optional<std::int64_t>& count, std::int64_t ops) {
  return count && ops > 0 ? Json(static_cast<double>(*count) / static_cast<double>(ops))
                          : Json(nullptr);
}

Json count_json(const CellPlan& plan, const CellCount& count) {
  Json counters = Json::object();
  for (const auto& [name, values] : count.counters) {
    counters[name] = values;
  }
  const std::string reason = plan.workers == 1 ? count.callgrind.reason : "more than one worker";
  return {{"status", to_string(count.status)},
          {"reason", text_or_null(count.reason)},
          {"ops", count.ops},
          {"work_proxy",
           {{"instructions_per_op", or_null(count.callgrind.per_op)},
            {"spread", or_null(count.callgrind.spread)},
            {"reason", count.callgrind.per_op ? Json(nullptr) : text_or_null(reason)}}},
          {"hardware",
           {{"instructions_per_op", per_op(count.hardware_per_turn.instructions, count.ops)},
            {"cycles_per_op", per_op(count.hardware_per_turn.cycles, count.ops)}}},
          {"counters", std::move(counters)}};
}

Json change_json(const CountChange& change) {
  const Json interval =
      change.ratio ? Json::array({change.ratio->low, change.ratio->high}) : Json(nullptr);
  return {{"subject", change.subject},
          {"quantity", change.quantity},
          {"reference", or_null(change.reference)},
          {"candidate", or_null(change.candidate)},
          {"ratio", interval},
          {"verdict", to_string(change.verdict)},
          {"note", text_or_null(change.note)}};
}

}  // namespace

std::string counts_text(const CountReport& report) {
  std::string text;
  for (const std::vector<BuildCount>& builds : report.builds) {
    for (const BuildCount& build : builds) {
      text +=
          fmt::format("{}  file {} bytes, code {} bytes, task {} bytes, hash {}\n", build.scheduler,
                      build.executable.file_bytes, integer_text(build.executable.text_bytes),
                      integer_text(build.task_bytes), build.executable.code_hash);
    }
  }
  text +=
      "\nWork proxy (instructions, not time) and counters of one turn, medians over processes\n";
  for (const CountedCell& cell : report.cells) {
    for (std::size_t build = 0; build < cell.builds.size(); ++build) {
      text += cell_text(cell, build);
    }
  }
  return report.changes.empty() ? text : text + changes_text(report.changes);
}

std::string counts_json(const CountReport& report) {
  Json builds = Json::array(), cells = Json::array(), changes = Json::array();
  for (const std::vector<BuildCount>& pair : report.builds) {
    Json both = Json::array();
    for (const BuildCount& build : pair) {
      both.push_back(build_json(build));
    }
    builds.push_back(std::move(both));
  }
  for (const CountedCell& cell : report.cells) {
    Json counts = Json::array();
    for (const CellCount& count : cell.builds) {
      counts.push_back(count_json(cell.plan, count));
    }
    cells.push_back({{"cell", cell.plan.name}, {"builds", std::move(counts)}});
  }
  for (const CountChange& change : report.changes) {
    changes.push_back(change_json(change));
  }
  const Json json = {{"v", 1},
                     {"builds", std::move(builds)},
                     {"cells", std::move(cells)},
                     {"changes", std::move(changes)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
