#include "tests/fuzz/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <memory>

#include "core/base/atomic.hpp"
#include "tests/fuzz/expectation.hpp"
#include "tests/fuzz/last_words.hpp"
#include "tests/fuzz/settings.hpp"
#include "tests/fuzz/watchdog.hpp"

namespace an::fuzz {
namespace {

constexpr Nanos kProgressNs = 10'000'000'000;

// What was running, and the commands that run it again: alone, and after what came before it.
std::string describe(const LaneEntry& entry,
                     std::uint32_t workers,
                     const Campaign& campaign,
                     std::uint64_t seed) {
  const std::string common =
      fmt::format("./dev fuzz --scheduler={} --workers={}", entry.name, workers);
  const std::uint64_t first = std::max(campaign.seed, era_of(seed) * kEraDags);
  return fmt::format(
      "scheduler {}, W={}, DAG {}, options: {}\nreplay: {} --dag={} --repeat=1000\n"
      "or with what came before it: {} --seed={} --dags={}\n",
      entry.name, workers, seed, to_text(draw_config(entry.name, workers, era_of(seed))), common,
      seed, common, first, seed - first + 1);
}

std::string differences_of(Lane& lane, const Dag& dag, Report& report) {
  Seen seen(dag);
  try {
    lane.run(dag, seen);
  } catch (const std::exception& error) {
    return fmt::format("  an exception of nobody's: {}\n", error.what());
  }
  const Verdict verdict = judge(dag, seen);
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    report.nodes[kind] += verdict.nodes[kind];
  }
  std::string text;
  for (const std::string& difference : verdict.differences) {
    text += "  " + difference + "\n";
  }
  return text;
}

void retire(std::unique_ptr<Lane>& lane, Report& report) {
  if (lane != nullptr) {
    report.steals += lane->counter("steals");
    report.parks += lane->counter("parks");
    lane.reset();
  }
}

}  // namespace

Report run_campaign(const LaneEntry& entry,
                    std::uint32_t workers,
                    const Campaign& campaign,
                    std::FILE* log) {
  Report report;
  Shape shape = campaign.shape;
  shape.loose_throws = shape.loose_throws && entry.workers_max > 1;
  Atomic<std::uint64_t> running = campaign.seed;
  const auto describe_running = [&] {
    const std::uint64_t seed = running.load(kStat);
    return describe(entry, workers, campaign, seed) + to_text(make_dag(seed, shape));
  };
  const LastWords last_words([&] { return "fuzz: CRASH\n" + describe_running(); });
  Watchdog watchdog(campaign.hang_ns, [&] {
    fmt::print(stderr, "fuzz: HANG: nothing for {} s\n{}", campaign.hang_ns / 1'000'000'000,
               describe_running());
    std::fflush(nullptr);
    std::_Exit(1);
  });
  const Nanos began = now_ns();
  Nanos said = began;
  std::unique_ptr<Lane> lane;
  for (std::uint64_t seed = campaign.seed; seed < campaign.seed + campaign.dags; ++seed) {
    running.store(seed, kStat);
    if (lane == nullptr || era_of(seed) != era_of(seed - 1)) {
      retire(lane, report);
      lane = entry.start(draw_config(entry.name, workers, era_of(seed)));
    }
    const Dag dag = make_dag(seed, shape);
    if (campaign.prints_dags) {
      fmt::print(log, "{}", to_text(dag));
    }
    for (std::uint64_t again = 0; again < campaign.repeat; ++again) {
      const std::string differences = differences_of(*lane, dag, report);
      watchdog.alive();
      if (!differences.empty()) {
        report.same = false;
        report.failure = fmt::format("{}{}{}", describe(entry, workers, campaign, seed),
                                     differences, to_text(dag));
        return report;
      }
    }
    ++report.dags;
    if (log != nullptr && now_ns() - said > kProgressNs) {
      said = now_ns();
      fmt::print(log, "  {} W={}: {} of {} DAGs\n", entry.name, workers, report.dags,
                 campaign.dags);
      std::fflush(log);
    }
  }
  retire(lane, report);
  report.took_ns = now_ns() - began;
  return report;
}

}  // namespace an::fuzz
