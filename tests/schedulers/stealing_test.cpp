// What the stealing strategies share, seen through chase_lev.
#include <gtest/gtest.h>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"
#include "schedulers/chase_lev.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::chase_lev {
namespace {

SchedulerConfig config_of(std::uint32_t workers) {
  SchedulerConfig config;
  config.workers = workers;
  return config;
}

// The branches wait for each other: only a second worker can end it.
TEST(Stealing, TheSecondBranchRunsWhileTheFirstDoes) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 100; ++round) {
    Atomic<int> met = 0;
    const auto meet = [&met](Worker) {
      met.fetch_add(1, kStat);
      while (met.load(kStat) < 2) {
        cpu_yield();
      }
    };
    scheduler.run([&](Worker worker) { worker.join(meet, meet); });
  }
  EXPECT_EQ(counter(scheduler, "steals"), 100U);
}

// After every round the workers have gone to sleep: a publication that missed one would hang.
TEST(Stealing, SleepersAreWoken) {
  Scheduler scheduler(config_of(3));
  for (int round = 0; round < 30; ++round) {
    const std::uint64_t parks = counter(scheduler, "parks");
    Atomic<int> met = 0;
    const auto meet = [&met](Worker) {
      met.fetch_add(1, kStat);
      while (met.load(kStat) < 3) {
        cpu_yield();
      }
    };
    scheduler.run([&](Worker worker) { worker.join(meet, [&](Worker w) { w.join(meet, meet); }); });
    spin_for_ns(round % 3 * 300'000);
    EXPECT_GE(counter(scheduler, "parks"), parks);
  }
}

TEST(Stealing, ABlockedJoinHelpsTheThiefOfItsBranch) {
  Scheduler scheduler(config_of(2));
  // The thief's branch forks a branch that only the blocked owner can run.
  for (int round = 0; round < 50; ++round) {
    Atomic<bool> stolen = false;
    Atomic<bool> helped = false;
    scheduler.run([&](Worker worker) {
      worker.join(
          [&](Worker) {
            while (!stolen.load(kStat)) {
              cpu_yield();
            }
          },
          [&](Worker w) {
            stolen.store(true, kStat);
            w.join(
                [&](Worker) {
                  while (!helped.load(kStat)) {
                    cpu_yield();
                  }
                },
                [&](Worker) { helped.store(true, kStat); });
          });
    });
  }
  EXPECT_GE(counter(scheduler, "leapfrogs") + counter(scheduler, "steals"), 100U);
}

TEST(Stealing, AThousandSchedulersStartAndStop) {
  for (int round = 0; round < 1000; ++round) {
    Scheduler scheduler(config_of(2 + static_cast<std::uint32_t>(round % 3)));
    if (round % 2 == 0) {
      EXPECT_EQ(scheduler.run([](Worker w) {
        return w.join([](Worker) { return 1; }, [](Worker) { return 2; });
      }),
                std::pair(1, 2));
    }
  }
}

TEST(Stealing, PinnedWorkersRunWhereTheyShould) {
  const std::vector<int> allowed = allowed_cpus();
  auto config = config_of(2);
  config.cpus = {allowed.front(), allowed.back()};
  Scheduler scheduler(config);
  scheduler.run([&](Worker worker) {
    Atomic<int> met = 0;
    const auto meet = [&met] {
      met.fetch_add(1, kStat);
      while (met.load(kStat) < 2) {
        cpu_yield();
      }
    };
    worker.join([&](Worker) { meet(); },
                [&](Worker) {
                  meet();
                  EXPECT_EQ(allowed_cpus(), std::vector<int>{allowed.back()});
                });
  });
}

TEST(Stealing, AnImpossiblePinLeavesNoThreadBehind) {
  auto config = config_of(3);
  config.cpus = {0, 0, 8000};
  EXPECT_ANY_THROW(Scheduler scheduler(config));
}

TEST(Stealing, DeepRecursionOfJoinsWorks) {
  Scheduler scheduler(config_of(2));
  struct Deep {
    static int down(Worker worker, int depth) {
      if (depth == 0) {
        return 0;
      }
      return worker.join([depth](Worker w) { return down(w, depth - 1) + 1; }, [](Worker) {}).first;
    }
  };
  EXPECT_EQ(scheduler.run([](Worker w) { return Deep::down(w, 10'000); }), 10'000);
}

}  // namespace
}  // namespace an::schedulers::chase_lev
