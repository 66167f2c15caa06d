// Quiescence: exact "everything spawned has run", without a counter that all workers write.
// Each worker has its own pair of counts; a waiter adds them up (README.md has the argument).
//
// Threads: spawned(w) and finished(w) only by worker w; is_reached() by anyone.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"

namespace an {

class Quiescence {
 public:
  explicit Quiescence(std::uint32_t workers)
      : counts_(std::make_unique<Padded<Counts>[]>(workers)), workers_(workers) {}

  // Worker `self` is about to make `count` tasks available. Before they can run.
  void spawned(std::uint32_t self, std::uint64_t count = 1) noexcept {
    Atomic<std::uint64_t>& mine = counts_[self].value.spawned;
    // (Q1) relaxed; pairs with (Q4): one writer, so no read-modify-write is needed. The (Q2) of the
    // spawning task, which comes later, publishes it.
    mine.store(mine.load(kStat) + count, kRelaxed);
  }

  // Worker `self` has run one task to its end. The last access to this object that a task makes.
  void finished(std::uint32_t self) noexcept {
    Atomic<std::uint64_t>& mine = counts_[self].value.finished;
    // (Q2) release; pairs with (Q3): publishes the task's effects and what it spawned. If relaxed,
    // a waiter could count the task and miss its children: quiescence_test.cpp, ChildrenAreSeen.
    mine.store(mine.load(kStat) + 1, kRelease);
  }

  // True when every task spawned so far has finished; then their effects are visible. A false
  // answer may be stale. O(workers).
  bool is_reached() const noexcept {
    std::uint64_t finished = 0;
    for (std::uint32_t w = 0; w < workers_; ++w) {
      // (Q3) acquire; pairs with (Q2): before any (Q4), see README.md.
      finished += counts_[w].value.finished.load(kAcquire);
    }
    std::uint64_t spawned = 0;
    for (std::uint32_t w = 0; w < workers_; ++w) {
      // (Q4) relaxed; pairs with (Q1): (Q3) has acquired the spawns of every task it counted. A later
      // one that is seen as well only makes the answer false.
      spawned += counts_[w].value.spawned.load(kRelaxed);
    }
    return finished == spawned;
  }

  // How many tasks were spawned so far; exact when quiescent.
  std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (std::uint32_t w = 0; w < workers_; ++w) {
      sum += counts_[w].value.spawned.load(kStat);
    }
    return sum;
  }

 private:
  struct Counts {
    Atomic<std::uint64_t> spawned = 0;
    Atomic<std::uint64_t> finished = 0;
  };

  std::unique_ptr<Padded<Counts>[]> counts_;
  std::uint32_t workers_;
};

}  // namespace an
