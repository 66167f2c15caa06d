// Checks that need the catalogue. The order is that of dependence: names before sizes, because
// whether a size makes sense depends on the workloads.
#include "harness/request.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <regex>
#include <sstream>

#include "core/base/suggest.hpp"
#include "harness/conductor/kernel_settings.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `chosen`, with `all` in place of "all". Throws for a name that is not known.
std::vector<std::string> select_names(const std::string& kind,
                                      const std::vector<std::string>& chosen,
                                      const std::vector<std::string>& known,
                                      const std::vector<std::string>& all) {
  std::vector<std::string> selected;
  if (contains(chosen, "all")) {
    selected = all;
  }
  for (const std::string& name : chosen) {
    if (name != "all" && !contains(known, name)) {
      throw UsageError(fmt::format("unknown {} '{}'", kind, name), "",
                       suggestion(name, known, "Known " + kind + "s"));
    }
    if (name != "all" && !contains(selected, name)) {
      selected.push_back(name);
    }
  }
  return selected;
}

std::vector<std::string> scheduler_names(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const SchedulerEntry& entry : catalogue.schedulers) {
    names.push_back(entry.name);
  }
  return names;
}

// What --scheduler=all means: an instrument is run when it is named.
std::vector<std::string> names_of_all(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const SchedulerEntry& entry : catalogue.schedulers) {
    if (!entry.is_instrument) {
      names.push_back(entry.name);
    }
  }
  return names;
}

// "fib: n 0..50 (small 25, medium 30)".
std::string describe_sizes(const WorkloadEntry& workload) {
  std::vector<std::string> named;
  for (const SizeEntry& size : workload.sizes) {
    named.push_back(fmt::format("{} {}", size.name, size.n));
  }
  return fmt::format("{}: {} {}..{} ({})", workload.name, workload.parameter, workload.n_min,
                     workload.n_max, fmt::join(named, ", "));
}

bool accepts(const WorkloadEntry& workload,
             const std::string& size,
             std::optional<std::int64_t> n) {
  if (n) {
    return *n >= workload.n_min && *n <= workload.n_max;
  }
  return size == "all" || std::any_of(workload.sizes.begin(), workload.sizes.end(),
                                      [&](const SizeEntry& entry) { return entry.name == size; });
}

// A whole number, or nothing when `text` is a name. Throws when it is a number too large to hold.
std::optional<std::int64_t> number_of(const std::string& text) {
  const bool looks_like_number = text.find_first_not_of("0123456789+-.") == std::string::npos;
  if (!looks_like_number) {
    return std::nullopt;
  }
  return parse_integer("--size", text, 0, INT64_MAX);
}

void check_size(const std::string& size,
                const std::vector<std::string>& workloads,
                const Catalogue& catalogue) {
  const std::optional<std::int64_t> n = number_of(size);
  std::vector<std::string> names{"all"};
  std::vector<std::string> ranges;
  for (const std::string& name : workloads) {
    const WorkloadEntry& workload = *catalogue.workload(name);
    if (accepts(workload, size, n)) {
      return;
    }
    ranges.push_back(describe_sizes(workload));
    for (const SizeEntry& entry : workload.sizes) {
      if (std::find(names.begin(), names.end(), entry.name) == names.end()) {
        names.push_back(entry.name);
      }
    }
  }
  throw UsageError(fmt::format("no selected workload accepts --size={}", size),
                   n ? "" : suggestion(size, names, "Named sizes"),
                   fmt::format("Sizes: {}", fmt::join(ranges, "; ")));
}

// Refuses a value outside of what the option declares, where the declaration can be read: "1..100"
// or "on|off". Anything else is the cell's to judge.
void check_value(const std::string& flag, const OptionEntry& option, const std::string& value) {
  static const std::regex kRange("(-?[0-9]{1,18})\\.\\.(-?[0-9]{1,18})");
  static const std::regex kChoices("[a-z0-9_]+(\\|[a-z0-9_]+)+");
  std::smatch ends;
  if (std::regex_match(option.values, ends, kRange)) {
    parse_integer(flag, value, std::stoll(ends[1]), std::stoll(ends[2]));
  } else if (std::regex_match(option.values, kChoices)) {
    std::vector<std::pair<std::string, bool>> choices;
    std::istringstream words(option.values);
    for (std::string word; std::getline(words, word, '|');) {
      choices.emplace_back(word, true);
    }
    parse_choice(flag, value, choices);
  }
}

void check_setting(const OptionSetting& setting,
                   const RunRequest& request,
                   const Catalogue& catalogue) {
  const std::string text =
      fmt::format("--set {}.{}={}", setting.scheduler, setting.option, setting.value);
  const SchedulerEntry* scheduler = catalogue.scheduler(setting.scheduler);
  if (scheduler == nullptr) {
    throw UsageError(fmt::format("{}: unknown scheduler '{}'", text, setting.scheduler), "",
                     suggestion(setting.scheduler, scheduler_names(catalogue), "Known schedulers"));
  }
  if (!scheduler->absent_reason.empty()) {
    throw UsageError(fmt::format("{}: the scheduler is absent", text), scheduler->absent_reason,
                     "");
  }
  const bool is_selected = std::find(request.schedulers.begin(), request.schedulers.end(),
                                     setting.scheduler) != request.schedulers.end();
  if (!is_selected) {
    throw UsageError(fmt::format("{}: '{}' is not selected", text, setting.scheduler),
                     "The setting would have no effect",
                     fmt::format("Add {} to --scheduler", setting.scheduler));
  }
  std::vector<std::string> options;
  for (const OptionEntry& option : scheduler->options) {
    options.push_back(option.name);
    if (option.name == setting.option) {
      check_value(fmt::format("--set {}.{}", setting.scheduler, setting.option), option,
                  setting.value);
    }
  }
  if (std::find(options.begin(), options.end(), setting.option) == options.end()) {
    throw UsageError(
        fmt::format("{}: {} has no option '{}'", text, setting.scheduler, setting.option), "",
        suggestion(setting.option, options, "Options of " + setting.scheduler));
  }
}

Allocator find_or_refuse(const std::string& name) {
  const std::vector<std::string> known = allocator_names();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw UsageError(fmt::format("unknown allocator '{}'", name), "",
                     suggestion(name, known, "Known allocators"));
  }
  auto found = find_allocator(name, library_folders());
  if (!found) {
    throw UsageError(fmt::format("--allocator={}: its library was not found", name),
                     "It is not installed, or not in a usual folder",
                     fmt::format("apt-get install {}, or name its folder in ANTINODE_LIBRARIES",
                                 allocator_package(name)));
  }
  return *std::move(found);
}

std::string timestamp_name() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  return fmt::format("run-{:04}{:02}{:02}-{:02}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

[[noreturn]] void refuse_directory(const fs::path& directory, const std::string& cause) {
  throw UsageError(fmt::format("cannot write the run directory {}", directory.string()), cause,
                   "Name another one with --out=DIR");
}

// A file can be made in `directory`: the only test that also holds for root, quotas and read-only
// file systems.
void check_writable(const fs::path& directory) {
  const std::string probe = (directory / ".probe").string();
  const int descriptor = ::open(probe.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    refuse_directory(directory, std::strerror(errno));
  }
  ::close(descriptor);
  ::unlink(probe.c_str());
}

// The first name of results/run-<time>, -2, -3 ... that this process could make.
fs::path make_default_directory() {
  constexpr int kSuffixMax = 1000;
  const fs::path base = fs::path("results") / timestamp_name();
  std::error_code error;
  fs::create_directories(base.parent_path(), error);
  if (error) {
    refuse_directory(fs::current_path() / base.parent_path(), error.message());
  }
  for (int suffix = 1; suffix <= kSuffixMax; ++suffix) {
    const fs::path candidate =
        suffix == 1 ? base : fs::path(fmt::format("{}-{}", base.string(), suffix));
    if (fs::create_directory(candidate, error)) {
      return candidate;
    }
    if (error) {
      refuse_directory(fs::current_path() / candidate, error.message());
    }
  }
  refuse_directory(base, "Every name of this second is taken");
}

}  // namespace

RunRequest make_request(const Options& options, const Catalogue& catalogue) {
  RunRequest request;
  const std::vector<std::string> workload_names = catalogue.workload_names();
  if (workload_names.empty()) {
    std::string absent;
    for (const SchedulerEntry& entry : catalogue.schedulers) {
      absent +=
          fmt::format("{}{}: {}", absent.empty() ? "" : "; ", entry.name, entry.absent_reason);
    }
    throw Error(
        "there is nothing to run", absent.empty() ? "No cell was found" : absent,
        "Cells are executables called cell-*, beside the harness or in --cells=DIR: build them, "
        "or name their folder");
  }
  request.schedulers = select_names("scheduler", options.schedulers, scheduler_names(catalogue),
                                    names_of_all(catalogue));
  request.workloads = select_names("workload", options.workloads, workload_names, workload_names);
  for (const std::string& size : options.sizes) {
    check_size(size, request.workloads, catalogue);
  }
  request.sizes = options.sizes;
  request.workers = options.workers;
  for (const OptionSetting& setting : options.settings) {
    check_setting(setting, request, catalogue);
    request.options[setting.scheduler][setting.option] = setting.value;
  }
  request.allocators.clear();
  for (const std::string& name : options.allocators) {
    request.allocators.push_back(find_or_refuse(name));
  }
  request.filter = options.filter;
  request.samples = options.samples;
  request.turns = options.turns;
  request.budget_ns = options.budget_ns;
  if (options.rel_ci) {
    request.rel_ci = options.rel_ci;
    request.stop_rule = [rel_ci = *options.rel_ci](const auto& cells, double alpha) {
      return is_precise(cells, alpha, rel_ci);
    };
  }
  request.min_time_ns = options.min_time_ns;
  const int hz = static_cast<int>(read_kernel_settings().hz.value_or(0));
  request.tick_ns = hz > 0 ? 1'000'000'000 / hz : 0;
  request.timeout_ns = options.timeout_ns;
  request.seed = options.seed;
  request.pin = options.pin;
  request.baseline = options.baseline;
  request.memory = options.memory;
  request.freeze = options.freeze;
  request.command = options.command_line;
  return request;
}

void check_trace_file(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    throw UsageError(fmt::format("--trace={} cannot be written", file.string()),
                     std::strerror(errno),
                     "Name another file, or none: then it is in the run directory");
  }
  ::close(descriptor);
}

fs::path make_run_directory(const std::optional<fs::path>& out) {
  if (!out) {
    const fs::path directory = make_default_directory();
    check_writable(directory);
    return directory;
  }
  std::error_code error;
  fs::create_directories(*out, error);
  if (error) {
    refuse_directory(*out, error.message());
  }
  const bool holds_run = fs::exists(*out / "manifest.json") || fs::exists(*out / "samples.jsonl");
  if (holds_run) {
    throw UsageError(fmt::format("{} already holds a run", out->string()),
                     "Runs are never mixed or overwritten",
                     "Name another directory with --out=DIR, or remove this one");
  }
  if (!fs::is_empty(*out, error) || error) {
    refuse_directory(*out, error ? error.message() : "It is not empty");
  }
  check_writable(*out);
  return *out;
}

}  // namespace an::harness
