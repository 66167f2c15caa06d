// Whole schedulers, small roots: tasks that wait for each other hang if one sleeper is missed. Those
// have no phase: resonance keeps the last cohort of a worker, which others cannot reach while that
// worker is inside a task.
#include "core/base/backoff.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/resonance.hpp"
#include "tests/stress/round.hpp"

namespace an::stress {
namespace {

constexpr std::uint32_t kWorkers = 4;

template <class S>
class Game {
 public:
  using W = typename S::Worker;

  Game(Round& round, S& scheduler) : round_(round), scheduler_(scheduler) {}

  // All run only if all sleepers are reached: by tasks from outside, then by tasks of a run.
  void meet() {
    Atomic<std::uint32_t> met = 0;
    const auto wait = [&met] {
      while (met.load(kStat) < kWorkers - 1) {
        cpu_yield();
      }
    };
    const auto make = [&](std::int64_t) {
      return [&](W) {
        met.fetch_add(1, kStat);
        wait();
      };
    };
    scheduler_.inject_batch(kWorkers - 1, make);
    wait();
    scheduler_.wait_injected();
    met.store(0, kStat);
    scheduler_.run([&](W worker) {
      for (std::uint32_t i = 0; i < kWorkers - 1; ++i) {
        worker.spawn(make(i));
      }
      wait();
    });
    met.store(0, kStat);
    scheduler_.run([&](W worker) {
      worker.spawn_batch(kWorkers - 1, make);
      wait();
    });
  }

  // The same for branches. Not under heartbeat, where one that only waits never polls.
  void meet_in_joins() {
    Atomic<std::uint32_t> met = 0;
    const auto meet = [&met](W) {
      met.fetch_add(1, kStat);
      while (met.load(kStat) < 3) {
        cpu_yield();
      }
    };
    scheduler_.run([&](W worker) { worker.join(meet, [&](W w) { w.join(meet, meet); }); });
  }

  // Branches and groups, stolen and blocked on.
  void count() {
    Atomic<std::uint32_t> tasks = 0;
    const std::uint32_t leaves =
        scheduler_.run([&](W worker) { return count_leaves(worker, 6, tasks); });
    round_.demand(leaves == 64, "joins return both results");
    round_.demand(tasks.load(kStat) == 64, "every task of a group runs once");
  }

 private:
  static std::uint32_t count_leaves(W worker, std::uint32_t depth, Atomic<std::uint32_t>& tasks) {
    if (depth == 0) {
      return 1;
    }
    if (depth == 3) {
      TaskGroup<W> group(worker);
      for (std::uint32_t i = 0; i < 8; ++i) {
        group.spawn(
            worker, [&tasks](W) { tasks.fetch_add(1, kStat); }, Phase{i % 3, 64, 0});
      }
      const auto [left, right] = fork(worker, depth, tasks);
      group.wait(worker);
      return left + right;
    }
    const auto [left, right] = fork(worker, depth, tasks);
    return left + right;
  }
  static std::pair<std::uint32_t, std::uint32_t> fork(W worker,
                                                      std::uint32_t depth,
                                                      Atomic<std::uint32_t>& tasks) {
    return worker.join([&tasks, depth](W w) { return count_leaves(w, depth - 1, tasks); },
                       [&tasks, depth](W w) { return count_leaves(w, depth - 1, tasks); });
  }

  Round& round_;
  S& scheduler_;
};

template <class S>
void play(Round& round, const char* option = nullptr, const char* value = nullptr) {
  SchedulerConfig config;
  config.workers = kWorkers;
  config.seed = round.seed();
  if (option != nullptr) {
    config.options.emplace(option, value);
  }
  S scheduler(config);
  Game<S> game(round, scheduler);
  for (std::uint32_t again = 1 + round.rng.below(8); again > 0; --again) {
    game.meet();
    if constexpr (S::kName != "heartbeat") {
      game.meet_in_joins();
    }
    game.count();
  }
  if (round.rng.below(2) == 0) {
    scheduler.inject([](auto) {});  // for the destructor
  }
}

const Announce kChaseLev("scheduler_chase_lev",
                         [](Round& round) { play<schedulers::chase_lev::Scheduler>(round); });
const Announce kHeartbeat("scheduler_heartbeat", [](Round& round) {
  play<schedulers::heartbeat::Scheduler>(round, "beat_us", round.rng.below(2) == 0 ? "1" : "30");
});
const Announce kResonance("scheduler_resonance", [](Round& round) {
  play<schedulers::resonance::Scheduler>(round, "quantum", round.rng.below(2) == 0 ? "1" : "256");
});

}  // namespace
}  // namespace an::stress
