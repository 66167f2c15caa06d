// All flags belong to the program, not to a command, so that `harness --size=small` and `harness
// run --size=small` are the same. CLI11 finds the flags and leaves their values as text;
// option_texts.cpp reads them, so that each mistake gets a message of its own.
#include "harness/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/base/suggest.hpp"
#include "harness/calibrate_flags.hpp"
#include "harness/flag_values.hpp"
#include "harness/help_text.hpp"
#include "harness/option_texts.hpp"

namespace an::harness {
namespace {

const std::vector<std::string> kCommands{
    "run",    "list", "describe", "env",       "conform", "compare", "gate",    "count",
    "export", "plan", "merge",    "calibrate", "misfire", "metg",    "profile", "micro"};

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

void add_selection_flags(CLI::App& app, OptionTexts& texts) {
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

void add_measuring_flags(CLI::App& app, OptionTexts& texts) {
  add_single(app, "--samples", texts.samples,
             "turns per cell, or processes per benchmark of micro (default: 18; with --rel-ci, at "
             "most: 48 units)",
             "N");
  add_single(
      app, "--turns", texts.turns,
      "turns per unit of fresh processes; intervals are over units (default: 3; gate, compare, "
      "calibrate, misfire: 6)",
      "K");
  add_single(app, "--min-time", texts.min_time,
             "length of a turn that is aimed at, in ns, us, ms or s (default: 34ms; gate, compare, "
             "calibrate, misfire: 20ms)",
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

void add_output_flags(CLI::App& app, OptionTexts& texts) {
  add_single(app, "--out", texts.out, "run directory (default: results/run-DATE-TIME)", "DIR");
  add_single(app, "--format", texts.format, "what stdout gets (default: table)",
             "table|json|csv|markdown; export: also gbench|benchfmt|latex");
  add_single(app, "--color", texts.colour, "colour codes in the table (default: auto)",
             "auto|always|never");
  add_repeatable(app, "--cells", texts.cells,
                 "search cells here before the folder of the harness; may be repeated", "DIR");
  app.add_option_function<std::string>(
         "--trace", [&texts](const std::string& file) { texts.trace = file; },
         "run: what the workers do in one more, untimed turn of each cell, for chrome://tracing "
         "(default: trace.json in the run directory)")
      ->expected(0, 1)
      ->type_name("[FILE]");
  add_single(app, "--arm", texts.arm, "export: one arm of a comparison", "R|C|R'");
  add_single(app, "--shards", texts.shards, "plan: into how many shards", "N");
  add_single(app, "--plan", texts.plan, "run: one shard of the plan in this directory", "DIR");
  add_single(app, "--shard", texts.shard, "run: which one, from 1", "I/N");
  app.add_flag("--resume", texts.resume,
               "go on with the run in --out, which was killed or interrupted");
  app.add_flag("--dry-run", texts.dry_run, "print the planned cells and stop");
  add_single(app, "--gates", texts.calibrate.gates,
             "calibrate, misfire: gates of equal arms that run, per cell (default: 100)", "N");
  add_single(app, "--units", texts.calibrate.units,
             "units to draw gates from: calibrate (default: 60), misfire --quick (default: 100)",
             "N");
  app.add_flag("--quick", texts.calibrate.quick,
               "calibrate, misfire: draw the gates from a few measured units, run none");
  add_single(app, "--target", texts.target,
             "metg: the efficiency that a task must be long enough for (default: 50%)", "50%");
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
             "rounds under pressure for the CPU, unless in a run (default: drop)", "drop|keep");
}

void add_commands(CLI::App& app, OptionTexts& texts) {
  app.add_subcommand("run", "measure (the default)");
  app.add_subcommand("list", "schedulers and workloads, and why some are absent");
  app.add_subcommand("describe", "everything known about a scheduler or a workload")
      ->add_option("NAME", texts.subject, "a scheduler or a workload");
  app.add_subcommand("env", "the machine as a run would record it");
  app.add_subcommand(
         "compare",
         "two builds of the same cells, --ref and --cand: which is faster? Or two stored runs")
      ->add_option("RUN_DIR", texts.directories, "reference and candidate, instead of builds");
  // It takes none; without the option a folder is an unknown word.
  app.add_subcommand("gate", "compare, confirm what is slower, exit 1 and write verdict.json")
      ->add_option("RUN_DIR", texts.directories)
      ->group("");
  app.add_subcommand("calibrate", "what the verdict of a gate is worth on this machine");
  app.add_subcommand("misfire", "how often other rules call a binary different from itself here");
  app.add_subcommand("metg", "the shortest task at which a scheduler is still efficient")
      ->add_option("RUN_DIR", texts.directories, "a stored run of it, instead of measuring");
  app.add_subcommand("conform", "test any executable against harness/PROTOCOL.md")
      ->add_option("PATH", texts.subject, "the executable");
  app.add_subcommand("count",
                     "instructions per operation, counters and sizes: no quiet machine needed");
  app.add_subcommand("profile",
                     "work, span and burdened span of a workload, and where a scheduler loses");
  app.add_subcommand("export", "stored runs as a table or in the format of another tool")
      ->add_option("RUN_DIR", texts.directories, "run directories");
  app.add_subcommand("plan", "cut a run into shards: --shards=N --out=DIR and the flags of run");
  app.add_subcommand("merge", "shards of one plan into one run directory: --out=DIR")
      ->add_option("RUN_DIR", texts.directories, "directories of shards");
  app.add_subcommand("micro",
                     "what is smaller than a cell: deques, pools, spawns, wake-ups, clocks")
      ->add_option("NAME", texts.benchmarks, "programs (deque) or benchmarks (deque/line)");
  for (CLI::App* command : app.get_subcommands({})) {
    command->fallthrough();
    command->set_help_flag();
  }
  app.require_subcommand(0, 1);
}

// The flags among `known` that were given, one word each.
std::vector<std::string> given_flags(const std::vector<CLI::Option*>& known) {
  std::vector<std::string> words;
  for (const CLI::Option* option : known) {
    for (const std::string& value : option->results()) {
      words.push_back(fmt::format("--{}={}", option->get_lnames().front(), value));
    }
  }
  return words;
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
    // With forty flags the list is no help; --help groups and explains them.
    const auto meant = nearest(word, long_flags(app));
    throw UsageError(
        fmt::format("unknown flag '{}'", word),
        meant ? "Did you mean '" + *meant + "'? No other flag is as near" : "No flag looks like it",
        "See --help");
  }
  if (!app.get_subcommands().empty()) {
    throw UsageError(
        fmt::format("unexpected '{}' after {}", word, app.get_subcommands().front()->get_name()),
        "describe and conform take one word, compare, export, merge and metg take directories, "
        "micro "
        "takes names, the others nothing",
        "See --help");
  }
  const bool is_list = word.find(',') != std::string::npos;
  throw UsageError(fmt::format("unknown command '{}'", word),
                   is_list ? "Lists are separated by commas without spaces"
                           : suggestion(word, kCommands, "Commands"),
                   "See --help");
}

void read_command(const CLI::App& app, const OptionTexts& texts, Options& options) {
  for (const CLI::App* command : app.get_subcommands()) {
    const auto place = std::find(kCommands.begin(), kCommands.end(), command->get_name());
    options.command = static_cast<Command>(place - kCommands.begin());
  }
  options.subject = texts.subject;
  if (options.command == Command::kDescribe && options.subject.empty()) {
    throw UsageError("describe needs a name", "", "Type 'harness list' to see the names");
  }
  options.directories.assign(texts.directories.begin(), texts.directories.end());
  if (options.check && options.command != Command::kEnvironment) {
    throw UsageError("--check is for env", "", "Type 'harness env --check'");
  }
  const bool compares = options.command == Command::kCompare || options.command == Command::kGate;
  const bool counts = options.command == Command::kCount;
  const bool calibrates =
      options.command == Command::kCalibrate || options.command == Command::kMisfire;
  if (options.strict && !options.check && !compares && !counts) {
    throw UsageError("--strict is for env --check, compare, gate and count",
                     "Nothing else can be strict", "Leave it out");
  }
  if (compares) {
    read_comparison(texts, options);
  } else if (counts) {
    read_count(texts, options);
  } else if (calibrates) {
    read_calibration(texts, options);
  } else if (options.command == Command::kMetg) {
    read_metg(texts, options);
  } else if (options.command == Command::kProfile) {
    read_profile(texts, options);
  } else if (options.command == Command::kMicro) {
    read_micro(texts, options);
  } else {
    refuse_compare_flags(texts.compare);
  }
  if (!calibrates) {
    refuse_calibrate_flags(texts.calibrate);
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
  OptionTexts texts;
  add_selection_flags(app, texts);
  add_measuring_flags(app, texts);
  const std::vector<CLI::Option*> of_run = app.get_options({});
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
  options.flags = given_flags(of_run);
  read_texts(texts, options);
  read_command(app, texts, options);
  check_belonging(texts, options);
  return options;
}

}  // namespace an::harness
