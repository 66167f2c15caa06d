// serial: the elision. join(f, g) is f, then g; a spawned task runs at once, on the caller's stack.
// No thread, no queue, no allocation: the baseline every overhead is counted from, compiled with
// the same flags and the same kernels as everyone else.
//
// When it loses: whenever there is a second CPU. A chain of tasks that spawn each other recurses.
#pragma once

#include <array>
#include <exception>

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

    template <class F>
    void spawn(F&& task) const {
      task(*this);
    }
    template <class F, class Wish>
    void spawn(F&& task, Wish /*phase or hint*/) const {
      task(*this);
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

  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    return run_branch(root, Worker{});
  }

  std::vector<Counter> counters() const { return {}; }
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

  void wait(Worker /*worker*/) {
    if (thrown_ != nullptr) {
      std::rethrow_exception(std::exchange(thrown_, nullptr));
    }
  }

 private:
  std::exception_ptr thrown_;
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::serial
