// Runtime: the face of the library. A scheduler chosen by name, its workers, and two ways to use them:
//
//     an::Runtime runtime({.scheduler = "heartbeat", .workers = 8, .pin = an::Pin::kCompact});
//     runtime.submit([&] { ... });                 // a task, sometime, somewhere
//     runtime.wait();                              // all of them; rethrows the first exception
//
//     auto [a, b] = runtime.join([&] { return f(); }, [&] { return g(); });       // potentially parallel calls
//     runtime.for_range(0, n, 1024, [&](std::int64_t i) { ... });
//     auto sum = runtime.reduce(0, n, 1024, 0.0, [&](std::int64_t i) { return x[i]; }, std::plus<>{});
//     runtime.run([&](an::Strand strand) { return recursive(strand, n); });       // forks inside forks
//
// What is erased: one virtual call per submit, one indirect call per fork; leaves of ranges are inlined. A fork
// of nanoseconds wants the scheduler's own type: an::schedulers::heartbeat::Scheduler, used as in
// core/task/scheduler.hpp.
//
// Threads: submit, submit_batch and the parallel calls from any thread, tasks and branches included. With W
// workers, W - 1 threads run tasks all the time; the thread in wait() or in a parallel call is the last one. So
// with one worker a submitted task runs only in wait(), or in a parallel call that waits. Parallel calls and
// wait() of different threads take turns: a task must not wait for a thread that makes one.
//
// I1: at most `queue_capacity` tasks are submitted and not yet run: submit beyond it runs the task in the caller,
//     before it returns. So a producer that is faster than the workers becomes one, and nothing blocks. What a
//     task that runs so submits is queued beyond the capacity: a chain of tasks does not nest. Hold no lock
//     during submit that the task needs.
// I2: an exception of a task is kept, the first one, until wait() rethrows it; the other tasks still run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/runtime/strand.hpp"
#include "core/runtime/task.hpp"
#include "core/task/scheduler.hpp"
#include "core/topology/placement.hpp"

namespace an {

struct Config {
  std::string scheduler = "chase_lev";  // a name of engines()
  std::uint32_t workers = 0;            // running threads; 0 = one per usable CPU
  Pin pin = Pin::kNone;
  std::size_t queue_capacity = 65536;  // tasks submitted and not yet run, I1; at least 1
  std::uint64_t seed = 1;              // reaches every random choice
  std::map<std::string, std::string, std::less<>> options{};  // the scheduler's own, by name
};

class Engine;

class Runtime {
 public:
  // Starts the workers. Throws an::Error for a name, an option or a number that is not accepted, and when threads
  // cannot be started.
  explicit Runtime(const Config& config = {});
  // Waits for what was submitted; drops what it threw.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Some worker will call `task`, once. O(1) beside what the task holds.
  void submit(Task task);

  // Submits make(i), i in [0, count), for the price of a few wake-ups. When `make` throws, what it made before is
  // submitted and the exception passes on.
  template <class Make>
  void submit_batch(std::size_t count, const Make& make) {
    std::vector<Task> tasks;
    tasks.reserve(count);
    try {
      for (std::size_t i = 0; i < count; ++i) {
        tasks.emplace_back(make(i));
      }
    } catch (...) {
      submit_batch(tasks);
      throw;
    }
    submit_batch(tasks);
  }
  // The same for tasks made already; they are moved from.
  void submit_batch(std::span<Task> tasks);

  // Works until nothing submitted is left, what is submitted meanwhile included; rethrows the first exception
  // since the last wait. Throws an an::Error in every task and every branch of this runtime: it would wait for
  // itself.
  void wait();

  // Calls root(strand), or root(), as a worker and returns its result (Unit for void). From inside a branch: on the
  // calling worker.
  template <class Root>
  auto run(Root&& root) {
    const auto call = [&root](Strand strand) { return call_on(root, strand); };
    Strand::Slot<decltype(call)> slot{&call, {}};
    run_erased(slot.ref());
    return std::move(*slot.result);
  }

  // Both calls, possibly in parallel; their results as a pair. See core/task/fork_join.hpp for exceptions.
  template <class F, class G>
  auto join(F&& f, G&& g) {
    return run([&](Strand strand) { return strand.join(f, g); });
  }

  // body(i) for every i in [begin, end), in pieces of at most `grain` iterations. Throws an an::Error if
  // grain < 1.
  template <class Body>
  void for_range(std::int64_t begin, std::int64_t end, std::int64_t grain, const Body& body) {
    require_grain(grain);
    run([&](Strand strand) {
      an::for_range(strand, begin, end, grain, [&body](Strand, std::int64_t i) { body(i); });
    });
  }

  // Folds map(i) over [begin, end) with the associative `combine`, in order. Throws an an::Error if grain < 1.
  template <class T, class Map, class Combine>
  T reduce(std::int64_t begin,
           std::int64_t end,
           std::int64_t grain,
           const T& identity,
           const Map& map,
           const Combine& combine) {
    require_grain(grain);
    return run([&](Strand strand) {
      const auto each = [&map](Strand, std::int64_t i) { return map(i); };
      return an::reduce(strand, begin, end, grain, identity, each, combine);
    });
  }

  const std::string& scheduler() const noexcept { return scheduler_; }
  std::uint32_t workers() const noexcept { return workers_; }
  // What the scheduler counted. Between runs only.
  std::vector<Counter> counters() const;

 private:
  struct Running;
  // Who runs a task.
  enum class How : std::uint8_t { kByWorker, kBySubmit, kAny };

  static void require_grain(std::int64_t grain);
  bool is_inside(How how) const noexcept;
  std::size_t reserve(std::size_t count) noexcept;
  void run_erased(BranchRef root);
  void execute(Task& task, How how) noexcept;
  std::exception_ptr take_first() noexcept;

  std::string scheduler_;
  std::uint32_t workers_;
  std::size_t queue_capacity_;
  Padded<Atomic<std::size_t>> queued_{};  // submitted and not yet run
  std::mutex first_lock_;
  std::exception_ptr first_;
  std::unique_ptr<Engine> engine_;  // last: its destructor ends the workers
};

}  // namespace an
