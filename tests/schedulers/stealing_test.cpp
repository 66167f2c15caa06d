// What the stealing strategies share, seen through chase_lev.
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
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

// A crew that only counts what is published to it.
struct CountedState;
struct CountingCrew {
  void published_task(const CountedState& /*self*/) { ++publications; }
  int publications = 0;
};
struct CountedState {
  TheDeque<Job>::Owner tasks;
  CountingCrew* crew;
};

// And a publication wakes at most one worker: parking.hpp, notify_one.
TEST(Stealing, ABatchIsOnePublication) {
  CountingCrew crew;
  CountedState self{TheDeque<Job>::Owner(64), &crew};
  Job job(nullptr);
  const std::vector<Job*> batch(stealing::kBatchMax, &job);
  static_assert(stealing::kBatchMax == 64);
  stealing::WorkerQueues<CountedState>::push_tasks(self, batch);
  EXPECT_EQ(self.tasks.size(), 64);
  EXPECT_EQ(crew.publications, 1);
}

// A batch wakes one worker; each that was woken wakes the next while anything can be seen. Without
// Crew::hand_on, or with it only for workers that found nothing, the tasks, which wait for each other,
// hang within a hundred rounds.
TEST(Stealing, ABatchReachesEverySleeper) {
  Scheduler scheduler(config_of(4));
  for (int round = 0; round < 20; ++round) {
    Atomic<int> met = 0;
    const auto meet = [&met](std::int64_t) {
      return [&met](Worker) {
        met.fetch_add(1, kStat);
        while (met.load(kStat) < 3) {
          cpu_yield();
        }
      };
    };
    spin_for_ns(round % 2 * 2'000'000);  // now asleep, now still looking
    scheduler.inject_batch(3, meet);
    while (met.load(kStat) < 3) {
      cpu_yield();
    }
    scheduler.wait_injected();
    met.store(0, kStat);
    scheduler.run([&](Worker worker) {
      worker.spawn_batch(3, meet);
      while (met.load(kStat) < 3) {
        cpu_yield();
      }
    });
  }
}

TEST(Stealing, WhatWasMadeBeforeTheMakersExceptionWakesSomebody) {
  Scheduler scheduler(config_of(2));
  spin_for_ns(300'000);
  Atomic<int> ran = 0;
  const auto make = [&ran](std::int64_t i) {
    if (i == 3) {
      throw std::runtime_error("maker");
    }
    return [&ran](Worker) { ran.fetch_add(1, kStat); };
  };
  EXPECT_THROW(scheduler.inject_batch(5, make), std::runtime_error);
  while (ran.load(kStat) < 3) {
    cpu_yield();
  }
}

TEST(Stealing, WaitingForInjectedTasksOnAWorkerIsRefused) {
  Scheduler scheduler(config_of(2));
  scheduler.run([&](Worker) { EXPECT_THROW(scheduler.wait_injected(), Error); });
  scheduler.inject([&](Worker) { EXPECT_THROW(scheduler.wait_injected(), Error); });
  scheduler.wait_injected();
}

TEST(Stealing, ARootsExceptionDoesNotOutliveItsRun) {
  Scheduler scheduler(config_of(2));
  EXPECT_THROW(scheduler.run([](Worker worker) {
    worker.spawn([](Worker) { throw std::runtime_error("task"); });
    throw std::runtime_error("root");
  }),
               std::runtime_error);
  EXPECT_NO_THROW(scheduler.run([](Worker) {}));
  scheduler.inject([](Worker worker) {
    worker.spawn([](Worker) { throw std::runtime_error("child"); });
    throw std::runtime_error("injected");
  });
  EXPECT_THROW(scheduler.wait_injected(), std::runtime_error);
  EXPECT_NO_THROW(scheduler.run([](Worker) {}));
  EXPECT_NO_THROW(scheduler.wait_injected());
}

TEST(Stealing, CrewsMayCallIntoEachOtherAndBack) {
  Scheduler a(config_of(1));
  Scheduler b(config_of(1));
  Scheduler c(config_of(1));
  const int result = a.run([&](Worker) {
    return b.run([&](Worker) {
      return a.run(
          [&](Worker) { return c.run([&](Worker) { return b.run([](Worker) { return 7; }); }); });
    });
  });
  EXPECT_EQ(result, 7);
}

// Tasks of the root group inject, and those spawn into the root group again: the destructor runs them all.
TEST(Stealing, TheDestructorRunsWhatTasksStillAdd) {
  Atomic<int> ran = 0;
  {
    Scheduler scheduler(config_of(2));
    scheduler.inject([&](Worker worker) {
      worker.spawn([&](Worker) {
        scheduler.inject([&](Worker w) { w.spawn([&](Worker) { ran.fetch_add(1, kStat); }); });
      });
    });
  }
  EXPECT_EQ(ran.load(kStat), 1);
}

}  // namespace
}  // namespace an::schedulers::chase_lev
