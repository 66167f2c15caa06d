// The work-stealing deques by themselves. One item = one push with its pop, or one successful steal.
//
//   push_pop     the owner alone, one item below: the private end
//   last_item    the owner alone, nothing below: it competes for the item
//   steal_idle   a thief on another CPU takes what an owner that does nothing has left there
//   contended    a thief steals for 20 ms while the owner pushes two and pops one, over and over
//   line         one written line from CPU to CPU and back, half of it: the unit of what two CPUs
//                cannot do faster
//
//     deque_bench --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//
// alternates the repetitions. With one CPU what needs two is left out. Read the medians.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"
#include "core/deque/chase_lev.hpp"
#include "core/deque/split_deque.hpp"
#include "core/deque/the_deque.hpp"

namespace {

using an::Nanos;

struct Item {};

using ChaseLev = an::ChaseLev<Item>;
using Split = an::SplitDeque<Item>;
using The = an::TheDeque<Item>;

// Lets a thief see what was pushed, of a deque whose owner decides when.
template <class Owner>
void expose(Owner& owner) {
  if constexpr (requires { owner.share(); }) {
    while (owner.private_size() > 0) {
      owner.share();
    }
  }
}

template <class D>
void push_pop(benchmark::State& state) {
  typename D::Owner owner;
  std::array<Item, 2> items;
  owner.push(&items[0]);
  for (auto _ : state) {
    owner.push(&items[1]);
    benchmark::DoNotOptimize(owner.pop());
  }
}

template <class D>
void last_item(benchmark::State& state) {
  typename D::Owner owner;
  Item item;
  for (auto _ : state) {
    owner.push(&item);
    expose(owner);
    benchmark::DoNotOptimize(owner.pop());
  }
}

// Two threads that take turns, each on a CPU of its own: `other` does its part whenever the turn is its.
class Pair {
 public:
  template <class Other>
  explicit Pair(const Other& other)
      : cpus_(an::allowed_cpus()), thread_("other", [this, other] {
          an::pin_current_thread(cpus_.back());
          for (wait_while(kMine); turn_.load(an::kStat) == kOther; wait_while(kMine)) {
            other();
            give(kMine);
          }
        }) {
    an::pin_current_thread(cpus_.front());
  }
  ~Pair() {
    give(kEnd);
    thread_.join();
    an::restrict_current_thread(cpus_);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void begin_other() { give(kOther); }
  void await_other() { wait_while(kOther); }

 private:
  enum Turn : int { kMine, kOther, kEnd };

  // (B1) release; pairs with (B2): what was done in this turn.
  void give(Turn turn) { turn_.store(turn, an::kRelease); }
  void wait_while(Turn turn) {
    an::Backoff backoff;
    // (B2) acquire; pairs with (B1): what the other did.
    while (turn_.load(an::kAcquire) == turn) {
      backoff.wait();
    }
  }

  std::vector<int> cpus_;
  an::Atomic<int> turn_ = kMine;
  an::Thread thread_;
};

bool has_two_cpus(benchmark::State& state) {
  if (an::allowed_cpus().size() > 1) {
    return true;
  }
  state.SkipWithError("needs two CPUs");
  return false;
}

// `spent` of this iteration, for a benchmark that reads the clock itself.
void add(benchmark::State& state, Nanos& total, Nanos spent) {
  total += spent;
  state.SetIterationTime(static_cast<double>(spent) * 1e-9);
}

void report(benchmark::State& state, Nanos total, std::int64_t items) {
  state.counters["ns_per_item"] = static_cast<double>(total) / static_cast<double>(items);
}

template <class D>
void steal_idle(benchmark::State& state) {
  constexpr std::int64_t kItems = 10'000;
  if (!has_two_cpus(state)) {
    return;
  }
  typename D::Owner owner;
  typename D::Thief& deque = owner;
  Item item;
  Nanos spent = 0;
  Pair thief([&] {
    const Nanos start = an::now_ns();
    std::int64_t stolen = 0;
    while (stolen < kItems) {
      stolen += deque.steal().result == an::StealResult::kStolen ? 1 : 0;
    }
    spent = an::now_ns() - start;
  });
  Nanos total = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kItems; ++i) {
      owner.push(&item);
    }
    expose(owner);
    thief.begin_other();
    thief.await_other();
    add(state, total, spent);
  }
  report(state, total, kItems * state.iterations());
}

template <class D>
void contended(benchmark::State& state) {
  constexpr Nanos kWindowNs = 20'000'000;
  constexpr std::int64_t kDepthMax = 64;
  if (!has_two_cpus(state)) {
    return;
  }
  typename D::Owner owner;
  typename D::Thief& deque = owner;
  Item item;
  an::Atomic<bool> ends = false;
  std::int64_t stolen = 0;
  Pair thief([&] {
    while (!ends.load(an::kStat)) {
      stolen += deque.steal().result == an::StealResult::kStolen ? 1 : 0;
    }
  });
  Nanos total = 0;
  for (auto _ : state) {
    ends.store(false, an::kStat);
    const Nanos start = an::now_ns();
    thief.begin_other();
    std::int64_t rounds = 0;
    while (++rounds % 64 != 0 || an::now_ns() - start < kWindowNs) {
      owner.push(&item);
      owner.push(&item);
      if constexpr (requires { owner.share(); }) {
        if (deque.is_empty()) {
          owner.share();
        }
      }
      benchmark::DoNotOptimize(owner.pop());
      while (deque.size() > kDepthMax && owner.pop() != nullptr) {
      }
    }
    ends.store(true, an::kStat);
    thief.await_other();
    add(state, total, an::now_ns() - start);
  }
  report(state, total, stolen);
}

void line(benchmark::State& state) {
  constexpr std::int64_t kTrips = 10'000;
  if (!has_two_cpus(state)) {
    return;
  }
  an::Atomic<std::int64_t> there = 0;
  Pair other([&] {
    for (std::int64_t i = 1; i < 2 * kTrips; i += 2) {
      while (there.load(an::kStat) != i) {
      }
      there.store(i + 1, an::kStat);
    }
  });
  Nanos total = 0;
  for (auto _ : state) {
    there.store(0, an::kStat);
    other.begin_other();
    const Nanos start = an::now_ns();
    for (std::int64_t i = 0; i < 2 * kTrips; i += 2) {
      there.store(i + 1, an::kStat);
      while (there.load(an::kStat) != i + 2) {
      }
    }
    const Nanos spent = an::now_ns() - start;
    other.await_other();
    add(state, total, spent);
  }
  report(state, total, 2 * kTrips * state.iterations());
}

BENCHMARK(push_pop<ChaseLev>);
BENCHMARK(push_pop<Split>);
BENCHMARK(push_pop<The>);
BENCHMARK(last_item<ChaseLev>);
BENCHMARK(last_item<Split>);
BENCHMARK(last_item<The>);
BENCHMARK(steal_idle<ChaseLev>)->UseManualTime();
BENCHMARK(steal_idle<Split>)->UseManualTime();
BENCHMARK(contended<ChaseLev>)->UseManualTime()->Iterations(3);
BENCHMARK(contended<Split>)->UseManualTime()->Iterations(3);
BENCHMARK(line)->UseManualTime();

}  // namespace
