// manifest_json of record.hpp: everything a reader needs to judge the samples and to repeat the
// run.
#include <array>
#include <ctime>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/conductor/executable.hpp"
#include "harness/conductor/record.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

#if defined(__clang__)
constexpr const char* kCompiler = "Clang " __clang_version__;
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

Json build_of(const BuildEntry& build) {
  return {{"compiler", build.compiler},
          {"flags", build.flags},
          {"type", build.type},
          {"sanitizer", build.sanitizer},
          {"publishable", build.is_publishable()}};
}

Json options_of(const CellPlan& cell) {
  Json options = Json::object();
  for (const auto& [name, value] : cell.options) {
    options[name] = value;
  }
  return options;
}

Json allocators_of(const RunRequest& request) {
  Json allocators = Json::object();
  for (const Allocator& allocator : request.allocators) {
    const std::string library = allocator.library.string();
    allocators[allocator.name] = {{"version", allocator.version},
                                  {"library", library.empty() ? Json(nullptr) : Json(library)}};
  }
  return allocators;
}

Json plan_of(const RunRequest& request, const std::vector<CellPlan>& cells) {
  Json planned = Json::array();
  for (const CellPlan& cell : cells) {
    planned.push_back({{"cell", cell.name},
                       {"scheduler", cell.scheduler},
                       {"workload", cell.workload},
                       {"size", cell.n},
                       {"workers", cell.workers},
                       {"options", options_of(cell)},
                       {"allocator", cell.allocator.name},
                       {"baseline", cell.baseline},
                       {"not_applicable",
                        cell.not_applicable.empty() ? Json(nullptr) : Json(cell.not_applicable)}});
  }
  return {{"samples", request.samples},
          {"turns", request.turns},
          {"min_time_ns", request.min_time_ns},
          {"rel_ci", request.rel_ci ? Json(*request.rel_ci) : Json(nullptr)},
          {"budget_ns", request.budget_ns ? Json(*request.budget_ns) : Json(nullptr)},
          {"alpha", alpha_of(request)},
          {"timeout_ns", request.timeout_ns},
          {"pin", request.pin},
          {"freeze", request.freeze},
          {"filter_pressure", request.filter_pressure},
          {"memory", request.memory},
          {"cells", std::move(planned)}};
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string manifest_json(const RunRequest& request,
                          const Catalogue& catalogue,
                          const std::vector<CellPlan>& cells,
                          const Environment& environment,
                          const std::vector<PlacementRecord>& placements) {
  std::set<std::string> used;
  for (const CellPlan& cell : cells) {
    used.insert(cell.scheduler);
  }
  Json builds = Json::object();
  Json notes = Json::array();
  bool is_publishable = true;
  for (const SchedulerEntry& entry : catalogue.schedulers) {
    if (used.count(entry.name) != 0 && entry.absent_reason.empty()) {
      builds[entry.name] = build_of(entry.build);
      builds[entry.name]["version"] = entry.version;
      builds[entry.name]["code_hash"] = code_hash(entry.executable);
      is_publishable = is_publishable && entry.build.is_publishable();
    }
  }
  if (!is_publishable) {
    notes.push_back("a cell is a debug or sanitizer build: these figures may not be published");
  }
  Json placement = Json::array();
  for (const PlacementRecord& record : placements) {
    placement.push_back({{"workers", record.workers}, {"cpus", record.cpus}});
  }
  const bool has_clean_commit = !git_is_dirty() && std::string_view(git_commit()) != "unknown";
  const Json manifest = {{"v", 1},
                         {"command", request.command},
                         {"started", utc_now()},
                         {"seed", request.seed},
                         {"git", {{"commit", git_commit()}, {"dirty", git_is_dirty()}}},
                         {"build",
                          {{"conductor", {{"compiler", kCompiler}}},
                           {"cells", std::move(builds)},
                           {"publishable", is_publishable && has_clean_commit}}},
                         {"machine", Json::parse(to_json(environment))},
                         {"allocators", allocators_of(request)},
                         {"plan", plan_of(request, cells)},
                         {"placement", std::move(placement)},
                         {"notes", std::move(notes)}};
  return manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
