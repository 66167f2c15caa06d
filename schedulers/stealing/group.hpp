// Group: the task group of the stealing strategies, and the tasks spawned into it. A task is one
// allocation: job, group, callable. See core/task/task_group.hpp for the vocabulary and
// core/sync/quiescence.hpp for how the end is known.
#pragma once

#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>

#include "core/sync/quiescence.hpp"
#include "core/task/job.hpp"
#include "core/task/phase.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class Crew;

// Strategy::push_task(State&, Job&) and push_task(State&, Job&, Phase) queue a task and publish it.
template <class Strategy>
class Group {
 public:
  using State = typename Strategy::State;
  using Worker = typename Strategy::Worker;

  // Requires that wait() and the destructor run on the strand of `creator`.
  explicit Group(Worker creator) : Group(creator, *creator.state().crew) {}
  // For a crew that `creator` need not run in yet.
  Group(Worker creator, Crew<Strategy>& crew)
      : creator_(creator), crew_(crew), pending_(crew.take_counts()) {}
  ~Group() {
    if (!pending_.is_reached()) {
      const typename Worker::Anchor anchor(creator_);
      wait_quietly(creator_.state());
    }
    crew_.give_back(pending_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  template <class F>
  void spawn(Worker worker, F&& task) {
    Strategy::push_task(worker.state(), *make(worker.state(), std::forward<F>(task)));
  }
  template <class F>
  void spawn(Worker worker, F&& task, Phase phase) {
    Strategy::push_task(worker.state(), *make(worker.state(), std::forward<F>(task)), phase);
  }
  template <class F>
  void spawn(Worker worker, F&& task, Hint /*hint*/) {
    spawn(worker, std::forward<F>(task));
  }

  // Runs tasks until all of this group have run; rethrows the first exception.
  void wait(Worker worker) {
    const typename Worker::Anchor anchor(worker);
    wait_quietly(worker.state());
    rethrow_first();
  }

  void wait_quietly(State& self) {
    if (!pending_.is_reached()) {
      self.crew->work_until(self, pending_);
    }
  }

  // Requires quiescence, as the next.
  void rethrow_first() {
    if (first_ != nullptr) {
      std::rethrow_exception(std::exchange(first_, nullptr));
    }
  }
  void forget_first() noexcept { first_ = nullptr; }

 private:
  template <class F>
  struct Task final : Job {
    template <class Callable>
    Task(Group& owner, Callable&& callable)
        : Job(&run_task), group(&owner), body(std::forward<Callable>(callable)) {}

    static void run_task(Job* job, void* worker) noexcept {
      auto* task = static_cast<Task*>(job);
      State& self = *static_cast<State*>(worker);
      Group* group = task->group;
      Quiescence& pending = group->pending_;
      try {
        task->body(Worker::enter(worker));
      } catch (...) {
        group->keep_first(std::current_exception());
      }
      delete task;
      self.counts.tasks.add();
      self.crew->task_finished(self, pending);
    }

    Group* group;
    F body;
  };

  template <class F>
  Job* make(State& self, F&& task) {
    auto* job = new Task<std::decay_t<F>>(*this, std::forward<F>(task));
    pending_.spawned(self.id);
    return job;
  }

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
};

}  // namespace an::schedulers::stealing
