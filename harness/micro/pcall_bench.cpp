// What a potential fork costs around a body that the compiler cannot see into: join(body, body) against two
// calls. Arguments: the length that a body is aimed at, in nanoseconds, and the workers. Two bodies do not
// need each other, so a CPU overlaps short ones: `direct_ns` is what the two really take.
//
// `ns_per_item` is a fork with both bodies, `over_ns` its difference to the two calls: medians over blocks
// of a tenth of a millisecond. With one worker blocks of both alternate, and the difference is within a pair.
// With two the calls are timed first, because a thief that finds nothing for a block goes to sleep; there
// over_ns is negative where the second worker pays. Per fork, where the scheduler counts it: `steals`,
// `promotions` (heartbeat), `shares` (split_deque), `transfers` (private_deque).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/micro/pair.hpp"
#include "harness/micro/quantile.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/continuation.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/private_deque.hpp"
#include "schedulers/serial.hpp"
#include "schedulers/split_deque.hpp"

namespace {

using an::Nanos;

// A chain of multiplications, each of which needs the one before: a nanosecond or two a step.
[[gnu::noinline]] std::uint64_t spin(std::uint64_t value, std::int64_t steps) {
  for (std::int64_t i = 0; i < steps; ++i) {
    value = value * 0x9e3779b97f4a7c15ULL + 1;
    asm volatile("" : "+r"(value));
  }
  return value;
}

// How long `calls` calls of `steps` steps take, the least of a few tries.
double time_of(std::int64_t calls, std::int64_t steps) {
  constexpr int kTries = 5;
  Nanos least = INT64_MAX;
  for (int i = 0; i < kTries; ++i) {
    const Nanos start = an::now_ns();
    for (std::int64_t call = 0; call < calls; ++call) {
      benchmark::DoNotOptimize(spin(static_cast<std::uint64_t>(call), steps));
    }
    least = std::min(least, an::now_ns() - start);
  }
  return static_cast<double>(least);
}

// How many steps take `ns` with their call: at least none.
std::int64_t steps_for(std::int64_t ns) {
  constexpr std::int64_t kCalls = 10'000;
  constexpr std::int64_t kSteps = 100'000;
  const double call_ns = time_of(kCalls, 0) / kCalls;
  const double step_ns = time_of(1, kSteps) / kSteps;
  const double steps = (static_cast<double>(ns) - call_ns) / step_ns;
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(steps + 0.5));
}

// `count` times `action`, timed.
template <class Action>
Nanos timed(std::int64_t count, const Action& action) {
  const Nanos start = an::now_ns();
  for (std::int64_t i = 0; i < count; ++i) {
    action();
  }
  return an::now_ns() - start;
}

// A block of forks is about so long, so that a clock read is nothing to it.
std::int64_t forks_in_block(std::int64_t body_ns) {
  constexpr std::int64_t kBlockNs = 100'000;
  constexpr std::int64_t kForkNs = 10;
  return std::max<std::int64_t>(1, kBlockNs / (2 * body_ns + kForkNs));
}

// Of every block.
struct Times {
  bool are_pairs;
  std::vector<Nanos> direct, forked;

  // Of forks over calls: within pairs with one worker.
  double over() {
    if (!are_pairs) {
      return an::micro::median(forked) - an::micro::median(direct);
    }
    std::vector<Nanos> differences;
    for (std::size_t i = 0; i < forked.size(); ++i) {
      differences.push_back(forked[i] - direct[i]);
    }
    return an::micro::median(differences);
  }
};

void report(benchmark::State& state, Times& times, std::int64_t forks_in_block) {
  const auto forks = static_cast<double>(forks_in_block);
  state.counters["over_ns"] = times.over() / forks;  // first: medians reorder
  state.counters["ns_per_item"] = an::micro::median(times.forked) / forks;
  state.counters["direct_ns"] = an::micro::median(times.direct) / forks;
}

void report_events(benchmark::State& state, const auto& scheduler, std::int64_t forks) {
  for (const an::Counter& counter : scheduler.counters()) {
    for (const char* name : {"steals", "promotions", "shares", "transfers"}) {
      if (counter.name == name) {
        state.counters[name] = static_cast<double>(counter.value) / static_cast<double>(forks);
      }
    }
  }
}

template <class S>
void pcall(benchmark::State& state) {
  constexpr int kBlocksBefore = 20;
  if (state.range(1) > 1 && !an::micro::has_two_cpus(state)) {
    return;
  }
  an::SchedulerConfig config;
  config.workers = static_cast<std::uint32_t>(state.range(1));
  const std::int64_t steps = steps_for(state.range(0));
  const std::int64_t block = forks_in_block(state.range(0));
  S scheduler(config);
  Times times{config.workers == 1, {}, {}};
  scheduler.run([&](auto worker) {
    const auto call = [&] {
      benchmark::DoNotOptimize(spin(1, steps));
      benchmark::DoNotOptimize(spin(2, steps));
    };
    const auto fork = [&] {
      benchmark::DoNotOptimize(
          worker.join([&](auto) { return spin(1, steps); }, [&](auto) { return spin(2, steps); }));
    };
    for (int i = 0; config.workers > 1 && i < kBlocksBefore; ++i) {
      times.direct.push_back(timed(block, call));
    }
    for (auto _ : state) {
      if (config.workers == 1) {
        times.direct.push_back(timed(block, call));
      }
      times.forked.push_back(timed(block, fork));
      state.SetIterationTime(static_cast<double>(times.forked.back()) * 1e-9);
    }
  });
  report(state, times, block);
  report_events(state, scheduler, block * state.iterations());
}

// The strand of a continuation goes on on another thread: CPU time is that of the process.
void alone(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->MeasureProcessCPUTime();
  for (const std::int64_t ns : {1, 3, 6, 16, 40, 100, 250, 630, 1'600, 4'000, 10'000}) {
    benchmark->Args({ns, 1});
  }
}

void alone_and_in_two(benchmark::internal::Benchmark* benchmark) {
  alone(benchmark);
  for (const std::int64_t ns : {1, 16, 100, 630, 10'000}) {
    benchmark->Args({ns, 2});
  }
}

using Serial = an::schedulers::serial::Scheduler;
using Heartbeat = an::schedulers::heartbeat::Scheduler;
using SplitDeque = an::schedulers::split_deque::Scheduler;
using PrivateDeque = an::schedulers::private_deque::Scheduler;
using ChaseLev = an::schedulers::chase_lev::Scheduler;
using Continuation = an::schedulers::continuation::Scheduler;

BENCHMARK(pcall<Serial>)->Apply(alone);
BENCHMARK(pcall<Heartbeat>)->Apply(alone_and_in_two);
BENCHMARK(pcall<SplitDeque>)->Apply(alone_and_in_two);
BENCHMARK(pcall<PrivateDeque>)->Apply(alone_and_in_two);
BENCHMARK(pcall<ChaseLev>)->Apply(alone_and_in_two);
BENCHMARK(pcall<Continuation>)->Apply(alone_and_in_two);

}  // namespace
