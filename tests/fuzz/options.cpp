#include "tests/fuzz/options.hpp"

#include <CLI/CLI.hpp>

#include "core/task/scheduler.hpp"
#include "tests/fuzz/lane.hpp"

namespace an::fuzz {

int parse(int argc, char** argv, Options& options) {
  CLI::App app(
      "Runs random DAGs of forks, tasks, groups, injections and exceptions under every native\n"
      "scheduler and compares results and counts with a sequential walk.");
  std::vector<std::string> names;
  for (const LaneEntry& entry : lanes()) {
    names.emplace_back(entry.name);
  }
  Campaign& campaign = options.campaign;
  std::uint64_t dag = 0;
  std::int64_t hang_s = 60;
  bool calm = false;
  options.workers = {1, 2, 4};
  app.add_option("--dags", campaign.dags, "so many DAGs for each scheduler and number of workers")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--seed", campaign.seed, "seed of the first; the next has the next number");
  app.add_option("--workers", options.workers, "numbers of workers (serial takes only 1)")
      ->delimiter(',')
      ->check(CLI::Range(1U, kWorkersMax));
  app.add_option("--scheduler", options.schedulers, "default: all")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  auto* replay = app.add_option("--dag", dag, "prints and runs the DAG of this seed");
  app.add_option("--repeat", campaign.repeat, "runs each DAG so often")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--nodes", campaign.shape.nodes_max, "largest DAG")->check(CLI::Range(1, 100'000));
  app.add_flag("--no-exceptions", calm, "no node throws");
  app.add_option("--hang-seconds", hang_s, "without progress for so long is a hang")
      ->check(CLI::Range(1, 86'400));
  app.footer("Exit codes: 0 ok; 1 a difference or a hang; 2 wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  campaign.shape.throws = !calm;
  campaign.hang_ns = hang_s * 1'000'000'000;
  if (replay->count() > 0) {
    campaign.prints_dags = true;
    campaign.seed = dag;
    campaign.dags = 1;
  }
  return -1;
}

}  // namespace an::fuzz
