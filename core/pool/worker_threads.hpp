// WorkerThreads: the threads of a scheduler, started together and stopped together. The protocol is
// numbered in README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/thread.hpp"
#include "core/task/job.hpp"

namespace an {

class WorkerThreads {
 public:
  // What a thread does until it is told to stop; must return soon after is_stopping() turned true
  // and it has been woken. Must not throw.
  using Body = std::function<void(WorkerId)>;

  WorkerThreads() = default;
  // Requires that stop() was called if start() was.
  ~WorkerThreads();
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  // Starts workers 1 .. workers-1 (worker 0 is whoever calls the scheduler's run) and returns when
  // each is running where it should: worker i pinned to cpus[i], or anywhere if `cpus` is empty.
  // Throws an::Error, with no thread left, when one cannot be started or pinned. At most once.
  void start(const std::string& name,
             std::uint32_t workers,
             const std::vector<int>& cpus,
             Body body);

  bool is_stopping() const noexcept {
    // (P2) acquire; pairs with (P1): what happened before stop() is visible to a worker that
    // leaves.
    return stopping_.load(kAcquire);
  }

  // Tells every thread to leave, calls `wake_all` so that sleepers notice, and joins them. May be
  // called again.
  void stop(const std::function<void()>& wake_all);

 private:
  std::vector<Thread> threads_;
  Atomic<bool> stopping_ = false;
};

}  // namespace an
