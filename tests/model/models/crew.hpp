// Models of whole schedulers, from their start to their stop: what every stealing strategy must do,
// as templates over the scheduler, instantiated beside each. Small configurations; branches and tasks
// count how often they ran.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"
#include "core/task/scheduler.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

using Options = std::map<std::string, std::string, std::less<>>;

inline SchedulerConfig crew_of(std::uint32_t workers, Options options = {}) {
  SchedulerConfig config;
  config.workers = workers;
  config.options = std::move(options);
  return config;
}

// Branches or tasks, each of which must run once. The count is plain: the join, or the wait, must
// order it before whoever reads it.
template <std::size_t kCount>
class Runs {
 public:
  int run(std::size_t one) {
    ++counts_[one];
    has_run_[one].store(true, kStat);
    return static_cast<int>(one);
  }
  // For branches that wait for each other; orders nothing.
  bool has_run(std::size_t one) const { return has_run_[one].load(kStat); }
  void await(std::size_t one) const {
    while (!has_run(one)) {
      cpu_yield();
    }
  }
  void require_once() const {
    for (const int count : counts_) {
      require(count == 1, "every branch and task runs once");
    }
  }

 private:
  std::array<int, kCount> counts_{};
  std::array<Atomic<bool>, kCount> has_run_{};
};

template <class S>
void start_and_stop(const SchedulerConfig& config) {
  const S scheduler(config);
}

// Stolen or not.
template <class S>
void one_join(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  S scheduler(config);
  const auto sum = scheduler.run([&](W worker) {
    const auto [first, second] =
        worker.join([&](W) { return runs.run(0) + 1; }, [&](W) { return runs.run(1) + 1; });
    return 10 * first + second;
  });
  require(sum == 12, "the join returns what its branches did");
  runs.require_once();
}

// The branches wait for each other: somebody must be awake, or be woken, and steal.
template <class S>
void branches_that_meet(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W) {
          runs.run(0);
          runs.await(1);
        },
        [&](W) {
          runs.run(1);
          runs.await(0);
        });
  });
  runs.require_once();
}

template <class S>
void nested_joins(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<4> runs;
  S scheduler(config);
  const auto pair_of = [&](std::size_t one) {
    return [&runs, one](W worker) {
      const auto [first, second] = worker.join([&runs, one](W) { return runs.run(one); },
                                               [&runs, one](W) { return runs.run(one + 1); });
      return first + second;
    };
  };
  const auto sum = scheduler.run([&](W worker) {
    const auto [first, second] = worker.join(pair_of(0), pair_of(2));
    worker.join([](W) {}, [](W) {});  // uses again what the joins above have freed
    return first + second;
  });
  require(sum == 6, "the joins return what their branches did");
  runs.require_once();
}

// The thief's branch forks one that only the blocked owner can run, and waits for it.
template <class S>
void blocked_join_helps(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    worker.join([&](W) { runs.await(0); },
                [&](W thief) {
                  runs.run(0);
                  thief.join([&](W) { runs.await(1); }, [&](W) { runs.run(1); });
                });
  });
  runs.require_once();
}

// Two forks that do nothing: where sharing is on demand, each looks whether there is any.
template <class W>
void fork_twice(W worker) {
  for (int i = 0; i < 2; ++i) {
    worker.join([](W) {}, [](W) {});
  }
}

// For strategies that share on demand. Until somebody has stolen the second branch the first goes on
// forking: it must be shared and somebody be woken, whoever sleeps; and again when the thief has come
// back, perhaps just while its request is withdrawn.
template <class S>
void sharing_must_come(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<4> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t round = 0; round < 4; round += 2) {
      worker.join(
          [&](W first) {
            runs.run(round);
            while (!runs.has_run(round + 1)) {
              fork_twice(first);
              cpu_yield();
            }
          },
          [&](W) { runs.run(round + 1); });
    }
  });
  runs.require_once();
}

// The same. A branch is shared, and another above it; the join that waits for the upper one helps its
// thief, and what it runs meanwhile forks: above both.
template <class S>
void helping_above_shared(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<3> runs;
  S scheduler(config);
  const auto fork_until = [&runs](W worker, std::size_t one) {
    while (!runs.has_run(one)) {
      fork_twice(worker);
      cpu_yield();
    }
  };
  scheduler.run([&](W worker) {
    worker.join(
        [&](W first) {
          fork_until(first, 0);
          first.join([&](W w) { fork_until(w, 1); },
                     [&](W thief) {
                       runs.run(1);
                       thief.join([&](W w) { fork_until(w, 2); },
                                  [&](W helper) {
                                    runs.run(2);
                                    fork_twice(helper);
                                  });
                     });
        },
        [&](W) { runs.run(0); });
  });
  runs.require_once();
}

// What either branch throws arrives at the join, and not before the other has ended.
template <class S>
void throwing_branches(const SchedulerConfig& config, bool first_throws, bool second_throws) {
  using W = typename S::Worker;
  int touched = 0;  // by the second branch; a race if the join did not wait
  int caught = 0;
  S scheduler(config);
  scheduler.run([&](W worker) {
    try {
      worker.join(
          [&](W) {
            if (first_throws) {
              throw 1;
            }
          },
          [&](W) {
            ++touched;
            if (second_throws) {
              throw 2;
            }
          });
    } catch (int thrown) {
      caught = thrown;
    }
    require(touched <= 1 && (first_throws || touched == 1), "the second branch runs once at most");
    touched = 0;
  });
  require(caught == (first_throws ? 1 : 2), "the first branch's exception goes first");
}

// As many tasks as workers beside the root's, which does not help: they wait for each other, so each
// must reach another worker, asleep or not (stealing_test.cpp, ABatchReachesEverySleeper).
template <class S, std::size_t kTasks>
void batch_that_meets(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<kTasks> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn_batch(kTasks, [&runs](std::int64_t i) {
      return [&runs, i](W) {
        runs.run(static_cast<std::size_t>(i));
        for (std::size_t other = 0; other < kTasks; ++other) {
          runs.await(other);
        }
      };
    });
    for (std::size_t task = 0; task < kTasks; ++task) {
      runs.await(task);
    }
  });
  runs.require_once();
}

// Tasks that spawn; the root waits for its group, and the run for what was spawned outside it.
template <class S, class... Wish>
void tasks_of_a_group(const SchedulerConfig& config, Wish... wish) {
  using W = typename S::Worker;
  Runs<4> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    Runs<2> mine;
    {
      TaskGroup<W> group(worker);
      group.spawn(
          worker,
          [&](W w) {
            mine.run(0);
            group.spawn(
                w, [&](W) { mine.run(1); }, wish...);
            w.spawn([&](W) { runs.run(0); }, wish...);
          },
          wish...);
      worker.spawn([&](W) { runs.run(1); }, wish...);
      group.wait(worker);
      mine.require_once();
    }
    worker.spawn([&](W w) { w.join([&](W) { runs.run(2); }, [&](W) { runs.run(3); }); }, wish...);
  });
  runs.require_once();
}

// Two others finish the last two tasks, perhaps at once, while the root sleeps for the group: one of
// them must wake it. Needs three workers.
template <class S>
void group_of_others(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    TaskGroup<W> group(worker);
    group.spawn(worker, [&](W) { runs.run(0); });
    group.spawn(worker, [&](W) { runs.run(1); });
    runs.await(0);
    runs.await(1);
    group.wait(worker);
    runs.require_once();
  });
}

// The wait for a group meets a task that is none of the group's when the group has ended: it puts it
// back, and the root waits for it without helping.
template <class S>
void task_put_back(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  S scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn([&](W) { runs.run(0); });
    TaskGroup<W> group(worker);
    group.spawn(worker, [&](W) { runs.run(1); });
    group.wait(worker);
    runs.await(0);
  });
  runs.require_once();
}

// The caller does not help: the other worker must be awake, or be woken.
template <class S>
void injection_wakes(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<1> runs;
  S scheduler(config);
  scheduler.inject([&](W) { runs.run(0); });
  runs.await(0);
  scheduler.wait_injected();
  runs.require_once();
}

// A thread that is no worker injects a task that spawns, while the caller waits, or begins to.
template <class S>
void injection(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<3> runs;
  S scheduler(config);
  scheduler.inject([&](W) { runs.run(0); });
  Thread outside("outside", [&] {
    scheduler.inject([&](W worker) {
      runs.run(1);
      worker.spawn([&](W) { runs.run(2); });
    });
  });
  scheduler.wait_injected();
  outside.join();
  scheduler.wait_injected();
  runs.require_once();
}

// What nobody waits for runs before the scheduler is gone.
template <class S>
void injection_and_stop(const SchedulerConfig& config) {
  using W = typename S::Worker;
  Runs<2> runs;
  {
    S scheduler(config);
    scheduler.inject([&](W worker) {
      runs.run(0);
      worker.spawn([&](W) { runs.run(1); });
    });
  }
  runs.require_once();
}

}  // namespace an::model
