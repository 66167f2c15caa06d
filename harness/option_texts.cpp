// See option_texts.hpp.
#include "harness/option_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "core/base/thread.hpp"
#include "harness/conductor/turns.hpp"
#include "harness/flag_values.hpp"
#include "harness/verdict/decision.hpp"
#include "harness/verdict/metg.hpp"

namespace an::harness {
namespace {

void read_selection(const OptionTexts& texts, Options& options) {
  if (!texts.schedulers.empty()) {
    options.schedulers = parse_lists("--scheduler", texts.schedulers);
  }
  if (!texts.workloads.empty()) {
    options.workloads = parse_lists("--workload", texts.workloads);
  }
  if (!texts.sizes.empty()) {
    options.sizes = parse_lists("--size", texts.sizes);
  }
  options.workers = parse_workers(texts.workers);
  if (!texts.allocators.empty()) {
    options.allocators = parse_lists("--allocator", texts.allocators);
  }
  if (!texts.filter.empty()) {
    check_filter(texts.filter);
    options.filter = texts.filter;
  }
  for (const std::string& setting : texts.settings) {
    options.settings.push_back(parse_setting(setting));
  }
}

void read_measuring(const OptionTexts& texts, Options& options) {
  constexpr std::int64_t kSamplesMax = 1'000'000;
  constexpr Nanos kTimeoutMinNs = 1'000'000;
  if (!texts.turns.empty()) {
    options.turns = static_cast<int>(parse_integer("--turns", texts.turns, 1, kSamplesMax));
  }
  if (!texts.rel_ci.empty()) {
    options.rel_ci = parse_percent("--rel-ci", texts.rel_ci);
    options.samples = kPrecisionLooks.back() * options.turns;
  }
  if (!texts.budget.empty()) {
    options.budget_ns = parse_duration("--budget", texts.budget);
  }
  if (!texts.samples.empty()) {
    options.samples = static_cast<int>(parse_integer("--samples", texts.samples, 1, kSamplesMax));
  }
  if (!texts.min_time.empty()) {
    options.min_time_ns = parse_duration("--min-time", texts.min_time);
  }
  if (!texts.timeout.empty()) {
    options.timeout_ns = parse_duration("--timeout", texts.timeout);
  }
  if (options.timeout_ns < kTimeoutMinNs || options.min_time_ns > options.timeout_ns) {
    throw UsageError(
        "--timeout is too short",
        "It must be at least 1ms and not below --min-time, or every cell would time out",
        "Raise --timeout or lower --min-time");
  }
  if (!texts.seed.empty()) {
    options.seed = static_cast<std::uint64_t>(
        parse_integer("--seed", texts.seed, 0, std::numeric_limits<std::int64_t>::max()));
  }
  const std::vector<std::pair<std::string, bool>> on_off{{"on", true}, {"off", false}};
  if (!texts.pin.empty()) {
    options.pin = parse_choice<std::string>(
        "--pin", texts.pin, {{"none", "none"}, {"compact", "compact"}, {"scatter", "scatter"}});
  }
  if (!texts.baseline.empty()) {
    options.baseline =
        parse_choice<bool>("--baseline", texts.baseline, {{"serial", true}, {"none", false}});
  }
  if (!texts.memory.empty()) {
    options.memory = parse_choice("--memory", texts.memory, on_off);
  }
  if (!texts.freeze.empty()) {
    options.freeze = parse_choice("--freeze", texts.freeze, on_off);
  }
}

std::filesystem::path existing_folder(const std::string& flag, const std::string& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw UsageError(fmt::format("{}={} is not a folder", flag, folder), "",
                     "Name the folder that holds executables called cell-*");
  }
  return folder;
}

void read_output(const OptionTexts& texts, Options& options) {
  if (!texts.out.empty()) {
    options.out = texts.out;
  }
  if (!texts.format.empty()) {
    std::vector<std::pair<std::string, Format>> choices;
    for (const Format format : {Format::kTable, Format::kJson, Format::kCsv, Format::kMarkdown,
                                Format::kLatex, Format::kGbench, Format::kBenchfmt}) {
      choices.emplace_back(to_string(format), format);
    }
    options.format = parse_choice("--format", texts.format, choices);
  }
  if (!texts.colour.empty()) {
    options.colour = parse_choice<Colour>(
        "--color", texts.colour,
        {{"auto", Colour::kAuto}, {"always", Colour::kAlways}, {"never", Colour::kNever}});
  }
  for (const std::string& folder : texts.cells) {
    options.cells.push_back(existing_folder("--cells", folder));
  }
  if (texts.trace) {
    options.trace = *texts.trace;
  }
  options.arm = texts.arm;
  options.resume = texts.resume;
  options.dry_run = texts.dry_run;
  options.check = texts.check;
  options.strict = texts.strict;
}

void read_shards(const OptionTexts& texts, Options& options) {
  constexpr std::int64_t kShardsMax = 100'000;
  const auto number = [](const char* flag, const std::string& text) {
    return static_cast<int>(parse_integer(flag, text, 1, kShardsMax));
  };
  if (!texts.shards.empty()) {
    options.shards = number("--shards", texts.shards);
  }
  if (!texts.plan.empty()) {
    options.plan = texts.plan;
  }
  if (!texts.shard.empty()) {
    const std::size_t slash = texts.shard.find('/');
    if (slash == std::string::npos) {
      throw UsageError(fmt::format("--shard={} is not I/N", texts.shard), "There is no '/'",
                       "Example: --shard=1/4");
    }
    options.shard = number("--shard", texts.shard.substr(0, slash));
    options.shard_count = number("--shard", texts.shard.substr(slash + 1));
  }
}

// `compare RUN_DIR RUN_DIR`: what was measured, and how, is in the directories.
void check_stored_comparison(const OptionTexts& texts, const Options& options) {
  constexpr const char* kExample = "Example: harness compare results/before results/after";
  if (options.command == Command::kGate) {
    throw UsageError(
        "gate takes no run directories",
        "A gate judges builds that are measured in one session, taking turns",
        "Name builds with --ref and --cand, or type 'harness compare' for stored runs");
  }
  if (const std::string flag = given_compare_flag(texts.compare); !flag.empty()) {
    throw UsageError(
        fmt::format("{} and run directories exclude each other", flag),
        "It is for builds, which are measured now; directories hold what was measured before",
        fmt::format("Leave one out. {}", kExample));
  }
  if (options.directories.size() != 2) {
    throw UsageError(
        fmt::format("compare takes two run directories, not {}", options.directories.size()),
        "The reference comes first, then the candidate", kExample);
  }
  const std::vector<std::pair<bool, std::string>> others{
      {!options.flags.empty(), options.flags.empty() ? "" : options.flags.front()},
      {options.out.has_value(), "--out"},
      {options.strict, "--strict"},
      {options.dry_run, "--dry-run"},
      {options.resume, "--resume"}};
  for (const auto& [is_given, flag] : others) {
    if (is_given) {
      throw UsageError(fmt::format("{} has no effect on stored runs", flag),
                       "Nothing is measured, judged or written", "Leave it out");
    }
  }
}

// Throws for the first of `idle` that was given: a flag without effect is a mistake.
void refuse_idle(const Options& options,
                 std::initializer_list<std::string_view> idle,
                 const char* because) {
  std::vector<std::string> given;
  for (const std::string& word : options.flags) {
    given.push_back(word.substr(0, word.find('=')));
  }
  const std::vector<std::pair<bool, const char*>> others{{!options.cells.empty(), "--cells"},
                                                         {options.out.has_value(), "--out"},
                                                         {options.resume, "--resume"},
                                                         {options.dry_run, "--dry-run"}};
  for (const auto& [is_given, flag] : others) {
    if (is_given) {
      given.emplace_back(flag);
    }
  }
  for (const std::string_view flag : idle) {
    if (std::find(given.begin(), given.end(), flag) != given.end()) {
      throw UsageError(fmt::format("{} has no effect here", flag), because, "Leave it out");
    }
  }
}

}  // namespace

void read_texts(const OptionTexts& texts, Options& options) {
  read_selection(texts, options);
  read_measuring(texts, options);
  read_output(texts, options);
  read_shards(texts, options);
}

void read_comparison(const OptionTexts& texts, Options& options) {
  if (!options.directories.empty()) {
    check_stored_comparison(texts, options);
    return;
  }
  if (!texts.samples.empty() || !texts.rel_ci.empty() || !texts.budget.empty()) {
    throw UsageError("--samples, --rel-ci and --budget are for run",
                     "A comparison looks after 12, 24 and 48 units, and at no other time",
                     "Choose --turns, or fewer cells");
  }
  refuse_idle(options, {"--cells", "--resume", "--memory", "--baseline"},
              "The builds are --ref and --cand; nothing but their time is measured, in one go");
  if (options.command == Command::kGate && !options.freeze) {
    throw UsageError("a gate does not run with --freeze=off",
                     "Arms that are awake disturb the one that is timed: a real change can vanish",
                     "Leave it out, or look with 'harness compare --freeze=off'");
  }
  options.turns = texts.turns.empty() ? kDuelTurns : options.turns;
  options.min_time_ns = texts.min_time.empty() ? kDuelMinTimeNs : options.min_time_ns;
  options.samples = kLookUnits.back() * options.turns;
  options.selects_cells = !texts.schedulers.empty() || !texts.workloads.empty() ||
                          !texts.sizes.empty() || !texts.workers.empty();
  options.compare = read_compare_flags(texts.compare);
}

void read_count(const OptionTexts& texts, Options& options) {
  CompareTexts others = texts.compare;
  others.ref.clear();
  others.cand.clear();
  refuse_compare_flags(others);
  if (texts.compare.ref.empty() != texts.compare.cand.empty()) {
    throw UsageError("--ref and --cand belong together", "A comparison needs two builds",
                     "Name both folders, or neither to count one build");
  }
  if (!texts.compare.ref.empty()) {
    options.reference = existing_folder("--ref", texts.compare.ref);
    options.candidate = existing_folder("--cand", texts.compare.cand);
  }
  refuse_idle(options,
              {"--dry-run", "--out", "--resume", "--memory", "--baseline", "--rel-ci", "--budget"},
              "Counts are not sampled, and leave no run directory");
  if (options.allocators != std::vector<std::string>{"glibc"}) {
    throw UsageError("count takes no --allocator", "Valgrind brings an allocator of its own",
                     "Leave it out");
  }
}

void read_calibration(const OptionTexts& texts, Options& options) {
  refuse_idle(
      options,
      {"--dry-run", "--resume", "--samples", "--rel-ci", "--budget", "--memory", "--baseline"},
      "Units and gates are counted, by --units and --gates");
  CompareTexts foreign = texts.compare;
  foreign.pressure.clear();
  refuse_compare_flags(foreign);
  options.compare.drops_pressed = read_pressure(texts.compare.pressure);
  read_calibrate_flags({.schedulers = !texts.schedulers.empty(),
                        .workloads = !texts.workloads.empty(),
                        .sizes = !texts.sizes.empty(),
                        .turns = !texts.turns.empty(),
                        .min_time = !texts.min_time.empty()},
                       texts.calibrate, options);
}

void read_metg(const OptionTexts& texts, Options& options) {
  refuse_compare_flags(texts.compare);
  if (!texts.target.empty()) {
    options.target = parse_percent("--target", texts.target);
  }
  if (options.directories.empty()) {
    refuse_idle(options, {"--workload", "--memory", "--baseline", "--filter"},
                "metg is of spin_tree, in time against serial; --size chooses its steps");
    options.workloads = {kMetgWorkload};
    options.memory = false;
    if (texts.sizes.empty()) {
      options.sizes = metg_sizes();
    }
    return;
  }
  if (options.directories.size() > 1) {
    throw UsageError("metg takes one run directory", "", "Name one, or none to measure");
  }
  const std::string flag = options.flags.empty() ? "" : options.flags.front();
  refuse_idle(options, {flag.substr(0, flag.find('=')), "--out", "--resume", "--dry-run"},
              "The run is stored: nothing is measured");
}

void read_profile(const OptionTexts& texts, Options& options) {
  refuse_idle(options,
              {"--filter", "--allocator", "--memory", "--baseline", "--dry-run", "--resume"},
              "Each cell is compared with others of the same run: the choice is not free");
  refuse_compare_flags(texts.compare);
  options.memory = false;
  if (texts.schedulers.empty()) {
    options.schedulers = {"heartbeat"};
  }
}

void read_micro(const OptionTexts& texts, Options& options) {
  refuse_compare_flags(texts.compare);
  refuse_idle(
      options,
      {"--scheduler", "--workload", "--size", "--workers", "--allocator", "--set", "--turns",
       "--rel-ci", "--budget", "--pin", "--baseline", "--memory", "--freeze", "--resume"},
      "Benchmarks of the micro suite are no cells: they are chosen by NAME and --filter");
  options.benchmarks = texts.benchmarks;
}

void check_belonging(const OptionTexts& texts, const Options& options) {
  const bool is_export = options.command == Command::kExport;
  const bool is_run = options.command == Command::kRun;
  const bool is_plan = options.command == Command::kPlan;
  const bool is_merge = options.command == Command::kMerge;
  if ((is_export || is_merge) && options.directories.empty()) {
    throw UsageError(fmt::format("{} needs a run directory", is_merge ? "merge" : "export"), "",
                     "Example: harness export results/mine --format=latex");
  }
  if (!texts.arm.empty() && !is_export) {
    throw UsageError("--arm is for export", "", "Example: harness export results/mine --arm=R");
  }
  if (!texts.target.empty() && options.command != Command::kMetg) {
    throw UsageError("--target is for metg", "", "Example: harness metg --target=90%");
  }
  if (options.trace && !is_run) {
    throw UsageError("--trace is for run", "", "Example: harness --scheduler=chase_lev --trace");
  }
  if ((is_plan || is_merge) && !options.out) {
    throw UsageError(fmt::format("{} needs --out=DIR", is_plan ? "plan" : "merge"), "",
                     "Name the directory to write");
  }
  if (is_plan != (options.shards != 0)) {
    throw UsageError(is_plan ? "plan needs --shards=N" : "--shards is for plan", "",
                     "Example: harness plan --shards=4 --out=results/sweep --size=small");
  }
  const bool has_plan = options.plan.has_value();
  if ((has_plan && !is_run) || has_plan != (options.shard != 0)) {
    throw UsageError("--plan=DIR and --shard=I/N go together, and with run", "",
                     "Example: harness run --plan=results/sweep --shard=1/4");
  }
  if (has_plan && !options.flags.empty()) {
    throw UsageError(fmt::format("{} and --plan exclude each other", options.flags.front()),
                     "What is run, and how, stands in the plan", "Leave it out, or plan anew");
  }
}

const char* to_string(Format format) {
  switch (format) {
    case Format::kTable:
      return "table";
    case Format::kJson:
      return "json";
    case Format::kCsv:
      return "csv";
    case Format::kMarkdown:
      return "markdown";
    case Format::kLatex:
      return "latex";
    case Format::kGbench:
      return "gbench";
    case Format::kBenchfmt:
      break;
  }
  return "benchfmt";
}

}  // namespace an::harness
