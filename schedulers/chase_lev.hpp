// chase_lev: child stealing on the native stack. Each worker has a Chase-Lev deque of branches and
// one of spawned tasks; the owner works at the young end, depth first, thieves take the oldest,
// which is the largest, from a random victim. A blocked join leapfrogs, helps, spins, parks
// (stealing/crew.hpp).
//
// R. Blumofe and C. Leiserson, "Scheduling multithreaded computations by work stealing", JACM 1999;
// D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005.
//
// When it wins: forks of a few tens of nanoseconds and more, irregular trees. When it loses: forks
// of a few nanoseconds (a locked instruction each: see heartbeat), tasks that share data (see
// resonance).
#pragma once

#include <array>

#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew.hpp"

namespace an::schedulers::chase_lev {

struct Strategy;

struct State : stealing::WorkerState<Strategy> {
  using WorkerState::WorkerState;
  ChaseLev<Job>::Owner tasks;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy {
  using State = chase_lev::State;
  using Worker = chase_lev::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  static void push_task(State& self, Job& task) {
    self.tasks.push(&task);
    self.crew->published_task();
  }
  static void push_task(State& self, Job& task, Phase /*phase*/) { push_task(self, task); }
  static Job* next_task(State& self) { return self.tasks.pop(); }
  static Job* steal_task(State& /*thief*/, State& victim) { return stealing::take(victim.tasks); }
  static bool has_task(const State& state) { return !state.tasks.is_empty(); }
  static void on_idle(State& /*self*/) {}
  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }
};

class Scheduler {
 public:
  using Worker = chase_lev::Worker;
  static constexpr std::string_view kName = "chase_lev";
  static constexpr std::string_view kSummary =
      "work stealing: Chase-Lev deques, child stealing on the native stack";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 0> kOptions{};

  // Starts the workers. Throws an::Error for options, or when threads cannot be started or pinned.
  explicit Scheduler(const SchedulerConfig& config)
      : crew_((reject_unknown_options(config, kName, kOptions), config), kName) {}

  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    return crew_.run(root);
  }

  std::vector<Counter> counters() const { return crew_.counters(); }

 private:
  stealing::Crew<Strategy> crew_;
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::chase_lev
