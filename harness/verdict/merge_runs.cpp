// See merge_runs.hpp.
#include "harness/verdict/merge_runs.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/record.hpp"
#include "harness/verdict/run_files.hpp"
#include "harness/verdict/shard_plan.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

// What there is of one shard.
struct Shard {
  Json origin;  // its entry in the `shards` of the merged manifest
  std::string samples, cells, events;
  fs::path source;
};

struct Input {
  fs::path directory;
  ShardMark mark;
  Json manifest;
  std::set<std::string> open;  // cells that were planned and have not ended
};

[[noreturn]] void refuse_pair(const Input& a, const Input& b, const std::string& what) {
  throw Error(a.directory.string() + " and " + b.directory.string() + " differ in " + what,
              "They come from different plans or builds",
              "Merge only what was run from one plan.json with the same executables");
}

Input read_input(const fs::path& directory) {
  const StoredRun run = read_run(directory);  // refuses what is malformed
  Input input{directory,
              read_shard_mark(directory),
              Json::parse(read_file(directory / "manifest.json")),
              {}};
  for (const StoredCell& cell : run.cells) {
    if (!cell.is_finished || cell.record.status == Status::kPartial) {
      input.open.insert(cell.record.plan.name);
    }
  }
  const Json absent;
  for (const char* place : {"/allocators", "/build/cells", "/machine", "/notes"}) {
    if (!input.manifest.value(Json::json_pointer(place), absent).is_structured()) {
      throw Error((directory / "manifest.json").string() + " has no " + (place + 1),
                  "The file was edited or damaged", "Run the shard again");
    }
  }
  return input;
}

// Where a shard was measured.
Json origin_of(const Json& manifest, int shard) {
  if (manifest.contains("shards")) {
    for (const Json& origin : manifest["shards"]) {
      if (origin["shard"] == shard) {
        return origin;
      }
    }
  }
  const Json& machine = manifest["machine"];
  return {
      {"shard", shard},        {"command", manifest["command"]}, {"started", manifest["started"]},
      {"cpu", machine["cpu"]}, {"kernel", machine["kernel"]},    {"host", machine["host"]}};
}

class Merger {
 public:
  explicit Merger(const std::vector<fs::path>& inputs) {
    for (const fs::path& directory : inputs) {
      inputs_.push_back(read_input(directory));
      check_alike(inputs_.back());
    }
    const ShardPlan& plan = inputs_.front().mark.plan;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
      shard_of_[plan.cells[i].name] = plan.shard_of[i];
    }
    for (const Input& input : inputs_) {
      take(input);
    }
    // The base of the manifest is that of the least shard, whoever brings it.
    std::sort(inputs_.begin(), inputs_.end(),
              [](const Input& a, const Input& b) { return a.mark.shards < b.mark.shards; });
  }

  MergeReport write(const fs::path& out) const {
    if (shards_.empty()) {
      throw Error("none of these shards is finished", "They were killed or interrupted",
                  "Let them go on: harness run --plan=DIR --shard=I/N --resume");
    }
    const ShardPlan& plan = inputs_.front().mark.plan;
    MergeReport report;
    std::string samples, cells, events;
    for (int number = 1; number <= plan.shards; ++number) {
      const auto shard = shards_.find(number);
      const bool is_open = shard == shards_.end() && unfinished_.count(number) != 0;
      (is_open                  ? report.unfinished
       : shard == shards_.end() ? report.missing
                                : report.merged)
          .push_back(number);
      if (shard != shards_.end()) {
        samples += shard->second.samples;
        cells += shard->second.cells;
        events += shard->second.events;
        copy_errors(shard->second.source, out);
      }
    }
    write_shard_mark(out, {plan, report.merged});
    write_atomically(out / "samples.jsonl", samples);
    write_atomically(out / "cells.jsonl", cells);
    write_atomically(out / "events.jsonl", events);
    write_atomically(out / "manifest.json", manifest().dump(2) + "\n");
    write_summary(out, summarise(outcome_of(read_run(out))));
    return report;
  }

 private:
  void check_alike(const Input& input) const {
    const Input& first = inputs_.front();
    const std::vector<std::string> found = differences(first.mark.plan, input.mark.plan);
    if (!found.empty()) {
      std::string all;
      for (const std::string& what : found) {
        all += (all.empty() ? "" : "; ") + what;
      }
      refuse_pair(first, input, all);
    }
    for (const auto& [name, allocator] : input.manifest["allocators"].items()) {
      const Json& other = first.manifest["allocators"];
      if (other.contains(name) && other[name]["version"] != allocator["version"]) {
        refuse_pair(first, input, "the version of " + name);
      }
    }
  }

  // The lines of `file` by shard; those that are of no cell, as that a run was resumed, are left out.
  std::map<int, std::string> lines_of(const Input& input, const char* file) const {
    std::map<int, std::string> texts;
    for (const std::string& line : complete_lines(input.directory / file)) {
      const Json json = Json::parse(line);
      if (!json.contains("cell")) {
        continue;
      }
      const std::string cell = json["cell"];
      const auto shard = shard_of_.find(cell);
      const std::vector<int>& held = input.mark.shards;
      if (shard == shard_of_.end() ||
          std::find(held.begin(), held.end(), shard->second) == held.end()) {
        throw Error((input.directory / file).string() + " holds " + cell,
                    "That cell is of no shard that shard.json names", "Run the shard again");
      }
      texts[shard->second] += line + "\n";
    }
    return texts;
  }

  void take(const Input& input) {
    std::map<int, std::string> samples = lines_of(input, "samples.jsonl");
    std::map<int, std::string> cells = lines_of(input, "cells.jsonl");
    std::map<int, std::string> events = lines_of(input, "events.jsonl");
    std::set<int> open;
    for (const std::string& cell : input.open) {
      if (const auto shard = shard_of_.find(cell); shard != shard_of_.end()) {
        open.insert(shard->second);
      }
    }
    for (const int number : input.mark.shards) {
      if (open.count(number) != 0) {
        unfinished_.insert(number);
        continue;
      }
      Shard shard{origin_of(input.manifest, number), samples[number], cells[number], events[number],
                  input.directory};
      const auto [known, is_new] = shards_.emplace(number, shard);
      const bool is_same = known->second.samples == shard.samples &&
                           known->second.cells == shard.cells &&
                           known->second.origin == shard.origin;
      if (!is_new && !is_same) {
        throw Error(known->second.source.string() + " and " + input.directory.string() +
                        " both hold shard " + std::to_string(number) + ", measured apart",
                    "The shard was run twice", "Choose one of the two; figures are never mixed");
      }
    }
  }

  static void copy_errors(const fs::path& source, const fs::path& out) {
    if (fs::equivalent(source, out) || !fs::exists(source / "stderr")) {
      return;
    }
    fs::create_directories(out / "stderr");
    for (const fs::directory_entry& entry : fs::directory_iterator(source / "stderr")) {
      fs::copy_file(entry.path(), out / "stderr" / entry.path().filename(),
                    fs::copy_options::overwrite_existing);
    }
  }

  Json manifest() const {
    const ShardPlan& plan = inputs_.front().mark.plan;
    Json merged = inputs_.front().manifest;
    merged["command"] = {"harness", "run"};
    for (const std::string& flag : plan.flags) {
      merged["command"].push_back(flag);
    }
    merged["plan"]["cells"] = Json::parse(to_json(plan))["cells"];
    for (Json& cell : merged["plan"]["cells"]) {
      cell.erase("shard");
    }
    merge_builds(merged);
    merged["shards"] = Json::array();
    std::set<std::string> hosts;
    for (const auto& [number, shard] : shards_) {
      merged["shards"].push_back(shard.origin);
      hosts.insert(shard.origin["host"].dump());
      merged["started"] = std::min<std::string>(merged["started"], shard.origin["started"]);
    }
    if (hosts.size() > 1) {
      merged["notes"].push_back("measured on " + std::to_string(hosts.size()) +
                                " machines: compare absolute times within a workload and "
                                "size only; `machine` is that of the first shard");
    }
    return merged;
  }

  void merge_builds(Json& merged) const {
    // Sorted, so that the order of the inputs leaves no trace.
    std::map<std::string, Json> builds, allocators;
    std::set<std::string> notes;
    bool is_publishable = true;
    for (const Input& input : inputs_) {
      for (const auto& [name, build] : input.manifest["build"]["cells"].items()) {
        builds.emplace(name, build);
      }
      for (const auto& [name, allocator] : input.manifest["allocators"].items()) {
        allocators.emplace(name, allocator);
      }
      for (const Json& note : input.manifest["notes"]) {
        const std::string text = note;
        if (text.rfind("measured on ", 0) != 0) {
          notes.insert(text);
        }
      }
      is_publishable = is_publishable && input.manifest["build"]["publishable"];
    }
    merged["build"]["cells"] = builds;
    merged["build"]["publishable"] = is_publishable;
    merged["allocators"] = allocators;
    merged["notes"] = notes;
  }

  std::vector<Input> inputs_;
  std::map<std::string, int> shard_of_;
  std::map<int, Shard> shards_;
  std::set<int> unfinished_;
};

}  // namespace

bool holds_merge(const fs::path& directory) {
  return fs::exists(directory / "manifest.json") &&
         Json::parse(read_file(directory / "manifest.json"), nullptr, false).contains("shards");
}

MergeReport merge_runs(const std::vector<fs::path>& inputs, const fs::path& out) {
  std::vector<fs::path> all = inputs;
  if (holds_merge(out)) {
    all.push_back(out);
  }
  return Merger(all).write(out);
}

}  // namespace an::harness
