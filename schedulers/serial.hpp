// serial: the elision. join(f, g) is f, then g; a spawned task runs at once, on the caller's stack.
// No thread, no queue, no allocation: the baseline every overhead is counted from, compiled with
// the same flags and the same kernels as everyone else.
//
// When it loses: whenever there is a second CPU. A chain of tasks that spawn each other recurses.
#pragma once

#include <array>
#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/task/scheduler.hpp"

namespace an::schedulers::serial {

class Scheduler {
 public:
  static constexpr std::string_view kName = "serial";
  static constexpr std::string_view kSummary = "the serial elision: every fork is a call";
  static constexpr std::uint32_t kWorkersLimit = 1;
  static constexpr std::array<OptionSpec, 0> kOptions{};

  struct Worker {
    class Group;

    template <class F, class G>
    [[gnu::always_inline]] JoinResult<Worker, F, G> join(F&& f, G&& g) const {
      auto first = run_branch(f, *this);
      return {std::move(first), run_branch(g, *this)};
    }

    // The elision of a parallel loop is a loop. Not inherited: a body takes the handle of its scheduler.
    template <std::invocable<Worker, std::int64_t> Body>
    void for_range(std::int64_t begin,
                   std::int64_t end,
                   std::int64_t /*grain*/,
                   const Body& body) const {
      for (std::int64_t i = begin; i < end; ++i) {
        body(*this, i);
      }
    }

    template <class F>
    void spawn(F&& task) const {
      task(*this);
    }
    template <class F, class Wish>
    void spawn(F&& task, Wish /*phase or hint*/) const {
      task(*this);
    }
    template <class Make>
    void spawn_batch(std::int64_t count, const Make& callable) const {
      for (std::int64_t i = 0; i < count; ++i) {
        callable(i)(*this);
      }
    }
  };

  // Requires config.workers == 1; throws an::Error otherwise and for any option.
  explicit Scheduler(const SchedulerConfig& config) {
    if (config.workers != 1) {
      throw Error("scheduler serial cannot run " + std::to_string(config.workers) + " workers",
                  "It is the serial baseline", "Use --workers=1");
    }
    reject_unknown_options(config, kName, kOptions);
  }

  // Runs what was injected and not yet waited for.
  ~Scheduler() {
    try {
      wait_injected();
    } catch (...) {  // nobody asked
    }
  }

  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    const std::lock_guard turn(turn_);
    return run_branch(root, Worker{});
  }

  // Tasks from outside are kept until somebody waits for them.
  template <class F>
  void inject(F&& task) {
    auto kept = std::make_shared<std::decay_t<F>>(std::forward<F>(task));
    const std::lock_guard guard(lock_);
    injected_.push_back([kept] { (*kept)(Worker{}); });
  }
  template <class Make>
  void inject_batch(std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      inject(callable(i));
    }
  }
  void wait_injected();

  std::vector<Counter> counters() const { return {}; }

 private:
  std::recursive_mutex turn_;  // one root at a time, and roots inside it
  std::mutex lock_;
  std::vector<std::function<void()>> injected_;
};

// Tasks have run when spawn returns; what is left for wait() is the first exception.
class Scheduler::Worker::Group {
 public:
  explicit Group(Worker /*worker*/) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  template <class F>
  void spawn(Worker worker, F&& task) {
    try {
      task(worker);
    } catch (...) {
      if (thrown_ == nullptr) {
        thrown_ = std::current_exception();
      }
    }
  }
  template <class F, class Wish>
  void spawn(Worker worker, F&& task, Wish /*phase or hint*/) {
    spawn(worker, task);
  }
  template <class Make>
  void spawn_batch(Worker worker, std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      spawn(worker, callable(i));
    }
  }

  void wait(Worker /*worker*/) {
    if (thrown_ != nullptr) {
      std::rethrow_exception(std::exchange(thrown_, nullptr));
    }
  }

 private:
  std::exception_ptr thrown_;
};

inline void Scheduler::wait_injected() {
  const std::lock_guard turn(turn_);
  Worker::Group group(Worker{});
  for (;;) {
    std::vector<std::function<void()>> batch;
    {
      const std::lock_guard guard(lock_);
      batch.swap(injected_);
    }
    if (batch.empty()) {
      break;
    }
    for (const auto& task : batch) {
      group.spawn(Worker{}, [&task](Worker) { task(); });
    }
  }
  group.wait(Worker{});
}

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::serial
