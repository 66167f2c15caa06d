// WorkerState: what every stealing strategy keeps per worker. A strategy's own state derives from it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"
#include "core/base/rng.hpp"
#include "core/base/tally.hpp"
#include "core/deque/chase_lev.hpp"
#include "core/deque/the_deque.hpp"
#include "core/sync/quiescence.hpp"
#include "core/task/scheduler.hpp"
#include "core/task/trace.hpp"
#include "schedulers/stealing/idle_time.hpp"
#include "schedulers/stealing/loot_policy.hpp"

namespace an::schedulers::stealing {

// How long a worker looks for work before it sleeps: about the price of a futex wake-up with its
// scheduling delay, so that spinning never costs more than twice the better choice.
inline constexpr std::uint64_t kSpinUs = 25;
inline constexpr std::uint32_t kHelpDepthMax = 64;
inline constexpr int kStealTriesMax = 4;
// A busy worker looks at the injector before every so many tasks of its own, so that tasks from
// outside wait for a bounded time.
inline constexpr std::uint32_t kInjectorPeriod = 61;

// Steals from `deque`, trying again when another thief was faster.
template <class Thief>
inline Job* take(Thief& deque) noexcept {
  for (int tries = 0; tries < kStealTriesMax; ++tries) {
    const Steal<Job> attempt = deque.steal();
    if (attempt.result != StealResult::kLost) {
      return attempt.item;
    }
  }
  return nullptr;
}

template <class Strategy>
class Crew;

// Counted by the worker itself, read between runs.
struct WorkerCounts {
  Tally steals;
  Tally leapfrogs;
  Tally parks;
  Tally tasks;
  IdleTime idle;
};

// ForkDeque holds the branches that somebody will join.
template <class Strategy, BranchDeque ForkDeque = ChaseLev<Job>>
struct alignas(kNoSharing) WorkerState {
  WorkerState(Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
      : tasks(TheDeque<Job>::Owner::kCapacityDefault, config.workers - 1),
        loot(ticks_per_us()),
        loot_room(std::make_unique_for_overwrite<Job*[]>(LootPolicy::kLootMax)),
        crew(&owner),
        id(self),
        rng(Rng::stream(config.seed, self)) {
    if (config.trace_events > 0) {
      trace = std::make_unique<TraceRing>(config.trace_events);
    }
    if (!config.victims.empty()) {
      victims = config.victims[self];
    } else {
      for (WorkerId other = 1; other < config.workers; ++other) {
        victims.push_back((self + other) % config.workers);
      }
    }
  }

  // What Worker::enter makes a handle of, for this worker outside any branch.
  void* strand() noexcept { return this; }

  // Notes what it did, if it is traced. Never on the path of a fork.
  void note(TraceKind kind, std::int64_t arg = 0) noexcept {
    if (trace != nullptr) [[unlikely]] {
      trace->add(kind, arg);
    }
  }
  // The last look before it sleeps says whether there is a reason to stay awake; and it goes on.
  bool stays(bool stay) noexcept {
    if (!stay) {
      is_parked = true;
      counts.parks.add();
      note(TraceKind::kPark);
    }
    return stay;
  }
  void goes_on() noexcept {
    if (std::exchange(is_parked, false)) {
      note(TraceKind::kUnpark);
    }
  }

  typename ForkDeque::Owner forks;
  TheDeque<Job>::Owner tasks;  // the run queue
  LootPolicy loot;
  std::unique_ptr<Job*[]> loot_room;  // not touched before the first theft of many
  Crew<Strategy>* crew;
  WorkerId id;
  std::uint32_t tasks_until_injector = kInjectorPeriod;
  std::uint32_t helping = 0;             // nested helps of blocked joins on this stack
  Atomic<Quiescence*> awaits = nullptr;  // the group it sleeps for, or is about to
  Rng rng;
  std::vector<WorkerId> victims;
  WorkerCounts counts;
  bool is_parked = false;
  std::unique_ptr<TraceRing> trace;  // null unless it is traced
};

}  // namespace an::schedulers::stealing
