// Group: the task group of the stealing strategies, and the tasks spawned into it. A task is one
// object from the crew's pool: job, group, callable. See core/task/task_group.hpp for the vocabulary
// and core/sync/quiescence.hpp for how the end is known.
#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "core/memory/object_pool.hpp"
#include "core/sync/quiescence.hpp"
#include "core/task/job.hpp"
#include "core/task/phase.hpp"
#include "schedulers/stealing/worker_queues.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class Crew;

// Strategy::push_task and push_tasks queue tasks and publish them (worker_queues.hpp).
template <class Strategy>
class Group {
 public:
  using State = typename Strategy::State;
  using Worker = typename Strategy::Worker;

  // Requires that wait() and the destructor run on the strand of `creator`.
  explicit Group(Worker creator) : Group(creator, *creator.state().crew) {}
  // For a crew that `creator` need not run in yet.
  Group(Worker creator, Crew<Strategy>& crew)
      : creator_(creator), crew_(crew), pending_(crew.counts_pool().take()) {}
  ~Group() {
    if (!pending_.is_reached()) {
      const typename Worker::Anchor anchor(creator_);
      wait_quietly(creator_);
    }
    crew_.counts_pool().give_back(pending_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Wish: nothing, a Phase or a Hint.
  template <class F, class... Wish>
  void spawn(Worker worker, F&& task, Wish... wish) {
    State& self = worker.state();
    Job& job = make(self.id, std::forward<F>(task));
    pending_.spawned(self.id);
    Strategy::push_task(self, job, wish...);
  }

  // Spawns make(i) for i in [0, count): kBatchMax at a time, each with one publication. What was made
  // before an exception of `make` is spawned.
  template <class Make>
  void spawn_batch(Worker worker, std::int64_t count, const Make& callable) {
    State& self = worker.state();
    std::array<Job*, kBatchMax> jobs;
    for (std::int64_t i = 0; i < count;) {
      std::size_t made = 0;
      const auto publish = [&] {
        pending_.spawned(self.id, made);
        Strategy::push_tasks(self, std::span(jobs).first(made));
      };
      try {
        for (; made < kBatchMax && i < count; ++i, ++made) {
          jobs[made] = &make(self.id, callable(i));
        }
      } catch (...) {
        publish();
        throw;
      }
      publish();
    }
  }

  // A task from a thread that is no worker; the caller holds the injector and queues it.
  template <class F>
  Job& make_outside(WorkerId outside, F&& task) {
    Job& job = make(outside, std::forward<F>(task));
    pending_.spawned(outside);
    return job;
  }

  // Whether `job`, which some group made, belongs to the group counted by `pending`.
  static bool is_counted_by(const Job& job, const Quiescence& pending) noexcept {
    return &static_cast<const Member&>(job).group->pending_ == &pending;
  }

  // Runs tasks until all of this group have run; rethrows the first exception.
  void wait(Worker worker) {
    const typename Worker::Anchor anchor(worker);
    wait_quietly(worker);
    rethrow_first();
  }

  void wait_quietly(Worker worker) {
    if (pending_.is_reached()) {
      Strategy::on_leave(worker.state());
    } else {
      Strategy::wait(worker, pending_);
    }
  }

  // The first exception since the last call; the group has none then.
  std::exception_ptr take_first() noexcept {
    const std::lock_guard guard(first_lock_);
    return std::exchange(first_, nullptr);
  }
  void rethrow_first() {
    if (const std::exception_ptr thrown = take_first(); thrown != nullptr) {
      std::rethrow_exception(thrown);
    }
  }
  void forget_first() noexcept { take_first(); }

  bool is_quiescent() const noexcept { return pending_.is_reached(); }

 private:
  struct Member : Job {
    Member(Run body, Group& owner) : Job(body), group(&owner) {}
    Group* group;
  };

  template <class F>
  struct Task final : Member {
    template <class Callable>
    Task(Group& owner, Callable&& callable)
        : Member(&run_task, owner), body(std::forward<Callable>(callable)) {}

    static void run_task(Job* job, void* worker) noexcept {
      auto* task = static_cast<Task*>(job);
      const Worker strand = Worker::enter(worker);
      Group* group = task->group;
      Quiescence& pending = group->pending_;
      try {
        task->body(strand);
      } catch (...) {
        group->keep_first(std::current_exception());
      }
      std::destroy_at(task);
      State& self = strand.state();  // whoever runs the strand now
      self.crew->task_memory().template free<sizeof(Task)>(self.id, task);
      self.counts.tasks.add();
      self.crew->task_finished(self, pending);
    }

    F body;
  };

  template <class F>
  Job& make(WorkerId self, F&& task) {
    using Made = Task<std::decay_t<F>>;
    static_assert(alignof(Made) <= ObjectPool::kAlignment, "a task's callable is over-aligned");
    void* const place = crew_.task_memory().template allocate<sizeof(Made)>(self);
    try {
      return *::new (place) Made(*this, std::forward<F>(task));
    } catch (...) {
      crew_.task_memory().template free<sizeof(Made)>(self, place);
      throw;
    }
  }

  struct EmptyCallable {
    void operator()(Worker) const {}
  };

  void keep_first(std::exception_ptr thrown) noexcept {
    const std::lock_guard guard(first_lock_);
    if (first_ == nullptr) {
      first_ = std::move(thrown);
    }
  }

  Worker creator_;
  Crew<Strategy>& crew_;
  Quiescence& pending_;
  std::mutex first_lock_;
  std::exception_ptr first_;

 public:
  static constexpr std::size_t kTaskBytes = sizeof(Task<EmptyCallable>);
};

}  // namespace an::schedulers::stealing
