// Waking a thread on another CPU, from the call to the first word that the sleeper writes.
//
//   wake<Spin>     the sleeper spins on a word: two crossings of a line, and nothing else. The floor
//   wake<Futex>    core/base/futex.hpp
//   wake<Parking>  the sleep protocol of the schedulers: event count and futex driver
//   wake<Event>    an eventfd, the sleeper in read(2)
//   wake<Epoll>    an eventfd, the sleeper in epoll_wait(2), as a thread that waits for I/O
//   nobody<..>     the waker's call when nobody sleeps
//   steal<..>      from a fork to the first instruction of its stolen branch, on a scheduler whose second
//                  worker sleeps: what a wake-up and a steal cost together
//
// The argument is how long the waker lets it sleep, in microseconds: a CPU that idled longer may take longer to
// come back. `ns_per_item` is the median over the wakes of a process, `ns_p90` their 0.9-quantile, `waker_ns`
// the median of the waker's own call, and `slept` the share of wakes whose sleeper had given up its CPU:
// where it is not near 1 the figure is not that of a sleeper. (`parks` of steal is the same, as the scheduler
// counts it.)
#include <benchmark/benchmark.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/clock.hpp"
#include "core/base/futex.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "harness/micro/pair.hpp"
#include "harness/micro/quantile.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/continuation.hpp"

namespace {

using an::Nanos;
using an::micro::has_two_cpus;
using an::micro::Pair;

// Each mechanism has wait_for(round), which returns once wake(round) was called, for rounds 1, 2, ...
class Spin {
 public:
  void wait_for(std::uint32_t round) {
    // (W1) acquire; pairs with (W2): what the waker did.
    while (word_.load(an::kAcquire) != round) {
    }
  }
  void wake(std::uint32_t round) {
    // (W2) release; pairs with (W1): see there.
    word_.store(round, an::kRelease);
  }

 private:
  an::Atomic<std::uint32_t> word_ = 0;
};

class Futex {
 public:
  void wait_for(std::uint32_t round) {
    // (W3) acquire; pairs with (W4): what the waker did.
    while (word_.load(an::kAcquire) != round) {
      an::futex_wait(word_, round - 1, an::Deadline::never());
    }
  }
  void wake(std::uint32_t round) {
    // (W4) release; pairs with (W3): see there.
    word_.store(round, an::kRelease);
    an::futex_wake(word_, 1);
  }

 private:
  an::Atomic<std::uint32_t> word_ = 0;
};

class Parking {
 public:
  void wait_for(std::uint32_t round) {
    while (!has_come(round)) {
      parking_.park(0, an::Interest::kAnyWork, [&] { return has_come(round); });
    }
  }
  void wake(std::uint32_t round) {
    // (W5) release; pairs with (W6): what the waker did.
    word_.store(round, an::kRelease);
    parking_.notify_one(an::Interest::kAnyWork);
  }

 private:
  bool has_come(std::uint32_t round) const {
    // (W6) acquire; pairs with (W5): see there.
    return word_.load(an::kAcquire) == round;
  }

  an::Parking parking_{1, std::make_unique<an::FutexDriver>(1)};
  an::Atomic<std::uint32_t> word_ = 0;
};

// What a call of the system that must succeed returned.
int checked(long result) {
  if (result < 0) {
    std::abort();
  }
  return static_cast<int>(result);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(checked(fd)) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class Event {
 public:
  void wait_for(std::uint32_t) { take(); }
  void wake(std::uint32_t) {
    const std::uint64_t one = 1;
    checked(::write(event_.get(), &one, sizeof one));
  }

 protected:
  // Waits for a wake and takes it.
  void take() {
    std::uint64_t count = 0;
    checked(::read(event_.get(), &count, sizeof count));
  }

  Descriptor event_{::eventfd(0, EFD_CLOEXEC)};
};

class Epoll : public Event {
 public:
  Epoll() {
    epoll_event interest{};
    interest.events = EPOLLIN;
    checked(::epoll_ctl(set_.get(), EPOLL_CTL_ADD, event_.get(), &interest));
  }
  void wait_for(std::uint32_t) {
    epoll_event ready{};
    checked(::epoll_wait(set_.get(), &ready, 1, -1));
    take();
  }

 private:
  Descriptor set_{::epoll_create1(EPOLL_CLOEXEC)};
};

// How often the calling thread has given up its CPU so far.
std::int64_t times_slept() {
  rusage usage{};
  checked(::getrusage(RUSAGE_THREAD, &usage));
  return usage.ru_nvcsw;
}

// Lets the other CPU be idle.
void pass(Nanos duration_ns) {
  const an::Deadline end = an::Deadline::after(duration_ns);
  while (!end.has_passed()) {
  }
}

// The sleeper's side: says that it is about to sleep, sleeps, answers.
template <class Mechanism>
struct Sleeper {
  Mechanism mechanism;
  an::Atomic<std::uint32_t> about_to_sleep = 0;
  an::Atomic<std::uint32_t> answered = 0;
  std::int64_t slept = 0;  // the sleeper's; read by the waker in its own turn

  void sleep_once(std::uint32_t round) {
    const std::int64_t before = times_slept();
    about_to_sleep.store(round, an::kStat);
    mechanism.wait_for(round);
    answered.store(round, an::kStat);
    slept += times_slept() > before ? 1 : 0;
  }
};

template <class Mechanism>
void wake(benchmark::State& state) {
  if (!has_two_cpus(state)) {
    return;
  }
  const Nanos sleep_ns = 1'000 * state.range(0);
  Sleeper<Mechanism> sleeper;
  std::uint32_t round = 0;
  Pair pair([&] { sleeper.sleep_once(round); });
  std::vector<Nanos> whole, call;
  for (auto _ : state) {
    ++round;
    pair.begin_other();
    while (sleeper.about_to_sleep.load(an::kStat) != round) {
    }
    pass(sleep_ns);
    const Nanos start = an::now_ns();
    sleeper.mechanism.wake(round);
    const Nanos called = an::now_ns();
    while (sleeper.answered.load(an::kStat) != round) {
    }
    whole.push_back(an::now_ns() - start);
    call.push_back(called - start);
    state.SetIterationTime(static_cast<double>(whole.back()) * 1e-9);
    pair.await_other();
  }
  state.counters["ns_per_item"] = an::micro::median(whole);
  state.counters["ns_p90"] = an::micro::quantile(whole, 0.9);
  state.counters["waker_ns"] = an::micro::median(call);
  state.counters["slept"] = static_cast<double>(sleeper.slept) / static_cast<double>(round);
}

template <class Mechanism>
void nobody(benchmark::State& state) {
  Mechanism mechanism;
  std::uint32_t round = 0;
  for (auto _ : state) {
    mechanism.wake(++round);
  }
}

// A fork whose first branch ends when the second has begun, so that it must be stolen: how long that took.
template <class Worker>
Nanos time_to_steal(Worker worker, Nanos patience_ns) {
  an::Atomic<Nanos> begun = 0;
  const Nanos start = an::now_ns();
  worker.join(
      [&](auto) {
        const an::Deadline end = an::Deadline::after(patience_ns);
        while (begun.load(an::kStat) == 0 && !end.has_passed()) {
        }
        return 0;
      },
      [&](auto) {
        begun.store(an::now_ns(), an::kStat);
        return 0;
      });
  return begun.load(an::kStat) - start;
}

template <class S>
void steal(benchmark::State& state) {
  constexpr Nanos kPatienceNs = 2'000'000'000;
  if (!has_two_cpus(state)) {
    return;
  }
  const std::vector<int> cpus = an::allowed_cpus();
  an::SchedulerConfig config;
  config.workers = 2;
  config.cpus = {cpus.front(), cpus.back()};
  std::vector<Nanos> whole;
  {
    S scheduler(config);
    scheduler.run([&](auto worker) {
      for (auto _ : state) {
        pass(1'000 * state.range(0));
        whole.push_back(time_to_steal(worker, kPatienceNs));
        state.SetIterationTime(static_cast<double>(whole.back()) * 1e-9);
      }
    });
    for (const an::Counter& counter : scheduler.counters()) {
      if (counter.name == "parks") {
        state.counters["parks"] =
            static_cast<double>(counter.value) / static_cast<double>(whole.size());
      }
    }
  }
  an::restrict_current_thread(cpus);
  state.counters["ns_per_item"] = an::micro::median(whole);
  state.counters["ns_p90"] = an::micro::quantile(whole, 0.9);
  if (*std::max_element(whole.begin(), whole.end()) >= kPatienceNs) {
    state.SkipWithError("a branch was not stolen while the other waited for it");
  }
}

using ChaseLev = an::schedulers::chase_lev::Scheduler;
using Continuation = an::schedulers::continuation::Scheduler;

// Iterations are fixed: what is timed is a small part of what passes.
void wakes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(50)->Arg(1'000)->Iterations(100)->UseManualTime();
}

BENCHMARK(wake<Spin>)->Apply(wakes);
BENCHMARK(wake<Futex>)->Apply(wakes);
BENCHMARK(wake<Parking>)->Apply(wakes);
BENCHMARK(wake<Event>)->Apply(wakes);
BENCHMARK(wake<Epoll>)->Apply(wakes);
BENCHMARK(steal<ChaseLev>)->Apply(wakes)->MeasureProcessCPUTime();
BENCHMARK(steal<Continuation>)->Apply(wakes)->MeasureProcessCPUTime();
BENCHMARK(nobody<Spin>);
BENCHMARK(nobody<Futex>);
BENCHMARK(nobody<Parking>);
BENCHMARK(nobody<Event>);

}  // namespace
