// near_first: chase_lev with a map. A thief looks at its victims in the order of distance (same core,
// same L2, same L3, same node, ...), because a stolen task finds its data in the cache both share;
// and a task may say where it would like to run: Hint{worker} or Hint{node}. Such a task goes to the
// wished-for worker's inbox; others take from inboxes only when they find nothing else, so a wish
// delays nobody and is broken rather than leave a CPU idle.
//
// J.-N. Quintin and F. Wagner, "Hierarchical work-stealing", Euro-Par 2010 (near victims first);
// U. Acar, G. Blelloch, R. Blumofe, "The data locality of work stealing", SPAA 2000 (mailboxes);
// D. Hendler and N. Shavit, "Non-blocking steal-half work queues", PODC 2002 (steal=half).
//
// When it wins: machines with several caches or nodes, tasks that come back to the same data. When
// it loses: nowhere near is anything to steal for long, so far work is found late; on a machine where
// all is equally near it is chase_lev without chance.
#pragma once

#include <algorithm>
#include <array>

#include "core/sync/mpmc_queue.hpp"
#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::near_first {

struct Strategy;

inline constexpr OptionSpec kSteal{"steal", "half", "most spawned tasks to take at once",
                                   "half|one"};

struct State : stealing::WorkerState<Strategy> {
  static constexpr std::size_t kInboxCapacity = 1024;

  State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
      : WorkerState(owner, self, config),
        one_at_a_time(config.choice_option(kSteal) == "one"),
        inbox(kInboxCapacity) {}

  bool one_at_a_time;
  MpmcQueue<Job*> inbox;
  Tally wishes;          // tasks this worker sent to where they wished to run
  Tally wishes_granted;  // tasks this worker took from its own inbox
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::ChildStealing<Strategy, State> {
  using State = near_first::State;
  using Worker = near_first::Worker;
  using CrewOf = stealing::Crew<Strategy>;
  using WorkerQueues::push_task;

  // Which workers run on which node; node i of workers_of holds the workers there.
  struct Shared {
    explicit Shared(const SchedulerConfig& config) {
      for (WorkerId id = 0; id < config.nodes.size(); ++id) {
        const std::uint32_t node = config.nodes[id];
        workers_of.resize(std::max<std::size_t>(workers_of.size(), node + 1));
        workers_of[node].push_back(id);
      }
    }
    std::vector<std::vector<WorkerId>> workers_of;
  };

  static void push_task(State& self, Job& task, Hint hint) {
    const WorkerId wished = wish(self, hint);
    if (wished == self.id || !self.crew->state(wished).inbox.try_push(&task)) {
      push_task(self, task);
      return;
    }
    self.wishes.add();
    if (!self.crew->parking().notify(wished, Interest::kAnyWork)) {
      self.crew->published_task(self);  // it is busy: somebody else may be idle
    }
  }

  static Job* next_task(State& self) {
    Job* task = nullptr;
    if (self.inbox.try_pop(task)) {
      self.wishes_granted.add();
      return task;
    }
    return self.tasks.pop();
  }

  static Job* steal_task(State& thief, State& victim) {
    Job* task = nullptr;
    if (!thief.one_at_a_time) {
      task = WorkerQueues::steal_task(thief, victim);
    } else if (!victim.tasks.is_empty()) {
      task = loot(thief, victim, 1);
    }
    if (task != nullptr) {
      return task;
    }
    Job* wishful = nullptr;
    return victim.inbox.try_pop(wishful) ? wishful : nullptr;
  }

  static bool has_task(const State& state) {
    return WorkerQueues::has_task(state) || !state.inbox.is_empty();
  }

  // The nearest.
  static std::uint32_t first_victim(State& /*self*/, std::uint32_t /*count*/) { return 0; }

  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }

 private:
  // The worker a hint means: itself when it means nothing here.
  static WorkerId wish(State& self, Hint hint) {
    if (hint.worker < self.crew->workers()) {
      return hint.worker;
    }
    const auto& workers_of = self.crew->shared().workers_of;
    if (hint.node >= workers_of.size() || workers_of[hint.node].empty()) {
      return self.id;
    }
    const auto& there = workers_of[hint.node];
    return there[self.rng.below(static_cast<std::uint32_t>(there.size()))];
  }
};

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "near_first";
  static constexpr std::string_view kSummary =
      "work stealing from near to far; tasks may say where they want to run";
  static constexpr std::array<OptionSpec, 1> kOptions{kSteal};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    counters.push_back({"wishes", crew_.total(&State::wishes)});
    counters.push_back({"wishes_granted", crew_.total(&State::wishes_granted)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::near_first
