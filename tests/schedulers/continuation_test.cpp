#include "schedulers/continuation.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "core/base/backoff.hpp"
#include "tests/schedulers/counter.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::schedulers::continuation {
namespace {

SchedulerConfig config_of(std::uint32_t workers) {
  SchedulerConfig config;
  config.workers = workers;
  return config;
}

// What shelves may hold beside the stacks in use: twice a batch each, and one more batch in between.
std::uint64_t shelved(std::uint32_t workers) {
  return std::uint64_t{3} * FiberStore::Shelf::kBatch * workers;
}

void await(const Atomic<bool>& flag) {
  while (!flag.load(kStat)) {
    cpu_yield();
  }
}

// The rest of the caller is what is stolen: the first branch stays on the thread that forked.
TEST(Continuation, TheFirstBranchStaysAndTheCallerMoves) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 100; ++round) {
    pid_t before = 0;
    pid_t first = 0;
    pid_t second = 0;
    Atomic<bool> second_began = false;
    scheduler.run([&](Worker worker) {
      before = ::gettid();
      worker.join(
          [&](Worker) {
            first = ::gettid();
            await(second_began);
          },
          [&](Worker) {
            second = ::gettid();
            second_began.store(true, kStat);
          });
    });
    EXPECT_EQ(first, before);
    EXPECT_NE(second, before);
  }
  EXPECT_EQ(counter(scheduler, "steals"), 100U);
}

// The thief gets to the join first and leaves it: the worker that ends the first branch goes on.
TEST(Continuation, WhoeverComesLastToTheJoinGoesOn) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t suspensions = counter(scheduler, "suspensions");
    pid_t first = 0;
    pid_t after = 0;
    scheduler.run([&](Worker worker) {
      Atomic<bool> second_began = false;
      worker.join(
          [&](Worker) {
            first = ::gettid();
            await(second_began);
            spin_for_ns(1'000'000);
          },
          [&](Worker) { second_began.store(true, kStat); });
      after = ::gettid();
    });
    if (counter(scheduler, "suspensions") > suspensions) {
      EXPECT_EQ(after, first);
    }
  }
  EXPECT_GT(counter(scheduler, "suspensions"), 0U);
}

// A worker that would wait at a join does other work meanwhile, and none of it on top of the join.
TEST(Continuation, ABlockedJoinFreesItsWorker) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 50; ++round) {
    Atomic<bool> blocked = false;
    Atomic<bool> helped = false;
    scheduler.run([&](Worker worker) {
      worker.join(
          [&](Worker w) {
            await(blocked);
            w.join([&](Worker) { await(helped); }, [&](Worker) { helped.store(true, kStat); });
          },
          [&](Worker) { blocked.store(true, kStat); });
    });
  }
  EXPECT_GE(counter(scheduler, "steals"), 100U);
}

std::int64_t fib(Worker worker, std::int64_t n) {
  if (n < 2) {
    return n;
  }
  const auto [a, b] =
      worker.join([n](Worker w) { return fib(w, n - 1); }, [n](Worker w) { return fib(w, n - 2); });
  return a + b;
}

// Busy leaves: whatever the schedule, no more stacks than W times those of the serial execution.
TEST(Continuation, NeedsNoMoreStacksThanWorkersTimesTheDepth) {
  constexpr std::int64_t kDepth = 20;
  for (const std::uint32_t workers : {1U, 2U, 4U, 8U}) {
    Scheduler scheduler(config_of(workers));
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(scheduler.run([](Worker worker) { return fib(worker, kDepth); }), 6765);
    }
    EXPECT_LE(counter(scheduler, "stacks"), workers * kDepth + shelved(workers)) << workers;
    EXPECT_GE(counter(scheduler, "stacks"), static_cast<std::uint64_t>(kDepth));
  }
}

// As many branches that could run at once as there are iterations; help-first would begin them all.
TEST(Continuation, ALoopOfManyForksNeedsTheStacksOfItsDepth) {
  constexpr std::int64_t kCount = 1 << 14;
  Scheduler scheduler(config_of(4));
  Atomic<std::int64_t> ran = 0;
  scheduler.run([&](Worker worker) {
    for_range(worker, 0, kCount, 1, [&](Worker, std::int64_t) {
      ran.fetch_add(1, kStat);
      cpu_yield();
    });
  });
  EXPECT_EQ(ran.load(kStat), kCount);
  EXPECT_LE(counter(scheduler, "stacks"), 4 * (14 + 1) + shelved(4));
}

std::int64_t descend(Worker worker, std::int64_t depth) {
  return depth == 0
             ? 0
             : worker.join([depth](Worker w) { return descend(w, depth - 1) + 1; }, [](Worker) {})
                   .first;
}

TEST(Continuation, ForksAsDeepAsThereAreStacks) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(scheduler.run([](Worker worker) { return descend(worker, 2000); }), 2000);
  }
}

// A caller that handles an exception forks, is stolen, and comes back on another thread: what it
// handles is its own.
TEST(Continuation, HandledExceptionsGoWithTheStrand) {
  Scheduler scheduler(config_of(3));
  for (int round = 0; round < 100; ++round) {
    const auto branch = [&](int name) {
      return [name](Worker worker) {
        try {
          throw name;
        } catch (int) {
          Atomic<bool> stolen = false;
          worker.join(
              [&](Worker) {
                EXPECT_EQ(std::current_exception(), nullptr);
                await(stolen);
                spin_for_ns(20'000);
              },
              [&](Worker) { stolen.store(true, kStat); });
          try {
            throw;
          } catch (int caught) {
            EXPECT_EQ(caught, name);
          }
        }
        EXPECT_EQ(std::current_exception(), nullptr);
      };
    };
    scheduler.run([&](Worker worker) { worker.join(branch(1), branch(2)); });
  }
}

TEST(Continuation, AnExceptionCrossesAStolenJoin) {
  Scheduler scheduler(config_of(2));
  for (int round = 0; round < 100; ++round) {
    for (const bool first_throws : {false, true}) {
      std::string caught;
      Atomic<bool> stolen = false;
      scheduler.run([&](Worker worker) {
        try {
          worker.join(
              [&](Worker) {
                await(stolen);
                if (first_throws) {
                  throw std::runtime_error("first");
                }
              },
              [&](Worker) {
                stolen.store(true, kStat);
                throw std::runtime_error("second");
              });
        } catch (const std::runtime_error& error) {
          caught = error.what();
        }
      });
      EXPECT_EQ(caught, first_throws ? "first" : "second");
    }
  }
}

// The case that helping on top of the waiting strand cannot do: the group's creator goes on, by
// theft, on the worker whose strand is a task of that very group, and waits for it there.
TEST(Continuation, AWaitDoesNotBuryATaskOfItsGroup) {
  for (const std::uint32_t workers : {1U, 2U, 3U}) {
    Scheduler scheduler(config_of(workers));
    for (int round = 0; round < 200; ++round) {
      Atomic<int> ran = 0;
      scheduler.run([&](Worker worker) {
        TaskGroup<Worker> outer(worker);
        for (int i = 0; i < 4; ++i) {
          outer.spawn(worker, [&ran](Worker w) {
            TaskGroup<Worker> inner(w);
            for (int k = 0; k < 4; ++k) {
              inner.spawn(w, [&ran](Worker x) {
                x.join([](Worker) { spin_for_ns(500); }, [](Worker) {});
                ran.fetch_add(1, kStat);
              });
            }
            inner.wait(w);
          });
        }
        worker.join([&](Worker w) { fib(w, 5); }, [&](Worker) {});
        outer.wait(worker);
        EXPECT_EQ(ran.load(kStat), 16);
      });
    }
  }
}

std::int64_t task_tree(Worker worker, int depth) {
  std::int64_t left = 0;
  std::int64_t right = 0;
  if (depth > 0) {
    TaskGroup<Worker> group(worker);
    group.spawn(worker, [&left, depth](Worker w) { left = task_tree(w, depth - 1); });
    group.spawn(worker, [&right, depth](Worker w) { right = task_tree(w, depth - 1); });
    group.wait(worker);
  }
  return left + right + 1;
}

TEST(Continuation, TasksWaitForGroupsOfTheirOwn) {
  for (const std::uint32_t workers : {1U, 2U, 4U}) {
    Scheduler scheduler(config_of(workers));
    EXPECT_EQ(scheduler.run([](Worker worker) { return task_tree(worker, 12); }), (1 << 13) - 1);
  }
}

// While all sleep, the last task of a group must bring somebody to look at the strand that waits.
TEST(Continuation, AStrandThatWaitsIsResumedByWhoeverIsAwake) {
  Scheduler scheduler(config_of(3));
  for (int round = 0; round < 50; ++round) {
    bool waited = false;
    scheduler.run([&](Worker worker) {
      TaskGroup<Worker> group(worker);
      group.spawn(worker, [](Worker) { spin_for_ns(200'000); });
      group.spawn(worker, [](Worker) { spin_for_ns(200'000); });
      group.wait(worker);
      waited = true;
    });
    EXPECT_TRUE(waited);
  }
}

// The root of a run inside a branch waits, so that its worker takes the branch's parent from its own deque
// beneath the branch: what is young there afterwards is the grandparent.
TEST(Continuation, ARunInsideABranchMayTakeTheParent) {
  for (const std::uint32_t workers : {1U, 2U}) {
    Scheduler scheduler(config_of(workers));
    for (int round = 0; round < 200; ++round) {
      Atomic<int> ran = 0;
      const auto count = [&ran](Worker) { ran.fetch_add(1, kStat); };
      const auto waits = [&](Worker) {
        scheduler.run([&](Worker w) {
          TaskGroup<Worker> group(w);
          group.spawn(w, count);
          group.wait(w);
        });
      };
      scheduler.run([&](Worker worker) {
        worker.join([&](Worker w) { w.join(waits, count); }, count);
        count(worker);
      });
      EXPECT_EQ(ran.load(kStat), 4);
    }
  }
}

// Runs within runs, of this scheduler and another and this again, while continuations are stolen. The
// inner one has no thread of its own: that would wait for its turn with the outer one for ever.
TEST(Continuation, RunsOfTwoSchedulersNest) {
  Scheduler outer(config_of(2));
  Scheduler first(config_of(1));
  Scheduler second(config_of(1));
  for (int round = 0; round < 20; ++round) {
    const auto innermost = [&](Worker) { return outer.run([](Worker w) { return fib(w, 8); }); };
    const auto nested = [&](Scheduler& inner) {
      return [&](Worker) {
        return inner.run([&](Worker w) {
          const auto [a, b] = w.join(innermost, innermost);
          return a + b;
        });
      };
    };
    const auto [a, b] =
        outer.run([&](Worker worker) { return worker.join(nested(first), nested(second)); });
    EXPECT_EQ(a + b, 4 * 21);
  }
}

}  // namespace
}  // namespace an::schedulers::continuation
