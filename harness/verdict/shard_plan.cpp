// See shard_plan.hpp.
#include "harness/verdict/shard_plan.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/environment.hpp"
#include "harness/conductor/executable.hpp"
#include "harness/conductor/record.hpp"
#include "harness/verdict/json_record.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kAbsent = "absent";
constexpr const char* kMarkFile = "shard.json";

Json json_of(const ShardPlan& plan) {
  Json cells = Json::array();
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const CellPlan& cell = plan.cells[i];
    Json options = Json::object();
    for (const auto& [name, value] : cell.options) {
      options[name] = value;
    }
    cells.push_back({{"cell", cell.name},
                     {"scheduler", cell.scheduler},
                     {"workload", cell.workload},
                     {"size", cell.n},
                     {"workers", cell.workers},
                     {"options", std::move(options)},
                     {"allocator", cell.allocator.name},
                     {"baseline", cell.baseline},
                     {"not_applicable",
                      cell.not_applicable.empty() ? Json(nullptr) : Json(cell.not_applicable)},
                     {"shard", plan.shard_of[i]}});
  }
  return {{"v", 1},
          {"flags", plan.flags},
          {"seed", plan.seed},
          {"commit", plan.commit},
          {"catalogue", plan.catalogue},
          {"shards", plan.shards},
          {"cells", std::move(cells)}};
}

ShardPlan plan_from(const JsonRecord& record) {
  ShardPlan plan;
  plan.flags = record.strings("flags");
  plan.seed = static_cast<std::uint64_t>(record.integer("seed", 0));
  plan.commit = record.text("commit");
  plan.catalogue = record.texts("catalogue");
  plan.shards = record.count("shards");
  for (const JsonRecord& entry : record.objects("cells")) {
    plan.cells.push_back(planned_cell(entry));
    plan.shard_of.push_back(entry.count("shard"));
    if (plan.shard_of.back() < 1 || plan.shard_of.back() > plan.shards) {
      entry.refuse("there is no shard " + std::to_string(plan.shard_of.back()));
    }
  }
  return plan;
}

auto identity(const CellPlan& cell) {
  return std::tie(cell.name, cell.baseline, cell.not_applicable);
}

}  // namespace

std::vector<int> assign_shards(const std::vector<CellPlan>& cells, int shards) {
  using Key = std::pair<std::string, std::int64_t>;
  std::map<Key, int> costs;
  for (const CellPlan& cell : cells) {
    costs[{cell.workload, cell.n}] += cell.not_applicable.empty() ? 1 : 0;
  }
  if (static_cast<int>(costs.size()) < shards) {
    throw Error("--shards=" + std::to_string(shards) + " is more than there is to share out",
                "Cells of one workload and size are not split, and there are " +
                    std::to_string(costs.size()) + " such groups",
                "Ask for at most " + std::to_string(costs.size()) + " shards");
  }
  std::vector<std::pair<Key, int>> groups(costs.begin(), costs.end());
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::vector<std::pair<int, int>> loads(static_cast<std::size_t>(shards));  // cost, groups
  std::map<Key, int> shard_of;
  for (const auto& [key, cost] : groups) {
    const auto least = std::min_element(loads.begin(), loads.end());
    least->first += cost;
    ++least->second;
    shard_of[key] = static_cast<int>(least - loads.begin()) + 1;
  }
  std::vector<int> assigned;
  for (const CellPlan& cell : cells) {
    assigned.push_back(shard_of.at({cell.workload, cell.n}));
  }
  return assigned;
}

ShardPlan make_shard_plan(const std::vector<std::string>& flags,
                          const RunRequest& request,
                          const std::vector<CellPlan>& cells,
                          const Catalogue& catalogue,
                          int shards) {
  ShardPlan plan;
  plan.flags = flags;
  plan.seed = request.seed;
  plan.commit = std::string(git_commit()) + (git_is_dirty() ? "+" : "");
  plan.shards = shards;
  plan.cells = cells;
  plan.shard_of = assign_shards(cells, shards);
  for (const CellPlan& cell : cells) {
    const SchedulerEntry* entry = catalogue.scheduler(cell.scheduler);
    const bool is_there = entry != nullptr && !entry->executable.empty();
    std::string& hash = plan.catalogue[cell.scheduler];
    if (hash.empty()) {
      hash = is_there ? code_hash(entry->executable) : kAbsent;
    }
  }
  return plan;
}

std::string to_json(const ShardPlan& plan) {
  return json_of(plan).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

ShardPlan read_shard_plan(const fs::path& path) {
  if (!fs::exists(path)) {
    throw Error(path.string() + " does not exist", "The directory holds no plan",
                "Make one: harness plan --shards=N --out=DIR");
  }
  return plan_from(JsonRecord::parse(read_file(path), path.string()));
}

std::vector<std::string> differences(const ShardPlan& a, const ShardPlan& b) {
  std::vector<std::string> found;
  const auto note = [&](bool differs, const std::string& what) {
    if (differs) {
      found.push_back(what);
    }
  };
  std::map<std::string, std::string> names = a.catalogue;
  names.insert(b.catalogue.begin(), b.catalogue.end());
  for (const auto& [scheduler, hash] : names) {
    const auto in_a = a.catalogue.find(scheduler), in_b = b.catalogue.find(scheduler);
    const bool in_both = in_a != a.catalogue.end() && in_b != b.catalogue.end();
    note(!in_both || in_a->second != in_b->second, "the executable of " + scheduler);
  }
  note(a.commit != b.commit, "the commit of the harness (" + a.commit + ", " + b.commit + ")");
  note(a.seed != b.seed, "the seed");
  note(a.flags != b.flags, "the flags");
  const bool same_cells =
      std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(), b.cells.end(),
                 [](const CellPlan& x, const CellPlan& y) { return identity(x) == identity(y); });
  note(!same_cells, "the cells");
  note(a.shards != b.shards || a.shard_of != b.shard_of, "the shards");
  return found;
}

void write_shard_mark(const fs::path& directory, const ShardMark& mark) {
  const Json json = {{"v", 1}, {"shards", mark.shards}, {"plan", json_of(mark.plan)}};
  write_atomically(directory / kMarkFile,
                   json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

ShardMark read_shard_mark(const fs::path& directory) {
  const fs::path path = directory / kMarkFile;
  if (!fs::exists(path)) {
    throw Error(
        directory.string() + " holds no shard", "There is no shard.json in it",
        "Only what `harness run --plan=DIR --shard=i/N` or `harness merge` wrote is merged");
  }
  const JsonRecord record = JsonRecord::parse(read_file(path), path.string());
  ShardMark mark;
  mark.plan = plan_from(record.object("plan"));
  const nlohmann::json& shards = record.at("shards");
  const auto is_shard = [&](const nlohmann::json& shard) {
    return shard.is_number_integer() && shard >= 1 && shard <= mark.plan.shards;
  };
  if (!shards.is_array() || !std::all_of(shards.begin(), shards.end(), is_shard)) {
    record.refuse("`shards` is not an array of shards of the plan");
  }
  mark.shards = shards.get<std::vector<int>>();
  return mark;
}

}  // namespace an::harness
