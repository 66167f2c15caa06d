// Injector: tasks from threads that are no workers. A ring behind a lock: producers hold it for the
// making of a task, workers take a batch at a time into their own run queue. The lock also guards
// what the external producers share: one place in the object pool and one in the counts.
//
// Threads: any. I1: `size_` is the number of tasks in the ring; written under the lock.
#pragma once

#include <algorithm>
#include <mutex>
#include <span>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/sync/futex_mutex.hpp"
#include "core/task/job.hpp"

namespace an::schedulers::stealing {

class Injector {
 public:
  // Queues the tasks that make(i) returns for i in [0, count), each a Job&. `make` runs under the
  // lock. What was made before an exception stays queued.
  template <class Make>
  void push(std::int64_t count, const Make& make) {
    const std::lock_guard guard(lock_);
    for (std::int64_t i = 0; i < count; ++i) {
      if (end_ - begin_ == ring_.size()) {
        grow();
      }
      Job& job = make(i);
      ring_[end_++ & (ring_.size() - 1)] = &job;
      size_.store(end_ - begin_, kStat);
    }
  }

  // A guess; ordered by the barriers of the event count like every other look for work.
  bool is_empty() const noexcept { return size_.load(kStat) == 0; }

  // Moves the oldest tasks into `out`, no more than a fair share for one of `workers`. Returns how
  // many. 0 also when somebody else holds the lock.
  std::size_t take(std::span<Job*> out, std::uint32_t workers) noexcept {
    if (is_empty()) {
      return 0;
    }
    const std::unique_lock guard(lock_, std::try_to_lock);
    if (!guard.owns_lock()) {
      return 0;
    }
    const std::size_t count = std::min((end_ - begin_ + workers - 1) / workers, out.size());
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = ring_[begin_++ & (ring_.size() - 1)];
    }
    size_.store(end_ - begin_, kStat);
    return count;
  }

 private:
  [[gnu::noinline]] void grow() {
    std::vector<Job*> larger(ring_.size() * 2);
    for (std::size_t i = begin_; i != end_; ++i) {
      larger[i & (larger.size() - 1)] = ring_[i & (ring_.size() - 1)];
    }
    ring_ = std::move(larger);
  }

  FutexMutex lock_;
  std::vector<Job*> ring_ = std::vector<Job*>(64);  // a power of two
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  alignas(kNoSharing) Atomic<std::size_t> size_ = 0;  // polled by idle workers
};

}  // namespace an::schedulers::stealing
