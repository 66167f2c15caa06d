#include "schedulers/resonance.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/task/task_group.hpp"
#include "tests/schedulers/counter.hpp"

namespace an::schedulers::resonance {
namespace {

SchedulerConfig config_of(std::uint32_t workers, const char* grouping = "on") {
  SchedulerConfig config;
  config.workers = workers;
  config.options["grouping"] = grouping;
  config.options["quantum_us"] = "1000000";  // a slow machine must not end a turn by time
  return config;
}

// Changes of key from one task to the next when `tasks` of `keys` phases are spawned in turn.
int switches(Scheduler& scheduler, int tasks, std::uint64_t keys) {
  std::vector<std::uint64_t> order;
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    for (int i = 0; i < tasks; ++i) {
      const std::uint64_t key = static_cast<std::uint64_t>(i) % keys;
      group.spawn(
          worker, [&order, key](Worker) { order.push_back(key); }, Phase{key, 4096, 0});
    }
    group.wait(worker);
  });
  EXPECT_EQ(order.size(), static_cast<std::size_t>(tasks));
  return std::inner_product(order.begin() + 1, order.end(), order.begin(), 0, std::plus<>(),
                            std::not_equal_to<>());
}

TEST(Resonance, TasksOfOnePhaseRunBackToBack) {
  Scheduler scheduler(config_of(1));
  EXPECT_EQ(switches(scheduler, 1600, 16), 15);
  EXPECT_EQ(counter(scheduler, "phased_tasks"), 1600U);
}

TEST(Resonance, WithoutGroupingPhasesMeanNothing) {
  Scheduler scheduler(config_of(1, "off"));
  EXPECT_EQ(switches(scheduler, 1600, 16), 1599);
  EXPECT_EQ(counter(scheduler, "phased_tasks"), 0U);
}

// The first task of each cohort waits for the other cohort's: one worker alone would hang.
TEST(Resonance, AnIdleWorkerTakesAWholeCohort) {
  Scheduler scheduler(config_of(2));
  std::mutex lock;
  std::map<std::uint64_t, std::set<pid_t>> threads;
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    Atomic<int> met = 0;
    for (int i = 0; i < 300; ++i) {
      const std::uint64_t key = static_cast<std::uint64_t>(i) % 3;
      const bool first = i < 3;
      group.spawn(
          worker,
          [&, key, first](Worker) {
            if (first) {
              met.fetch_add(1, kStat);
              while (met.load(kStat) < 2) {
                cpu_yield();
              }
            }
            const std::lock_guard guard(lock);
            threads[key].insert(::gettid());
          },
          Phase{key, 4096, 0});
    }
    group.wait(worker);
  });
  EXPECT_EQ(threads.size(), 3U);
  EXPECT_GE(counter(scheduler, "cohorts_stolen"), 1U);
}

TEST(Resonance, UnphasedTasksDoNotStarvePhasedOnes) {
  Scheduler scheduler(config_of(1));
  int unphased_before = 0;
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    bool phased_ran = false;
    group.spawn(
        worker, [&](Worker) { phased_ran = true; }, Phase{1, 64, 0});
    // Each task spawns the next, so the run queue is never empty.
    struct Chain {
      Worker::Group& group;
      bool& stop;
      int& count;
      void operator()(Worker w) const {
        if (!stop && ++count < 100'000) {
          group.spawn(w, *this);
        }
      }
    };
    group.spawn(worker, Chain{group, phased_ran, unphased_before});
    group.wait(worker);
  });
  EXPECT_LE(unphased_before, static_cast<int>(State::kUnphasedMax) + 1);
}

// Worker 0 helps with a task of a group that worker 1 waits for; the task leaves phased tasks in worker 0's
// buckets, and then worker 0 leaves. They must not stay where nobody looks.
TEST(Resonance, NothingStaysInTheBucketsOfAWorkerThatLeaves) {
  constexpr int kTasks = 64;
  Scheduler scheduler(config_of(2));
  Atomic<int> ran = 0;
  Atomic<bool> spawned = false;
  Atomic<bool> root_is_done = false;
  Atomic<bool> ready = false;
  scheduler.inject([&](Worker worker) {  // on worker 1
    Worker::Group group(worker);
    group.spawn(worker, [&](Worker w) {  // the oldest task: taken by worker 0
      for (std::uint64_t key = 0; key < kTasks; ++key) {
        group.spawn(
            w, [&](Worker) { ran.fetch_add(1, kStat); }, Phase{key});
      }
      spawned.store(true, kStat);
      while (!root_is_done.load(kStat)) {
        cpu_yield();
      }
    });
    worker.spawn([&](Worker) { root_is_done.store(true, kStat); });  // keeps run() waiting
    ready.store(true, kStat);
    while (!spawned.load(kStat)) {
      cpu_yield();
    }
    group.wait(worker);
  });
  while (!ready.load(kStat)) {
    cpu_yield();
  }
  scheduler.run([](Worker) {});
  const Deadline deadline = Deadline::after(20'000'000'000);
  while (ran.load(kStat) < kTasks && !deadline.has_passed()) {
    cpu_yield();
  }
  EXPECT_EQ(ran.load(kStat), kTasks);
  scheduler.wait_injected();
}

}  // namespace
}  // namespace an::schedulers::resonance
