// The constants of a machine that a scheduler's costs are made of, each on one thread and, where memory is
// touched, on one line that nobody else touches. What an iteration costs without anything in it is `empty`.
//
//   now, process_cpu, suspended, ticks    the clocks of core/base/clock.hpp
//   ticks_fenced                          the counter, after everything before it (lfence; rdtsc)
//   ticks_serial                          the same (rdtscp), and before everything after it (lfence)
//   store, store_seq_cst, exchange, fetch_add, compare_exchange, full_barrier
//   light_barrier, heavy_barrier          the two sides of an asymmetric barrier
//   pause, yield                          one pause; offering the CPU to others, when there are none
//   system_call                           the cheapest: getppid
//   pin                                   to the CPU on which the thread is already
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"

namespace {

using Line = an::Padded<an::Atomic<std::uint64_t>>;

// One iteration = one call.
template <class Call>
void repeat(benchmark::State& state, const Call& call) {
  for (auto _ : state) {
    call();
  }
}

// The same of a call that yields something, which is used.
template <class Read>
void repeat_read(benchmark::State& state, const Read& read) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(read());
  }
}

void empty(benchmark::State& state) {
  repeat(state, [] { asm volatile(""); });
}

void now(benchmark::State& state) {
  repeat_read(state, an::now_ns);
}

void process_cpu(benchmark::State& state) {
  repeat_read(state, an::process_cpu_ns);
}

void suspended(benchmark::State& state) {
  repeat_read(state, an::suspended_ns);
}

void ticks(benchmark::State& state) {
  repeat_read(state, an::ticks);
}

void ticks_fenced(benchmark::State& state) {
  repeat_read(state, [] {
    __builtin_ia32_lfence();
    return an::ticks();
  });
}

void ticks_serial(benchmark::State& state) {
  repeat_read(state, [] {
    std::uint32_t cpu = 0;
    const std::uint64_t count = __builtin_ia32_rdtscp(&cpu);
    __builtin_ia32_lfence();
    return count;
  });
}

void store(benchmark::State& state) {
  Line line{};
  // (K1) release; pairs with (K1): nobody reads it; a plain store to this machine.
  repeat(state, [&] { line.value.store(1, an::kRelease); });
}

void store_seq_cst(benchmark::State& state) {
  Line line{};
  // (K2) seq_cst; pairs with (K2): nobody reads it; the price is what is asked for, here and below.
  repeat(state, [&] { line.value.store(1, an::kSeqCst); });
}

void exchange(benchmark::State& state) {
  Line line{};
  repeat_read(state, [&] { return line.value.exchange(1, an::kSeqCst); });
}

void fetch_add(benchmark::State& state) {
  Line line{};
  // (K3) seq_cst; pairs with (K2): see there.
  repeat_read(state, [&] { return line.value.fetch_add(1, an::kSeqCst); });
}

void compare_exchange(benchmark::State& state) {
  Line line{};
  std::uint64_t expected = 0;
  repeat(state, [&] {
    // (K4) seq_cst; pairs with (K2): see there.
    line.value.compare_exchange_strong(expected, expected + 1, an::kSeqCst, an::kStat);
    ++expected;
  });
  if (line.value.load(an::kStat) != expected) {
    state.SkipWithError("an exchange failed on a line of its own");
  }
}

void full_barrier(benchmark::State& state) {
  repeat(state, an::full_barrier);
}

void light_barrier(benchmark::State& state) {
  repeat(state, an::light_barrier);
}

void heavy_barrier(benchmark::State& state) {
  if (!an::heavy_barrier_available()) {
    state.SkipWithError("n/a: the kernel grants no expedited membarrier");
    return;
  }
  repeat(state, an::heavy_barrier);
}

void pause(benchmark::State& state) {
  repeat(state, an::cpu_pause);
}

void yield(benchmark::State& state) {
  repeat(state, an::cpu_yield);
}

void system_call(benchmark::State& state) {
  repeat_read(state, ::getppid);
}

void pin(benchmark::State& state) {
  const std::vector<int> cpus = an::allowed_cpus();
  an::pin_current_thread(cpus.front());
  repeat(state, [&] { an::pin_current_thread(cpus.front()); });
  an::restrict_current_thread(cpus);
}

BENCHMARK(empty);
BENCHMARK(now);
BENCHMARK(process_cpu);
BENCHMARK(suspended);
BENCHMARK(ticks);
BENCHMARK(ticks_fenced);
BENCHMARK(ticks_serial);
BENCHMARK(store);
BENCHMARK(store_seq_cst);
BENCHMARK(exchange);
BENCHMARK(fetch_add);
BENCHMARK(compare_exchange);
BENCHMARK(full_barrier);
BENCHMARK(light_barrier);
BENCHMARK(heavy_barrier);
BENCHMARK(pause);
BENCHMARK(yield);
BENCHMARK(system_call);
BENCHMARK(pin);

}  // namespace
