// The whole resonance scheduler with quanta of one task: cohorts are sealed on demand, stolen whole,
// taken back, and put back after every task. None is exhaustive: few preemptions up to a number of
// executions, then at random.
#include "schedulers/resonance.hpp"

#include "tests/model/models/crew.hpp"

namespace an::model {

namespace {

using Resonance = schedulers::resonance::Scheduler;
using W = Resonance::Worker;

SchedulerConfig small(std::uint32_t workers, const char* quantum = "1") {
  return crew_of(workers, {{"quantum", quantum}, {"cache_kib", "64"}});
}

constexpr Bounds kBounds{
    .preemptions = 1, .preemptions_deep = 2, .executions = 200, .random = 1'300};

constexpr Phase phase(std::uint64_t key) {
  return {.key = key, .bytes = 4096};
}

// Three keys, two tasks each; one of them spawns into its own cohort, and into another.
void phased_tasks(const SchedulerConfig& config) {
  Runs<8> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 6; ++task) {
      worker.spawn(
          [&runs, task](W w) {
            runs.run(task);
            if (task == 0) {
              w.spawn([&runs](W) { runs.run(6); }, phase(0));
              w.spawn([&runs](W) { runs.run(7); }, phase(1));
            }
          },
          phase(task % 3));
    }
  });
  runs.require_once();
}

// The cohorts of the root's worker are tasks that wait for each other and for the root, which does not
// come back to its buckets before they have run: what one worker does not share, nobody runs.
void cohorts_that_meet(const SchedulerConfig& config) {
  Runs<2> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    TaskGroup<W> group(worker);
    for (std::size_t task = 0; task < 2; ++task) {
      group.spawn(
          worker,
          [&runs, task](W) {
            runs.run(task);
            runs.await(1 - task);
          },
          phase(task));
    }
    group.wait(worker);
  });
  runs.require_once();
}

// Phased tasks in the buckets of a worker whose join is blocked: the thief of its branch waits for
// them, so whoever is free must get them.
void behind_a_blocked_join(const SchedulerConfig& config) {
  Runs<3> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 2; ++task) {
      worker.spawn([&runs, task](W) { runs.run(task); }, phase(task));
    }
    worker.join([&](W) { runs.await(2); },
                [&](W) {
                  runs.run(2);
                  runs.await(0);
                  runs.await(1);
                });
  });
  runs.require_once();
}

// The same from a phased task, whose own cohort has more.
void join_in_a_phased_task(const SchedulerConfig& config) {
  Runs<5> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 3; ++task) {
      worker.spawn(
          [&runs, task](W w) {
            if (task == 0) {
              w.join([&](W) { runs.run(3); }, [&](W) { runs.run(4); });
            }
            runs.run(task);
          },
          phase(7));
    }
  });
  runs.require_once();
}

// Of the cohort whose turn it is, the first task blocks in a join; the thief of its branch waits for
// the rest, which a third worker must get.
void rest_of_a_cohort(const SchedulerConfig& config) {
  Runs<4> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 3; ++task) {
      worker.spawn(
          [&runs, task](W w) {
            if (task == 0) {
              w.join([&](W) { runs.await(3); },
                     [&](W) {
                       runs.run(3);
                       runs.await(1);
                       runs.await(2);
                     });
            }
            runs.run(task);
          },
          phase(7));
    }
  });
  runs.require_once();
}

// With and without a phase, in groups that end at different times.
void mixed_tasks(const SchedulerConfig& config) {
  Runs<5> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn([&](W) { runs.run(0); }, phase(1));
    worker.spawn([&](W) { runs.run(1); });
    TaskGroup<W> group(worker);
    group.spawn(
        worker,
        [&](W w) {
          runs.run(2);
          group.spawn(w, [&](W) { runs.run(3); });
        },
        phase(1));
    group.wait(worker);
    worker.spawn([&](W) { runs.run(4); }, phase(2));
  });
  runs.require_once();
}

// The wait for a group ends with tasks of others in the buckets; the root does not come back to them,
// but waits for them. The group's tasks meet, so the root runs one: a wait for a group that has ended
// already shares nothing, nor does a root that only spawns, and one cohort may stay with it.
void buckets_left_behind(const SchedulerConfig& config) {
  Runs<5> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 3; ++task) {
      worker.spawn([&runs, task](W) { runs.run(task); }, phase(task));
    }
    TaskGroup<W> group(worker);
    for (std::size_t task = 3; task < 5; ++task) {
      group.spawn(worker, [&runs, task](W) {
        runs.run(task);
        runs.await(7 - task);
      });
    }
    group.wait(worker);
    for (std::size_t task = 0; task < 3; ++task) {
      runs.await(task);
    }
  });
  runs.require_once();
}

// The group has been finished by a thief when it is waited for: the worker goes on with its root all the
// same, and nothing may stay where only it looks.
void finished_group(const SchedulerConfig& config) {
  Runs<2> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn([&](W) { runs.run(0); }, phase(1));
    W::Group group(worker);
    group.spawn(worker, [&](W) { runs.run(1); });
    runs.await(1);
    group.wait(worker);
    runs.await(0);
  });
}

// A limit: a root that spawns a phased task and waits for it without giving its worker back waits for
// ever, though another worker is idle: one cohort stays in the buckets.
void one_cohort_stays(const SchedulerConfig& config) {
  Runs<1> runs;
  Resonance scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn([&](W) { runs.run(0); }, phase(1));
    runs.await(0);
  });
}

// Not a model of the scheduler but of this file: cohorts are stolen here.
void theft_is_reached() {
  Resonance scheduler(small(2));
  scheduler.run([](W worker) {
    for (std::uint64_t key = 0; key < 3; ++key) {
      worker.spawn([](W) {}, phase(key));
    }
  });
  for (const Counter& one : scheduler.counters()) {
    require(one.name != "cohorts_stolen" || one.value < 2, "so it is");
  }
}

}  // namespace

AN_MODEL(resonance_start_and_stop, (kBounds)) {
  start_and_stop<Resonance>(small(2));
}
AN_MODEL(resonance_phased_tasks, (kBounds)) {
  phased_tasks(small(2));
}
AN_MODEL(resonance_phased_tasks_3, (kBounds)) {
  phased_tasks(small(3));
}
AN_MODEL(resonance_long_quanta, (kBounds)) {
  phased_tasks(small(2, "256"));
}
AN_MODEL(resonance_cohorts_that_meet, (kBounds)) {
  cohorts_that_meet(small(2));
}
AN_MODEL(resonance_behind_a_blocked_join, (kBounds)) {
  behind_a_blocked_join(small(3));
}
AN_MODEL(resonance_buckets_left_behind, (kBounds)) {
  buckets_left_behind(small(2));
}
AN_MODEL(resonance_join_in_a_phased_task, (kBounds)) {
  join_in_a_phased_task(small(2));
}
AN_MODEL(resonance_rest_of_a_cohort, (kBounds)) {
  rest_of_a_cohort(small(3, "256"));
}
AN_MODEL(resonance_mixed_tasks, (kBounds)) {
  mixed_tasks(small(2));
}
AN_MODEL(resonance_phased_group, (kBounds)) {
  tasks_of_a_group<Resonance>(small(2), phase(3));
}
AN_MODEL(resonance_nested_joins, (kBounds)) {
  nested_joins<Resonance>(small(2));
}
AN_MODEL(resonance_finished_group, (kBounds)) {
  finished_group(small(2));
}
AN_MODEL(resonance_one_cohort_stays, {.preemptions = 0, .executions = 100, .finds = "livelock"}) {
  one_cohort_stays(small(2));
}
AN_MODEL(resonance_theft_is_reached,
         {.preemptions = 1, .executions = 300, .random = 3'000, .finds = "so it is"}) {
  theft_is_reached();
}

}  // namespace an::model
