// fuzz: see README.md.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tests/fuzz/options.hpp"

namespace an::fuzz {
namespace {

// One line per campaign; at the end what was run, by kind.
int run(const Options& options) {
  std::array<std::uint64_t, kKinds> nodes{};
  std::uint64_t dags = 0;
  for (const LaneEntry& entry : lanes()) {
    if (!options.schedulers.empty() &&
        std::ranges::find(options.schedulers, entry.name) == options.schedulers.end()) {
      continue;
    }
    for (const std::uint32_t workers : options.workers) {
      if (workers > entry.workers_max) {
        continue;
      }
      const Report report = run_campaign(entry, workers, options.campaign, stdout);
      if (!report.same) {
        fmt::print(stderr, "fuzz: DIFFERENCE\n{}", report.failure);
        return 1;
      }
      fmt::print("{:<14} W={}: {} DAGs, {} nodes, {} steals, {} parks, {:.1f} s\n", entry.name,
                 workers, report.dags,
                 std::accumulate(report.nodes.begin(), report.nodes.end(), std::uint64_t{0}),
                 report.steals, report.parks, static_cast<double>(report.took_ns) * 1e-9);
      std::fflush(stdout);
      dags += report.dags;
      std::ranges::transform(nodes, report.nodes, nodes.begin(), std::plus<>{});
    }
  }
  if (dags == 0) {
    fmt::print(stderr, "fuzz: nothing to run: serial takes only --workers=1\n");
    return 2;
  }
  fmt::print("ok: {} runs from seed {}, no difference, no hang. Nodes:", dags,
             options.campaign.seed);
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    fmt::print(" {} {}", name_of(static_cast<Kind>(kind)), nodes[kind]);
  }
  fmt::print("\n");
  return 0;
}

}  // namespace
}  // namespace an::fuzz

int main(int argc, char** argv) {
  an::fuzz::Options options;
  const int exit_code = an::fuzz::parse(argc, argv, options);
  return exit_code >= 0 ? exit_code : an::fuzz::run(options);
}
