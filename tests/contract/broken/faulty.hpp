// The serial scheduler with one fault, for tests that must notice it. `Fault` says what becomes of
// every thousandth task or second branch.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "core/task/scheduler.hpp"

namespace an::contract {

enum class Fault { kDrop, kTwice, kReturnEarly };

template <Fault kFault>
class FaultyScheduler {
 public:
  static constexpr std::string_view kSummary = "broken on purpose";
  static constexpr std::uint32_t kWorkersLimit = 1;
  static constexpr std::array<OptionSpec, 0> kOptions{};

  // True every thousandth time.
  static bool is_due() {
    static int calls = 0;
    return ++calls % 1000 == 0;
  }

  struct Worker {
    // Tasks run in spawn, but for the faulty one.
    class Group {
     public:
      explicit Group(Worker /*worker*/) {}
      template <class F, class... Wish>
      void spawn(Worker worker, F&& task, Wish... /*wish*/) {
        worker.spawn(task);
      }
      template <class Make>
      void spawn_batch(Worker worker, std::int64_t count, const Make& make) {
        worker.spawn_batch(count, make);
      }
      void wait(Worker /*worker*/) {}
    };

    template <class F, class G>
    JoinResult<Worker, F, G> join(F&& f, G&& g) const {
      auto first = run_branch(f, *this);
      const bool due = is_due();
      if constexpr (std::is_default_constructible_v<BranchResult<Worker, G>>) {
        if (due && kFault == Fault::kDrop) {
          return {std::move(first), BranchResult<Worker, G>{}};
        }
      }
      if (due && kFault == Fault::kTwice) {
        static_cast<void>(run_branch(g, *this));
      }
      return {std::move(first), run_branch(g, *this)};
    }

    template <class F, class... Wish>
    void spawn(F&& task, Wish... /*wish*/) const {
      const bool due = is_due();
      if (due && kFault == Fault::kDrop) {
        return;
      }
      if (due && kFault == Fault::kReturnEarly) {
        late() = [copy = std::forward<F>(task), worker = *this] { copy(worker); };
        return;
      }
      task(*this);
      if (due && kFault == Fault::kTwice) {
        task(*this);
      }
    }

    template <class Make>
    void spawn_batch(std::int64_t count, const Make& make) const {
      for (std::int64_t i = 0; i < count; ++i) {
        spawn(make(i));
      }
    }

    // The task that has not run when run() returns.
    static std::function<void()>& late() {
      static std::function<void()> task;
      return task;
    }
  };

  explicit FaultyScheduler(const SchedulerConfig& /*config*/) {}

  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    return run_branch(root, Worker{});
  }

  template <class F>
  void inject(F&& task) {
    Worker{}.spawn(task);
  }
  template <class Make>
  void inject_batch(std::int64_t count, const Make& make) {
    Worker{}.spawn_batch(count, make);
  }
  void wait_injected() {}

  std::vector<Counter> counters() const { return {}; }
};

}  // namespace an::contract
