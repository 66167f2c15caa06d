// continuation: continuation stealing. A fork runs its first branch at once, on a stack of its own, and
// offers the rest of the caller, its continuation, to thieves: work is done in the order of the serial
// program, and whoever would have to wait at a join leaves instead. A worker without work takes the
// oldest continuation of somebody else and goes on with it: the second branch, the join, and what
// comes after it.
//
// M. Frigo, C. Leiserson, K. Randall, "The implementation of the Cilk-5 multithreaded language", PLDI
// 1998 (work first; THE); R. Blumofe and C. Leiserson, "Scheduling multithreaded computations by work
// stealing", JACM 1999 (busy leaves, the bound on space); I.-T. A. Lee et al., "Using memory mapping to
// support cactus stacks in work-stealing runtime systems", PACT 2010 (the problem of the stacks);
// C. J. Williams and J. Elliott, "Libfork: portable continuation-stealing with stackless coroutines",
// 2024; J. Schmaus et al., "Nowa", IPDPS 2021 (continuation/join_point.hpp).
//
// A strand is a fiber (core/fiber): the root, a task, and every first branch has one. A branch that
// ends unstolen returns to its parent as a call does. Native stacks are scheduler loops: a strand that
// has to wait, at a join or for a group, is suspended, and its worker goes back to its loop. A group
// is not waited for by helping: what the helper runs on top could be the continuation of somebody who
// waits for the group that the helper's strand belongs to. A `run` inside a branch is: its root is
// younger than anything that could wait for what is below it.
//
// I1: a fiber that has never left its worker (has_left) finds its parent's continuation at the young
//     end of that worker's deque, or else it was taken: by a thief, and then nothing older is there
//     either, or by the loop of a run inside the fiber, and then an older one may be. So the child looks
//     what it takes back.
// I2: whatever a loop resumes has left, even if it came from the loop's own deque: the frame of the loop
//     below its oldest ancestor is gone. It joins its parent by arriving
//     (continuation/join_point.hpp), never by taking it back.
// I3: a continuation is resumed once: by the child's return, by whoever took it from the deque, or by
//     the second to arrive.
// I4: nobody resumes a stack before it has been left: a forked parent is published on the child's
//     stack, a suspended strand by the loop it went to.
// I5: while no group is waited for, the fibers in use are no more than W times the fibers of the
//     serial execution, W times the depth of nested first branches and one: every one of them is an
//     ancestor of a strand that runs.
//
// The handle is the strand's fiber, whose `runner` the resumer rewrites: never the worker itself.
//
// Limits: a stack that cannot be made is an an::Error of the fork that needs it, but ends the program where a
// loop needs it for a task. A branch that has forked may be on another thread afterwards: it may not
// then run a second scheduler whose turn waits for the first one's.
//
// When it wins: deep recursion of unequal branches, loops of many forks (stack and memory as in the serial
// program), joins that would block. When it loses: forks of a few nanoseconds (a locked instruction and
// a stack each: see heartbeat), code that holds a lock or a thread-local address across a fork. Here fib
// takes 5.6 of serial's time on one worker and 3.5 on two
// (`harness --scheduler=continuation --workload=fib --size=medium --workers=1,2`, GCC 12, two CPUs of an EPYC).
#pragma once

#include <array>

#include "core/fiber/fiber_store.hpp"
#include "schedulers/continuation/join_point.hpp"
#include "schedulers/continuation/waits.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::continuation {

struct Strategy;

inline constexpr OptionSpec kStackKib{"stack_kib", "256", "stack of a strand, in KiB",
                                      "16..1048576"};

struct State : stealing::WorkerState<Strategy> {
  // Runs on the loop that a strand went to, when that stack is left. False: it goes on at once.
  using Settle = bool (*)(State& self, Continuation& suspended) noexcept;

  State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config);

  void* strand() noexcept { return &outside; }

  Fiber outside;  // for handles outside any branch; does not run
  FiberStore::Shelf fibers;
  Fiber* loop = nullptr;              // of this worker: where its strands leave for
  Exceptions* exceptions = nullptr;   // of the thread, while it runs a strand
  Continuation* suspended = nullptr;  // by the strand that has just left for the loop
  Settle settle = nullptr;
  Waits waits;
  Tally suspensions;
};

class Worker {
 public:
  using Group = stealing::Group<Strategy>;
  // Nothing to remember: no other work runs on top of this strand.
  struct Anchor {
    explicit Anchor(Worker /*worker*/) {}
  };

  static Worker enter(void* fiber) noexcept { return Worker(static_cast<Fiber*>(fiber)); }
  static void wake(void* fiber, WorkerId sleeper) noexcept;

  template <class F, class G>
  [[gnu::always_inline]] JoinResult<Worker, F, G> join(F&& f, G&& g) const;

  template <class F, class... Wish>
  void spawn(F&& task, Wish... wish) const;
  template <class Make>
  void spawn_batch(std::int64_t count, const Make& callable) const;

  // Of whoever runs the strand now.
  State& state() const noexcept { return *static_cast<State*>(fiber_->runner); }
  Fiber& fiber() const noexcept { return *fiber_; }

 private:
  explicit Worker(Fiber* fiber) noexcept : fiber_(fiber) {}
  Fiber* fiber_;
};

// A fork: the parent's continuation, and what its first branch leaves for it.
template <class F>
struct Fork : Continuation {
  Fork(Fiber& parent, F& first) noexcept : Continuation(parent), branch(&first) {}

  // The child's stack begins here.
  static void run_child(void* fork, void* fiber) noexcept;

  F* branch;
  JoinState how = kPending;
  Outcome<Worker, F> outcome;
};

struct Strategy : stealing::WorkerQueues<State> {
  using State = continuation::State;
  using Worker = continuation::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  struct Shared {
    explicit Shared(const SchedulerConfig& config)
        : store(static_cast<std::size_t>(config.integer_option(kStackKib, 16, 1 << 20)) << 10) {}
    FiberStore store;
  };

  // From a native stack, or from that of a strand that runs a root of its own: calls tasks and roots on
  // a fresh fiber, resumes continuations. Returns when the worker has nothing left to run.
  static void execute(State& self, Job& job);

  template <class W, class Root>
  static BranchResult<Worker, Root> run_root(State& self, Root& root) {
    StackJob<Worker, Root> job(root);
    execute(self, job);
    self.crew->work_until_complete(self, job);
    return job.take();
  }
  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_root<Worker>(self, root);
  }

  static void wait(Worker worker, Quiescence& pending) noexcept;
  static void wake_waiters(State& self, const Quiescence& /*pending*/) noexcept {
    self.crew->published_task(self);  // whoever wakes looks at all waits
  }

  static Job* next_task(State& self);
  static Job* steal_task(State& thief, State& victim);
  static bool has_task(const State& state) {
    return state.waits.any_ready() || WorkerQueues::has_task(state);
  }

  // The join of a parent that was stolen: runs the second branch, and waits for the first.
  template <class F, class G>
  [[gnu::noinline, gnu::cold]] static JoinResult<Worker, F, G> join_apart(Worker worker,
                                                                          Fork<F>& fork,
                                                                          G& g);
  // Whether the parent of a child that has not left is still where the child has put it (I1).
  [[gnu::always_inline]] static bool take_back(State& self, Continuation& fork) noexcept {
    Job* const young = self.forks.pop();
    if (young == &fork) [[likely]] {
      return true;
    }
    if (young != nullptr) {
      put_back(self, young);
    }
    return false;
  }

  // The child of a parent that was stolen, or that has left its worker itself, is done.
  [[noreturn, gnu::noinline, gnu::cold]] static void end_apart(Fiber& child,
                                                               Continuation& fork) noexcept {
    State& self = Worker::enter(&child).state();
    Fiber* next = self.loop;
    if (arrive(fork)) {
      next = fork.strand;
      next->runner = &self;
    }
    self.fibers.put_left(child);
    leave_for(child, *next);
  }

 private:
  struct Start {
    Job* job;
    Fiber* caller;
  };
  [[gnu::noinline, gnu::cold]] static void put_back(State& self, Job* fork) noexcept {
    self.forks.push(fork);
    self.crew->published_fork(self);  // whoever looked in between has not seen it
  }
  static void run_job(void* start, void* fiber) noexcept;
  static void go_on(State& self, Fiber& here, Fiber& strand) noexcept;
  static void leave(Fiber& strand, Continuation& suspended, State::Settle settle) noexcept;
  static Job* resumed(State& self, Waiter* ready) noexcept;
};

inline State::State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
    : WorkerState(owner, self, config), fibers(owner.shared().store) {
  outside.runner = this;
}

inline void Worker::wake(void* fiber, WorkerId sleeper) noexcept {
  enter(fiber).state().crew->parking().notify(sleeper);
}

template <class F, class... Wish>
void Worker::spawn(F&& task, Wish... wish) const {
  state().crew->root_group().spawn(*this, std::forward<F>(task), wish...);
}

template <class Make>
void Worker::spawn_batch(std::int64_t count, const Make& callable) const {
  state().crew->root_group().spawn_batch(*this, count, callable);
}

template <class F, class G>
[[gnu::always_inline]] inline JoinResult<Worker, F, G> Worker::join(F&& f, G&& g) const {
  State& self = state();
  Fork<std::remove_reference_t<F>> fork(*fiber_, f);
  Fiber& child = self.fibers.take();
  child.runner = &self;
  if (start(*fiber_, child, &fork.run_child, &fork, *self.exceptions) == Back::kReturned)
      [[likely]] {
    self.fibers.put(child);
    auto first = fork.outcome.take(fork.how);  // if it threw, the second branch is not run
    return {std::move(first), run_branch(g, *this)};
  }
  return Strategy::join_apart(*this, fork, g);
}

template <class F>
void Fork<F>::run_child(void* fork, void* fiber) noexcept {
  auto& self = *static_cast<Fork*>(fork);
  auto& child = *static_cast<Fiber*>(fiber);
  begin(child);
  const Worker worker = Worker::enter(fiber);
  {
    State& state = worker.state();
    state.forks.push(&self);
    state.crew->published_fork(state);
  }
  self.how = self.outcome.run(*self.branch, worker);
  if (!child.has_left && Strategy::take_back(worker.state(), self)) [[likely]] {
    end(child, *self.strand);
    return;
  }
  Strategy::end_apart(child, self);
}

template <class F, class G>
JoinResult<Worker, F, G> Strategy::join_apart(Worker worker, Fork<F>& fork, G& g) {
  Outcome<Worker, G> second;
  const JoinState how = second.run(g, worker);
  if (!has_child_arrived(fork)) {
    leave(worker.fiber(), fork, [](State&, Continuation& left) noexcept { return !arrive(left); });
  }
  if (fork.how == kThrew) {
    second.discard(how);
  }
  auto first = fork.outcome.take(fork.how);
  return {std::move(first), second.take(how)};
}

inline void Strategy::wait(Worker worker, Quiescence& pending) noexcept {
  Waiter waiter(worker.fiber(), pending);
  leave(worker.fiber(), waiter, [](State& self, Continuation& left) noexcept {
    self.crew->strand_waits();
    self.waits.add(static_cast<Waiter&>(left));
    return true;
  });
}

// A loop of the worker is below, or beside, the strand that leaves.
inline void Strategy::leave(Fiber& strand, Continuation& suspended, State::Settle settle) noexcept {
  State& self = Worker::enter(&strand).state();
  self.suspended = &suspended;
  self.settle = settle;
  self.suspensions.add();
  suspend(strand, *self.loop);
}

inline void Strategy::go_on(State& self, Fiber& here, Fiber& strand) noexcept {
  strand.runner = &self;
  strand.has_left = true;
  suspend(here, strand);
}

inline void Strategy::execute(State& self, Job& job) {
  Fiber here;
  Fiber* const outer = std::exchange(self.loop, &here);
  self.exceptions = &Exceptions::of_this_thread();
  if (Continuation::is(job)) {
    go_on(self, here, *static_cast<Continuation&>(job).strand);
  } else {
    Fiber& fresh = self.fibers.take();
    fresh.runner = &self;
    Start what{&job, &here};
    if (start(here, fresh, &run_job, &what, *self.exceptions) == Back::kReturned) {
      self.fibers.put(fresh);
    }
  }
  while (Continuation* left = std::exchange(self.suspended, nullptr)) {
    if (!self.settle(self, *left)) {
      go_on(self, here, *left->strand);
    }
  }
  self.fibers.trim();
  self.loop = outer;
}

inline void Strategy::run_job(void* start, void* fiber) noexcept {
  auto& fresh = *static_cast<Fiber*>(fiber);
  const Start what = *static_cast<Start*>(start);
  begin(fresh);
  what.job->execute(&fresh);
  if (!fresh.has_left) [[likely]] {
    end(fresh, *what.caller);
    return;
  }
  State& self = Worker::enter(&fresh).state();
  self.fibers.put_left(fresh);
  leave_for(fresh, *self.loop);
}

inline Job* Strategy::resumed(State& self, Waiter* ready) noexcept {
  if (ready != nullptr) {
    self.crew->strand_goes_on();
  }
  return ready;
}

// First what a suspended strand left behind in the deque. A strand that waits goes before tasks that are
// none of its group's.
inline Job* Strategy::next_task(State& self) {
  if (Job* own = self.forks.pop()) {
    return own;
  }
  Job* task = self.tasks.pop();
  const Quiescence* awaited = self.waits.youngest();
  if (awaited == nullptr || (task != nullptr && Worker::Group::is_counted_by(*task, *awaited))) {
    return task;
  }
  Job* ready = resumed(self, self.waits.take_ready());
  if (ready != nullptr && task != nullptr) {
    self.tasks.push(task);
    self.crew->published_task(self);  // whoever looked in between has not seen it
  }
  return ready != nullptr ? ready : task;
}

inline Job* Strategy::steal_task(State& thief, State& victim) {
  if (Job* ready = resumed(thief, victim.waits.take_ready())) {
    return ready;
  }
  return WorkerQueues::steal_task(thief, victim);
}

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "continuation";
  static constexpr std::string_view kSummary =
      "work stealing: continuations are stolen; every first branch has a stack of its own";
  static constexpr std::array<OptionSpec, 1> kOptions{kStackKib};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  // Also how many stacks were made, and how often a strand was suspended at a join or for a group.
  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    counters.push_back({"stacks", crew_.shared().store.stacks()});
    counters.push_back({"suspensions", crew_.total(&State::suspensions)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::continuation
