// rest_probe: what a runtime at rest keeps resident. `rest_probe bare N` is a C++ process with N
// threads, this one included, that sleep; `rest_probe chase_lev N` (or heartbeat, ...) has a
// scheduler of N workers that has run once and is idle. Prints {"resident_kib":..}, from the
// kernel's own sum over the pages (smaps_rollup).
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/futex.hpp"
#include "core/base/thread.hpp"
#include "schedulers/central_queue.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/near_first.hpp"
#include "schedulers/resonance.hpp"
#include "workloads/fib.hpp"

namespace {

// Until everybody who is going to sleep does.
void settle() {
  an::Atomic<std::uint32_t> never = 0;
  const an::Deadline until = an::Deadline::after(100'000'000);
  while (an::futex_wait(never, 0, until)) {
  }
}

int report() {
  settle();
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Rss:")) {
      std::printf("{\"resident_kib\":%ld}\n", std::atol(line.c_str() + 4));
      return 0;
    }
  }
  std::fprintf(stderr, "rest_probe: /proc/self/smaps_rollup has no Rss\n");
  return 1;
}

int rest_bare(std::uint32_t threads) {
  an::Atomic<std::uint32_t> stop = 0;
  std::vector<an::Thread> sleepers;
  for (std::uint32_t i = 1; i < threads; ++i) {
    sleepers.emplace_back("sleeper", [&stop] {
      while (stop.load(an::kStat) == 0) {
        an::futex_wait(stop, 0, an::Deadline::never());
      }
    });
  }
  const int code = report();
  stop.store(1, an::kStat);
  an::futex_wake(stop, INT32_MAX);
  return code;
}

template <an::Scheduler S>
int rest_with(std::uint32_t workers) {
  an::SchedulerConfig config;
  config.workers = workers;
  S scheduler(config);
  scheduler.run([](auto worker) { return an::workloads::fib::fib_of(worker, 20); });
  return report();
}

}  // namespace

int main(int argc, char** argv) {
  namespace schedulers = an::schedulers;
  const std::string_view what = argc == 3 ? argv[1] : "";
  const auto count = static_cast<std::uint32_t>(argc == 3 ? std::atoi(argv[2]) : 0);
  if (count >= 1 && count <= an::kWorkersMax) {
    if (what == "bare") return rest_bare(count);
    if (what == "central_queue") return rest_with<schedulers::central_queue::Scheduler>(count);
    if (what == "chase_lev") return rest_with<schedulers::chase_lev::Scheduler>(count);
    if (what == "heartbeat") return rest_with<schedulers::heartbeat::Scheduler>(count);
    if (what == "near_first") return rest_with<schedulers::near_first::Scheduler>(count);
    if (what == "resonance") return rest_with<schedulers::resonance::Scheduler>(count);
  }
  std::fprintf(stderr, "usage: rest_probe bare|SCHEDULER THREADS\n");
  return 2;
}
