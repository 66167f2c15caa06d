// The work-stealing deques by themselves. One item = one push with its pop, or one successful steal.
//
//   push_pop     the owner alone, one item below: the private end
//   last_item    the owner alone, nothing below: it competes for the item
//   steal_idle   a thief on another CPU takes what an owner that does nothing has left there
//   contended    a thief steals for 20 ms while the owner pushes two and pops one, over and over;
//                success_rate: of its tries that saw an item, those that got it
//   hand_over    the same with a deque that only its owner touches: the thief asks, and the owner, who
//                looks after every push, hands its oldest item over
//   line         one written line from CPU to CPU and back, half of it: the unit of what two CPUs
//                cannot do faster
//
//     deque_bench --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//
// alternates the repetitions. With one CPU what needs two is left out. Read the medians.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "core/base/atomic.hpp"
#include "core/base/clock.hpp"
#include "core/deque/chase_lev.hpp"
#include "core/deque/private_deque.hpp"
#include "core/deque/split_deque.hpp"
#include "core/deque/the_deque.hpp"
#include "harness/micro/pair.hpp"
#include "schedulers/stealing/handover.hpp"

namespace {

using an::Nanos;
using an::micro::add;
using an::micro::has_two_cpus;
using an::micro::Pair;
using an::micro::report;

struct Item {};

using ChaseLev = an::ChaseLev<Item>;
using Split = an::SplitDeque<Item>;
using The = an::TheDeque<Item>;
using Private = an::PrivateDeque<Item>;

// Of a benchmark in which the owner goes on: how long, and how many items it leaves at most.
constexpr Nanos kWindowNs = 20'000'000;
constexpr std::int64_t kDepthMax = 64;

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
  if (!has_two_cpus(state)) {
    return;
  }
  typename D::Owner owner;
  typename D::Thief& deque = owner;
  Item item;
  an::Atomic<bool> ends = false;
  std::int64_t stolen = 0;
  std::int64_t lost = 0;
  Pair thief([&] {
    while (!ends.load(an::kStat)) {
      const an::StealResult result = deque.steal().result;
      stolen += result == an::StealResult::kStolen ? 1 : 0;
      lost += result == an::StealResult::kLost ? 1 : 0;
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
  state.counters["success_rate"] = static_cast<double>(stolen) / static_cast<double>(stolen + lost);
}

// Hands the oldest item of `deque` to `thief` if it asked `owner`.
void hand_over_if_asked(an::PrivateDeque<an::Job>& deque,
                        an::schedulers::stealing::Handover& owner,
                        an::schedulers::stealing::Handover& thief) {
  if (!deque.is_empty() && owner.take_request() != an::kNobody) {
    thief.give(*deque.pop_oldest());
  }
}

void hand_over(benchmark::State& state) {
  if (!has_two_cpus(state)) {
    return;
  }
  an::PrivateDeque<an::Job> deque;
  an::schedulers::stealing::Handover owner(0);
  an::schedulers::stealing::Handover thief(1);
  an::Job item([](an::Job*, void*) noexcept {});
  an::Atomic<bool> ends = false;
  std::int64_t handed = 0;
  Pair pair([&] {
    while (!ends.load(an::kStat)) {
      if (thief.asked() == nullptr) {
        thief.ask(owner);
      }
      handed += thief.collect() != nullptr ? 1 : 0;
    }
  });
  Nanos total = 0;
  for (auto _ : state) {
    ends.store(false, an::kStat);
    const Nanos start = an::now_ns();
    pair.begin_other();
    std::int64_t rounds = 0;
    while (++rounds % 64 != 0 || an::now_ns() - start < kWindowNs) {
      deque.push(&item);
      hand_over_if_asked(deque, owner, thief);
      deque.push(&item);
      hand_over_if_asked(deque, owner, thief);
      benchmark::DoNotOptimize(deque.pop());
      while (deque.size() > kDepthMax && deque.pop() != nullptr) {
      }
    }
    ends.store(true, an::kStat);
    pair.await_other();
    add(state, total, an::now_ns() - start);
  }
  report(state, total, handed);
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
BENCHMARK(push_pop<Private>);
BENCHMARK(last_item<ChaseLev>);
BENCHMARK(last_item<Split>);
BENCHMARK(last_item<The>);
BENCHMARK(last_item<Private>);
BENCHMARK(steal_idle<ChaseLev>)->UseManualTime();
BENCHMARK(steal_idle<Split>)->UseManualTime();
BENCHMARK(contended<ChaseLev>)->UseManualTime()->Iterations(3);
BENCHMARK(contended<Split>)->UseManualTime()->Iterations(3);
BENCHMARK(hand_over)->UseManualTime()->Iterations(3);
BENCHMARK(line)->UseManualTime();

}  // namespace
