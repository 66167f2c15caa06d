// PhaseTable: the tasks of one worker, grouped by phase. Tasks of equal key form a cohort and are
// handed out back to back, so that the block of data they share is loaded once. Owner-only; the
// jobs' bodies are not looked at. A pure function of what it is told: it reads no clock.
//
// After J. Philbin, J. Edler, O. Anshus, C. Douglas, K. Li, "Thread scheduling for cache locality",
// ASPLOS 1996 (bins by hint), and J. Larus, M. Parkes, "Using cohort scheduling to enhance server
// performance", USENIX 2002.
//
// I1: a cohort is in the chain of its hash slot and in the age list (oldest first) iff it is not
//     the current one and not detached; it then has at least one task.
// I2: waiting is bounded: every kOldestPeriod-th pick takes the oldest cohort, a pick serves at
//     most `quantum` tasks, and a cohort that is put back goes to the young end. So with K cohorts,
//     a task at position p of its cohort waits for at most kOldestPeriod * K * quantum * ceil(p /
//     quantum) others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/intrusive_list.hpp"
#include "core/task/job.hpp"
#include "core/task/phase.hpp"
#include "schedulers/resonance/ghost.hpp"

namespace an::schedulers::resonance {

// The waiting tasks of one phase. Passed whole from worker to worker.
struct Cohort : ListLink {
  std::uint64_t key = 0;
  std::uint32_t bytes = 0;
  IntrusiveQueue<Job> tasks;
  Cohort* chain = nullptr;  // next in the hash slot, or in the free list
};

class PhaseTable {
 public:
  static constexpr std::uint32_t kOldestPeriod = 4;
  static constexpr int kCandidatesMax = 8;
  static constexpr std::size_t kFreeMax = 1024;  // empty cohorts kept for reuse

  // At most `quantum` >= 1 tasks of a cohort per pick; `cache_bytes` is what a worker's cache
  // keeps.
  PhaseTable(std::uint32_t quantum, std::uint64_t cache_bytes);
  ~PhaseTable();
  PhaseTable(const PhaseTable&) = delete;
  PhaseTable& operator=(const PhaseTable&) = delete;

  // Queues `task` with the other tasks of its phase. O(1).
  void add(Job& task, Phase phase);

  // The next task: of the current cohort while its quantum lasts, else of the one picked next; null
  // when there is none. O(kCandidatesMax) at a pick, O(1) otherwise.
  Job* next();

  // Whether next() would pick another cohort.
  bool is_turn_over() const noexcept {
    return current_ == nullptr || quantum_left_ == 0 || current_->tasks.is_empty();
  }

  // Ends the current cohort's quantum now: the next task comes from a new pick.
  void yield();

  // Puts the rest of the current cohort back among the others.
  void put_back();

  // Takes a whole cohort out for another worker: of the oldest few, the one with the most work that
  // this worker's cache does not hold. Null when nothing but the current cohort is left.
  Cohort* detach();

  // Makes a detached cohort, of this table or another, the current one; the one that was goes back
  // to the young end, and waiting tasks of the same phase join it.
  void adopt(Cohort* cohort);

  bool is_empty() const noexcept {
    return cohorts_ == 0 && (current_ == nullptr || current_->tasks.is_empty());
  }
  // Cohorts that detach() could take.
  std::size_t cohorts() const noexcept { return cohorts_; }
  // The phase of the current cohort. Requires one: next() has handed out a task of it.
  std::uint64_t key() const noexcept { return current_->key; }
  // Picks so far, each the start of a cohort's turn.
  std::uint64_t picks() const noexcept { return picks_; }

 private:
  Cohort*& slot_of(std::uint64_t key) noexcept;
  Cohort* find(std::uint64_t key) noexcept;
  Cohort& make(std::uint64_t key, std::uint32_t bytes);
  void link(Cohort& cohort);
  void unlink(Cohort& cohort);
  void release(Cohort* cohort);
  void grow();
  Cohort* pick();
  std::uint64_t score(const Cohort& cohort) const;

  std::uint32_t quantum_;
  std::uint32_t quantum_left_ = 0;
  Cohort* current_ = nullptr;
  std::size_t cohorts_ = 0;
  std::uint64_t picks_ = 0;
  IntrusiveList<Cohort> age_;
  std::vector<Cohort*> slots_;
  Cohort* free_ = nullptr;
  std::size_t free_count_ = 0;
  Ghost ghost_;
};

}  // namespace an::schedulers::resonance
