// The scheduler contract: what every scheduler promises, checked on any type. Each check returns
// the violations it saw as sentences, so that the tests can also demand that a broken scheduler has
// some.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "core/task/scheduler.hpp"
#include "tests/contract/task_contract.hpp"
#include "tests/contract/violations.hpp"

namespace an::contract {

// Both branches of every join run exactly once, and their results come back.
template <Scheduler S>
Violations check_joins(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  for (int round = 0; round < 20; ++round) {
    Atomic<std::int64_t> leaves = 0;
    const std::int64_t result =
        scheduler.run([&](auto worker) { return count_leaves(worker, 12, leaves); });
    demand(violations, result == 4096, "join returns both results");
    demand(violations, leaves.load(kStat) == 4096, "every branch runs exactly once");
  }
  return violations;
}

// Results of any kind: nothing, move-only, large.
template <Scheduler S>
Violations check_results(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  for (int round = 0; round < 50; ++round) {
    const auto [unit, owned] = scheduler.run([]<class W>(W worker) {
      return worker.join(
          [](W) {},
          [](W w) {
            auto [big, text] = w.join(
                [](W) {
                  return std::array<int, 100>{1, 2, 3};
                },
                [](W) { return std::string(100, 'x'); });
            return std::make_unique<std::size_t>(text.size() + static_cast<std::size_t>(big[2]));
          });
    });
    demand(violations, unit == Unit{} && *owned == 103, "results of any type come back");
  }
  scheduler.run([](auto) {});
  return violations;
}

template <class S, class Root>
std::string what_is_thrown(S& scheduler, Root root) {
  try {
    scheduler.run(root);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

// A branch's exception leaves the join when both branches have ended; a task's leaves wait or run.
template <Scheduler S>
Violations check_exceptions(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  const auto fail = [](const char* text) { throw std::runtime_error(text); };
  for (int round = 0; round < 200; ++round) {
    Atomic<std::int64_t> leaves = 0;
    const auto first = what_is_thrown(scheduler, [&]<class W>(W worker) {
      worker.join([&](W) { fail("first"); }, [&](W w) { count_leaves(w, 4, leaves); });
    });
    demand(violations, first == "first", "the first branch's exception leaves the join");
    const auto second = what_is_thrown(scheduler, [&]<class W>(W worker) {
      worker.join([&](W w) { count_leaves(w, 4, leaves); }, [&](W) { fail("second"); });
    });
    demand(violations, second == "second", "the second branch's exception leaves the join");
    const auto both = what_is_thrown(scheduler, [&]<class W>(W worker) {
      worker.join([&](W) { fail("first"); }, [&](W) { fail("second"); });
    });
    demand(violations, both == "first", "if both throw, the first branch's exception is kept");
    Atomic<int> ran = 0;
    const auto task = what_is_thrown(scheduler, [&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      for (int i = 0; i < 20; ++i) {
        group.spawn(worker, [&, i](W) {
          ran.fetch_add(1, kStat);
          if (i == 11) {
            fail("task");
          }
        });
      }
      group.wait(worker);
    });
    demand(violations, task == "task", "a task's exception leaves wait");
    demand(violations, ran.load(kStat) == 20, "the other tasks of the group still run");
    ran.store(0, kStat);
    const auto root = what_is_thrown(scheduler, [&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      for (int i = 0; i < 20; ++i) {
        group.spawn(worker, [&](W) { ran.fetch_add(1, kStat); });
      }
      fail("root");
    });
    demand(violations, root == "root", "the root's exception leaves run");
    demand(violations, ran.load(kStat) == 20, "a group that is left by an exception waits");
  }
  Atomic<std::int64_t> leaves = 0;
  demand(violations,
         scheduler.run([&](auto worker) { return count_leaves(worker, 8, leaves); }) == 256,
         "the scheduler works after exceptions");
  return violations;
}

// run may be called from inside a branch of itself, and by several threads in turn; or they are refused
// (kServesAnyThread).
template <Scheduler S>
Violations check_reentry(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  for (int round = 0; round < 20; ++round) {
    Atomic<std::int64_t> leaves = 0;
    const auto nested = [&](auto) {
      return scheduler.run([&](auto worker) { return count_leaves(worker, 6, leaves); });
    };
    const auto [a, b] = scheduler.run([&](auto worker) { return worker.join(nested, nested); });
    demand(violations, a == 64 && b == 64 && leaves.load(kStat) == 128,
           "run works inside a branch of itself");
  }
  Atomic<std::int64_t> leaves = 0;
  Atomic<int> refused = 0;
  {
    std::vector<Thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back("caller", [&] {
        for (int round = 0; round < 25; ++round) {
          try {
            scheduler.run([&](auto worker) { return count_leaves(worker, 6, leaves); });
          } catch (const Error&) {
            refused.fetch_add(1, kStat);
          }
        }
      });
    }
  }
  if (serves_any_thread<S>()) {
    demand(violations, leaves.load(kStat) == 4 * 25 * 64, "several threads may call run");
  } else {
    demand(violations, leaves.load(kStat) == 0 && refused.load(kStat) == 4 * 25,
           "a thread that is not served is refused");
  }
  return violations;
}

inline std::vector<std::string> thread_states() {
  std::vector<std::string> states;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream stat(task.path() / "stat");
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    if (const auto name_end = text.rfind(')'); name_end != std::string::npos) {
      states.push_back(text.substr(name_end + 2, 1));
    }
  }
  return states;
}

// How many threads there are once those that were joined before have left the kernel's list too.
inline std::size_t settled_threads() {
  std::size_t count = thread_states().size();
  for (int same = 0; same < 200; ++same) {
    cpu_yield();
    if (const std::size_t now = thread_states().size(); now != count) {
      count = now;
      same = 0;
    }
  }
  return count;
}

// How many threads run branches at a time, and how many do in all.
struct Crowd {
  std::size_t at_once = 0;
  std::size_t ever = 0;
};

// Runs branches that offer the CPU to others, and counts the threads that are inside one.
template <Scheduler S>
Crowd crowd_of(S& scheduler) {
  std::mutex lock;
  std::set<pid_t> ever;
  std::set<pid_t> inside;
  Crowd crowd;
  scheduler.run([&]<class W>(W worker) {
    for_range(worker, 0, 2000, 1, [&](W, std::int64_t) {
      {
        const std::lock_guard guard(lock);
        ever.insert(::gettid());
        inside.insert(::gettid());
        crowd.at_once = std::max(crowd.at_once, inside.size());
      }
      cpu_yield();
      const std::lock_guard guard(lock);
      inside.erase(::gettid());
    });
  });
  crowd.ever = ever.size();
  return crowd;
}

// Whether a loop of many long bodies is shared, sooner or later.
template <Scheduler S>
bool shares_loops(S& scheduler) {
  const pid_t caller = ::gettid();
  Atomic<bool> is_shared = false;
  const Deadline deadline = Deadline::after(10'000'000'000);
  while (!is_shared.load(kStat) && !deadline.has_passed()) {
    scheduler.run([&]<class W>(W worker) {
      for_range(worker, 0, 1000, 1, [&](W, std::int64_t) {
        const Deadline end = Deadline::after(20'000);
        while (!end.has_passed()) {
        }
        if (::gettid() != caller) {
          is_shared.store(true, kStat);
        }
      });
    });
  }
  return is_shared.load(kStat);
}

// W workers are W threads, the caller included; idle ones sleep; none is left when the scheduler is
// gone. Where threads come and go (kKeepsThreads), no more than W run at a time, and none stays.
template <Scheduler S>
Violations check_threads(std::uint32_t workers) {
  Violations violations;
  const std::size_t before = settled_threads();
  {
    S scheduler(config_of(workers));
    const std::size_t kept = keeps_threads<S>() ? workers - 1 : 0;
    demand(violations, thread_states().size() == before + kept,
           "W workers are W threads, the caller included");
    demand(violations, workers == 1 || shares_loops(scheduler),
           "a loop runs on more than one worker");
    const Crowd crowd = crowd_of(scheduler);
    demand(violations, crowd.at_once <= workers, "no more than W threads run branches at a time");
    demand(violations, !keeps_threads<S>() || crowd.ever <= workers,
           "no more than W threads run branches");
    demand(violations, settled_threads() == before + kept,
           "threads outlive a run if the scheduler keeps them, and only then");
    const Deadline deadline = Deadline::after(10'000'000'000);
    const auto asleep = [&] {
      const auto states = thread_states();
      return static_cast<std::size_t>(std::ranges::count(states, "S")) + 1 >= states.size();
    };
    while (!asleep() && !deadline.has_passed()) {
      cpu_yield();
    }
    demand(violations, asleep(), "idle workers sleep");
  }
  const Deadline deadline = Deadline::after(10'000'000'000);
  while (thread_states().size() != before && !deadline.has_passed()) {
    cpu_yield();
  }
  demand(violations, thread_states().size() == before, "no thread is left behind");
  return violations;
}

// All of it.
template <Scheduler S>
Violations check_contract(std::uint32_t workers) {
  Violations all;
  for (const Violations& some :
       {check_joins<S>(workers), check_groups<S>(workers),
        check_groups_filled_in_parallel<S>(workers), check_quiescence<S>(workers),
        check_batches<S>(workers), check_injection<S>(workers), check_results<S>(workers),
        check_exceptions<S>(workers), check_reentry<S>(workers), check_threads<S>(workers)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace an::contract
