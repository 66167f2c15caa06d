// idle_probe: how much CPU the workers of every stealing strategy burn once there is nothing to do.
// Prints one JSON object per scheduler: the share of one CPU that the whole process used in a window
// that begins 50 ms after the last task. The main thread sleeps meanwhile.
#include <cstdio>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/futex.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/heartbeat.hpp"
#include "schedulers/resonance.hpp"
#include "workloads/fib.hpp"

namespace {

constexpr an::Nanos kSettleNs = 50'000'000;
constexpr an::Nanos kWindowNs = 1'000'000'000;
constexpr std::uint32_t kWorkers = 4;

void rest_for(an::Nanos duration_ns) {
  an::Atomic<std::uint32_t> never = 0;
  const an::Deadline until = an::Deadline::after(duration_ns);
  while (an::futex_wait(never, 0, until)) {
  }
}

template <an::Scheduler S>
void probe() {
  an::SchedulerConfig config;
  config.workers = kWorkers;
  S scheduler(config);
  using an::workloads::fib::Workload;
  auto input = Workload::prepare(25, 1);
  const auto answer = scheduler.run([&](auto worker) { return Workload::run(worker, input); });
  rest_for(kSettleNs);
  const an::Nanos cpu_before = an::process_cpu_ns();
  const an::Nanos before = an::now_ns();
  rest_for(kWindowNs);
  const auto cpu = static_cast<double>(an::process_cpu_ns() - cpu_before);
  const auto elapsed = static_cast<double>(an::now_ns() - before);
  const bool right = Workload::digest(input, answer) == Workload::expected(input);
  std::printf("{\"scheduler\":\"%s\",\"workers\":%u,\"cpu_share\":%.6f,\"verified\":%s}\n",
              S::kName.data(), kWorkers, cpu / elapsed, right ? "true" : "false");
}

}  // namespace

int main() {
  probe<an::schedulers::chase_lev::Scheduler>();
  probe<an::schedulers::heartbeat::Scheduler>();
  probe<an::schedulers::resonance::Scheduler>();
}
