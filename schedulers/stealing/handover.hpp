// Handover: how one worker asks another for a branch, and gets it. (The transfer cells of U. Acar, A.
// Chargueraud, M. Rainey, "Scheduling parallel programs by work stealing with private deques", PPoPP
// 2013.) A thief puts its id into the victim's request word; the victim, when it polls, takes the
// request and puts a branch into the thief's cell.
//
// Against the paper: a request is withdrawn rather than declined. So a victim never answers that it has
// nothing, and a thief need not wait for one that does not poll.
//
// One object per worker, who is thief by the first group of members and victim by the second.
//
// I1: a worker has one request at most, at `asked_`, and puts one only while its cell is empty.
// I2: whoever takes a request gives a job for it, and soon: the thief may wait for it.
#pragma once

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/task/job.hpp"

namespace an::schedulers::stealing {

class Handover {
 public:
  explicit Handover(WorkerId self) : self_(self) {}
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // The thief's side.

  // Whom this worker asks, or null.
  const Handover* asked() const noexcept { return asked_; }

  // Asks `victim`, while nobody is asked. False if somebody else asks it already.
  bool ask(Handover& victim) noexcept {
    WorkerId nobody = kNobody;
    // (G1) release; pairs with (G2): the cell was emptied. If relaxed, the victim's job could be ordered
    // before the null that collect() wrote last, and be lost.
    if (!victim.request_.compare_exchange_strong(nobody, self_, kRelease, kStat)) {
      return false;
    }
    asked_ = &victim;
    return true;
  }

  // Whether collect() would yield a job. Who sleeps looks here after it has announced it.
  bool has_come() const noexcept {
    // One word, so no order is needed: a collect() that follows sees this value or a later one.
    return given_.load(kStat) != nullptr;
  }

  // What was given, or null. With a job the request is over.
  Job* collect() noexcept {
    // (G4) acquire; pairs with (G3): the branch and all that was written before it was forked. If
    // relaxed, a thief could run a branch that was never written: models/handover.cpp.
    Job* const given = given_.load(kAcquire);
    if (given != nullptr) {
      given_.store(nullptr, kStat);
      asked_ = nullptr;
    }
    return given;
  }

  // Ends the request, if there is one: what was given nevertheless, or null.
  Job* withdraw() noexcept {
    if (asked_ == nullptr) {
      return nullptr;
    }
    WorkerId self = self_;
    // (G5) relaxed; pairs with (G2): one of the two takes the request; publishes nothing.
    if (asked_->request_.compare_exchange_strong(self, kNobody, kRelaxed, kStat)) {
      asked_ = nullptr;
      return nullptr;
    }
    Backoff backoff;
    Job* given;
    while ((given = collect()) == nullptr) {
      backoff.wait();
    }
    return given;
  }

  // The victim's side.

  // Whether a look at this worker's request word is worth a thief's while: a hint.
  bool is_open() const noexcept { return is_open_.load(kStat); }
  void set_open(bool is_open) noexcept { is_open_.store(is_open, kStat); }

  // Takes the request that stands. Who asked, and must now be given a job, or kNobody.
  WorkerId take_request() noexcept {
    if (request_.load(kStat) == kNobody) {
      return kNobody;
    }
    // (G2) acquire; pairs with (G1), (G5): the thief's cell is empty.
    return request_.exchange(kNobody, kAcquire);
  }

  // Gives `job` to the worker of this object, whose request the caller took. The job may be gone when
  // this returns.
  void give(Job& job) noexcept {
    // (G3) release; pairs with (G4): the branch.
    given_.store(&job, kRelease);
  }

 private:
  alignas(kNoSharing) Atomic<WorkerId> request_ = kNobody;  // written by thieves
  Atomic<bool> is_open_ = true;
  alignas(kNoSharing) Atomic<Job*> given_ = nullptr;  // written by the victim
  Handover* asked_ = nullptr;
  WorkerId self_;
};

}  // namespace an::schedulers::stealing
