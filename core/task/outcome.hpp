// Outcome: what a branch left behind for its join, a result or what it threw. Which of the two, the
// JoinState that run() returned says; it is kept where the two sides of the join share a word.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "core/task/fork_join.hpp"

namespace an {

// Join state of a branch: the low bits; above them, for kAwaited, the owner's WorkerId.
enum JoinState : std::uint32_t { kPending = 0, kReturned = 1, kThrew = 2, kAwaited = 3 };

// Of a branch of type F that runs on a worker of type W.
template <class W, class F>
class Outcome {
 public:
  using Result = BranchResult<W, F>;

  Outcome() noexcept {}
  ~Outcome() {}
  Outcome(const Outcome&) = delete;
  Outcome& operator=(const Outcome&) = delete;

  // Runs the branch and keeps what it returned or threw: kReturned or kThrew. Once.
  [[gnu::always_inline]] JoinState run(F& branch, W worker) noexcept {
    try {
      ::new (static_cast<void*>(&result_)) Result(run_branch(branch, worker));
      return kReturned;
    } catch (...) {
      ::new (static_cast<void*>(&thrown_)) std::exception_ptr(std::current_exception());
      return kThrew;
    }
  }

  // The result, or what was thrown. Once; `how` is what run() returned.
  Result take(JoinState how) {
    if (how == kThrew) [[unlikely]] {
      const std::exception_ptr thrown = std::move(thrown_);
      std::destroy_at(&thrown_);
      std::rethrow_exception(thrown);
    }
    Result result = std::move(result_);
    std::destroy_at(&result_);
    return result;
  }

  // Drops the result or the exception. Once, instead of take().
  void discard(JoinState how) noexcept {
    if (how == kThrew) {
      std::destroy_at(&thrown_);
    } else {
      std::destroy_at(&result_);
    }
  }

 private:
  union {
    Result result_;
    std::exception_ptr thrown_;
  };
};

}  // namespace an
