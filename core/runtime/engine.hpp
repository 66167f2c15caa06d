// Engine: a scheduler chosen by name at run time. EngineOf<S> is the one implementation; a file per scheduler
// that add_scheduler built instantiates it (engine.cpp.in), and engines() lists them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/runtime/strand.hpp"
#include "core/runtime/task.hpp"
#include "core/task/scheduler.hpp"

namespace an {

// Who calls the injected tasks: counts them, keeps what they throw.
struct TaskHost {
  void* context;
  void (*run)(void* context, Task& task) noexcept;
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Runs the branch on the calling thread, which is a worker meanwhile.
  virtual void run(BranchRef root) = 0;
  // Any thread. Returns at once; a worker hands the task to the host later.
  virtual void inject(Task task) = 0;
  // The same for all of `tasks`, which are moved from.
  virtual void inject_batch(std::span<Task> tasks) = 0;
  // Returns when every injected task has run; the caller is a worker meanwhile.
  virtual void wait_injected() = 0;
  virtual std::vector<Counter> counters() const = 0;
};

template <Scheduler S>
class EngineOf final : public Engine {
 public:
  using Worker = typename S::Worker;

  EngineOf(const SchedulerConfig& config, TaskHost host) : host_(host), scheduler_(config) {}

  void run(BranchRef root) override {
    scheduler_.run([root](Worker worker) {
      const StrandOf<Worker> strand(worker);
      root.call(root.context, Strand(strand));
    });
  }
  void inject(Task task) override { scheduler_.inject(hosted(std::move(task))); }
  void inject_batch(std::span<Task> tasks) override {
    scheduler_.inject_batch(static_cast<std::int64_t>(tasks.size()), [this, tasks](std::int64_t i) {
      return hosted(std::move(tasks[static_cast<std::size_t>(i)]));
    });
  }
  void wait_injected() override { scheduler_.wait_injected(); }
  std::vector<Counter> counters() const override { return scheduler_.counters(); }

 private:
  auto hosted(Task task) const {
    return [host = host_, task = std::move(task)](Worker) mutable { host.run(host.context, task); };
  }

  TaskHost host_;
  S scheduler_;
};

// What can be chosen.
struct EngineEntry {
  std::string_view name, summary;
  std::uint32_t workers_max;
  std::span<const OptionSpec> options;
  // Throws an::Error as the scheduler's constructor does.
  std::unique_ptr<Engine> (*start)(const SchedulerConfig& config, TaskHost host);
};

template <Scheduler S>
EngineEntry engine_entry() {
  return {S::kName, S::kSummary, S::kWorkersLimit, S::kOptions,
          [](const SchedulerConfig& config, TaskHost host) -> std::unique_ptr<Engine> {
            return std::make_unique<EngineOf<S>>(config, host);
          }};
}

// Every native scheduler of this build, in the order of schedulers/CMakeLists.txt.
std::span<const EngineEntry> engines();

}  // namespace an
