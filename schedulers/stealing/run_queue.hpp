// The run queue: what the stealing strategies do with spawned tasks, unless a strategy says
// otherwise. The owner works at the young end; a thief takes the older half, at most kLootMax, so
// that the price of a steal is shared by many tasks.
//
// Two queues per worker: `forks` holds branches somebody will join, `tasks` holds spawned tasks. A
// blocked join takes only from forks, so it never buries an unrelated task in its stack.
#pragma once

#include <array>
#include <span>

#include "core/task/job.hpp"
#include "core/task/phase.hpp"

namespace an::schedulers::stealing {

inline constexpr std::size_t kLootMax = 64;

// State: of one worker; has `tasks` (TheDeque<Job>::Owner) and `crew`.
template <class State>
struct RunQueue {
  static void push_task(State& self, Job& task) {
    self.tasks.push(&task);
    self.crew->published_task();
  }
  static void push_task(State& self, Job& task, Phase /*phase*/) { push_task(self, task); }
  static void push_task(State& self, Job& task, Hint /*hint*/) { push_task(self, task); }
  // One publication, at most one wake-up.
  static void push_tasks(State& self, std::span<Job* const> tasks) {
    self.tasks.push_all(tasks);
    self.crew->published_task();
  }

  // The next spawned task of this worker's own, or null.
  static Job* next_task(State& self) { return self.tasks.pop(); }

  // A spawned task of the victim's, or null. More may come along, into the thief's own queue.
  static Job* steal_task(State& thief, State& victim) {
    std::array<Job*, kLootMax> loot;
    const std::size_t count = victim.tasks.steal_half(loot);
    if (count > 1) {
      push_tasks(thief, std::span(loot).subspan(1, count - 1));
    }
    return count > 0 ? loot[0] : nullptr;
  }

  // Whether steal_task could succeed.
  static bool has_task(const State& state) { return !state.tasks.is_empty(); }

  // The worker has found nothing: it may ask others to share.
  static void on_idle(State& /*self*/) {}
};

}  // namespace an::schedulers::stealing
