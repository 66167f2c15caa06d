// See micro_table.hpp.
#include "harness/report/micro_table.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/report/provenance.hpp"
#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string estimate_text(const MicroEstimate& estimate) {
  if (!estimate.interval) {
    return format_figure(estimate.median);
  }
  return format_estimate(estimate.median, estimate.interval->low, estimate.interval->high);
}

// A rate is long in plain digits, and nobody reads more than three of them.
std::string counter_text(const std::string& name, const MicroEstimate& estimate) {
  return name.ends_with("_per_second") ? fmt::format("{} {:.3g}", name, estimate.median)
                                       : name + " " + estimate_text(estimate);
}

std::string counters_text(const std::map<std::string, MicroEstimate>& counters) {
  std::string text;
  for (const auto& [name, estimate] : counters) {
    text += (text.empty() ? "" : "; ") + counter_text(name, estimate);
  }
  return text;
}

std::string spread_text(const MicroEstimate& estimate) {
  return format_figure(100 * estimate.sigma / estimate.median) + " %";
}

GridRow row_of(const MicroFigure& figure) {
  const std::string& name = figure.benchmark.name;
  const std::string prefix = figure.benchmark.program + "/";
  GridRow row;
  row.status = figure.status;
  row.has_figures = figure.ns.has_value();
  row.remark = status_remark(figure.status, figure.reason);
  row.cells = {name.starts_with(prefix) ? name.substr(prefix.size()) : name,
               fmt::format("{}", figure.samples), figure.ns ? estimate_text(*figure.ns) : "-",
               figure.ns && figure.samples > 1 ? spread_text(*figure.ns) : "-",
               counters_text(figure.counters)};
  return row;
}

Grid frame_of(const std::string& program) {
  Grid grid;
  grid.workload = program;
  grid.columns = {{"benchmark", false},
                  {"samples", true},
                  {"ns (95 %)", true},
                  {"spread", true},
                  {"counters", false}};
  grid.identity_columns = 1;
  grid.has_sizes = false;
  return grid;
}

Json estimate_json(const MicroEstimate& estimate) {
  return {{"median", estimate.median},
          {"low", estimate.interval ? Json(estimate.interval->low) : Json(nullptr)},
          {"high", estimate.interval ? Json(estimate.interval->high) : Json(nullptr)},
          {"sigma", estimate.sigma}};
}

Json figure_json(const MicroFigure& figure) {
  Json counters = Json::object();
  for (const auto& [name, estimate] : figure.counters) {
    counters[name] = estimate_json(estimate);
  }
  return {{"benchmark", figure.benchmark.name},
          {"status", to_string(figure.status)},
          {"reason", text_or_null(figure.reason)},
          {"samples", figure.samples},
          {"ns", figure.ns ? estimate_json(*figure.ns) : Json(nullptr)},
          {"counters", std::move(counters)}};
}

}  // namespace

std::vector<Grid> micro_grids(const std::vector<MicroFigure>& figures) {
  std::vector<Grid> grids;
  for (const MicroFigure& figure : figures) {
    if (grids.empty() || grids.back().workload != figure.benchmark.program) {
      grids.push_back(frame_of(figure.benchmark.program));
    }
    grids.back().rows.push_back(row_of(figure));
  }
  return grids;
}

Provenance micro_provenance(const MicroOutcome& outcome,
                            const std::vector<std::string>& command,
                            const std::filesystem::path& out) {
  const Environment& machine = outcome.environment;
  Provenance provenance;
  provenance.machine =
      machine_text(machine.cpu, machine.allowed_cpus.size(), machine.logical_cpus, machine.kernel);
  provenance.date = outcome.started;
  provenance.commit = commit_text(git_commit(), git_is_dirty());
  provenance.command = shell_text(command);
  provenance.run_directory = out;
  for (const auto& [program, build] : outcome.builds) {
    if (!build.is_publishable()) {
      provenance.unpublishable.push_back(unpublishable_text(program, build.type, build.sanitizer));
    }
  }
  provenance.interrupted = outcome.interrupted;
  return provenance;
}

std::string micro_noise_text(const MicroNoise& noise) {
  if (!noise.waiting_share) {
    return "";
  }
  std::string text = fmt::format("noise    some thread waited for a CPU {} % of the time",
                                 format_figure(100 * *noise.waiting_share));
  if (noise.steal_ticks) {
    text += fmt::format("; stolen ticks {}", *noise.steal_ticks);
  }
  return text + "\n";
}

std::string micro_json(const std::vector<MicroFigure>& figures,
                       const std::map<std::string, BuildEntry>& builds,
                       const MicroNoise& noise) {
  Json programs = Json::object();
  for (const auto& [program, build] : builds) {
    programs[program] = {{"compiler", build.compiler},
                         {"flags", build.flags},
                         {"type", build.type},
                         {"sanitizer", build.sanitizer},
                         {"publishable", build.is_publishable()}};
  }
  Json benchmarks = Json::array();
  for (const MicroFigure& figure : figures) {
    benchmarks.push_back(figure_json(figure));
  }
  const Json json = {{"v", kMicroVersion},
                     {"alpha", kMicroAlpha},
                     {"builds", std::move(programs)},
                     {"waiting_share", or_null(noise.waiting_share)},
                     {"steal_ticks", or_null(noise.steal_ticks)},
                     {"benchmarks", std::move(benchmarks)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
