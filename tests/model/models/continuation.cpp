// The whole continuation scheduler: strands move from thread to thread of the model as they do from
// thread to thread. None is exhaustive: few preemptions up to a number of executions, then at random.
#include "schedulers/continuation.hpp"

#include "tests/model/models/crew.hpp"

namespace an::model {

namespace {

using Continuation = schedulers::continuation::Scheduler;
using W = Continuation::Worker;

constexpr Bounds kBounds{.preemptions = 1, .preemptions_deep = 2, .executions = 150, .random = 850};

SchedulerConfig strands(std::uint32_t workers) {
  return crew_of(workers, {{"stack_kib", "64"}});
}

// The caller is stolen and comes to the join first or last; what it read and wrote before is there
// after, whoever goes on with it.
void caller_moves(const SchedulerConfig& config) {
  Runs<2> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    int mine = 1;
    worker.join(
        [&](W) {
          runs.run(0);
          runs.await(1);
        },
        [&](W) { runs.run(1); });
    ++mine;
    worker.join([&](W) { ++mine; }, [](W) {});
    require(mine == 3, "the caller's locals are its own");
  });
  runs.require_once();
}

// The strand that waits for the inner group is a task of the outer one, and its worker may take the
// continuation that waits for the outer.
void groups_within_groups(const SchedulerConfig& config) {
  Runs<4> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    TaskGroup<W> outer(worker);
    for (std::size_t task = 0; task < 2; ++task) {
      outer.spawn(worker, [&runs, task](W w) {
        TaskGroup<W> inner(w);
        inner.spawn(w, [&runs, task](W) { runs.run(2 + task); });
        inner.wait(w);
        runs.run(task);
      });
    }
    worker.join([](W) {}, [](W) {});
    outer.wait(worker);
    runs.require_once();
  });
}

// A strand leaves its parent's continuation behind in the deque when it waits for a group.
void wait_inside_a_branch(const SchedulerConfig& config) {
  Runs<3> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W w) {
          TaskGroup<W> group(w);
          group.spawn(w, [&](W) { runs.run(0); });
          group.wait(w);
          runs.run(1);
        },
        [&](W) { runs.run(2); });
    runs.require_once();
  });
}

// The same, two branches deep: the inner parent, which its worker has taken from its own deque, ends
// while the outer parent's continuation is still there, if the other worker ends the innermost strand.
void wait_deep_inside(const SchedulerConfig& config) {
  Runs<4> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W outer) {
          outer.join(
              [&](W w) {
                TaskGroup<W> group(w);
                group.spawn(w, [&](W) { runs.run(0); });
                group.wait(w);
                runs.run(1);
              },
              [&](W) {
                runs.await(0);
                runs.await(1);
                runs.run(2);
              });
        },
        [&](W) { runs.run(3); });
    runs.require_once();
  });
}

// The other worker runs the group's only task, and perhaps ends it as the root begins to wait: one of
// them must see that the strand can go on.
void wait_for_the_other(const SchedulerConfig& config) {
  Runs<1> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    TaskGroup<W> group(worker);
    group.spawn(worker, [&](W) { runs.run(0); });
    runs.await(0);
    group.wait(worker);
  });
  runs.require_once();
}

void run_inside_a_branch(const SchedulerConfig& config) {
  Runs<3> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W) {
          scheduler.run([&](W w) { w.join([&](W) { runs.run(0); }, [&](W) { runs.run(1); }); });
        },
        [&](W) { runs.run(2); });
  });
  runs.require_once();
}

// The root of the run waits, so its worker may take the branch's parent from its own deque, and find
// the grandparent there when the run, which the other worker has ended, is over.
void run_that_waits(const SchedulerConfig& config) {
  Runs<4> runs;
  Continuation scheduler(config);
  scheduler.run([&](W worker) {
    worker.join(
        [&](W outer) {
          outer.join(
              [&](W) {
                scheduler.run([&](W w) {
                  TaskGroup<W> group(w);
                  group.spawn(w, [&](W) { runs.run(0); });
                  group.wait(w);
                });
                runs.run(1);
              },
              [&](W) { runs.run(2); });
        },
        [&](W) { runs.run(3); });
    runs.require_once();
  });
}

}  // namespace

AN_MODEL(continuation_start_and_stop, (kBounds)) {
  start_and_stop<Continuation>(strands(2));
}
AN_MODEL(continuation_one_join, (kBounds)) {
  one_join<Continuation>(strands(2));
}
AN_MODEL(continuation_branches_that_meet, (kBounds)) {
  branches_that_meet<Continuation>(strands(2));
}
AN_MODEL(continuation_caller_moves, (kBounds)) {
  caller_moves(strands(2));
}
AN_MODEL(continuation_nested_joins, (kBounds)) {
  nested_joins<Continuation>(strands(2));
}
AN_MODEL(continuation_nested_joins_3, (kBounds)) {
  nested_joins<Continuation>(strands(3));
}
AN_MODEL(continuation_blocked_join_leaves, (kBounds)) {
  blocked_join_helps<Continuation>(strands(2));
}
AN_MODEL(continuation_first_branch_throws, (kBounds)) {
  throwing_branches<Continuation>(strands(2), true, false);
}
AN_MODEL(continuation_second_branch_throws, (kBounds)) {
  throwing_branches<Continuation>(strands(2), false, true);
}
AN_MODEL(continuation_both_branches_throw, (kBounds)) {
  throwing_branches<Continuation>(strands(2), true, true);
}
AN_MODEL(continuation_batch_that_meets, (kBounds)) {
  batch_that_meets<Continuation, 2>(strands(3));
}
AN_MODEL(continuation_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<Continuation>(strands(2));
}
AN_MODEL(continuation_tasks_of_a_group_3, (kBounds)) {
  tasks_of_a_group<Continuation>(strands(3));
}
AN_MODEL(continuation_group_of_others, (kBounds)) {
  group_of_others<Continuation>(strands(3));
}
AN_MODEL(continuation_groups_within_groups, (kBounds)) {
  groups_within_groups(strands(2));
}
AN_MODEL(continuation_wait_inside_a_branch, (kBounds)) {
  wait_inside_a_branch(strands(2));
}
AN_MODEL(continuation_wait_inside_a_branch_1, (kBounds)) {
  wait_inside_a_branch(strands(1));
}
AN_MODEL(continuation_wait_deep_inside, (kBounds)) {
  wait_deep_inside(strands(2));
}
AN_MODEL(continuation_wait_for_the_other,
         ({.preemptions = 2, .executions = 3'000, .random = 12'000})) {
  wait_for_the_other(strands(2));
}
AN_MODEL(continuation_run_inside_a_branch, (kBounds)) {
  run_inside_a_branch(strands(2));
}
AN_MODEL(continuation_run_that_waits, ({.preemptions = 2, .executions = 3'000, .random = 9'000})) {
  run_that_waits(strands(2));
}
AN_MODEL(continuation_injection_wakes, (kBounds)) {
  injection_wakes<Continuation>(strands(2));
}
AN_MODEL(continuation_injection, (kBounds)) {
  injection<Continuation>(strands(2));
}
AN_MODEL(continuation_injection_and_stop, (kBounds)) {
  injection_and_stop<Continuation>(strands(2));
}

}  // namespace an::model
