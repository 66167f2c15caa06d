// CrewScheduler: the face of a stealing strategy as an an::Scheduler. A strategy derives from it,
// adds its name and options, and the counters that are its own.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "schedulers/stealing/crew.hpp"

namespace an::schedulers::stealing {

template <class Strategy>
class CrewScheduler {
 public:
  using Worker = typename Strategy::Worker;
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::size_t kTaskBytes = Worker::Group::kTaskBytes;

  // See the Scheduler concept for these.
  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    return crew_.run(root);
  }
  template <class F>
  void inject(F&& task) {
    crew_.inject(1, [&](std::int64_t) -> F&& { return std::forward<F>(task); });
  }
  template <class Make>
  void inject_batch(std::int64_t count, const Make& callable) {
    crew_.inject(count, callable);
  }
  void wait_injected() { crew_.wait_injected(); }

  std::vector<Counter> counters() const {
    return {{"steals", crew_.sum(&WorkerCounts::steals)},
            {"leapfrogs", crew_.sum(&WorkerCounts::leapfrogs)},
            {"parks", crew_.sum(&WorkerCounts::parks)},
            {"tasks", crew_.sum(&WorkerCounts::tasks)},
            {kIdleCounter, idle_ns()}};
  }
  const TraceRing* trace(WorkerId worker) const { return crew_.state(worker).trace.get(); }

 protected:
  // Starts the workers. Throws an::Error for bad options, or when threads cannot be started or
  // pinned.
  CrewScheduler(const SchedulerConfig& config,
                std::string_view name,
                std::span<const OptionSpec> options)
      : crew_((reject_unknown_options(config, name, options), config), name) {}
  ~CrewScheduler() = default;

  // How long the workers have looked for work or slept, together, until now.
  std::uint64_t idle_ns() const {
    const std::uint64_t now = ticks();
    std::uint64_t total = 0;
    for (WorkerId id = 0; id < crew_.workers(); ++id) {
      total += crew_.state(id).counts.idle.ticks_until(now);
    }
    return total / ticks_per_us() * 1000 + total % ticks_per_us() * 1000 / ticks_per_us();
  }

  Crew<Strategy> crew_;
};

}  // namespace an::schedulers::stealing
