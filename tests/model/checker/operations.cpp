// What each operation of a model's thread does; see execution.hpp.
#include <fmt/format.h>
#include <pthread.h>

#include "tests/model/checker/execution.hpp"

namespace an::model {

namespace {

constexpr std::uint32_t kFutexBytes = 4;
constexpr std::size_t kMutexBytes = sizeof(pthread_mutex_t);

}  // namespace

std::uint64_t Execution::load(Operation op) {
  const Outside outside;
  op.kind = Kind::kLoad;
  reach(op);
  check_race(op.address, op.bytes, Access::kAtomicRead, op.pc);
  Location& location = atomics_.at(op.address, op.bytes);
  const std::uint32_t last = location.last_index();
  const std::uint32_t oldest = atomics_.oldest_readable(location, self_, op.order);
  const std::uint32_t index = last - explorer_->choose(last - oldest + 1);
  atomics_.read(location, self_, index, op.order);
  if (trace_ != nullptr) {
    trace_->load(self_, op, location, index);
  }
  return location.history[index].value;
}

void Execution::store(Operation op, std::uint64_t value) {
  const Outside outside;
  op.kind = Kind::kStore;
  reach(op);
  check_race(op.address, op.bytes, Access::kAtomicWrite, op.pc);
  Location& location = atomics_.at(op.address, op.bytes);
  atomics_.write(location, self_, value, op.order, false, op.pc);
  if (trace_ != nullptr) {
    trace_->store(self_, op, location);
  }
}

bool Execution::compare_exchange(Operation op, std::uint64_t& expected, std::uint64_t desired) {
  const Outside outside;
  op.kind = Kind::kCompareExchange;
  reach(op);
  check_race(op.address, op.bytes, Access::kAtomicWrite, op.pc);
  Location& location = atomics_.at(op.address, op.bytes);
  const std::uint32_t last = location.last_index();
  const std::uint32_t oldest = atomics_.oldest_readable(location, self_, op.failure_order);
  // Success first, then the failures, newest value first. Those for no reason read any message.
  const bool may_succeed = location.last().value == expected;
  Thread& thread = threads_[self_];
  const bool may_fail = op.is_weak && thread.weak_left > 0;
  std::vector<std::uint32_t> failures;
  for (std::uint32_t index = last + 1; index-- > oldest;) {
    if (may_fail || location.history[index].value != expected) {
      failures.push_back(index);
    }
  }
  const auto options = static_cast<std::uint32_t>(failures.size()) + (may_succeed ? 1U : 0U);
  const std::uint32_t chosen = explorer_->choose(options);
  if (may_succeed && chosen == 0) {
    atomics_.read(location, self_, last, op.order);
    atomics_.write(location, self_, desired, op.order, true, op.pc);
    if (trace_ != nullptr) {
      trace_->update(self_, op, location);
    }
    return true;
  }
  const std::uint32_t index = failures[chosen - (may_succeed ? 1 : 0)];
  thread.weak_left -= location.history[index].value == expected ? 1 : 0;
  atomics_.read(location, self_, index, op.failure_order);
  if (trace_ != nullptr) {
    trace_->failed_exchange(self_, op, location, index);
  }
  expected = location.history[index].value;
  return false;
}

void Execution::fence(Order order, std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kFence, .order = order, .pc = pc});
  atomics_.fence(self_, order);
  if (trace_ != nullptr) {
    trace_->event(self_, "fence", pc);
  }
}

// Each thread that runs is interrupted between two of its instructions, one after the other and in any
// order, and executes a full fence; one that has ended did so when it left its CPU.
void Execution::heavy_barrier(std::uint64_t pc) {
  const Outside outside;
  fence(Order::kSeqCst, pc);
  std::vector<int> others;
  for (int t = 0; t < kThreadsMax; ++t) {
    if (t != self_ && threads_[t].state == State::kDone) {
      atomics_.fence(t, Order::kSeqCst);
    } else if (t != self_ && threads_[t].state != State::kUnused) {
      others.push_back(t);
    }
  }
  while (!others.empty()) {
    const auto chosen =
        others.begin() + explorer_->choose(static_cast<std::uint32_t>(others.size()));
    reach({.kind = Kind::kRemoteFence, .order = Order::kSeqCst, .thread = *chosen, .pc = pc});
    atomics_.fence(*chosen, Order::kSeqCst);
    if (trace_ != nullptr) {
      trace_->event(self_, fmt::format("heavy barrier reaches T{}", *chosen), pc);
    }
    others.erase(chosen);
  }
  fence(Order::kSeqCst, pc);
}

bool Execution::futex_wait(std::uintptr_t word,
                           std::uint32_t expected,
                           bool has_deadline,
                           std::uint64_t pc) {
  const Outside outside;
  Operation op{.kind = Kind::kFutexWait, .bytes = kFutexBytes, .address = word, .pc = pc};
  reach(op);
  check_race(word, op.bytes, Access::kAtomicRead, pc);
  // The kernel compares what is there, whatever this thread has seen.
  Location& location = atomics_.at(word, op.bytes);
  atomics_.read(location, self_, location.last_index(), Order::kRelaxed);
  Thread& thread = threads_[self_];
  const bool sleeps = location.last().value == expected;
  if (trace_ != nullptr) {
    trace_->event(self_,
                  fmt::format("a{} futex wait for {:#x}: {}", location.name, expected,
                              sleeps ? "sleeps" : "it has changed"),
                  pc);
  }
  if (!sleeps) {
    return true;
  }
  // With a deadline: it has passed already. No more often, so that who waits in a loop ends.
  if (thread.spurious_left > 0 && explorer_->choose(2) == 1) {
    --thread.spurious_left;
    if (trace_ != nullptr) {
      trace_->event(self_, has_deadline ? "its time has passed" : "wakes for no reason", pc);
    }
    return !has_deadline;
  }
  return futex_sleep(word, has_deadline, pc);
}

bool Execution::futex_sleep(std::uintptr_t word, bool has_deadline, std::uint64_t pc) {
  Thread& thread = threads_[self_];
  thread.state = State::kAsleep;
  thread.next.kind = has_deadline ? Kind::kFutexTimed : Kind::kFutexWoken;
  if (has_deadline) {
    begin_to_spin();
  }
  if (const int next = pick(); next != self_) {
    switch_to(next);
  }
  atomics_.tick(self_);
  if (thread.state == State::kAsleep) {  // nobody has woken it
    thread.state = State::kReady;
    atomics_.see_everything(self_);
    if (trace_ != nullptr) {
      trace_->event(self_, "its time passes", pc);
    }
    return false;
  }
  Location& woken = atomics_.at(word, kFutexBytes);
  atomics_.read(woken, self_, woken.last_index(), Order::kRelaxed);
  return true;
}

void Execution::futex_wake(std::uintptr_t word, int count, std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kFutexWake, .bytes = kFutexBytes, .address = word, .pc = pc});
  std::string woken;
  for (; count > 0; --count) {
    std::vector<int> waiters;
    for (int t = 0; t < kThreadsMax; ++t) {
      if (threads_[t].state == State::kAsleep && threads_[t].next.address == word) {
        waiters.push_back(t);
      }
    }
    if (waiters.empty()) {
      break;
    }
    const auto options = static_cast<std::uint32_t>(waiters.size());
    const int chosen = waiters[static_cast<int>(options) <= count ? 0 : explorer_->choose(options)];
    threads_[chosen].state = State::kReady;
    threads_[chosen].next.kind = Kind::kFutexWoken;
    woken += fmt::format(" T{}", chosen);
  }
  if (trace_ != nullptr) {
    trace_->event(self_, "futex wake:" + (woken.empty() ? " nobody" : woken), pc);
  }
}

void Execution::yield(std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kYield, .pc = pc});
  atomics_.see_everything(self_);
}

int Execution::start_thread(std::function<void()> body, std::uint64_t pc) {
  const Outside outside;
  int id = 1;
  while (id < kThreadsMax && threads_[id].state != State::kUnused) {
    ++id;
  }
  if (id == kThreadsMax) {
    fail("the model starts more than 7 threads");
  }
  atomics_.tick(self_);
  atomics_.thread(id).now = atomics_.thread(self_).now;
  threads_[id].body = std::move(body);
  threads_[id].state = State::kReady;
  fibers_[id].start(&run_thread, id);
  if (trace_ != nullptr) {
    trace_->event(self_, fmt::format("starts T{}", id), pc);
  }
  return id;
}

void Execution::join_thread(int thread, std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kJoin, .thread = thread, .pc = pc});
  atomics_.thread(self_).now.join(atomics_.thread(thread).now);
}

Execution::Mutex& Execution::mutex_at(std::uintptr_t address) {
  for (Mutex& mutex : mutexes_) {
    if (mutex.address == address) {
      return mutex;
    }
  }
  return mutexes_.emplace_back(Mutex{address, -1, View{}});
}

void Execution::lock(std::uintptr_t mutex, std::uint64_t pc) {
  const Outside outside;
  mutex_at(mutex);
  reach(Operation{.kind = Kind::kLock, .address = mutex, .pc = pc});
  check_race(mutex, kMutexBytes, Access::kAtomicWrite, pc);
  mutex_at(mutex).owner = self_;
  atomics_.thread(self_).now.join(mutex_at(mutex).view);
  if (trace_ != nullptr) {
    trace_->event(self_, "locks a mutex", pc);
  }
}

bool Execution::try_lock(std::uintptr_t mutex, std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kUnlock, .address = mutex, .pc = pc});
  check_race(mutex, kMutexBytes, Access::kAtomicWrite, pc);
  Mutex& found = mutex_at(mutex);
  if (found.owner >= 0) {
    return false;
  }
  found.owner = self_;
  atomics_.thread(self_).now.join(found.view);
  return true;
}

void Execution::unlock(std::uintptr_t mutex, std::uint64_t pc) {
  const Outside outside;
  reach(Operation{.kind = Kind::kUnlock, .address = mutex, .pc = pc});
  check_race(mutex, kMutexBytes, Access::kAtomicWrite, pc);
  Mutex& found = mutex_at(mutex);
  found.owner = -1;
  found.view = atomics_.thread(self_).now;
  if (trace_ != nullptr) {
    trace_->event(self_, "unlocks a mutex", pc);
  }
}

}  // namespace an::model
