// What branches and tasks come to, kept where the peer runtimes would lose it, or would answer an
// exception by cancelling the rest.
#pragma once

#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "core/task/fork_join.hpp"

namespace an::schedulers::peer {

// The result of a branch of type F that W runs, or what it threw.
template <class W, class F>
class Outcome {
 public:
  // Once.
  void run(F& branch, W worker) noexcept {
    try {
      value_.emplace(run_branch(branch, worker));
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  // Once, when run() has returned; rethrows what the branch threw.
  BranchResult<W, F> take() {
    if (thrown_ != nullptr) {
      std::rethrow_exception(std::move(thrown_));
    }
    return *std::move(value_);
  }

 private:
  std::optional<BranchResult<W, F>> value_;
  std::exception_ptr thrown_;
};

// The first exception of several tasks; any thread.
class FirstException {
 public:
  // Calls body(); what it throws is kept if nothing else was.
  template <class Body>
  void guard(const Body& body) noexcept {
    try {
      body();
    } catch (...) {
      const std::lock_guard guard(lock_);
      if (thrown_ == nullptr) {
        thrown_ = std::current_exception();
      }
    }
  }

  // The first since the last call, or null.
  std::exception_ptr take() noexcept {
    const std::lock_guard guard(lock_);
    return std::exchange(thrown_, nullptr);
  }
  void rethrow() {
    if (const std::exception_ptr thrown = take(); thrown != nullptr) {
      std::rethrow_exception(thrown);
    }
  }

 private:
  std::mutex lock_;
  std::exception_ptr thrown_;
};

}  // namespace an::schedulers::peer
