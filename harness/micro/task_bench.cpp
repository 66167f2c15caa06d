// What a spawned task costs, apart from what it does: publishing a batch, the life of an empty task
// spawned by a worker, and of one injected by a thread that is no worker. One item = one task.
//
//     task_bench --benchmark_repetitions=20 --benchmark_enable_random_interleaving=true
//
// /1 and /2 are workers. `publish` times only the producer's calls, spawn_batch(64); `spawn_run` the
// producer's calls and the wait; `inject` only the injecting thread's calls, while the scheduler's
// own thread (of two workers, the other is the injecting thread's place) takes the tasks;
// `inject_run` until all have run. `inject_burst` is inject_run with as many tasks as its second argument says;
// `submit_ns` is the part of the calls.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "core/base/clock.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/near_first.hpp"
#include "schedulers/resonance.hpp"

namespace {

constexpr std::int64_t kTasks = 4096;
constexpr std::int64_t kBatch = 64;

an::SchedulerConfig config_of(const benchmark::State& state) {
  an::SchedulerConfig config;
  config.workers = static_cast<std::uint32_t>(state.range(0));
  return config;
}

// The body: a real call, so that it is the same work everywhere.
[[gnu::noinline]] void nothing() {
  asm volatile("");
}

struct Empty {
  void operator()(auto /*worker*/) const { nothing(); }
};

// `timed_ns` of all iterations, of `tasks` tasks each.
void count_items(benchmark::State& state, an::Nanos timed_ns, std::int64_t tasks = kTasks) {
  state.counters["ns_per_item"] =
      static_cast<double>(timed_ns) / static_cast<double>(state.iterations() * tasks);
}

// Times `publish(worker, group)` or all of it up to the end of wait, as `to_the_end` says.
template <class S, class Publish>
void measure_spawns(benchmark::State& state, bool to_the_end, const Publish& publish) {
  S scheduler(config_of(state));
  an::Nanos total = 0;
  scheduler.run([&]<class W>(W worker) {
    for (auto _ : state) {
      const an::Nanos start = an::now_ns();
      an::TaskGroup<W> group(worker);
      publish(worker, group);
      const an::Nanos published = an::now_ns();
      group.wait(worker);
      const an::Nanos spent = (to_the_end ? an::now_ns() : published) - start;
      total += spent;
      state.SetIterationTime(static_cast<double>(spent) * 1e-9);
    }
  });
  count_items(state, total);
}

template <class S>
void publish(benchmark::State& state) {
  measure_spawns<S>(state, false, [](auto worker, auto& group) {
    for (std::int64_t i = 0; i < kTasks; i += kBatch) {
      group.spawn_batch(worker, kBatch, [](std::int64_t) { return Empty{}; });
    }
  });
}

template <class S>
void spawn_run(benchmark::State& state) {
  measure_spawns<S>(state, true, [](auto worker, auto& group) {
    for (std::int64_t i = 0; i < kTasks; ++i) {
      group.spawn(worker, Empty{});
    }
  });
}

struct Injection {
  an::Nanos submit = 0, whole = 0;  // the injecting calls; until all have run
};

// Injects `tasks` tasks in each iteration; sums over all. What counts is `whole`, or else `submit`.
template <class S>
Injection measure_injection(benchmark::State& state, bool to_the_end, std::int64_t tasks = kTasks) {
  S scheduler(config_of(state));
  Injection total;
  for (auto _ : state) {
    const an::Nanos start = an::now_ns();
    for (std::int64_t i = 0; i < tasks; ++i) {
      scheduler.inject(Empty{});
    }
    const an::Nanos injected = an::now_ns();
    scheduler.wait_injected();
    const an::Nanos end = an::now_ns();
    total.submit += injected - start;
    total.whole += end - start;
    state.SetIterationTime(static_cast<double>((to_the_end ? end : injected) - start) * 1e-9);
  }
  count_items(state, to_the_end ? total.whole : total.submit, tasks);
  return total;
}

template <class S>
void inject(benchmark::State& state) {
  measure_injection<S>(state, false);
}

template <class S>
void inject_run(benchmark::State& state) {
  measure_injection<S>(state, true);
}

template <class S>
void inject_burst(benchmark::State& state) {
  const std::int64_t tasks = state.range(1);
  const Injection total = measure_injection<S>(state, true, tasks);
  state.counters["submit_ns"] =
      static_cast<double>(total.submit) / static_cast<double>(state.iterations() * tasks);
}

using ChaseLev = an::schedulers::chase_lev::Scheduler;
using Heartbeat = an::schedulers::heartbeat::Scheduler;
using NearFirst = an::schedulers::near_first::Scheduler;
using Resonance = an::schedulers::resonance::Scheduler;

BENCHMARK(publish<ChaseLev>)->Arg(1)->UseManualTime();
BENCHMARK(spawn_run<ChaseLev>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(spawn_run<NearFirst>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(spawn_run<Heartbeat>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(spawn_run<Resonance>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(inject<ChaseLev>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(inject_run<ChaseLev>)->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(inject_burst<ChaseLev>)
    ->ArgsProduct({{1, 2}, {1'000, 100'000, 1'000'000}})
    ->UseManualTime();

}  // namespace
