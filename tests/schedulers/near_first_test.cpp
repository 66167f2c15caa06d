#include "schedulers/near_first.hpp"

#include <gtest/gtest.h>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::near_first {
namespace {

SchedulerConfig config_of(std::uint32_t workers) {
  SchedulerConfig config;
  config.workers = workers;
  return config;
}

void wait_for(const Atomic<int>& value, int least) {
  while (value.load(kStat) < least) {
    cpu_yield();
  }
}

// All other workers are kept busy, so that a task runs where it wished or not before they are free.
TEST(NearFirst, AnIdleWorkerGetsTheTasksThatWishForIt) {
  Scheduler scheduler(config_of(3));
  for (int round = 0; round < 50; ++round) {
    Atomic<WorkerId> ran_on = kNobody;
    scheduler.run([&](Worker worker) {
      Worker::Group group(worker);
      Atomic<bool> release = false;
      Atomic<int> busy = 0;
      Atomic<WorkerId> holder = kNobody;
      group.spawn(worker, [&](Worker w) {  // occupies one of the other two workers
        holder.store(w.state().id, kStat);
        busy.fetch_add(1, kStat);
        while (!release.load(kStat)) {
          cpu_yield();
        }
      });
      wait_for(busy, 1);
      const WorkerId free = holder.load(kStat) == 1 ? 2 : 1;
      Atomic<int> done = 0;
      group.spawn(
          worker,
          [&](Worker w) {
            ran_on.store(w.state().id, kStat);
            done.fetch_add(1, kStat);
          },
          Hint{free});
      wait_for(done, 1);
      EXPECT_EQ(ran_on.load(kStat), free);
      release.store(true, kStat);
      group.wait(worker);
    });
  }
  EXPECT_EQ(counter(scheduler, "wishes"), 50U);
  EXPECT_EQ(counter(scheduler, "wishes_granted"), 50U);
}

TEST(NearFirst, AWishForANodeIsAWishForItsWorkers) {
  SchedulerConfig config = config_of(3);
  config.nodes = {0, 0, 1};
  Scheduler scheduler(config);
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    Atomic<int> done = 0;
    for (int i = 0; i < 100; ++i) {
      group.spawn(
          worker, [&](Worker) { done.fetch_add(1, kStat); }, Hint{.node = 1});
      wait_for(done, i + 1);
    }
    group.spawn(
        worker, [](Worker) {}, Hint{.node = 7});  // no such node: an ordinary task
    group.wait(worker);
  });
  EXPECT_EQ(counter(scheduler, "wishes"), 100U);
}

// The worker that is wished for never comes: the wish is broken, the task runs.
TEST(NearFirst, AWishForABusyWorkerDelaysNobody) {
  Scheduler scheduler(config_of(2));
  scheduler.run([&](Worker worker) {
    Worker::Group group(worker);
    Atomic<int> busy = 0;
    Atomic<int> done = 0;
    group.spawn(worker, [&](Worker) {
      busy.fetch_add(1, kStat);
      wait_for(done, 10);
    });
    wait_for(busy, 1);
    for (int i = 0; i < 10; ++i) {
      group.spawn(
          worker, [&](Worker) { done.fetch_add(1, kStat); }, Hint{1});
    }
    group.wait(worker);
    EXPECT_EQ(done.load(kStat), 10);
  });
  EXPECT_EQ(counter(scheduler, "wishes"), 10U);
  EXPECT_EQ(counter(scheduler, "wishes_granted"), 0U);
}

// The wished-for worker sleeps in a join, where it takes no tasks: the wake-up must go to another.
TEST(NearFirst, AWishForAWorkerBlockedInAJoinWakesSomebodyElse) {
  Scheduler scheduler(config_of(3));
  Atomic<int> done = 0;
  scheduler.run([&](Worker worker) {
    worker.join(
        [&](Worker) {
          while (counter(scheduler, "steals") == 0) {
            cpu_yield();
          }
        },
        [&](Worker w) {            // stolen: the joiner, worker 0, goes to sleep
          spin_for_ns(2'000'000);  // and so does worker 2
          w.spawn([&](Worker) { done.fetch_add(1, kStat); }, Hint{0});
          wait_for(done, 1);
        });
  });
}

TEST(NearFirst, AFullInboxIsNoError) {
  Scheduler scheduler(config_of(2));
  Atomic<int> ran = 0;
  constexpr int kTasks = 5 * static_cast<int>(State::kInboxCapacity);
  scheduler.run([&](Worker worker) {
    for (int i = 0; i < kTasks; ++i) {
      worker.spawn([&](Worker) { ran.fetch_add(1, kStat); }, Hint{1});
    }
  });
  EXPECT_EQ(ran.load(kStat), kTasks);
}

TEST(NearFirst, ASingleTaskCanBeStolenAtATime) {
  SchedulerConfig config = config_of(2);
  config.options["steal"] = "one";
  Scheduler scheduler(config);
  scheduler.run([](Worker worker) {
    Worker::Group group(worker);
    Atomic<int> busy = 0;
    Atomic<bool> release = false;
    group.spawn_batch(worker, 8, [&](std::int64_t) {
      return [&](Worker) {
        busy.fetch_add(1, kStat);
        while (!release.load(kStat)) {
          cpu_yield();
        }
      };
    });
    wait_for(busy, 1);
    EXPECT_EQ(worker.state().tasks.size(), 7);  // half would have left 4
    release.store(true, kStat);
    group.wait(worker);
  });
  config.options["steal"] = "quarter";
  EXPECT_THROW(Scheduler{config}, Error);
}

}  // namespace
}  // namespace an::schedulers::near_first
