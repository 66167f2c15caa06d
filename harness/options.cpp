// All flags belong to the program, not to a command, so that `harness --size=small` and `harness
// run
// --size=small` are the same. Every value arrives here as text: CLI11 finds the flags, this file
// reads the values, so that each mistake gets a message of its own.
#include "harness/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "core/base/suggest.hpp"
#include "core/base/thread.hpp"
#include "harness/conductor/turns.hpp"
#include "harness/flag_values.hpp"
#include "harness/help_text.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {
namespace {

// The values of the flags as text; an empty vector is a flag that was not given.
struct Texts {
  std::vector<std::string> schedulers, workloads, sizes, workers, allocators, settings, cells;
  std::string filter, samples, turns, min_time, rel_ci, budget, timeout, seed, out, format, pin,
      colour;
  std::string baseline, memory, freeze, subject;
  CompareTexts compare;
  bool dry_run = false, check = false, strict = false;
};

const std::vector<std::string> kCommands{"run",     "list",    "describe", "env",
                                         "conform", "compare", "gate",     "count"};

void add_repeatable(CLI::App& app,
                    const std::string& flag,
                    std::vector<std::string>& target,
                    const std::string& help,
                    const std::string& type) {
  app.add_option(flag, target, help)->allow_extra_args(false)->type_name(type);
}

void add_single(CLI::App& app,
                const std::string& flag,
                std::string& target,
                const std::string& help,
                const std::string& type) {
  app.add_option(flag, target, help)->type_name(type)->check([](const std::string& text) {
    return std::string(text.empty() ? "the value is empty" : "");
  });
}

void add_selection_flags(CLI::App& app, Texts& texts) {
  add_repeatable(app, "--scheduler", texts.schedulers, "schedulers to run (default: all)",
                 "A,B|all");
  add_repeatable(app, "--workload", texts.workloads, "workloads to run (default: all)", "X,Y|all");
  add_repeatable(app, "--size", texts.sizes, "small, medium, large, all or numbers (default: all)",
                 "SIZES");
  add_repeatable(app, "--workers", texts.workers,
                 "running threads, the caller included, 1..1024 (default: 1 and all allowed CPUs)",
                 "N,M");
  add_repeatable(app, "--allocator", texts.allocators,
                 "preload an allocator into every cell; several make a row each (default: glibc)",
                 "glibc,mimalloc,tcmalloc");
  add_single(app, "--filter", texts.filter,
             "only cells whose name matches this regular expression; a leading '-' negates",
             "REGEX");
  add_repeatable(app, "--set", texts.settings, "an option of a scheduler; may be repeated",
                 "SCHEDULER.OPTION=VALUE");
}

void add_measuring_flags(CLI::App& app, Texts& texts) {
  add_single(app, "--samples", texts.samples,
             "turns per cell (default: 18; with --rel-ci, at most: 48 units)", "N");
  add_single(app, "--turns", texts.turns,
             "turns per unit of fresh processes; intervals are over units (default: 3)", "K");
  add_single(app, "--min-time", texts.min_time,
             "length of a turn that calibration aims at, in ns, us, ms or s (default: 34ms)",
             "TIME");
  add_single(app, "--rel-ci", texts.rel_ci,
             "stop once every interval of a workload and size is within this half-width", "2%");
  add_single(app, "--budget", texts.budget,
             "begin no unit of a workload and size after this time; units as above", "TIME");
  add_single(app, "--timeout", texts.timeout,
             "a cell that does not answer for so long is killed; units as above (default: 60s)",
             "TIME");
  add_single(app, "--seed", texts.seed, "seed of every random choice (default: 1)", "N");
  add_single(app, "--pin", texts.pin, "tie workers to CPUs (default: none)",
             "none|compact|scatter");
  add_single(app, "--baseline", texts.baseline,
             "scheduler to compute 'x serial' against (default: serial)", "serial|none");
  add_single(app, "--memory", texts.memory,
             "measure memory in a second, untimed process (default: on)", "on|off");
  add_single(app, "--freeze", texts.freeze, "stop the cells whose turn it is not (default: on)",
             "on|off");
}

void add_output_flags(CLI::App& app, Texts& texts) {
  add_single(app, "--out", texts.out, "run directory (default: results/run-DATE-TIME)", "DIR");
  add_single(app, "--format", texts.format, "what stdout gets (default: table)",
             "table|json|csv|markdown");
  add_single(app, "--color", texts.colour, "colour codes in the table (default: auto)",
             "auto|always|never");
  add_repeatable(app, "--cells", texts.cells,
                 "search cells here before the folder of the harness; may be repeated", "DIR");
  app.add_flag("--dry-run", texts.dry_run, "print the planned cells and stop");
  app.add_flag("--check", texts.check, "env: what stands against measuring here");
  app.add_flag("--strict", texts.strict,
               "exit 4 when an item fails (env --check), a cell is inconclusive, underpowered or "
               "n/a (compare, gate), or count cannot tell");
}

void add_compare_flags(CLI::App& app, CompareTexts& texts) {
  add_single(app, "--ref", texts.ref, "compare, gate, count: folder with the reference's cells",
             "DIR");
  add_single(app, "--cand", texts.cand,
             "folder with the candidate's cells (default: that of the harness)", "DIR");
  add_single(app, "--ref-rev", texts.ref_rev,
             "build the reference from this revision, in a git worktree", "REV");
  add_single(app, "--cand-rev", texts.cand_rev, "the same for the candidate", "REV");
  add_single(app, "--tolerance", texts.tolerance,
             "a slowdown up to this is no regression (default: 5%)", "5%");
  add_single(app, "--family-alpha", texts.family_alpha,
             "chance of a false alarm among all cells (default: .01)", "LEVEL");
  add_single(app, "--pressure", texts.pressure,
             "compare, gate: rounds under pressure for the CPU (default: drop)", "drop|keep");
}

void add_commands(CLI::App& app, Texts& texts) {
  app.add_subcommand("run", "measure (the default)");
  app.add_subcommand("list", "schedulers and workloads, and why some are absent");
  app.add_subcommand("describe", "everything known about a scheduler or a workload")
      ->add_option("NAME", texts.subject, "a scheduler or a workload");
  app.add_subcommand("env", "the machine as a run would record it");
  app.add_subcommand("compare", "two builds of the same cells, --ref and --cand: which is faster?");
  app.add_subcommand("gate", "compare, confirm what is slower, exit 1 and write verdict.json");
  app.add_subcommand("conform", "test any executable against harness/PROTOCOL.md")
      ->add_option("PATH", texts.subject, "the executable");
  app.add_subcommand("count",
                     "instructions per operation, counters and sizes: no quiet machine needed");
  for (CLI::App* command : app.get_subcommands({})) {
    command->fallthrough();
    command->set_help_flag();
  }
  app.require_subcommand(0, 1);
}

// CLI11 takes the next word for the value of "--flag="; an empty value is a mistake of its own.
void refuse_empty_values(const std::vector<std::string>& argv) {
  for (const std::string& word : argv) {
    const bool is_empty = word.size() > 3 && word.starts_with("--") && word.ends_with('=') &&
                          word.find('=') == word.size() - 1;
    if (is_empty) {
      const std::string flag = word.substr(0, word.size() - 1);
      throw UsageError(flag + " is empty", "Nothing follows the '='",
                       "Give a value, or leave the flag out for its default");
    }
  }
}

std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options({})) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  return flags;
}

// The first word that is neither flag nor command.
void refuse_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) {
    return;
  }
  const std::string word = extras.front().substr(0, extras.front().find('='));
  if (word.starts_with("-")) {
    throw UsageError(fmt::format("unknown flag '{}'", word),
                     suggestion(word, long_flags(app), "Flags"), "See --help");
  }
  if (!app.get_subcommands().empty()) {
    throw UsageError(
        fmt::format("unexpected '{}' after {}", word, app.get_subcommands().front()->get_name()),
        "describe and conform take one word, the other commands none", "See --help");
  }
  const bool is_list = word.find(',') != std::string::npos;
  throw UsageError(fmt::format("unknown command '{}'", word),
                   is_list ? "Lists are separated by commas without spaces"
                           : suggestion(word, kCommands, "Commands"),
                   "See --help");
}

std::vector<std::uint32_t> parse_workers(const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> workers;
  for (const std::string& part : parse_lists("--workers", texts)) {
    const std::int64_t count = parse_integer("--workers", part, 1, kWorkersMax);
    workers.push_back(static_cast<std::uint32_t>(count));
  }
  if (workers.empty()) {
    const std::size_t cpus = std::min<std::size_t>(allowed_cpus().size(), kWorkersMax);
    workers.push_back(1);
    if (cpus > 1) {
      workers.push_back(static_cast<std::uint32_t>(cpus));
    }
  }
  return workers;
}

void read_selection(const Texts& texts, Options& options) {
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

void read_measuring(const Texts& texts, Options& options) {
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

void read_output(const Texts& texts, Options& options) {
  if (!texts.out.empty()) {
    options.out = texts.out;
  }
  if (!texts.format.empty()) {
    options.format = parse_choice<Format>("--format", texts.format,
                                          {{"table", Format::kTable},
                                           {"json", Format::kJson},
                                           {"csv", Format::kCsv},
                                           {"markdown", Format::kMarkdown}});
  }
  if (!texts.colour.empty()) {
    options.colour = parse_choice<Colour>(
        "--color", texts.colour,
        {{"auto", Colour::kAuto}, {"always", Colour::kAlways}, {"never", Colour::kNever}});
  }
  for (const std::string& folder : texts.cells) {
    options.cells.push_back(existing_folder("--cells", folder));
  }
  options.dry_run = texts.dry_run;
  options.check = texts.check;
  options.strict = texts.strict;
}

// What differs when two builds are compared.
void read_comparison(const Texts& texts, Options& options) {
  constexpr int kTurns = 9;
  if (!texts.samples.empty() || !texts.rel_ci.empty() || !texts.budget.empty()) {
    throw UsageError("--samples, --rel-ci and --budget are for run",
                     "A comparison looks after 12, 24 and 48 units, and at no other time",
                     "Choose --turns, or fewer cells");
  }
  options.turns = texts.turns.empty() ? kTurns : options.turns;
  options.samples = kLookUnits.back() * options.turns;
  options.selects_cells = !texts.schedulers.empty() || !texts.workloads.empty() ||
                          !texts.sizes.empty() || !texts.workers.empty();
  options.compare = read_compare_flags(texts.compare);
}

void read_count(const Texts& texts, Options& options) {
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
  if (options.allocators != std::vector<std::string>{"glibc"}) {
    throw UsageError("count takes no --allocator", "Valgrind brings an allocator of its own",
                     "Leave it out");
  }
}

void read_command(const CLI::App& app, const Texts& texts, Options& options) {
  for (const CLI::App* command : app.get_subcommands()) {
    const auto place = std::find(kCommands.begin(), kCommands.end(), command->get_name());
    options.command = static_cast<Command>(place - kCommands.begin());
  }
  options.subject = texts.subject;
  if (options.command == Command::kDescribe && options.subject.empty()) {
    throw UsageError("describe needs a name", "", "Type 'harness list' to see the names");
  }
  if (options.check && options.command != Command::kEnvironment) {
    throw UsageError("--check is for env", "", "Type 'harness env --check'");
  }
  const bool compares = options.command == Command::kCompare || options.command == Command::kGate;
  const bool counts = options.command == Command::kCount;
  if (options.strict && !options.check && !compares && !counts) {
    throw UsageError("--strict is for env --check, compare, gate and count",
                     "Nothing else can be strict", "Leave it out");
  }
  if (compares) {
    read_comparison(texts, options);
  } else if (counts) {
    read_count(texts, options);
  } else {
    refuse_compare_flags(texts.compare);
  }
  if (options.command == Command::kConform && options.subject.empty()) {
    throw UsageError("conform needs a path", "", "Example: harness conform ./cell-serial");
  }
}

}  // namespace

Options parse_options(const std::vector<std::string>& argv) {
  Options options;
  options.command_line = argv;
  refuse_empty_values(argv);
  CLI::App app(kIntroduction, "harness");
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "print this and stop");
  app.allow_extras();
  Texts texts;
  add_selection_flags(app, texts);
  add_measuring_flags(app, texts);
  add_output_flags(app, texts);
  add_compare_flags(app, texts.compare);
  add_commands(app, texts);
  try {
    // CLI11 wants the words without the program, last first.
    std::vector<std::string> words(argv.rbegin(), argv.rend());
    words.pop_back();
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    // Not app.help(): that would print the help of the command, which has no flags of its own.
    options.help = app.get_formatter()->make_help(&app, "harness", CLI::AppFormatMode::Normal);
    return options;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what(), "", "See --help");
  }
  refuse_extras(app);
  read_selection(texts, options);
  read_measuring(texts, options);
  read_output(texts, options);
  read_command(app, texts, options);
  return options;
}

}  // namespace an::harness
