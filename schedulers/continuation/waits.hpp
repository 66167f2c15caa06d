// Waits: the strands that wait for groups, suspended, in the care of the worker they were on. Nothing
// tells them that their group is done; workers look, as they look for work: the worker itself between
// tasks of other groups, everybody before they sleep.
//
// Threads: add() and youngest() by the worker, the others by any.
#pragma once

#include <mutex>

#include "core/base/atomic.hpp"
#include "core/sync/futex_mutex.hpp"
#include "core/sync/quiescence.hpp"
#include "schedulers/continuation/join_point.hpp"

namespace an::schedulers::continuation {

struct Waiter : Continuation {
  Waiter(Fiber& fiber, Quiescence& counts) noexcept : Continuation(fiber), pending(&counts) {}

  Quiescence* pending;
  Waiter* elder = nullptr;
};

class Waits {
 public:
  // Requires that the strand's stack has been left.
  void add(Waiter& waiter) noexcept {
    const std::lock_guard guard(lock_);
    waiter.elder = youngest_;
    youngest_ = &waiter;
    publish();
  }

  // A strand whose group is done, or null. Takes it off the list.
  Waiter* take_ready() noexcept {
    if (youngest() == nullptr) {
      return nullptr;
    }
    const std::lock_guard guard(lock_);
    for (Waiter** link = &youngest_; *link != nullptr; link = &(*link)->elder) {
      Waiter* const waiter = *link;
      if (waiter->pending->is_reached()) {
        *link = waiter->elder;
        publish();
        return waiter;
      }
    }
    return nullptr;
  }

  // Whether there is one.
  bool any_ready() const noexcept {
    if (youngest() == nullptr) {
      return false;
    }
    const std::lock_guard guard(lock_);
    for (const Waiter* waiter = youngest_; waiter != nullptr; waiter = waiter->elder) {
      if (waiter->pending->is_reached()) {
        return true;
      }
    }
    return false;
  }

  // The group that the youngest waits for, or null when nobody waits: a hint, like every look at a
  // queue from outside; ordered by the barriers of the event count before anyone sleeps on it.
  const Quiescence* youngest() const noexcept { return hint_.load(kStat); }

 private:
  void publish() noexcept {
    hint_.store(youngest_ == nullptr ? nullptr : youngest_->pending, kStat);
  }

  mutable FutexMutex lock_;
  Waiter* youngest_ = nullptr;
  Atomic<const Quiescence*> hint_ = nullptr;
};

}  // namespace an::schedulers::continuation
