// central_queue: one queue for everybody, first in first out: the simplest scheduler that balances
// load perfectly, and the one every textbook starts from. Branches go to one shared ring, spawned
// tasks to another; a worker that needs work takes the oldest.
//
// A fork puts an entry into the ring and calls its first branch; the join withdraws the entry, or
// waits as the stealing strategies do. A withdrawn entry stays in the ring until somebody meets it.
//
// I1: an entry is decided by two exchanges, the joiner's and the taker's: whoever comes first has the
//     branch, whoever comes second frees the entry.
// I2: a full ring is no error: the fork becomes a call, the task waits in its worker's own queue.
//
// Ring: D. Vyukov, "Bounded MPMC queue", 2010. What a shared queue costs and why it does not scale:
// R. Blumofe and C. Leiserson, "Scheduling multithreaded computations by work stealing", JACM 1999.
//
// When it wins: few workers, tasks of microseconds and more, where the order of arrival matters.
// When it loses: small tasks (every one crosses a line that all workers write), deep recursion (the
// oldest entries fill the ring, and most forks are calls), locality (children run anywhere).
#pragma once

#include <array>
#include <bit>
#include <new>
#include <span>

#include "core/sync/mpmc_queue.hpp"
#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::central_queue {

struct Strategy;

inline constexpr OptionSpec kCapacity{
    "capacity", "1024", "places in each ring, rounded up to a power of two", "2..1048576"};

struct State : stealing::WorkerState<Strategy> {
  using WorkerState::WorkerState;
  Tally calls;  // forks that met a full ring
};

// What the ring of branches holds.
struct Entry {
  enum Fate : std::uint32_t { kOpen, kTaken, kWithdrawn };

  explicit Entry(Job& branch) : job(&branch) {}

  Job* job;
  Atomic<std::uint32_t> fate = kOpen;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::WorkerQueues<State> {
  using State = central_queue::State;
  using Worker = central_queue::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  struct Shared {
    explicit Shared(const SchedulerConfig& config)
        : forks(capacity_of(config)), tasks(capacity_of(config)) {}
    static std::size_t capacity_of(const SchedulerConfig& config) {
      return std::bit_ceil(static_cast<std::size_t>(config.integer_option(kCapacity, 2, 1 << 20)));
    }
    MpmcQueue<Entry*> forks;
    MpmcQueue<Job*> tasks;
  };

  template <class W, class F, class G>
  static JoinResult<W, F, G> join(W worker, F& f, G& g) {
    State& self = worker.state();
    StackJob<W, G> job(g);
    Entry* const entry = publish(self, job);
    auto first = [&] {
      try {
        return run_branch(f, worker);
      } catch (...) {
        if (entry != nullptr && !withdraw(self, *entry)) {
          self.crew->await(self, job);
          job.discard();
        }
        throw;
      }
    }();
    if (entry == nullptr || withdraw(self, *entry)) {
      return {std::move(first), run_branch(g, worker)};
    }
    self.crew->await(self, job);
    return {std::move(first), job.take()};
  }

  // The oldest branch that nobody withdrew, or null. Whose it is does not matter here.
  static Job* steal_fork(State& thief, State& /*victim*/) {
    auto& forks = thief.crew->shared().forks;
    Entry* entry = nullptr;
    while (forks.try_pop(entry)) {
      Job* const job = entry->job;
      // (C1) acq_rel; pairs with (C2): the second of the two to decide frees the entry after the
      // first has left it. If relaxed: central_queue_test.cpp, EntriesAreFreedOnce under
      // AddressSanitizer.
      if (entry->fate.exchange(Entry::kTaken, kAcqRel) == Entry::kOpen) {
        return job;
      }
      free_entry(thief, entry);
    }
    return nullptr;
  }
  static bool has_fork(const State& /*thief*/, const State& anyone) {
    return !anyone.crew->shared().forks.is_empty();
  }
  // What is in the ring need not descend from the branch waited for.
  static Job* leapfrog(State& /*thief*/, State& /*victim*/) { return nullptr; }

  using WorkerQueues::push_task;
  static void push_task(State& self, Job& task) {
    if (!self.crew->shared().tasks.try_push(&task)) {
      self.tasks.push(&task);
    }
    self.crew->published_task(self);
  }
  static void push_task(State& self, Job& task, Phase /*phase*/) { push_task(self, task); }
  static void push_task(State& self, Job& task, Hint /*hint*/) { push_task(self, task); }
  static void push_tasks(State& self, std::span<Job* const> tasks) {
    auto& ring = self.crew->shared().tasks;
    std::size_t pushed = 0;
    while (pushed < tasks.size() && ring.try_push(tasks[pushed])) {
      ++pushed;
    }
    self.tasks.push_all(tasks.subspan(pushed));
    self.crew->published_task(self);
  }

  static Job* next_task(State& self) {
    auto& ring = self.crew->shared().tasks;
    Job* task = nullptr;
    return ring.try_pop(task) ? task : self.tasks.pop();
  }
  static bool has_task(const State& state) {
    return !state.crew->shared().tasks.is_empty() || WorkerQueues::has_task(state);
  }

  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }

 private:
  // Null when the ring is full.
  static Entry* publish(State& self, Job& job) {
    auto& memory = self.crew->task_memory();
    auto* const entry = ::new (memory.allocate<sizeof(Entry)>(self.id)) Entry(job);
    if (!self.crew->shared().forks.try_push(entry)) {
      free_entry(self, entry);
      self.calls.add();
      return nullptr;
    }
    self.crew->published_fork(self);
    return entry;
  }

  // Whether the branch is still the joiner's.
  static bool withdraw(State& self, Entry& entry) {
    // (C2) acq_rel; pairs with (C1): see there.
    if (entry.fate.exchange(Entry::kWithdrawn, kAcqRel) == Entry::kOpen) {
      return true;
    }
    free_entry(self, &entry);
    return false;
  }

  static void free_entry(State& self, Entry* entry) {
    self.crew->task_memory().free<sizeof(Entry)>(self.id, entry);
  }
};

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "central_queue";
  static constexpr std::string_view kSummary = "one shared queue, first in first out";
  static constexpr std::array<OptionSpec, 1> kOptions{kCapacity};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    counters.push_back({"full_ring_calls", crew_.total(&State::calls)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::central_queue
