#include "schedulers/split_deque.hpp"

#include <gtest/gtest.h>

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "tests/schedulers/counter.hpp"

namespace an::schedulers::split_deque {
namespace {

// Returns when the flag is set, or, with a failure, after twenty seconds.
void await(const Atomic<bool>& flag) {
  const Deadline deadline = Deadline::after(20'000'000'000);
  while (!flag.load(kStat)) {
    if (deadline.has_passed()) {
      ADD_FAILURE() << "nobody came";
      return;
    }
    cpu_yield();
  }
}

// The only other worker, which is idle or waits, takes two branches of `worker`, one after the other. Nobody
// is idle when it takes the second, the only one that is shared: the next fork shares nevertheless, so that
// a thief will find something while its victim is deep in a long branch.
void is_robbed_twice(Worker worker, Scheduler& scheduler) {
  Atomic<bool> first_runs = false;
  Atomic<bool> first_may_end = false;
  Atomic<bool> second_runs = false;
  Atomic<bool> second_may_end = false;
  const auto rest = [&](Worker w) {
    await(first_runs);
    const std::uint64_t before = counter(scheduler, "shares");
    const auto own = [&](Worker deeper) {
      first_may_end.store(true, kStat);
      await(second_runs);
      EXPECT_EQ(counter(scheduler, "shares"), before + 1) << "for the second branch";
      deeper.join([](Worker) {}, [](Worker) {});
      EXPECT_EQ(counter(scheduler, "shares"), before + 2);
      deeper.join([](Worker) {}, [](Worker) {});
      EXPECT_EQ(counter(scheduler, "shares"), before + 2) << "nobody has asked again";
      second_may_end.store(true, kStat);
    };
    w.join(own, [&](Worker) {
      second_runs.store(true, kStat);
      await(second_may_end);
    });
  };
  worker.join(rest, [&](Worker) {
    first_runs.store(true, kStat);
    await(first_may_end);
  });
}

// Returns when somebody has looked for work, asked and gone to sleep since the counter was `before`.
void await_park(const Scheduler& scheduler, std::uint64_t before) {
  while (counter(scheduler, "parks") == before) {
    cpu_yield();
  }
}

TEST(SplitDeque, WhoWasRobbedOfTheLastSharesAgain) {
  SchedulerConfig config;
  config.workers = 2;
  Scheduler scheduler(config);
  scheduler.run([&](Worker worker) {
    await_park(scheduler, 0);
    is_robbed_twice(worker, scheduler);
  });
}

TEST(SplitDeque, WhoWasRobbedByLeapfrogsSharesAgain) {
  SchedulerConfig config;
  config.workers = 2;
  Scheduler scheduler(config);
  Atomic<bool> is_stolen = false;
  scheduler.run([&](Worker worker) {
    await_park(scheduler, 0);
    const std::uint64_t before = counter(scheduler, "parks");
    worker.join([&](Worker) { await(is_stolen); },
                [&](Worker thief) {
                  is_stolen.store(true, kStat);
                  await_park(scheduler, before);  // the victim waits for this branch
                  is_robbed_twice(thief, scheduler);
                });
  });
  EXPECT_EQ(counter(scheduler, "leapfrogs"), 2U);
}

}  // namespace
}  // namespace an::schedulers::split_deque
