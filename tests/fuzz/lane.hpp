// Lane: one scheduler with its workers, on which Dags run one after the other. Erased here, so that
// each scheduler's templates are compiled in a file of their own (lane.cpp.in).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/thread.hpp"
#include "core/task/scheduler.hpp"
#include "tests/fuzz/interpreter.hpp"
#include "tests/fuzz/seen.hpp"

namespace an::fuzz {

class Lane {
 public:
  virtual ~Lane() = default;
  // Runs all of it, injected tasks included. What a node throws is seen; anything else passes on.
  virtual void run(const Dag& dag, Seen& seen) = 0;
  // A counter of the scheduler's so far, 0 if it has none of that name.
  virtual std::uint64_t counter(std::string_view name) const = 0;
};

struct LaneEntry {
  std::string_view name;
  std::uint32_t workers_max;
  std::unique_ptr<Lane> (*start)(const SchedulerConfig& config);
};

template <Scheduler S>
class LaneOf final : public Lane {
 public:
  explicit LaneOf(const SchedulerConfig& config) : scheduler_(config) {}

  void run(const Dag& dag, Seen& seen) override {
    const std::uint64_t tasks_before = counter("tasks");
    Interpreter<S> interpreter(scheduler_, dag, seen);
    const auto inject_all = [&] {
      for (const NodeId root : dag.outside) {
        interpreter.inject(root);
      }
    };
    {
      std::optional<Thread> producer;
      if (dag.outside_meanwhile) {
        producer.emplace("producer", inject_all);
      } else {
        inject_all();
      }
      note(seen.root, [&] { return interpreter.run(); });
      seen.open_after_run = seen.loose.open.load(kStat);
    }
    note(seen.waited, [&] {
      scheduler_.wait_injected();
      return std::uint64_t{0};
    });
    seen.tasks_run = counter("tasks") - tasks_before;
    seen.counts_tasks = !scheduler_.counters().empty();
  }

  std::uint64_t counter(std::string_view name) const override {
    for (const Counter& one : scheduler_.counters()) {
      if (one.name == name) {
        return one.value;
      }
    }
    return 0;
  }

 private:
  template <class F>
  static void note(Seen::Outcome& outcome, const F& call) {
    try {
      outcome.value = call();
    } catch (const Thrown& thrown) {
      outcome.thrown = thrown.id;
    }
  }

  S scheduler_;
};

template <Scheduler S>
LaneEntry lane_entry() {
  return {S::kName, S::kWorkersLimit, [](const SchedulerConfig& config) -> std::unique_ptr<Lane> {
            return std::make_unique<LaneOf<S>>(config);
          }};
}

// Every native scheduler of this build, in the order of schedulers/CMakeLists.txt.
std::span<const LaneEntry> lanes();

}  // namespace an::fuzz
