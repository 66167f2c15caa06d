// stress: see README.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/base/clock.hpp"
#include "tests/fuzz/last_words.hpp"
#include "tests/fuzz/watchdog.hpp"
#include "tests/stress/perturb.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

struct Options {
  std::int64_t seconds = 60;
  std::uint64_t seed = 1;
  std::vector<std::string> names;
  std::int64_t hang_seconds = 60;
  bool is_replay = false;
};

// Returns an exit code when there is nothing to run, else -1.
int parse(int argc, char** argv, Options& options) {
  CLI::App app(
      "Runs lock-free structures and whole schedulers with seeded delays around every atomic\n"
      "operation, in short rounds, and demands what must hold.");
  std::vector<std::string> known;
  for (const Structure& structure : structures()) {
    known.emplace_back(structure.name);
  }
  app.add_option("--seconds", options.seconds, "for how long, all structures together")
      ->check(CLI::Range(1, 86'400));
  app.add_option("--seed", options.seed, "of the first round; the next has the next number");
  app.add_option("--structure", options.names, "default: all")
      ->delimiter(',')
      ->check(CLI::IsMember(known));
  auto* replay = app.add_option("--round", options.seed, "this round again and again");
  app.add_option("--hang-seconds", options.hang_seconds, "a round of so long is a hang")
      ->check(CLI::Range(1, 86'400));
  app.footer("Exit codes: 0 ok; 1 a violation or a hang; 2 wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.is_replay = replay->count() > 0;
  return -1;
}

struct Running {
  Atomic<std::size_t> structure = 0;
  Atomic<std::uint64_t> seed = 0;
};

// The round that ended in `what`, and the command that replays it.
std::string describe(const Running& running, const std::string& what) {
  const std::string_view name = structures()[running.structure.load(kStat)].name;
  const std::uint64_t seed = running.seed.load(kStat);
  return fmt::format(
      "stress: {} in {}, seed {}\nreplay: ./dev stress --structure={} --round={} --seconds=60\n",
      what, name, seed, name, seed);
}

int run(const Options& options) {
  const auto& all = structures();
  std::vector<std::uint64_t> rounds(all.size());
  Running running;
  const fuzz::LastWords last_words([&] { return describe(running, "CRASH"); });
  fuzz::Watchdog watchdog(options.hang_seconds * 1'000'000'000, [&] {
    fmt::print(stderr, "{}", describe(running, "HANG"));
    std::fflush(nullptr);
    std::_Exit(1);
  });
  fmt::print("stress: seed {}\n", options.seed);
  std::fflush(stdout);
  const Deadline end = Deadline::after(options.seconds * 1'000'000'000);
  for (std::uint64_t seed = options.seed; !end.has_passed(); seed += options.is_replay ? 0 : 1) {
    for (std::size_t i = 0; i < all.size() && !end.has_passed(); ++i) {
      if (!options.names.empty() &&
          std::ranges::find(options.names, all[i].name) == options.names.end()) {
        continue;
      }
      running.structure.store(i, kStat);
      running.seed.store(seed, kStat);
      Round round(all[i].name, seed);
      begin_delays(seed);
      all[i].run(round);
      end_delays();
      watchdog.alive();
      ++rounds[i];
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (rounds[i] > 0) {
      fmt::print("{:<20} {} rounds\n", all[i].name, rounds[i]);
    }
  }
  fmt::print("ok: no violation, no hang\n");
  return 0;
}

}  // namespace
}  // namespace an::stress

int main(int argc, char** argv) {
  an::stress::Options options;
  const int exit_code = an::stress::parse(argc, argv, options);
  return exit_code >= 0 ? exit_code : an::stress::run(options);
}
