// See run_files.hpp. The manifest is read first: it names the cells that the records belong to.
#include "harness/verdict/run_files.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/error.hpp"
#include "harness/verdict/json_record.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

// The newest version of the records that is understood.
constexpr std::int64_t kVersionMax = 2;

std::int64_t version_of(const JsonRecord& record) {
  const std::int64_t version = record.integer("v", 1);
  if (version > kVersionMax) {
    record.refuse("`v` is " + std::to_string(version) + ", and nothing above " +
                  std::to_string(kVersionMax) + " is known");
  }
  return version;
}

Status status_from(const JsonRecord& record) {
  const std::string text = record.text("status");
  for (const Status status : {Status::kOk, Status::kWrong, Status::kCrash, Status::kTimeout,
                              Status::kNotApplicable, Status::kPartial}) {
    if (text == to_string(status)) {
      return status;
    }
  }
  record.refuse("the status `" + text + "` is not known");
}

std::uint64_t check_from(const JsonRecord& record) {
  const std::string text = record.text("check");
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    record.refuse("`check` is not a decimal number of 64 bits");
  }
  return value;
}

RunFacts facts_from(const JsonRecord& manifest) {
  RunFacts facts;
  facts.command = manifest.strings("command");
  facts.notes = manifest.strings("notes");
  facts.started = manifest.text("started");
  const JsonRecord git = manifest.object("git");
  facts.commit = git.text("commit");
  facts.is_dirty = git.flag("dirty");
  const JsonRecord build = manifest.object("build");
  facts.is_publishable = build.flag("publishable");
  const JsonRecord cells = build.object("cells");
  for (const auto& [name, value] : build.at("cells").items()) {
    const JsonRecord entry = cells.object(name.c_str());
    facts.builds.push_back(
        {name, entry.text("type"), entry.text("sanitizer"), entry.flag("publishable"),
         entry.has("code_hash") ? entry.text_or_null("code_hash") : std::nullopt});
  }
  facts.measuring["seed"] = manifest.at("seed").dump();
  const JsonRecord plan = manifest.object("plan");
  for (const char* name : {"turns", "min_time_ns", "pin", "freeze"}) {
    if (plan.has(name)) {
      facts.measuring[name] = plan.at(name).dump();
    }
  }
  const JsonRecord machine = manifest.object("machine");
  facts.cpu = machine.text_or_null("cpu");
  facts.kernel = machine.text_or_null("kernel");
  facts.governor = machine.text_or_null("governor");
  facts.host = machine.text_or_null("host");
  if (manifest.has("shards")) {
    std::set<std::string> machines;
    for (const JsonRecord& shard : manifest.objects("shards")) {
      machines.insert(shard.at("cpu").dump() + shard.at("kernel").dump() + shard.at("host").dump());
    }
    facts.is_of_several_machines = machines.size() > 1;
  }
  facts.logical_cpus = machine.integer_or_null("logical_cpus");
  facts.allowed_cpus = machine.at("allowed_cpus").size();
  for (const nlohmann::json& value : machine.at("loadavg")) {
    if (value.is_number()) {
      facts.loadavg.push_back(value.get<double>());
    }
  }
  return facts;
}

Dropped dropped_from(const JsonRecord& record) {
  const std::string text = record.text_or_null("dropped").value_or("");
  for (const Dropped dropped :
       {Dropped::kNo, Dropped::kPressure, Dropped::kThawed, Dropped::kSuspended}) {
    if (text == to_string(dropped)) {
      return dropped;
    }
  }
  record.refuse("`dropped` is `" + text + "`, which is not known");
}

std::optional<Stopped> stopped_from(const JsonRecord& record) {
  const std::optional<std::string> text = record.text_or_null("stopped");
  if (!text) {
    return std::nullopt;
  }
  for (const Stopped stopped : {Stopped::kSamples, Stopped::kRelCi, Stopped::kBudget}) {
    if (*text == to_string(stopped)) {
      return stopped;
    }
  }
  record.refuse("`stopped` is `" + *text + "`, which is not known");
}

Sample sample_from(const JsonRecord& record) {
  Sample sample;
  if (version_of(record) == 1) {
    sample.turn = record.count("round");
  } else {
    sample.unit = record.count("unit");
    sample.turn = record.count("turn");
    sample.psi_us = record.integer_or_null("psi_us");
    sample.dropped = dropped_from(record);
  }
  sample.position = record.count("position");
  sample.ns = record.integer("ns", 0);
  sample.iterations = record.integer("iterations", 1);
  sample.ops = record.integer("ops", 0);
  sample.check = check_from(record);
  sample.ok = record.flag("ok");
  sample.cpu_ns = record.integer_or_null("cpu_ns");
  sample.nvcsw = record.integer_or_null("nvcsw");
  sample.nivcsw = record.integer_or_null("nivcsw");
  sample.minflt = record.integer_or_null("minflt");
  sample.maxrss_kib = record.integer_or_null("maxrss_kib");
  sample.counters = record.integers("counters");
  sample.t_mono_ns = record.integer("t_mono_ns", 0);
  return sample;
}

CellRecord cell_from(const JsonRecord& record) {
  CellRecord cell;
  if (version_of(record) > 1) {
    cell.units = record.count("units");
    cell.dropped = record.count("dropped");
    cell.freezes = record.flag("freezes");
    cell.stopped = stopped_from(record);
  }
  cell.status = status_from(record);
  cell.reason = record.text_or_null("reason");
  cell.ops_per_iteration = record.integer_or_null("ops_per_iteration");
  cell.iterations = record.integer_or_null("iterations");
  cell.task_bytes = record.integer_or_null("task_bytes");
  cell.memory.live_peak_bytes = record.integer_or_null("live_peak_bytes");
  cell.memory.retained_bytes = record.integer_or_null("retained_bytes");
  cell.memory.leaked_bytes = record.integer_or_null("leaked_bytes");
  cell.memory.requested_bytes = record.integer_or_null("requested_bytes");
  cell.memory.rss_delta_kib = record.integer_or_null("rss_delta_kib");
  cell.notes = record.integers("notes");
  return cell;
}

std::string arm_of(const JsonRecord& record) {
  return record.has("arm") ? record.text_or_null("arm").value_or("") : "";
}

class Reader {
 public:
  explicit Reader(const fs::path& directory) { run_.directory = directory; }

  StoredRun read() {
    read_manifest();
    for_each_line("samples.jsonl", [this](const JsonRecord& record) { add_sample(record); });
    for_each_line("cells.jsonl", [this](const JsonRecord& record) { add_cell(record); });
    for (const CellPlan& plan : plans_) {
      finish(plan);
    }
    return std::move(run_);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // cell and arm

  void read_manifest() {
    const fs::path path = run_.directory / "manifest.json";
    if (!fs::exists(path)) {
      throw Error(run_.directory.string() + " holds no run", "There is no manifest.json in it",
                  "Name a directory that `harness run --out=DIR` wrote");
    }
    const JsonRecord manifest = JsonRecord::parse(read_file(path), path.string());
    version_of(manifest);
    run_.facts = facts_from(manifest);
    const JsonRecord plan = manifest.object("plan");
    run_.alpha = plan.has("alpha") ? plan.number("alpha") : kAlpha;
    run_.turns = plan.count(plan.has("turns") ? "turns" : "samples");
    for (const JsonRecord& entry : plan.objects("cells")) {
      CellPlan cell = planned_cell(entry);
      const bool is_new = names_.insert(cell.name).second;
      if (!is_new && arm_of(entry).empty()) {
        entry.refuse("the cell " + cell.name + " is planned twice");
      }
      if (is_new) {
        plans_.push_back(std::move(cell));
      }
    }
  }

  template <class Take>
  void for_each_line(const char* file, Take take) {
    const fs::path path = run_.directory / file;
    std::size_t number = 0;
    for (const std::string& line : complete_lines(path)) {
      take(JsonRecord::parse(line, path.string() + ":" + std::to_string(++number)));
    }
  }

  // The cell and arm that a record is of. The arms are met in samples.jsonl, where they begin.
  StoredCell& cell_of(const JsonRecord& record) {
    const std::string name = record.text("cell");
    const std::string arm = arm_of(record);
    if (names_.count(name) == 0) {
      record.refuse("the cell " + name + " is not in the plan of manifest.json");
    }
    if (!arm.empty() && std::find(run_.arms.begin(), run_.arms.end(), arm) == run_.arms.end()) {
      run_.arms.push_back(arm);
    }
    return cells_[{name, arm}];
  }

  void add_sample(const JsonRecord& record) {
    Sample sample = sample_from(record);
    StoredCell& cell = cell_of(record);
    if (sample.dropped != Dropped::kNo) {
      cell.dropped.push_back(std::move(sample));
      return;
    }
    const auto place = std::tuple(record.text("cell"), arm_of(record), sample.unit, sample.turn);
    if (!seen_.insert(place).second) {
      record.refuse("unit " + std::to_string(sample.unit) + ", turn " +
                    std::to_string(sample.turn) + " of this cell stands there twice");
    }
    cell.record.samples.push_back(std::move(sample));
  }

  void add_cell(const JsonRecord& record) {
    CellRecord parsed = cell_from(record);
    StoredCell& cell = cell_of(record);
    parsed.samples = std::move(cell.record.samples);
    cell.record = std::move(parsed);
    cell.is_finished = true;
  }

  // Moves the arms of a cell into the run. A record without an arm is of all of them.
  void finish(const CellPlan& plan) {
    const std::vector<std::string> arms =
        run_.arms.empty() ? std::vector<std::string>{""} : run_.arms;
    for (const std::string& arm : arms) {
      StoredCell cell = std::move(cells_[{plan.name, arm}]);
      if (const StoredCell& all = cells_[{plan.name, ""}]; !cell.is_finished && all.is_finished) {
        std::vector<Sample> samples = std::move(cell.record.samples);
        cell.record = all.record;
        cell.record.samples = std::move(samples);
        cell.is_finished = true;
      }
      cell.record.plan = plan;
      cell.record.plan.arm = arm;
      if (!cell.is_finished) {
        cell.record.status = Status::kPartial;
        cell.record.reason = "the run ended before this cell did";
      }
      run_.cells.push_back(std::move(cell));
    }
  }

  StoredRun run_;
  std::vector<CellPlan> plans_;
  std::set<std::string> names_;
  std::map<Key, StoredCell> cells_;
  std::set<std::tuple<std::string, std::string, int, int>> seen_;
};

}  // namespace

CellPlan planned_cell(const JsonRecord& record) {
  CellPlan plan;
  plan.name = record.text("cell");
  plan.allocator.name = record.text("allocator");
  plan.scheduler = record.text("scheduler");
  plan.workload = record.text("workload");
  plan.n = record.integer("size", INT64_MIN);
  plan.workers = static_cast<std::uint32_t>(record.count("workers"));
  plan.options = record.texts("options");
  plan.baseline = record.flag("baseline");
  plan.not_applicable = record.text_or_null("not_applicable").value_or("");
  return plan;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) {
    throw Error("Cannot read " + path.string(),
                fs::exists(path) ? "It may not be read" : "There is no such file",
                "Name a whole run directory, with the files of results/README.md");
  }
  return text;
}

std::vector<std::string> complete_lines(const fs::path& path) {
  const std::string text = read_file(path);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

StoredRun read_run(const fs::path& directory) {
  return Reader(directory).read();
}

RunOutcome outcome_of(const StoredRun& run, const std::string& arm) {
  RunOutcome outcome;
  outcome.alpha = run.alpha;
  for (const StoredCell& cell : run.cells) {
    if (cell.record.plan.arm == arm) {
      outcome.cells.push_back(cell.record);
      const bool was_cut = !cell.is_finished || cell.record.status == Status::kPartial;
      outcome.interrupted = outcome.interrupted || was_cut;
    }
  }
  return outcome;
}

}  // namespace an::harness
