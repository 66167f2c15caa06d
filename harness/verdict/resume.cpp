// See resume.hpp.
#include "harness/verdict/resume.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "harness/conductor/record.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
constexpr std::array<const char*, 2> kRecordFiles{"samples.jsonl", "cells.jsonl"};
using Cells = std::vector<StoredCell>::const_iterator;

// A cell that is over whatever becomes of the others: it failed, or cannot run.
bool is_over(const StoredCell& cell) {
  const Status status = cell.record.status;
  return cell.is_finished && status != Status::kOk && status != Status::kPartial;
}

// A cell whose turns a unit needs.
bool is_live(const StoredCell& cell) {
  return !is_over(cell) && cell.record.plan.not_applicable.empty();
}

int turns_in(const std::vector<Sample>& samples, int unit) {
  return static_cast<int>(std::count_if(samples.begin(), samples.end(),
                                        [&](const Sample& sample) { return sample.unit == unit; }));
}

// As Group measures it: as many rounds that count as planned, or twice as many in all.
bool is_whole(const StoredCell& cell, int unit, int planned) {
  const int kept = turns_in(cell.record.samples, unit);
  return kept == planned || kept + turns_in(cell.dropped, unit) == 2 * planned;
}

// The units of the group that are whole, up to the first that is not.
int whole_units(Cells first, Cells last, const RunRequest& request) {
  if (std::none_of(first, last, is_live)) {
    return 0;
  }
  const int units = units_of(request.samples, request.turns);
  for (int unit = 0; unit < units; ++unit) {
    const int planned = turns_of_unit(request.samples, request.turns, unit);
    const bool all_whole = std::all_of(first, last, [&](const StoredCell& cell) {
      return !is_live(cell) || is_whole(cell, unit, planned);
    });
    if (!all_whole) {
      return unit;
    }
  }
  return units;
}

std::vector<Sample> before_unit(const std::vector<Sample>& samples, int units) {
  std::vector<Sample> kept;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(kept),
               [&](const Sample& sample) { return sample.unit < units; });
  return kept;
}

// A cell that goes on after `units` units.
CellRecord record_of(const StoredCell& cell, int units) {
  CellRecord record;
  record.plan = cell.record.plan;
  record.samples = before_unit(cell.record.samples, units);
  record.units = units;
  const std::vector<Sample> dropped = before_unit(cell.dropped, units);
  record.dropped = static_cast<int>(dropped.size());
  const std::vector<Sample>& known = record.samples.empty() ? dropped : record.samples;
  if (!known.empty()) {
    record.iterations = known.front().iterations;
    record.ops_per_iteration = known.front().ops / known.front().iterations;
  }
  return record;
}

void resume_group(Cells first, Cells last, const RunRequest& request, Resumption& resumption) {
  const bool is_finished = std::all_of(first, last, [](const StoredCell& cell) {
    return cell.is_finished && cell.record.status != Status::kPartial;
  });
  const int units = is_finished ? INT32_MAX : whole_units(first, last, request);
  for (; first != last; ++first) {
    const bool keeps_record = is_finished || is_over(*first);
    resumption.kept[first->record.plan.name] = {keeps_record, units};
    CellRecord record = keeps_record ? first->record : record_of(*first, units);
    record.samples = before_unit(record.samples, units);
    resumption.cells.push_back(std::move(record));
  }
  resumption.is_finished = resumption.is_finished && is_finished;
}

std::string shortened(const Json& value) {
  constexpr std::size_t kBytesMax = 60;
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= kBytesMax ? text : text.substr(0, kBytesMax) + "...";
}

// Where `then` and `now` differ: the members of objects and the elements of arrays, one by one.
void compare(const std::string& path,
             const Json& then,
             const Json& now,
             std::vector<std::string>& differences) {
  if (then.is_object() && now.is_object()) {
    for (const auto& [name, value] : then.items()) {
      const auto other = now.find(name);
      compare(path + "." + name, value, other == now.end() ? Json() : *other, differences);
    }
    for (const auto& [name, value] : now.items()) {
      if (!then.contains(name)) {
        compare(path + "." + name, Json(), value, differences);
      }
    }
  } else if (then.is_array() && now.is_array() && then.size() == now.size()) {
    for (std::size_t i = 0; i < then.size(); ++i) {
      compare(path + "[" + std::to_string(i) + "]", then[i], now[i], differences);
    }
  } else if (then.is_array() && now.is_array()) {
    differences.push_back(path + " (" + std::to_string(then.size()) + " then, " +
                          std::to_string(now.size()) + " now)");
  } else if (then != now) {
    differences.push_back(path + " (" + shortened(then) + " then, " + shortened(now) + " now)");
  }
}

Json parse(const std::string& text, const std::string& what) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {  // nor when it is no JSON at all
    throw Error(what + " is not a JSON object", "The file was edited or damaged",
                "Measure again into another directory");
  }
  return json;
}

Json at_or_null(const Json& json, const Json::json_pointer& place) {
  return json.contains(place) ? json.at(place) : Json();
}

struct Removed {
  std::set<std::pair<std::string, int>> units;  // workload and size, unit
  int turns = 0, cells = 0, torn_lines = 0;
};

// The text of `file` without what is removed, which is counted.
std::string kept_text(const fs::path& directory,
                      const char* file,
                      const std::map<std::string, Kept>& kept,
                      Removed& removed) {
  const std::string text = read_file(directory / file);
  std::string kept_lines;
  for (const std::string& line : complete_lines(directory / file)) {
    const Json json = parse(line, (directory / file).string());
    const std::string cell = json.value("cell", "");
    const Kept& of_cell = kept.at(cell);
    const bool is_turn = json.contains("unit");
    if (is_turn ? json["unit"].get<int>() < of_cell.units : of_cell.record) {
      kept_lines += line + "\n";
    } else if (is_turn) {
      // Workload and size lead the name.
      const std::string group = cell.substr(0, cell.find('/', cell.find('/') + 1));
      removed.units.emplace(group, json["unit"].get<int>());
      ++removed.turns;
    } else {
      ++removed.cells;
    }
  }
  removed.torn_lines += text.empty() || text.ends_with('\n') ? 0 : 1;
  return kept_lines;
}

void append_event(const fs::path& directory, const Removed& removed) {
  const fs::path path = directory / "events.jsonl";
  std::string text;
  if (fs::exists(path)) {
    for (const std::string& line : complete_lines(path)) {
      text += line + "\n";
    }
  }
  const Json event = {{"v", kEventVersion},
                      {"event", "resumed"},
                      {"at", utc_now()},
                      {"units_removed", removed.units.size()},
                      {"turns_removed", removed.turns},
                      {"cells_removed", removed.cells},
                      {"torn_lines", removed.torn_lines}};
  write_atomically(path, text + event.dump() + "\n");
}

}  // namespace

Resumption plan_resumption(const StoredRun& run, const RunRequest& request) {
  Resumption resumption;
  resumption.is_finished = true;
  for (auto first = run.cells.begin(); first != run.cells.end();) {
    const CellPlan& plan = first->record.plan;
    const auto last = std::find_if(first, run.cells.end(), [&](const StoredCell& cell) {
      return cell.record.plan.workload != plan.workload || cell.record.plan.n != plan.n;
    });
    resume_group(first, last, request, resumption);
    first = last;
  }
  return resumption;
}

std::vector<std::string> plan_differences(const std::string& then, const std::string& now) {
  const Json old_manifest = parse(then, "manifest.json");
  const Json new_manifest = parse(now, "the manifest of this run");
  std::vector<std::string> differences;
  for (const char* place : {"/v", "/seed", "/plan", "/build/cells", "/allocators", "/placement",
                            "/machine/cpu", "/machine/host"}) {
    const Json::json_pointer pointer(place);
    std::string name = std::string(place).substr(1);
    std::replace(name.begin(), name.end(), '/', '.');
    compare(name, at_or_null(old_manifest, pointer), at_or_null(new_manifest, pointer),
            differences);
  }
  return differences;
}

std::vector<std::string> version_differences(const fs::path& directory) {
  std::vector<std::string> differences;
  for (const char* file : kRecordFiles) {
    for (const std::string& line : complete_lines(directory / file)) {
      const Json version = parse(line, (directory / file).string()).value("v", Json());
      if (version != kRecordVersion) {
        compare(std::string(file) + ": v", version, kRecordVersion, differences);
        break;
      }
    }
  }
  return differences;
}

std::vector<std::string> command_of(const std::string& manifest) {
  const Json command = parse(manifest, "manifest.json").value("command", Json());
  const auto is_text = [](const Json& word) { return word.is_string(); };
  if (!command.is_array() || command.empty() ||
      !std::all_of(command.begin(), command.end(), is_text)) {
    throw Error("manifest.json has no `command`", "The file was edited or damaged",
                "Give the flags of the run beside --resume");
  }
  return command.get<std::vector<std::string>>();
}

void remove_unfinished(const fs::path& directory, const Resumption& resumption) {
  Removed removed;
  std::vector<std::pair<fs::path, std::string>> files;
  for (const char* file : kRecordFiles) {
    files.emplace_back(directory / file, kept_text(directory, file, resumption.kept, removed));
  }
  append_event(directory, removed);
  for (const auto& [path, text] : files) {
    if (text != read_file(path)) {
      write_atomically(path, text);
    }
  }
  std::error_code ignored;
  fs::remove(directory / "summary.json", ignored);
}

}  // namespace an::harness
