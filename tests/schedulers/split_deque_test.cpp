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

// Nobody is idle when the thief takes its second branch, the only one that was shared: the next fork shares
// nevertheless, so that the thief will find something while its victim is deep in a long branch.
TEST(SplitDeque, WhoWasRobbedOfTheLastSharesAgain) {
  SchedulerConfig config;
  config.workers = 2;
  Scheduler scheduler(config);
  Atomic<bool> first_runs = false;
  Atomic<bool> first_may_end = false;
  Atomic<bool> second_runs = false;
  Atomic<bool> second_may_end = false;
  const auto steal_twice = [&](Worker worker) {
    await(first_runs);
    const std::uint64_t before = counter(scheduler, "shares");
    const auto own = [&](Worker w) {
      first_may_end.store(true, kStat);
      await(second_runs);
      EXPECT_EQ(counter(scheduler, "shares"), before + 1) << "for the second branch";
      w.join([](Worker) {}, [](Worker) {});
      EXPECT_EQ(counter(scheduler, "shares"), before + 2);
      w.join([](Worker) {}, [](Worker) {});
      EXPECT_EQ(counter(scheduler, "shares"), before + 2) << "nobody has asked again";
      second_may_end.store(true, kStat);
    };
    worker.join(own, [&](Worker) {
      second_runs.store(true, kStat);
      await(second_may_end);
    });
  };
  scheduler.run([&](Worker worker) {
    while (counter(scheduler, "parks") == 0) {  // the other worker has asked
      cpu_yield();
    }
    worker.join(steal_twice, [&](Worker) {
      first_runs.store(true, kStat);
      await(first_may_end);
    });
  });
}

}  // namespace
}  // namespace an::schedulers::split_deque
