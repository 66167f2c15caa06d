// Crew: what all stealing strategies share: the workers and their threads, idling, waiting for a
// stolen branch, running a root, tasks from outside. A strategy says what is particular to it:
//
//   Strategy::State        one worker's state; derives from WorkerState<Strategy>
//   Strategy::Worker       the handle; Worker::enter(void*) for whoever runs a job
//   Strategy::Shared       what all workers share; constructible from SchedulerConfig
//   join and the queues of forks and tasks: see child_join.hpp and worker_queues.hpp
//   run_nested(State&, Root&)                  a root on a worker that is inside a branch already
//
// A blocked join helps: first leapfrogs, stealing back from the thief that holds its branch (Wagner & Calder,
// PPoPP 1993): what is found there descends from that branch, so the stack stays within the serial depth;
// then steals forks from anyone while fewer than kHelpDepthMax helps are nested; then spins, then parks.
#pragma once

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/tally.hpp"
#include "core/memory/object_pool.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "core/pool/worker_threads.hpp"
#include "core/sync/quiescence.hpp"
#include "core/task/scheduler.hpp"
#include "core/task/stack_job.hpp"
#include "schedulers/stealing/counts_pool.hpp"
#include "schedulers/stealing/entered.hpp"
#include "schedulers/stealing/group.hpp"
#include "schedulers/stealing/injector.hpp"
#include "schedulers/stealing/search.hpp"
#include "schedulers/stealing/worker_state.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class Crew {
 public:
  using State = typename Strategy::State;
  using Worker = typename Strategy::Worker;

  Crew(const SchedulerConfig& config, std::string_view name)
      : parking_(config.workers, std::make_unique<FutexDriver>(config.workers), config.victims),
        spin_ticks_(Strategy::spin_us(config) * ticks_per_us()),
        task_memory_(config.workers + 1),
        shared_(config),
        counts_pool_(config.workers + 1) {
    for (WorkerId id = 0; id < config.workers; ++id) {
      states_.push_back(std::make_unique<State>(*this, id, config));
    }
    root_group_ = std::make_unique<Group<Strategy>>(Worker::enter(states_[0]->strand()), *this);
    injected_group_ = std::make_unique<Group<Strategy>>(Worker::enter(states_[0]->strand()), *this);
    threads_.start("an-" + std::string(name), config.workers, config.cpus,
                   [this](WorkerId id) { work(*states_[id]); });
  }
  // Runs what was injected and not yet waited for; drops what it throws.
  ~Crew() {
    {
      const Entered<Strategy> entered(*states_[0]);
      drain(*states_[0]);
    }
    threads_.stop([this] { parking_.notify_all(); });
    injected_group_.reset();
    root_group_.reset();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  State& state(WorkerId id) noexcept { return *states_[id]; }
  const State& state(WorkerId id) const noexcept { return *states_[id]; }
  std::uint32_t workers() const noexcept { return static_cast<std::uint32_t>(states_.size()); }
  Group<Strategy>& root_group() noexcept { return *root_group_; }
  Parking& parking() noexcept { return parking_; }
  // What the strategy keeps for all workers together.
  typename Strategy::Shared& shared() noexcept { return shared_; }
  const typename Strategy::Shared& shared() const noexcept { return shared_; }
  // Where tasks live. Owner w is worker w; owner workers() is whoever holds the injector.
  ObjectPool& task_memory() noexcept { return task_memory_; }

  // After `self` made a branch, or a task, stealable: wakes the nearest sleeper that would take it.
  // Who `self` is need not be known while nobody sleeps: a fork loads no more than the one word.
  [[gnu::always_inline]] void published_fork(const State& self) noexcept {
    if (parking_.anyone_waits()) [[unlikely]] {
      parking_.wake_one(Interest::kForks, self.id);
    }
  }
  void published_task(const State& self) noexcept {
    parking_.notify_one(Interest::kAnyWork, self.id);
  }

  // A task of the group counted by `pending` has run, on `self`. `pending`, which lives as long as the
  // crew, may serve another group by the time this returns.
  void task_finished(State& self, Quiescence& pending) noexcept {
    pending.finished(self.id);
    // (C1) relaxed; pairs with (C2), (C7): a waiter that missed this finish raised the count before its
    // announcement, and anyone_waits() orders this load against that.
    if (parking_.anyone_waits() && group_sleepers_.value.load(kRelaxed) != 0) [[unlikely]] {
      wake_group_waiters(self, pending);
    }
  }
  // A strand that is suspended for a group is about to be seen by others; or is resumed. It counts as
  // a sleeper of the group.
  void strand_waits() noexcept {
    // (C7) relaxed; pairs with (C1): as (C2), before the announcement of whoever sleeps next.
    group_sleepers_.value.fetch_add(1, kRelaxed);
  }
  void strand_goes_on() noexcept { group_sleepers_.value.fetch_sub(1, kStat); }

  // Where groups get what they are counted with.
  CountsPool& counts_pool() noexcept { return counts_pool_; }

  // Workers that look for work or sleep now.
  std::int64_t idle() const noexcept {
    // (C5) seq_cst; pairs with (C6): a strategy may act on zero, if on_idle then reaches it.
    return idle_.value.load(kSeqCst);
  }

  // See the Scheduler concept. Calls from outside take turns; a call from inside a branch runs the
  // root on the calling worker, and what its root spawned outside a group is awaited by the
  // outermost call.
  template <class Root>
  BranchResult<Worker, Root> run(Root& root) {
    if (State* caller = Entered<Strategy>::in(*this)) {
      const Entered<Strategy> entered(*caller);
      return Strategy::run_nested(*caller, root);
    }
    const std::lock_guard turn(turn_);
    const Entered<Strategy> entered(*states_[0]);
    struct WaitAlways {  // tasks refer to this run's frames: they end before it, whatever is thrown
      ~WaitAlways() { worker.state().crew->root_group_->wait_quietly(worker); }
      Worker worker;
    };
    auto run_and_wait = [&root](Worker worker) {
      const WaitAlways wait{worker};
      return run_branch(root, worker);
    };
    auto result = [&] {
      try {
        return Strategy::template run_root<Worker>(*states_[0], run_and_wait);
      } catch (...) {
        root_group_->forget_first();
        throw;
      }
    }();
    root_group_->rethrow_first();
    return result;
  }

  // Adds tasks from any thread: make(i), which must not inject itself, is the callable of task i. They run
  // when a worker gets to them: at once if one is idle, else within kInjectorPeriod tasks of some worker. With
  // a single worker, in wait_injected or in a run that waits. What was made before `make` threw is queued.
  template <class Make>
  void inject(std::int64_t count, const Make& make) {
    struct Notify {
      ~Notify() { parking->notify_one(Interest::kAnyWork); }
      Parking* parking;
    };
    for (std::int64_t made = 0; made < count; made += kBatchMax) {
      const Notify notify{&parking_};
      injector_.push(std::min<std::int64_t>(count - made, kBatchMax), [&](std::int64_t i) -> Job& {
        return injected_group_->make_outside(workers(), make(made + i));
      });
    }
  }

  // Works as worker 0 until nothing is left that was injected or that such tasks spawned outside groups;
  // rethrows the first exception. Throws an::Error on a worker of this crew, which would wait for itself.
  void wait_injected() {
    if (Entered<Strategy>::in(*this) != nullptr) {
      throw Error("wait_injected was called from inside a branch or task of the same scheduler",
                  "It would wait for what it stands on", "Use a TaskGroup there");
    }
    const std::lock_guard turn(turn_);
    const Entered<Strategy> entered(*states_[0]);
    drain(*states_[0]);
    const std::exception_ptr root = root_group_->take_first();
    injected_group_->rethrow_first();
    if (root != nullptr) {
      std::rethrow_exception(root);
    }
  }

  // Returns when the stolen `job` is complete; runs other branches meanwhile.
  [[gnu::noinline]] void await(State& self, Job& job) {
    if (is_complete(job) || !ask_to_be_woken(job, self.id)) {
      return;
    }
    ++self.helping;
    const auto done = [&job] { return is_complete(job); };
    const auto find = [&] { return search_.find_branch(self, job); };
    const auto visible = [this, &self] {
      return self.helping < kHelpDepthMax && search_.any_fork(self);
    };
    const Interest interest = self.helping < kHelpDepthMax ? Interest::kForks : Interest::kOwnEvent;
    while (Job* found = wait_for_work(self, interest, done, find, visible)) {
      found->execute(&self);
    }
    --self.helping;
  }

  // Returns when `job`, which others may run, is complete; does any work meanwhile.
  void work_until_complete(State& self, Job& job) {
    if (!is_complete(job) && ask_to_be_woken(job, self.id)) {
      work_while_not(self, [&job] { return is_complete(job); });
    }
  }

  // Runs tasks and branches until the group counted by `pending` is quiescent.
  void work_until(State& self, Quiescence& pending) {
    const auto done = [&pending] { return pending.is_reached(); };
    const auto find = [&] { return find_any(self); };
    const auto visible = [this, &self] { return search_.any_work(self); };
    for (;;) {
      Job* found = search_.find_own(self);
      // While a task of this very group is at hand the sums need not be looked at: each look reads
      // a line that every other worker writes.
      if (found == nullptr || !Group<Strategy>::is_counted_by(*found, pending)) {
        if (done()) {
          if (found != nullptr) {
            self.tasks.push(found);
            published_task(self);  // whoever looked in between has not seen it
          }
          Strategy::on_leave(self);
          return;
        }
        found = found != nullptr ? found : search_.find_foreign(self);
      }
      if (found == nullptr) {
        // (C3) relaxed; pairs with (W1) in schedulers/stealing/worker_queues.hpp: published by the
        // announcement, as (C2).
        self.awaits.store(&pending, kRelaxed);
        // (C2) relaxed; pairs with (C1): before the announcement.
        group_sleepers_.value.fetch_add(1, kRelaxed);
        found = wait_for_work(self, Interest::kAnyWork, done, find, visible);
        group_sleepers_.value.fetch_sub(1, kStat);
        self.awaits.store(nullptr, kStat);
      }
      if (found != nullptr) {
        found->execute(&self);
      }
    }
  }

  // Sums a tally of the strategy's own over the workers.
  std::uint64_t total(Tally State::*member) const {
    std::uint64_t total = 0;
    for (const auto& state : states_) {
      total += ((*state).*member).value();
    }
    return total;
  }

  // Sums a member of WorkerCounts over the workers.
  std::uint64_t sum(Tally WorkerCounts::*member) const {
    std::uint64_t total = 0;
    for (const auto& state : states_) {
      total += (state->counts.*member).value();
    }
    return total;
  }

 private:
  // Until both groups that outlive runs are quiescent: the tasks of either may add to the other.
  void drain(State& self) {
    auto wait_for_both = [this](Worker worker) {
      while (!injected_group_->is_quiescent() || !root_group_->is_quiescent()) {
        injected_group_->wait_quietly(worker);
        root_group_->wait_quietly(worker);
      }
    };
    Strategy::template run_root<Worker>(self, wait_for_both);
  }

  Job* find_any(State& self) {
    Job* own = search_.find_own(self);
    return own != nullptr ? own : search_.find_foreign(self);
  }

  void work(State& self) {
    const Entered<Strategy> entered(self);
    work_while_not(self, [this] { return threads_.is_stopping(); });
  }

  template <class Done>
  void work_while_not(State& self, const Done& done) {
    const auto find = [&] { return find_any(self); };
    const auto visible = [this, &self] { return search_.any_work(self); };
    while (!done()) {
      Job* job = find();
      if (job == nullptr) {
        job = wait_for_work(self, Interest::kAnyWork, done, find, visible);
      }
      if (job != nullptr) {
        Strategy::execute(self, *job);
      }
    }
  }

  // Looks until `find()` yields a job, or `done()`: then null. Spins, then sleeps.
  template <class Done, class Find, class Visible>
  Job* wait_for_work(
      State& self, Interest interest, const Done& done, const Find& find, const Visible& visible) {
    // (C6) seq_cst; pairs with (C5): counted before on_idle.
    idle_.value.fetch_add(1, kSeqCst);
    self.counts.idle.begin(ticks());
    Strategy::on_idle(self);
    Job* job = nullptr;
    bool was_chosen = false;
    Backoff backoff;
    std::uint64_t spin_end = ticks() + spin_ticks_;
    while (!done() && (job = find()) == nullptr) {
      backoff.wait();
      const std::uint64_t now = ticks();
      Strategy::while_idle(self, now);
      if (now > spin_end) {
        task_memory_.flush(self.id);
        if (visible()) {  // so an announcement would be for nothing
          if (self.loot.is_resting(ticks())) {
            if ((job = Strategy::before_nap(self)) != nullptr) {
              break;
            }
            Strategy::before_sleep(self);
            parking_.nap(self.id, Deadline::after(LootPolicy::kRestNs));  // then looks once
            Strategy::after_sleep(self);
          } else {
            spin_end = ticks() + spin_ticks_;
          }
          continue;
        }
        self.loot.slept();
        Strategy::before_sleep(self);
        was_chosen |=
            parking_.park(self.id, interest, [&] { return self.stays(done() || visible()); });
        self.goes_on();
        Strategy::after_sleep(self);
        spin_end = ticks() + spin_ticks_;
        backoff.reset();
      }
    }
    job = Strategy::before_work(self, job);
    self.counts.idle.end(ticks());
    idle_.value.fetch_sub(1, kStat);
    if (was_chosen) {
      hand_on(self);
    }
    return job;
  }

  // A publication wakes one sleeper, however much it published, perhaps to take other work. So whoever
  // was woken wakes the next for what can be seen (stealing_test.cpp, ABatchReachesEverySleeper).
  void hand_on(State& self) {
    if (!parking_.anyone_waits()) {
      return;
    }
    // Pairs with the heavy barrier of announce(): what hid a later item from a sleeper's look is what this
    // worker took, so this look comes later. Our CPUs need no fence for it, C++ does: parking_mpmc_queue.
    full_barrier();
    if (search_.any_fork(self)) {
      published_fork(self);
    }
    if (search_.any_task(self)) {
      published_task(self);
    }
  }

  [[gnu::noinline, gnu::cold]] void wake_group_waiters(State& self,
                                                       const Quiescence& pending) noexcept {
    // Pairs with itself: of two workers that finish the last two tasks at once, one sees the other's
    // finish. And with the heavy barrier of announce(): a finish that the waiter's second look saw,
    // and whose worker therefore did not come here, is seen here too (models *_batch_that_meets).
    full_barrier();
    if (pending.is_reached()) {
      Strategy::wake_waiters(self, pending);
    }
  }

  Parking parking_;
  std::uint64_t spin_ticks_;
  ObjectPool task_memory_;
  typename Strategy::Shared shared_;
  std::vector<std::unique_ptr<State>> states_;
  Injector injector_;
  Search<Strategy> search_{states_, injector_};
  Padded<Atomic<std::uint32_t>> idle_{};
  Padded<Atomic<std::uint32_t>> group_sleepers_{};  // waiters of groups that sleep or are about to
  CountsPool counts_pool_;
  std::unique_ptr<Group<Strategy>> root_group_;
  std::unique_ptr<Group<Strategy>> injected_group_;
  std::mutex turn_;  // one root at a time
  WorkerThreads threads_;
};

}  // namespace an::schedulers::stealing
