// Search: where a stealing worker looks for work, and in what order. The policy; threads, spinning
// and sleeping are Crew's.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "core/task/job.hpp"
#include "schedulers/stealing/injector.hpp"
#include "schedulers/stealing/worker_queues.hpp"
#include "schedulers/stealing/worker_state.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class Search {
 public:
  using State = typename Strategy::State;

  Search(const std::vector<std::unique_ptr<State>>& states, Injector& injector)
      : states_(states), injector_(injector) {}

  // The next task of the worker's own queue, or now and then of the injector.
  Job* find_own(State& self) {
    if (--self.tasks_until_injector == 0) {
      self.tasks_until_injector = kInjectorPeriod;
      if (Job* injected = take_injected(self)) {
        return injected;
      }
    }
    return Strategy::next_task(self);
  }

  // Anything that is not the worker's own: a branch, a task from outside, somebody's tasks.
  Job* find_foreign(State& self) {
    if (Job* fork = steal_from_anyone(
            self, [&](State& victim) { return Strategy::steal_fork(self, victim); })) {
      return fork;
    }
    if (Job* injected = take_injected(self)) {
      return injected;
    }
    return steal_from_anyone(self,
                             [&](State& victim) { return Strategy::steal_task(self, victim); });
  }

  // For a join blocked on `awaited`.
  Job* find_branch(State& self, const Job& awaited) {
    // (C8) relaxed; pairs with (C9): a hint where to look; any worker is a correct answer.
    const WorkerId taker = awaited.taker.load(kRelaxed);
    if (taker != kNobody && taker != self.id) {
      if (Job* child = Strategy::leapfrog(self, *states_[taker])) {
        self.counts.leapfrogs.add();
        return mark_taken(self, child);
      }
    }
    if (self.helping >= kHelpDepthMax) {
      return nullptr;
    }
    return steal_from_anyone(self,
                             [&](State& victim) { return Strategy::steal_fork(self, victim); });
  }

  bool any_fork(const State& self) const {
    for (const WorkerId victim : self.victims) {
      if (Strategy::has_fork(self, *states_[victim])) {
        return true;
      }
    }
    return false;
  }

  bool any_task(const State& self) const {
    // The worker's own queue too: others may put work there (near_first's inboxes), and whoever did so
    // before the worker announced that it will sleep has woken nobody.
    if (!injector_.is_empty() || Strategy::has_task(self)) {
      return true;
    }
    for (const WorkerId victim : self.victims) {
      if (Strategy::has_task(*states_[victim])) {
        return true;
      }
    }
    return false;
  }

  bool any_work(const State& self) const { return any_fork(self) || any_task(self); }

 private:
  Job* take_injected(State& self) {
    std::array<Job*, kBatchMax> batch;
    const std::size_t count = injector_.take(batch, static_cast<std::uint32_t>(states_.size()));
    if (count > 1) {
      Strategy::push_tasks(self, std::span(batch).subspan(1, count - 1));
    }
    return count > 0 ? batch[0] : nullptr;
  }

  template <class Take>
  Job* steal_from_anyone(State& self, const Take& take_from) {
    const auto count = static_cast<std::uint32_t>(self.victims.size());
    if (count == 0) {
      return nullptr;
    }
    const std::uint32_t start = Strategy::first_victim(self, count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const WorkerId victim = self.victims[start + i < count ? start + i : start + i - count];
      if (Job* job = take_from(*states_[victim])) {
        self.counts.steals.add();
        self.note(TraceKind::kSteal, Strategy::robbed(self, victim));
        return mark_taken(self, job);
      }
    }
    return nullptr;
  }

  static Job* mark_taken(State& self, Job* job) noexcept {
    // (C9) relaxed; pairs with (C8): a hint.
    job->taker.store(self.id, kRelaxed);
    return job;
  }

  const std::vector<std::unique_ptr<State>>& states_;
  Injector& injector_;
};

}  // namespace an::schedulers::stealing
