// child_join: fork-join by child stealing on the native stack. The parent publishes its second
// branch as a job in its own frame, runs the first, and takes the second back; if a thief was
// faster, it waits as Crew::await does. Unstolen, a fork costs one release store, one locked
// subtraction and a load of the sleepers' count; the second branch is called directly, by static
// type.
#pragma once

#include <utility>

#include "core/task/stack_job.hpp"
#include "schedulers/stealing/group.hpp"
#include "schedulers/stealing/worker_queues.hpp"

namespace an::schedulers::stealing {

// When the first branch throws: the second is withdrawn, or awaited and its outcome dropped.
template <class State, class StolenBranch>
[[gnu::noinline, gnu::cold]] void abandon(State& self, StolenBranch& job) noexcept {
  if (!self.forks.take_back()) {
    self.crew->await(self, job);
    job.discard();
  }
}

template <class Strategy, class W, class F, class G>
[[gnu::always_inline]] inline JoinResult<W, F, G> child_join(W worker, F& f, G& g) {
  auto& self = worker.state();
  StackJob<W, G> job(g);
  Strategy::fork(self, job);
  auto first = [&] {
    try {
      return run_branch(f, worker);
    } catch (...) {
      abandon(self, job);
      throw;
    }
  }();
  if (self.forks.take_back()) [[likely]] {
    return {std::move(first), run_branch(g, worker)};
  }
  self.crew->await(self, job);
  return {std::move(first), job.take()};
}

// The strategies that fork so.
template <class Strategy, class State>
struct ChildStealing : WorkerQueues<State> {
  template <class W, class F, class G>
  [[gnu::always_inline]] static JoinResult<W, F, G> join(W worker, F& f, G& g) {
    return child_join<Strategy>(worker, f, g);
  }
};

// The handle of the strategies that stay on the native stack: one pointer. State is
// Strategy::State; Strategy::join(worker, f, g) forks.
template <class Strategy, class State>
class ChildWorker {
 public:
  using Group = stealing::Group<Strategy>;
  // Nothing to remember while other work runs on top of this strand.
  struct Anchor {
    explicit Anchor(ChildWorker /*worker*/) {}
  };

  static ChildWorker enter(void* state) noexcept { return ChildWorker(static_cast<State*>(state)); }
  static void wake(void* state, WorkerId sleeper) noexcept {
    static_cast<State*>(state)->crew->parking().notify(sleeper);
  }

  template <class F, class G>
  [[gnu::always_inline]] JoinResult<ChildWorker, F, G> join(F&& f, G&& g) const {
    return Strategy::join(*this, f, g);
  }

  template <class F, class... Wish>
  void spawn(F&& task, Wish... wish) const {
    state_->crew->root_group().spawn(*this, std::forward<F>(task), wish...);
  }
  template <class Make>
  void spawn_batch(std::int64_t count, const Make& callable) const {
    state_->crew->root_group().spawn_batch(*this, count, callable);
  }

  State& state() const noexcept { return *state_; }

 private:
  explicit ChildWorker(State* state) noexcept : state_(state) {}
  State* state_;
};

}  // namespace an::schedulers::stealing
