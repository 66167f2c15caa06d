// The part of the scheduler contract that concerns where workers run: worker i >= 1 on cpus[i] and
// nowhere else, the caller of run, worker 0, where it was. As scheduler_contract.hpp: sentences, no
// assertions.
#pragma once

#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "tests/contract/scheduler_contract.hpp"

namespace an::contract {

// The CPUs each thread of this process may run on, ascending, by the kernel's number of the thread.
inline std::map<int, std::vector<int>> affinities() {
  std::map<int, std::vector<int>> found;
  DIR* tasks = ::opendir("/proc/self/task");
  while (const dirent* entry = tasks != nullptr ? ::readdir(tasks) : nullptr) {
    const int thread = std::atoi(entry->d_name);
    cpu_set_t set;
    if (thread == 0 || ::sched_getaffinity(thread, sizeof(set), &set) != 0) {
      continue;  // "." or a thread that has just ended
    }
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) {
        found[thread].push_back(cpu);
      }
    }
  }
  if (tasks != nullptr) {
    ::closedir(tasks);
  }
  return found;
}

// CPUs for `workers` workers, all allowed ones in turn; no two neighbours equal where there are two.
inline std::vector<int> cpus_in_turn(std::uint32_t workers) {
  const std::vector<int> allowed = allowed_cpus();
  std::vector<int> cpus;
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    cpus.push_back(allowed[worker % allowed.size()]);
  }
  return cpus;
}

// Runs branches until every worker has run some, or ten seconds are over; returns what each thread
// but the caller's said about itself, by its number.
template <class S>
std::map<int, std::vector<int>> affinities_in_branches(S& scheduler, std::uint32_t workers) {
  std::mutex lock;
  std::map<int, std::vector<int>> seen;
  const int caller = ::gettid();
  const Deadline deadline = Deadline::after(10'000'000'000);
  while (seen.size() + 1 < workers && !deadline.has_passed()) {
    scheduler.run([&]<class W>(W worker) {
      for_range(worker, 0, 2000, 1, [&](W, std::int64_t) {
        if (::gettid() != caller) {
          const std::lock_guard guard(lock);
          seen.try_emplace(::gettid(), allowed_cpus());
        }
      });
    });
  }
  return seen;
}

// Threads that come and go: none waits pinned, and a branch that is not on the caller's thread runs on
// one of cpus[1..] alone.
template <Scheduler S>
Violations check_passing_pins(const SchedulerConfig& config) {
  Violations violations;
  S scheduler(config);
  const std::set<int> wanted(config.cpus.begin() + 1, config.cpus.end());
  for (const auto& [thread, cpus] : affinities_in_branches(scheduler, config.workers)) {
    demand(violations, cpus.size() == 1 && wanted.contains(cpus.front()),
           "branches run where a worker is pinned");
  }
  return violations;
}

// With config.cpus, worker i >= 1 runs on cpus[i] alone and from its first branch on; worker 0 is
// the caller and stays where it was.
template <Scheduler S>
Violations check_pinning(std::uint32_t workers) {
  Violations violations;
  settled_threads();
  const std::map<int, std::vector<int>> before = affinities();
  SchedulerConfig config = config_of(workers);
  config.cpus = cpus_in_turn(workers);
  std::multiset<int> wanted(config.cpus.begin() + 1, config.cpus.end());
  if (!keeps_threads<S>()) {
    return check_passing_pins<S>(config);
  }
  S scheduler(config);
  std::map<int, std::vector<int>> pinned = affinities();
  std::multiset<int> got;
  for (const auto& [thread, cpus] : pinned) {
    if (const auto old = before.find(thread); old != before.end()) {
      demand(violations, cpus == old->second, "threads that were there are left where they were");
    } else {
      demand(violations, cpus.size() == 1, "a pinned worker may run on one CPU only");
      got.insert(cpus.front());
    }
  }
  demand(violations, got == wanted, "worker i is pinned to cpus[i]");
  const std::vector<int> caller = allowed_cpus();
  for (const auto& [thread, cpus] : affinities_in_branches(scheduler, workers)) {
    demand(violations, !before.contains(thread) && pinned[thread] == cpus,
           "branches run on the workers that were pinned, and where they were pinned");
  }
  demand(violations, allowed_cpus() == caller, "run leaves the caller where it was");
  return violations;
}

}  // namespace an::contract
