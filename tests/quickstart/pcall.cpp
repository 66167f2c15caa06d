// Potentially parallel calls: both calls are made, in parallel if somebody is free. Under heartbeat a fork costs a few
// nanoseconds until a beat has passed and a worker is idle; so there is no grain to choose.
#include <cstdint>
#include <functional>

#include "core/runtime/runtime.hpp"
#include "schedulers/heartbeat.hpp"
#include "tests/quickstart/check.hpp"

namespace {

// Any worker: a strand of the runtime, or a scheduler's own handle.
template <an::ForkJoinWorker W>
std::int64_t fib(W worker, std::int64_t n) {
  if (n < 2) {
    return n;
  }
  const auto [a, b] = worker.join([n](W left) { return fib(left, n - 1); },
                                  [n](W right) { return fib(right, n - 2); });
  return a + b;
}

}  // namespace

int main() {
  an::Runtime runtime({.scheduler = "heartbeat", .workers = 2});

  const auto [sum, product] = runtime.join([] { return 2 + 3; }, [] { return 2 * 3; });
  check(sum == 5 && product == 6, "join returns both results");

  check(runtime.run([](an::Strand strand) { return fib(strand, 20); }) == 6765, "fib(20) = 6765");

  const auto square = [](std::int64_t i) { return i * i; };
  check(runtime.reduce(1, 101, 10, std::int64_t{0}, square, std::plus<>{}) == 338350,
        "1 + 4 + .. + 10000 = 338350");

  // The same function where every nanosecond counts: the scheduler's type is known, forks are inlined.
  using Heartbeat = an::schedulers::heartbeat::Scheduler;
  an::SchedulerConfig config;
  config.workers = 2;
  Heartbeat heartbeat(config);
  const auto direct = heartbeat.run([](Heartbeat::Worker worker) { return fib(worker, 25); });
  check(direct == 75025, "fib(25) = 75025");
}
