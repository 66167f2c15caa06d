// resonance: tasks that touch the same data run back to back. A task spawned with a Phase goes to
// its worker's bucket for that key; buckets are drained as cohorts, so a block that several waiting
// tasks need is loaded once (constructive interference in time). Fork-join branches and tasks
// without a phase take the depth-first deque of chase_lev, with the same code.
//
// A cohort gets at most `quantum` tasks or `quantum_us` at a time; every fourth pick takes the
// oldest (resonance/phase_table.hpp has the bound on waiting). Whole cohorts are shared, on demand:
// a worker that sees somebody idle seals the one its own cache holds least of, and a thief takes it
// whole.
//
// The gain needs ready tasks: with rho waiting tasks per block, the load of a block is shared by
// about rho / (1 - e^-rho) tasks, minus some 9 ns a task for the buckets. When it loses: below one
// waiting task per block, blocks that fit the cache anyway, tasks under 50 ns. --set
// resonance.grouping=off is the control.
#pragma once

#include <algorithm>
#include <array>

#include "schedulers/resonance/phase_table.hpp"
#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::resonance {

struct Strategy;

inline constexpr OptionSpec kGrouping{"grouping", "on", "group tasks by phase", "on|off"};
inline constexpr OptionSpec kQuantum{"quantum", "256", "most tasks of a cohort at a time",
                                     "1..1000000"};
inline constexpr OptionSpec kQuantumUs{"quantum_us", "200", "longest time of a cohort, in us",
                                       "1..1000000"};
inline constexpr OptionSpec kCacheKib{"cache_kib", "1024", "cache of one core, in KiB",
                                      "1..1048576"};

struct State : stealing::WorkerState<Strategy> {
  // Looks at the clock once in so many tasks of a cohort.
  static constexpr std::uint32_t kClockPeriod = 16;
  // So many tasks without a phase may run in a row while others wait in buckets.
  static constexpr std::uint32_t kUnphasedMax = 64;

  State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
      : WorkerState(owner, self, config),
        grouping(config.switch_option(kGrouping)),
        quantum_ticks(static_cast<std::uint64_t>(config.integer_option(kQuantumUs, 1, 1'000'000)) *
                      ticks_per_us()),
        phases(static_cast<std::uint32_t>(config.integer_option(kQuantum, 1, 1'000'000)),
               static_cast<std::uint64_t>(config.integer_option(kCacheKib, 1, 1 << 20)) << 10) {}

  // The next task of this worker: run queue and buckets take turns.
  Job* next_task();
  // The next phased task, after which others can take cohorts of this worker.
  Job* next_phased();
  void end_long_turn(std::uint64_t now);
  // After next(), which yielded a task or not: which cohort has begun, which one has ended.
  void note_cohort(bool has_task) noexcept;
  void share();
  void share_all();
  bool take_back_sealed();

  ChaseLev<Cohort>::Owner sealed;  // cohorts anyone may take
  bool grouping;
  std::uint64_t quantum_ticks;
  PhaseTable phases;
  std::uint32_t unphased_in_a_row = 0;
  std::uint32_t until_clock = kClockPeriod;
  std::uint64_t quantum_began = 0;
  std::uint64_t picks_seen = 0;
  std::uint64_t turns = 0;
  std::uint64_t picks_noted = 0;
  bool is_in_cohort = false;  // for the trace
  Tally phased_tasks;
  Tally cohorts_stolen;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::ChildStealing<Strategy, State> {
  using State = resonance::State;
  using Worker = resonance::Worker;
  using CrewOf = stealing::Crew<Strategy>;
  using WorkerQueues::push_task;

  static void push_task(State& self, Job& task, Phase phase) {
    if (!self.grouping) {
      push_task(self, task);
      return;
    }
    self.phases.add(task, phase);
    if (self.crew->idle() > 0 && self.phases.cohorts() > 1) [[unlikely]] {
      self.share();  // one cohort stays here
    }
  }
  static Job* next_task(State& self) { return self.next_task(); }
  static Job* steal_task(State& thief, State& victim);
  static bool has_task(const State& state) {
    return !state.sealed.is_empty() || WorkerQueues::has_task(state);
  }
  // A worker that waits (in a join, say) does not come back to its buckets: others may have them
  // all.
  static void on_idle(State& self) { self.share_all(); }
  static void on_leave(State& self) {
    if (!self.phases.is_empty()) {
      self.share_all();
    }
  }
  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }
};

inline Job* State::next_task() {
  if (unphased_in_a_row < kUnphasedMax || (phases.is_empty() && sealed.is_empty())) {
    if (Job* task = tasks.pop()) {
      ++unphased_in_a_row;
      return task;
    }
  }
  unphased_in_a_row = 0;
  if (Job* task = next_phased()) {
    return task;
  }
  return tasks.pop();
}

inline Job* State::next_phased() {
  if (--until_clock == 0) {
    until_clock = kClockPeriod;
    end_long_turn(ticks());
  }
  if (phases.is_turn_over() && ++turns % PhaseTable::kOldestPeriod == 0) {
    take_back_sealed();  // else a cohort nobody steals would wait for as long as others keep coming
  }
  Job* task = phases.next();
  if (task == nullptr && take_back_sealed()) {
    task = phases.next();
  }
  if (trace != nullptr) [[unlikely]] {
    note_cohort(task != nullptr);
  }
  if (task != nullptr) {
    phased_tasks.add();
    share();
  }
  return task;
}

inline void State::note_cohort(bool has_task) noexcept {
  const bool is_new = has_task && phases.picks() != picks_noted;
  if (is_in_cohort && (is_new || !has_task)) {
    note(TraceKind::kCohortEnd);
  }
  if (is_new) {
    note(TraceKind::kCohort, static_cast<std::int64_t>(phases.key()));
  }
  picks_noted = phases.picks();
  is_in_cohort = has_task;
}

// The quantum also ends by time.
inline void State::end_long_turn(std::uint64_t now) {
  if (phases.picks() != picks_seen) {
    picks_seen = phases.picks();
    quantum_began = now;
  } else if (now - quantum_began > quantum_ticks) {
    phases.yield();
  }
}

// Seals as many cohorts as there are idle workers, and one in any case: the task that runs next may
// be long, and what is in the buckets cannot be reached meanwhile.
inline void State::share() {
  const std::int64_t wanted = std::max<std::int64_t>(1, crew->idle());
  while (crew->workers() > 1 && sealed.size() < wanted && phases.cohorts() > 0) {
    sealed.push(phases.detach());
    crew->published_task(*this);
  }
}

inline void State::share_all() {
  phases.put_back();
  while (crew->workers() > 1 && phases.cohorts() > 0) {
    sealed.push(phases.detach());
    crew->published_task(*this);
  }
}

inline bool State::take_back_sealed() {
  Cohort* const cohort = sealed.steal().item;  // the oldest; a thief may be faster
  if (cohort != nullptr) {
    phases.adopt(cohort);
  }
  return cohort != nullptr;
}

inline Job* Strategy::steal_task(State& thief, State& victim) {
  const Steal<Cohort> attempt = victim.sealed.steal();
  if (attempt.result == StealResult::kStolen) {
    thief.cohorts_stolen.add();
    thief.phased_tasks.add();
    thief.phases.adopt(attempt.item);
    Job* const task = thief.phases.next();
    if (thief.trace != nullptr) [[unlikely]] {
      thief.note_cohort(task != nullptr);
    }
    return task;
  }
  return WorkerQueues::steal_task(thief, victim);
}

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "resonance";
  static constexpr std::string_view kSummary =
      "tasks grouped by phase into cohorts; forks as in chase_lev";
  static constexpr std::array<OptionSpec, 4> kOptions{kGrouping, kQuantum, kQuantumUs, kCacheKib};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    std::uint64_t cohorts = 0;
    for (WorkerId id = 0; id < crew_.workers(); ++id) {
      cohorts += crew_.state(id).phases.picks();
    }
    counters.push_back({"phased_tasks", crew_.total(&State::phased_tasks)});
    counters.push_back({"cohorts", cohorts});
    counters.push_back({"cohorts_stolen", crew_.total(&State::cohorts_stolen)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::resonance
