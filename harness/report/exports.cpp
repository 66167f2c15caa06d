// See exports.hpp. Google Benchmark's members are those that its tools/gbench and Bencher's adapter
// read (google/benchmark v1.7.1, docs/tools.md).
#include "harness/report/exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "harness/report/provenance.hpp"
#include "harness/report/unit_figures.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

// Calls `take(cell, figures)` for every cell that is exported.
template <class Take>
void for_each_exported(const std::vector<ExportedRun>& runs, Take take) {
  for (const ExportedRun& exported : runs) {
    for (const StoredCell& cell : exported.run.cells) {
      if (cell.record.plan.arm != exported.arm || cell.record.plan.baseline) {
        continue;
      }
      const std::vector<UnitFigure> figures = unit_figures(cell.record);
      if (!figures.empty()) {
        take(cell.record.plan, figures);
      }
    }
  }
}

// What both formats say of where the figures come from.
std::vector<std::pair<std::string, std::string>> provenance_pairs(const ExportedRun& exported) {
  const RunFacts& facts = exported.run.facts;
  std::vector<std::pair<std::string, std::string>> pairs{
      {"commit", facts.commit + (facts.is_dirty ? "+" : "")},
      {"command", shell_text(facts.command)},
      {"kernel", facts.kernel.value_or("unknown")},
      {"governor", facts.governor.value_or("unknown")},
      {"publishable", facts.is_publishable ? "yes" : "no"}};
  if (!exported.arm.empty()) {
    pairs.emplace_back("arm", exported.arm);
  }
  return pairs;
}

// The frequency is not recorded, and readers of the format demand a number.
Json context_of(const ExportedRun& exported) {
  const RunFacts& facts = exported.run.facts;
  Json context = {
      {"json_schema_version", 1},
      {"date", facts.started},
      {"host_name", facts.host.value_or("unknown")},
      {"executable", facts.command.empty() ? "harness" : facts.command.front()},
      {"num_cpus", facts.logical_cpus.value_or(static_cast<std::int64_t>(facts.allowed_cpus))},
      {"mhz_per_cpu", 0},
      {"cpu_scaling_enabled", facts.governor.value_or("performance") != "performance"},
      {"caches", Json::array()},
      {"load_avg", facts.loadavg},
      {"library_build_type", facts.is_publishable ? "release" : "debug"},
      {"cpu", facts.cpu.value_or("unknown")}};
  for (const auto& [name, value] : provenance_pairs(exported)) {
    context[name] = value;
  }
  return context;
}

Json benchmark_of(const CellPlan& cell,
                  const UnitFigure& figure,
                  std::size_t family,
                  std::size_t repetition,
                  std::size_t repetitions) {
  const std::string name = cell.name + "/real_time";
  const double cpu_ns = figure.cpu_ns.value_or(0);
  return {{"name", name},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"repetition_index", repetition},
          {"threads", 1},
          {"iterations", figure.iterations},
          {"real_time", figure.ns},
          {"cpu_time", cpu_ns > 0 ? cpu_ns : figure.ns},
          {"time_unit", "ns"}};
}

// "Fib" of "fib": `go test` demands that what follows Benchmark is no lower-case letter.
std::string capitalised(std::string word) {
  if (!word.empty()) {
    word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  }
  return word;
}

// A name of the Go format has no spaces, and its parts are key=value; the number after the last
// hyphen is that of the CPUs.
std::string go_name(const CellPlan& cell) {
  const std::string suffix = fmt::format("/workers:{}", cell.workers);
  std::string name =
      "Benchmark" + capitalised(cell.name.substr(0, cell.name.size() - suffix.size()));
  const std::string option = "/set:";
  for (std::size_t at = 0; (at = name.find(option, at)) != std::string::npos;) {
    name.replace(at, option.size(), "/set.");
  }
  std::replace(name.begin(), name.end(), ':', '=');
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isspace(c) != 0; }, '_');
  return fmt::format("{}-{}", name, cell.workers);
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
  return text;
}

}  // namespace

std::string render_gbench(const std::vector<ExportedRun>& runs) {
  Json benchmarks = Json::array();
  std::size_t family = 0;
  for_each_exported(runs, [&](const CellPlan& cell, const std::vector<UnitFigure>& figures) {
    for (std::size_t i = 0; i < figures.size(); ++i) {
      benchmarks.push_back(benchmark_of(cell, figures[i], family, i, figures.size()));
    }
    ++family;
  });
  const Json file = {{"context", context_of(runs.front())}, {"benchmarks", std::move(benchmarks)}};
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_benchfmt(const std::vector<ExportedRun>& runs) {
  std::string text =
      fmt::format("cpu: {}\ndate: {}\n", one_line(runs.front().run.facts.cpu.value_or("unknown")),
                  runs.front().run.facts.started);
  for (const auto& [name, value] : provenance_pairs(runs.front())) {
    text += fmt::format("{}: {}\n", name, one_line(value));
  }
  text += "\n";
  for_each_exported(runs, [&](const CellPlan& cell, const std::vector<UnitFigure>& figures) {
    for (const UnitFigure& figure : figures) {
      text += fmt::format("{} {} {} ns/op\n", go_name(cell), figure.iterations, figure.ns);
    }
  });
  return text;
}

std::vector<std::string> left_out(const std::vector<ExportedRun>& runs) {
  std::vector<std::string> lines;
  for (const ExportedRun& exported : runs) {
    for (const StoredCell& cell : exported.run.cells) {
      if (cell.record.plan.arm == exported.arm && !cell.record.plan.baseline &&
          unit_figures(cell.record).empty()) {
        const Status status = cell.record.status;
        lines.push_back(fmt::format(
            "{}: {}", cell.record.plan.name,
            status == Status::kOk ? "a turn without time, or none at all" : to_string(status)));
      }
    }
  }
  return lines;
}

}  // namespace an::harness
