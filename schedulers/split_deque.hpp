// split_deque: child stealing as in chase_lev, over a deque of which only the older part can be stolen
// (core/deque/split_deque.hpp). A fork is then a call, three stores for the branch and two for the
// deque: no locked instruction, no fence. Idle workers ask (stealing/attention.hpp), and so does a thief
// that took the last branch it saw: at its next fork a worker that was asked and has nothing shared
// shares the older half of its branches. So the next thief need not wait for a fork. While somebody is
// idle, every fork looks whether there is something shared.
//
// T. van Dijk and J. van de Pol, "Lace: non-blocking split deque for work-stealing", MuCoCoS at Euro-Par
// 2014.
//
// When it wins: forks of nanoseconds, all of which can be stolen as soon as somebody looks, whatever
// the clock says. When it loses: a branch that runs long without a fork, while its worker's older
// branches are private: nobody can take them until it forks again. heartbeat is cheaper still, and
// makes a thief wait for a beat instead. Here a fork adds 0.8 ns to the call it replaces (fib, one worker) and
// two workers take 0.67 of serial's time; a tree of 1,023 nodes takes 1.9 times serial, for the sharing
// (`./dev figures fork-join`, GCC 12, two CPUs of an EPYC).
#pragma once

#include <array>

#include "core/deque/split_deque.hpp"
#include "schedulers/stealing/attention.hpp"
#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::split_deque {

struct Strategy;

struct State : stealing::WorkerState<Strategy, SplitDeque<Job>> {
  using WorkerState::WorkerState;

  // Somebody asked.
  [[gnu::cold]] void share() noexcept;

  stealing::Attention attention;
  Tally shares;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::ChildStealing<Strategy, State> {
  using State = split_deque::State;
  using Worker = split_deque::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  [[gnu::always_inline]] static void fork(State& self, Job& branch) noexcept {
    self.forks.push(&branch);
    if (self.attention.is_wanted()) [[unlikely]] {
      self.share();
    }
  }

  // Who leapfrogs need not ask: it is idle, and has asked everyone.
  static Job* steal_fork(State& /*thief*/, State& victim) {
    Job* const stolen = stealing::take(victim.forks);
    if (stolen != nullptr && victim.forks.is_empty()) {
      victim.attention.ask();
    }
    return stolen;
  }

  // Asks everyone to share.
  static void on_idle(State& self) {
    for (const WorkerId other : self.victims) {
      self.crew->state(other).attention.ask();
    }
  }

  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }
};

inline void State::share() noexcept {
  const bool shares_now = forks.is_empty();
  if (shares_now) {
    forks.share();
    shares.add();
  }
  // Who became idle between the two looks saw what was shared, or is seen by published_fork.
  if (attention.is_still_wanted([this] { return crew->idle() > 0; }) || shares_now) {
    crew->published_fork(*this);
  }
}

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "split_deque";
  static constexpr std::string_view kSummary =
      "work stealing without fences: branches are private until somebody asks";
  static constexpr std::array<OptionSpec, 0> kOptions{};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    counters.push_back({"shares", crew_.total(&State::shares)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::split_deque
