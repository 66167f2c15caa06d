// The scheduler contract, continued: tasks, their groups, batches, and tasks from outside.
#pragma once

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/thread.hpp"
#include "core/task/scheduler.hpp"
#include "tests/contract/violations.hpp"

namespace an::contract {

// Every task of a group runs exactly once, before wait returns; copies of its callable are
// destroyed.
template <Scheduler S>
Violations check_groups(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  constexpr std::size_t kTasks = 5000;
  const auto token = std::make_shared<int>(0);
  for (int round = 0; round < 10; ++round) {
    std::vector<Atomic<int>> runs(kTasks);
    bool all_ran = true;
    scheduler.run([&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      for (std::size_t i = 0; i < kTasks; ++i) {
        const auto task = [&runs, i, token](W) { runs[i].fetch_add(1, kStat); };
        if (i % 3 == 0) {
          group.spawn(worker, task, Phase{i % 17, 4096, 100});
        } else if (i % 3 == 1) {
          group.spawn(worker, task, Hint{});
        } else {
          group.spawn(worker, task);
        }
      }
      group.wait(worker);
      all_ran = std::ranges::all_of(runs, [](const Atomic<int>& n) { return n.load(kStat) >= 1; });
    });
    demand(violations, all_ran, "wait returns after every task has run");
    demand(violations,
           std::ranges::all_of(runs, [](const Atomic<int>& n) { return n.load(kStat) == 1; }),
           "every task runs exactly once");
  }
  demand(violations, token.use_count() == 1, "every task is destroyed");
  return violations;
}

// A group filled by branches on several workers, inside a join that others wait for: every task must be
// reachable by somebody who is not waiting.
template <Scheduler S>
Violations check_groups_filled_in_parallel(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  for (int round = 0; round < 200; ++round) {
    Atomic<int> ran = 0;
    const auto fill = [&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      for_range(worker, 0, 64, 1, [&](W w, std::int64_t i) {
        group.spawn(
            w, [&ran](W) { ran.fetch_add(1, kStat); },
            Phase{static_cast<std::uint64_t>(i) % 5, 64, 0});
      });
      group.wait(worker);
    };
    scheduler.run([&]<class W>(W worker) {
      worker.join([&](W w) { fill(w); },
                  [&](W w) { w.join([&](W x) { fill(x); }, [&](W x) { fill(x); }); });
    });
    demand(violations, ran.load(kStat) == 3 * 64, "tasks spawned by branches run exactly once");
  }
  return violations;
}

template <class W, class Group>
void spawn_tree(W worker, Group& group, int depth, Atomic<std::int64_t>& ran) {
  ran.fetch_add(1, kStat);
  for (int child = 0; child < 3 && depth > 0; ++child) {
    group.spawn(worker, [&group, depth, &ran](W w) { spawn_tree(w, group, depth - 1, ran); });
  }
}

// Tasks may spawn into their group; run waits for tasks outside any group.
template <Scheduler S>
Violations check_quiescence(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  constexpr std::int64_t kNodes = (2187 - 1) / 2 + 2187;  // 3^0 + .. + 3^7
  for (int round = 0; round < 10; ++round) {
    Atomic<std::int64_t> ran = 0;
    std::int64_t at_wait = 0;
    scheduler.run([&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      spawn_tree(worker, group, 7, ran);
      group.wait(worker);
      at_wait = ran.load(kStat);
    });
    demand(violations, at_wait == kNodes, "wait sees the tasks that tasks spawned");
    Atomic<std::int64_t> loose = 0;
    scheduler.run([&]<class W>(W worker) {
      for (int i = 0; i < 2000; ++i) {
        worker.spawn([&loose](W w) {
          loose.fetch_add(1, kStat);
          w.spawn([&loose](W) { loose.fetch_add(1, kStat); }, Phase{3});
        });
      }
    });
    demand(violations, loose.load(kStat) == 4000, "run returns after every spawned task has run");
  }
  return violations;
}

// A batch is as many single tasks; what was made before an exception of the maker is spawned.
template <Scheduler S>
Violations check_batches(std::uint32_t workers) {
  Violations violations;
  S scheduler(config_of(workers));
  for (const std::int64_t count : {0, 1, 63, 64, 65, 1000}) {
    std::vector<Atomic<int>> runs(static_cast<std::size_t>(count));
    const auto make = [&runs](std::int64_t i) {
      return [&runs, i](auto) { runs[static_cast<std::size_t>(i)].fetch_add(1, kStat); };
    };
    const auto all_ran = [&runs](int times) {
      return std::ranges::all_of(runs, [times](const auto& n) { return n.load(kStat) == times; });
    };
    scheduler.run([&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      group.spawn_batch(worker, count, make);
      group.wait(worker);
      demand(violations, all_ran(1), "every task of a batch runs once, before wait returns");
    });
    scheduler.run([&](auto worker) { worker.spawn_batch(count, make); });
    demand(violations, all_ran(2), "run waits for a batch");
  }
  Atomic<int> ran = 0;
  try {
    scheduler.run([&]<class W>(W worker) {
      TaskGroup<W> group(worker);
      group.spawn_batch(worker, 100, [&ran](std::int64_t i) {
        if (i == 70) {
          throw std::runtime_error("maker");
        }
        return [&ran](W) { ran.fetch_add(1, kStat); };
      });
    });
    demand(violations, false, "the maker's exception leaves spawn_batch");
  } catch (const std::runtime_error&) {
  }
  demand(violations, ran.load(kStat) == 70, "tasks made before the maker's exception run");
  return violations;
}

// Tasks from outside: from several threads at once, beside runs, with children and exceptions; and those
// nobody waits for run before the scheduler is gone.
template <Scheduler S>
Violations check_injection(std::uint32_t workers) {
  Violations violations;
  Atomic<int> ran = 0;
  {
    S scheduler(config_of(workers));
    const auto task = [&ran](auto) { ran.fetch_add(1, kStat); };
    for (int round = 0; round < 5; ++round) {
      ran.store(0, kStat);
      {
        std::vector<Thread> producers;
        for (int p = 0; p < 3; ++p) {
          producers.emplace_back("producer", [&] {
            for (int i = 0; i < 500; ++i) {
              scheduler.inject(task);
            }
            scheduler.inject_batch(
                500, [&](std::int64_t) { return [&](auto worker) { worker.spawn(task); }; });
          });
        }
        Atomic<std::int64_t> leaves = 0;
        scheduler.run([&](auto worker) { return count_leaves(worker, 8, leaves); });
      }
      scheduler.wait_injected();
      demand(violations, ran.load(kStat) == 3000, "wait_injected sees every task and its children");
    }
    scheduler.inject([](auto) { throw std::runtime_error("injected"); });
    std::string thrown = "nothing";
    try {
      scheduler.wait_injected();
    } catch (const std::runtime_error& error) {
      thrown = error.what();
    }
    demand(violations, thrown == "injected", "an injected task's exception leaves wait_injected");
    scheduler.wait_injected();
    ran.store(0, kStat);
    scheduler.run([&](auto) { scheduler.inject(task); });
    scheduler.wait_injected();
    demand(violations, ran.load(kStat) == 1, "a branch may inject");
    ran.store(0, kStat);
    scheduler.inject_batch(100, [&](std::int64_t) { return task; });
  }
  demand(violations, ran.load(kStat) == 100, "what was injected runs before the scheduler is gone");
  return violations;
}

}  // namespace an::contract
