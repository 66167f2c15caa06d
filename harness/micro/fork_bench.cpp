// What a stack of its own costs a branch, without a scheduler: fib, whose first branches run on fresh
// fibers. `serial` has none; in `call` a fiber ends by returning to its parent, in `jump` by resuming
// it, as a library of coroutines would. One item = one fork.
//
//     fork_bench --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>

#include <cstdint>

#include "core/fiber/fiber_store.hpp"

namespace {

constexpr std::int64_t kN = 25;
constexpr std::int64_t kForks = 121392;  // fib(kN + 1) - 1

[[gnu::noinline]] std::int64_t serial(std::int64_t n) {
  return n < 2 ? n : serial(n - 1) + serial(n - 2);
}

template <bool kJumps>
struct Forks {
  struct Branch {
    Forks& forks;
    an::Fiber& parent;
    std::int64_t n;
    std::int64_t result = 0;
  };

  [[gnu::noinline]] std::int64_t fib(an::Fiber& here, std::int64_t n) {
    if (n < 2) {
      return n;
    }
    an::Fiber& child = shelf.take();
    Branch first{*this, here, n - 1};
    an::start(here, child, &run_child, &first, thread);
    shelf.put(child);
    return first.result + fib(here, n - 2);
  }

  static void run_child(void* branch, void* fiber) {
    auto& first = *static_cast<Branch*>(branch);
    auto& child = *static_cast<an::Fiber*>(fiber);
    an::begin(child);
    first.result = first.forks.fib(child, first.n);
    if constexpr (kJumps) {
      an::leave_for(child, first.parent);
    }
    an::end(child, first.parent);
  }

  an::FiberStore store{std::size_t{64} << 10};
  an::FiberStore::Shelf shelf{store};
  an::Exceptions& thread = an::Exceptions::of_this_thread();
};

void count_forks(benchmark::State& state) {
  using benchmark::Counter;
  state.counters["ns_per_item"] = Counter(static_cast<double>(kForks) * 1e-9,
                                          Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void fork_serial(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(serial(kN));
  }
  count_forks(state);
}

template <bool kJumps>
void fork_on_fibers(benchmark::State& state) {
  Forks<kJumps> forks;
  an::Fiber here;
  for (auto _ : state) {
    benchmark::DoNotOptimize(forks.fib(here, kN));
  }
  count_forks(state);
}

BENCHMARK(fork_serial);
BENCHMARK(fork_on_fibers<false>)->Name("fork_call");
BENCHMARK(fork_on_fibers<true>)->Name("fork_jump");

}  // namespace
