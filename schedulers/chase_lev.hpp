// chase_lev: child stealing on the native stack. Each worker has a Chase-Lev deque of branches; the
// owner works at the young end, depth first, thieves take the oldest, which is the largest, from a
// random victim. A blocked join leapfrogs, helps, spins, parks (stealing/crew.hpp). Spawned tasks
// have a queue of their own (stealing/worker_queues.hpp).
//
// R. Blumofe and C. Leiserson, "Scheduling multithreaded computations by work stealing", JACM 1999;
// D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005.
//
// When it wins: forks of a few tens of nanoseconds and more, irregular trees. When it loses: forks
// of a few nanoseconds (a locked instruction each: see heartbeat), tasks that share data (see
// resonance). Here a fork adds 7 ns to the call it replaces (fib, one worker); push and pop 6 ns, a steal
// from an idle owner 6 (`./dev figures fork-join`, GCC 12, two CPUs of an EPYC).
#pragma once

#include <array>

#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::chase_lev {

struct Strategy;

struct State : stealing::WorkerState<Strategy> {
  using WorkerState::WorkerState;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::ChildStealing<Strategy, State> {
  using State = chase_lev::State;
  using Worker = chase_lev::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }
};

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "chase_lev";
  static constexpr std::string_view kSummary =
      "work stealing: Chase-Lev deques, child stealing on the native stack";
  static constexpr std::array<OptionSpec, 0> kOptions{};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::chase_lev
