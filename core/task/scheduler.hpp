// What a scheduler is: a type that runs a root on `workers` threads, the caller being one of them.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/fork_join.hpp"
#include "core/task/job.hpp"
#include "core/task/task_group.hpp"
#include "core/task/trace.hpp"

namespace an {

inline constexpr std::uint32_t kWorkersMax = 1024;

// An option a scheduler understands: `--set scheduler.name=value`.
struct OptionSpec {
  std::string_view name;
  std::string_view default_value;
  std::string_view summary;
  std::string_view values;  // what is accepted, for the reader: "on|off", "1..1000000"
};

// Everything a scheduler is built from. Plain data: the conductor reads the machine, not the cell.
struct SchedulerConfig {
  std::uint32_t workers = 1;  // running threads, the caller included; 1..kWorkersMax
  std::uint64_t seed = 1;     // reaches every random choice
  std::vector<int> cpus;      // worker i runs on cpus[i]; empty = not pinned
  // Whom worker i may rob, near to far; empty = anyone. A strategy that picks at random ignores the order.
  std::vector<std::vector<WorkerId>> victims;
  std::vector<std::uint32_t> nodes;  // worker i runs on NUMA node nodes[i]; empty = unknown
  std::map<std::string, std::string, std::less<>> options;  // by OptionSpec::name; absent = default
  std::uint32_t trace_events = 0;  // the last so many of every worker are kept; 0 = not traced

  // The text of option `spec`.
  std::string_view option(const OptionSpec& spec) const;
  // The same as an integer in [low, high]; throws an::Error that names the option otherwise.
  std::int64_t integer_option(const OptionSpec& spec, std::int64_t low, std::int64_t high) const;
  // The same as one of spec.values, which lists them with | between; throws as integer_option.
  std::string_view choice_option(const OptionSpec& spec) const;
  // The same as a switch, `on` or `off`.
  bool switch_option(const OptionSpec& spec) const;
};

// Throws an::Error for an option that is not in `specs`.
void reject_unknown_options(const SchedulerConfig& config,
                            std::string_view scheduler,
                            std::span<const OptionSpec> specs);

// One of a scheduler's counters, summed over its workers. Names are snake_case.
struct Counter {
  std::string_view name;
  std::uint64_t value;
};

// A counter of this name is the time in ns that workers had nothing to run: they looked for work or slept.
// A period that has not ended counts until now.
inline constexpr std::string_view kIdleCounter = "idle_ns";

// kWorkersLimit is the most workers the strategy can use (1 for serial). `run(root)` calls
// root(worker) on the calling thread, waits until every task spawned inside has run, and returns
// what the root returned (Unit for void) or throws what it threw. It may be called again, from any
// thread (calls from several threads take turns), and from inside a branch of itself. `counters()`
// may be called between runs. A run inside a branch returns when its root has; what that root spawned
// outside a group is awaited by the outermost run.
//
// `inject(task)` and `inject_batch(count, make)` add tasks from any thread and return at once;
// task(worker) is called by some worker later. `wait_injected()` makes the caller a worker until nothing
// injected is left, and rethrows the first exception: while others go on injecting it goes on working. Not
// from inside a branch or task of the same scheduler (an::Error where that could deadlock). The destructor
// runs what is left; nobody may inject any more when it begins.
//
// Optional: `static constexpr std::size_t kTaskBytes`, sizeof the object that spawning an empty
// callable allocates. A strategy whose spawn allocates no task has none.
//
// Optional: `static constexpr bool kIsInstrument`. True says that it measures programs instead of running
// them fast: it is run when it is named, not with all. Absent means false.
//
// Optional: `static constexpr bool kKeepsThreads`. False says that threads come and go with the branches
// they run, and that `workers` limits how many there are at a time: none waits between runs, and a run
// may see more than `workers` of them one after another. Absent means true: the constructor starts
// workers-1 threads, which sleep while there is nothing to run, and the destructor ends them.
//
// Optional: `static constexpr bool kServesAnyThread`. False says that run and wait_injected belong to the
// thread that made the scheduler (and to its branches), and throw an::Error elsewhere. Absent means true.
//
// Optional: `const TraceRing* trace(WorkerId) const`, what that worker did, or null: of every worker if
// `trace_events` is not 0, else of none. Any thread. A strategy without it cannot be traced.
template <class S>
concept Scheduler = std::constructible_from<S, const SchedulerConfig&> &&
    ForkJoinWorker<typename S::Worker> && TaskWorker<typename S::Worker> &&
    requires(S& scheduler, ProbeBranch root, ProbeTask task, ProbeMake make) {
  { S::kName } -> std::convertible_to<std::string_view>;
  { S::kSummary } -> std::convertible_to<std::string_view>;
  { S::kWorkersLimit } -> std::convertible_to<std::uint32_t>;
  { S::kOptions } -> std::convertible_to<std::span<const OptionSpec>>;
  { scheduler.run(root) } -> std::same_as<int>;
  scheduler.inject(task);
  scheduler.inject_batch(1, make);
  scheduler.wait_injected();
  { scheduler.counters() } -> std::same_as<std::vector<Counter>>;
};

// The values of kIsInstrument, kKeepsThreads and kServesAnyThread.
template <Scheduler S>
constexpr bool is_instrument() {
  if constexpr (requires { S::kIsInstrument; }) {
    return S::kIsInstrument;
  } else {
    return false;
  }
}
template <Scheduler S>
constexpr bool keeps_threads() {
  if constexpr (requires { S::kKeepsThreads; }) {
    return S::kKeepsThreads;
  } else {
    return true;
  }
}
template <Scheduler S>
constexpr bool serves_any_thread() {
  if constexpr (requires { S::kServesAnyThread; }) {
    return S::kServesAnyThread;
  } else {
    return true;
  }
}

}  // namespace an
