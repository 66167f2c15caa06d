// migration_probe: what it costs when a branch moves to another worker: the burden of the scheduler
// `profile`. A join of two branches of equal length runs on two workers; what it takes beyond one branch
// is the time until the thief has begun and the join knows of its end. Prints one JSON object per case:
// the thief looks for work when the fork comes, or has slept for a while. Joins whose branches both ran
// on one worker are left out and counted.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "schedulers/chase_lev.hpp"

namespace {

constexpr int kRounds = 2000;
constexpr an::Nanos kBranchNs = 100'000;

void spin_for(an::Nanos duration_ns) {
  const an::Nanos end = an::now_ns() + duration_ns;
  while (an::now_ns() < end) {
    an::cpu_pause();
  }
}

// `rest_ns` between two joins: below 25 us the thief still spins.
void probe(const char* thief, an::Nanos rest_ns) {
  an::SchedulerConfig config;
  config.workers = 2;
  an::schedulers::chase_lev::Scheduler scheduler(config);
  std::vector<an::Nanos> extra_ns;
  for (int round = 0; round < kRounds; ++round) {
    spin_for(rest_ns);
    const an::Nanos took_ns = scheduler.run([](auto worker) {
      const an::Nanos begin = an::now_ns();
      worker.join([](auto) { spin_for(kBranchNs); }, [](auto) { spin_for(kBranchNs); });
      return an::now_ns() - begin;
    });
    if (took_ns < 2 * kBranchNs) {
      extra_ns.push_back(took_ns - kBranchNs);
    }
  }
  std::sort(extra_ns.begin(), extra_ns.end());
  const auto quantile = [&](std::size_t percent) {
    return extra_ns.empty() ? -1L : extra_ns[(extra_ns.size() - 1) * percent / 100];
  };
  std::printf("{\"thief\":\"%s\",\"moved\":%zu,\"of\":%d,\"ns_p50\":%ld,\"ns_p90\":%ld}\n", thief,
              extra_ns.size(), kRounds, quantile(50), quantile(90));
}

}  // namespace

int main() {
  probe("looks", 5'000);
  probe("sleeps", 200'000);
}
