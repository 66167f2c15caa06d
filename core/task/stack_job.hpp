// StackJob: a forked branch that lives in its parent's frame until the join. Nothing is allocated;
// the join state is the only word the two sides share.
//
// Life: pushed by the owner; either taken back by the owner (then the branch is called directly and
// the job was never run), or stolen, run and completed by a thief while the owner waits.
// I1: after completion (the exchange in complete_join) the thief does not touch the job again: the
//     owner may leave the frame at once.
#pragma once

#include "core/task/fork_join.hpp"
#include "core/task/job.hpp"
#include "core/task/outcome.hpp"

namespace an {

inline constexpr std::uint32_t kJoinBits = 2;
inline constexpr std::uint32_t kJoinMask = (1U << kJoinBits) - 1;

// True when the stolen `job` has ended; its result is then visible.
inline bool is_complete(const Job& job) noexcept {
  // (J2) acquire; pairs with (J1): the branch's effects and result.
  const std::uint32_t state = job.state.load(kAcquire) & kJoinMask;
  return state == kReturned || state == kThrew;
}

// Owner: asks whoever completes `job` to wake `owner`. False when it is complete already.
inline bool ask_to_be_woken(Job& job, WorkerId owner) noexcept {
  std::uint32_t expected = kPending;
  // (J3) acquire; pairs with (J1): on failure the job is complete, and what it did is visible.
  return job.state.compare_exchange_strong(expected, kAwaited | (owner << kJoinBits), kAcquire,
                                           kAcquire) ||
         (expected & kJoinMask) == kAwaited;
}

// Thief: publishes that `job` has ended with kReturned or kThrew. Returns whom to wake, or kNobody.
// The job may be gone when this returns.
inline WorkerId complete_join(Job& job, JoinState outcome) noexcept {
  // (J1) release; pairs with (J2), (J3): publishes result and effects. If relaxed, the owner could
  // read a result that was never written: tests/core/task/stack_job_test.cpp, ResultIsVisible. What
  // it reads is whom to wake, and nothing else.
  const std::uint32_t before = job.state.exchange(outcome, kRelease);
  return (before & kJoinMask) == kAwaited ? before >> kJoinBits : kNobody;
}

// A branch of type F, to be run by workers of type W. W provides W::enter(void* state), the handle
// of the worker whose state a thief passes to Job::execute, and W::wake(void* state, WorkerId).
template <class W, class F>
class StackJob : public Job {
 public:
  using Result = BranchResult<W, F>;

  explicit StackJob(F& branch) noexcept : Job(&run_stolen), branch_(&branch) {}

  // The stolen branch's result, or what it threw. Once. Requires is_complete().
  Result take() { return outcome_.take(how()); }

  // Drops the result or the exception. Once, instead of take(). Requires is_complete().
  void discard() noexcept { outcome_.discard(how()); }

 private:
  JoinState how() const noexcept { return static_cast<JoinState>(state.load(kStat)); }

  static void run_stolen(Job* job, void* worker) noexcept {
    auto& self = *static_cast<StackJob*>(job);
    const JoinState how = self.outcome_.run(*self.branch_, W::enter(worker));
    const WorkerId sleeper = complete_join(self, how);
    if (sleeper != kNobody) {
      W::wake(worker, sleeper);
    }
  }

  F* branch_;
  Outcome<W, F> outcome_;
};

}  // namespace an
