// WorkerQueues: what the stealing strategies do with branches and spawned tasks, unless a strategy
// says otherwise. Two queues per worker: `forks` holds branches somebody will join, `tasks`, the run
// queue, holds spawned tasks. A blocked join takes only from forks, so it never buries an unrelated
// task in its stack.
//
// The owner works at the young end of both. Of forks a thief takes the oldest, of tasks the older
// half or less, as loot_policy.hpp has it, so that the price of a steal is shared by many.
#pragma once

#include <algorithm>
#include <span>

#include "core/base/clock.hpp"
#include "core/task/job.hpp"
#include "core/task/phase.hpp"
#include "core/task/scheduler.hpp"
#include "schedulers/stealing/worker_state.hpp"

namespace an::schedulers::stealing {

// Tasks that are made, published or taken from outside at a time.
inline constexpr std::size_t kBatchMax = 64;
// Of a loot, fetched ahead: more would not be kept.
inline constexpr std::size_t kPrefetched = 32;

// State: of one worker; derives from WorkerState.
template <class State>
struct WorkerQueues {
  // What all workers share: nothing.
  struct Shared {
    explicit Shared(const SchedulerConfig& /*config*/) {}
  };

  // Publishes a branch that this worker will join.
  [[gnu::always_inline]] static void fork(State& self, Job& branch) noexcept {
    self.forks.push(&branch);
    self.crew->published_fork(self);
  }

  // Runs what the search for work has found.
  static void execute(State& self, Job& job) { job.execute(&self); }

  // Runs a root on the calling thread, outside any branch.
  template <class Worker, class Root>
  static BranchResult<Worker, Root> run_root(State& self, Root& root) {
    return run_branch(root, Worker::enter(self.strand()));
  }

  // Returns when the group counted by `pending` is quiescent; work is done meanwhile.
  template <class Worker>
  static void wait(Worker worker, Quiescence& pending) {
    State& self = worker.state();
    self.crew->work_until(self, pending);
  }
  // A task of that group, on `self`, was seen to be the last while somebody slept: wakes who waits.
  static void wake_waiters(State& self, const Quiescence& pending) noexcept {
    for (WorkerId id = 0; id < self.crew->workers(); ++id) {
      // (W1) relaxed; pairs with (C3) in schedulers/stealing/crew.hpp: ordered by the caller's
      // barrier.
      if (self.crew->state(id).awaits.load(kRelaxed) == &pending) {
        self.crew->parking().notify(id);
      }
    }
  }

  // A branch of the victim's, or null; and whether there may be one for `thief`.
  static Job* steal_fork(State& /*thief*/, State& victim) { return take(victim.forks); }
  static bool has_fork(const State& /*thief*/, const State& victim) {
    return !victim.forks.is_empty();
  }
  // The same for a blocked join whose branch the victim has: only what descends from that branch.
  static Job* leapfrog(State& /*thief*/, State& victim) { return take(victim.forks); }

  // Where in its list of `count` victims a thief begins; it goes on from there, around.
  static std::uint32_t first_victim(State& self, std::uint32_t count) {
    return self.rng.below(count);
  }

  // Whose the branch or task was that `thief` found with the worker it looked at.
  static WorkerId robbed(const State& /*thief*/, WorkerId looked_at) { return looked_at; }

  static void push_task(State& self, Job& task) {
    self.tasks.push(&task);
    self.crew->published_task(self);
  }
  static void push_task(State& self, Job& task, Phase /*phase*/) { push_task(self, task); }
  static void push_task(State& self, Job& task, Hint /*hint*/) { push_task(self, task); }
  // One publication, at most one wake-up.
  static void push_tasks(State& self, std::span<Job* const> tasks) {
    self.tasks.push_all(tasks);
    self.crew->published_task(self);
  }

  // The next spawned task of this worker's own, or null.
  static Job* next_task(State& self) { return self.tasks.pop(); }

  // A spawned task of the victim's, or null. More may come along, into the thief's own queue.
  static Job* steal_task(State& thief, State& victim) {
    const std::uint64_t now = ticks();
    if (thief.loot.is_resting(now)) {
      return nullptr;
    }
    const std::int64_t queued = victim.tasks.size();
    return queued == 0 ? nullptr : loot(thief, victim, thief.loot.amount(queued, now));
  }

  // Whether steal_task could succeed.
  static bool has_task(const State& state) { return !state.tasks.is_empty(); }

  // The calling thread has become this worker. It may have been another thread before.
  static void on_enter(State& /*self*/) {}

  // How long a worker that finds nothing looks on before it sleeps.
  static std::uint64_t spin_us(const SchedulerConfig& /*config*/) { return kSpinUs; }

  // The worker has found nothing: it may ask others to share.
  static void on_idle(State& /*self*/) {}
  // Still nothing, at `now` (ticks); again and again until the worker sleeps or has found something.
  static void while_idle(State& /*self*/, std::uint64_t /*now*/) {}
  // It goes to sleep; it looks again.
  static void before_sleep(State& /*self*/) {}
  static void after_sleep(State& /*self*/) {}

  // The worker has asked others, perhaps, and is about not to look for a while, or is idle no longer,
  // having found `found` or null. Returns what to go on with.
  static Job* before_nap(State& /*self*/) { return nullptr; }
  static Job* before_work(State& /*self*/, Job* found) { return found; }

  // The worker goes back to what waited, perhaps for long: nothing may stay where only it looks.
  static void on_leave(State& /*self*/) {}

 protected:
  // Takes up to `most` tasks of the victim's run queue; returns the oldest.
  static Job* loot(State& thief, State& victim, std::int64_t most) {
    const std::span<Job*> room(thief.loot_room.get(), static_cast<std::size_t>(most));
    const std::size_t count = most == 0 ? 0 : victim.tasks.steal_half(room);
    if (count == 0) {
      return nullptr;
    }
    thief.loot.took(static_cast<std::int64_t>(count), ticks());
    for (Job* task : room.first(std::min(count, kPrefetched))) {
      __builtin_prefetch(task);  // the victim wrote them; they are fetched side by side
    }
    if (count > 1) {
      push_tasks(thief, room.subspan(1, count - 1));
    }
    return room[0];
  }
};

}  // namespace an::schedulers::stealing
