// child_join: fork-join by child stealing on the native stack. The parent publishes its second
// branch as a job in its own frame, runs the first, and takes the second back; if a thief was
// faster, it waits as Crew::await does. Unstolen, a fork costs one release store, one locked
// subtraction and a load of the sleepers' count; the second branch is called directly, by static
// type.
#pragma once

#include <utility>

#include "core/task/stack_job.hpp"

namespace an::schedulers::stealing {

// When the first branch throws: the second is withdrawn, or awaited and its outcome dropped.
template <class State, class StolenBranch>
[[gnu::noinline, gnu::cold]] void abandon(State& self, StolenBranch& job) noexcept {
  if (!self.forks.take_back()) {
    self.crew->await(self, job);
    job.discard();
  }
}

template <class W, class F, class G>
[[gnu::always_inline]] inline JoinResult<W, F, G> child_join(W worker, F& f, G& g) {
  auto& self = worker.state();
  StackJob<W, G> job(g);
  self.forks.push(&job);
  self.crew->published_fork();
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

}  // namespace an::schedulers::stealing
