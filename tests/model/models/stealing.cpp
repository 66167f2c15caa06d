// Whole schedulers: chase_lev, near_first (wishes in inboxes), split_deque (sharing on demand),
// private_deque (handing over on demand), central_queue (rings of two places).
// None is exhaustive: few preemptions up to a number of executions, then at random.
#include "schedulers/central_queue.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/near_first.hpp"
#include "schedulers/private_deque.hpp"
#include "schedulers/split_deque.hpp"
#include "tests/model/models/crew.hpp"

namespace an::model {

namespace {

using ChaseLev = schedulers::chase_lev::Scheduler;
using NearFirst = schedulers::near_first::Scheduler;
using SplitDeque = schedulers::split_deque::Scheduler;
using PrivateDeque = schedulers::private_deque::Scheduler;
using CentralQueue = schedulers::central_queue::Scheduler;

// Rings so small that they are full, and wrap around.
SchedulerConfig ring_of(std::uint32_t workers) {
  return crew_of(workers, {{"capacity", "2"}});
}

constexpr Bounds kBounds{.preemptions = 1, .preemptions_deep = 2, .executions = 150, .random = 850};

// Wishes for the other worker, and the sender's own.
void wishes(const SchedulerConfig& config) {
  using W = NearFirst::Worker;
  Runs<4> runs;
  NearFirst scheduler(config);
  scheduler.run([&](W worker) {
    worker.spawn(
        [&](W w) {
          runs.run(0);
          w.spawn([&](W) { runs.run(1); }, Hint{.worker = 0});
        },
        Hint{.worker = 1});
    worker.spawn([&](W) { runs.run(2); }, Hint{.worker = 0});
    worker.spawn([&](W) { runs.run(3); }, Hint{.node = 0});
  });
  runs.require_once();
}

// Tasks that wait for each other: a wish for a busy worker is broken.
void wishes_that_meet(const SchedulerConfig& config) {
  using W = NearFirst::Worker;
  Runs<2> runs;
  NearFirst scheduler(config);
  scheduler.run([&](W worker) {
    for (std::size_t task = 0; task < 2; ++task) {
      worker.spawn(
          [&runs, task](W) {
            runs.run(task);
            runs.await(1 - task);
          },
          Hint{.worker = 1});
    }
    runs.await(0);
    runs.await(1);
  });
  runs.require_once();
}

SchedulerConfig on_one_node(std::uint32_t workers) {
  SchedulerConfig config = crew_of(workers);
  config.nodes.assign(workers, 0);
  return config;
}

}  // namespace

AN_MODEL(chase_lev_start_and_stop, (kBounds)) {
  start_and_stop<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_start_and_stop_3, (kBounds)) {
  start_and_stop<ChaseLev>(crew_of(3));
}
AN_MODEL(chase_lev_one_join, (kBounds)) {
  one_join<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_branches_that_meet, (kBounds)) {
  branches_that_meet<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_nested_joins, (kBounds)) {
  nested_joins<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_nested_joins_3, (kBounds)) {
  nested_joins<ChaseLev>(crew_of(3));
}
AN_MODEL(chase_lev_blocked_join_helps, (kBounds)) {
  blocked_join_helps<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_first_branch_throws, (kBounds)) {
  throwing_branches<ChaseLev>(crew_of(2), true, false);
}
AN_MODEL(chase_lev_second_branch_throws, (kBounds)) {
  throwing_branches<ChaseLev>(crew_of(2), false, true);
}
AN_MODEL(chase_lev_both_branches_throw, (kBounds)) {
  throwing_branches<ChaseLev>(crew_of(2), true, true);
}
AN_MODEL(chase_lev_batch_that_meets, (kBounds)) {
  batch_that_meets<ChaseLev, 2>(crew_of(3));
}
AN_MODEL(chase_lev_batch_that_meets_4, (kBounds)) {
  batch_that_meets<ChaseLev, 3>(crew_of(4));
}
AN_MODEL(chase_lev_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_tasks_of_a_group_3, (kBounds)) {
  tasks_of_a_group<ChaseLev>(crew_of(3));
}
AN_MODEL(chase_lev_group_of_others, (kBounds)) {
  group_of_others<ChaseLev>(crew_of(3));
}
AN_MODEL(chase_lev_task_put_back, (kBounds)) {
  task_put_back<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_injection_wakes, (kBounds)) {
  injection_wakes<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_injection, (kBounds)) {
  injection<ChaseLev>(crew_of(2));
}
AN_MODEL(chase_lev_injection_and_stop, (kBounds)) {
  injection_and_stop<ChaseLev>(crew_of(2));
}

AN_MODEL(near_first_nested_joins, (kBounds)) {
  nested_joins<NearFirst>(crew_of(2));
}
AN_MODEL(near_first_wishes, (kBounds)) {
  wishes(on_one_node(2));
}
AN_MODEL(near_first_wishes_that_meet, (kBounds)) {
  wishes_that_meet(crew_of(3));
}
AN_MODEL(near_first_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<NearFirst>(crew_of(2), Hint{.worker = 1});
}

AN_MODEL(split_deque_start_and_stop, (kBounds)) {
  start_and_stop<SplitDeque>(crew_of(2));
}
AN_MODEL(split_deque_one_join, (kBounds)) {
  one_join<SplitDeque>(crew_of(2));
}
AN_MODEL(split_deque_nested_joins, (kBounds)) {
  nested_joins<SplitDeque>(crew_of(2));
}
AN_MODEL(split_deque_nested_joins_3, (kBounds)) {
  nested_joins<SplitDeque>(crew_of(3));
}
AN_MODEL(split_deque_sharing_must_come, (kBounds)) {
  sharing_must_come<SplitDeque>(crew_of(2));
}
AN_MODEL(split_deque_sharing_must_come_3, (kBounds)) {
  sharing_must_come<SplitDeque>(crew_of(3));
}
AN_MODEL(split_deque_helping_above_shared, (kBounds)) {
  helping_above_shared<SplitDeque>(crew_of(2));
}
AN_MODEL(split_deque_first_branch_throws, (kBounds)) {
  throwing_branches<SplitDeque>(crew_of(2), true, false);
}
AN_MODEL(split_deque_second_branch_throws, (kBounds)) {
  throwing_branches<SplitDeque>(crew_of(2), false, true);
}
AN_MODEL(split_deque_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<SplitDeque>(crew_of(2));
}

AN_MODEL(private_deque_start_and_stop, (kBounds)) {
  start_and_stop<PrivateDeque>(crew_of(2));
}
AN_MODEL(private_deque_one_join, (kBounds)) {
  one_join<PrivateDeque>(crew_of(2));
}
AN_MODEL(private_deque_nested_joins, (kBounds)) {
  nested_joins<PrivateDeque>(crew_of(2));
}
AN_MODEL(private_deque_nested_joins_3, (kBounds)) {
  nested_joins<PrivateDeque>(crew_of(3));
}
AN_MODEL(private_deque_sharing_must_come, (kBounds)) {
  sharing_must_come<PrivateDeque>(crew_of(2));
}
// None at random: two workers may hand each other small branches for ever, beside a third that was given
// the one they wait for and never gets its turn.
AN_MODEL(private_deque_sharing_must_come_3,
         {.preemptions = 1, .preemptions_deep = 2, .executions = 1000}) {
  sharing_must_come<PrivateDeque>(crew_of(3));
}
AN_MODEL(private_deque_helping_above_shared, (kBounds)) {
  helping_above_shared<PrivateDeque>(crew_of(2));
}
AN_MODEL(private_deque_first_branch_throws, (kBounds)) {
  throwing_branches<PrivateDeque>(crew_of(2), true, false);
}
AN_MODEL(private_deque_second_branch_throws, (kBounds)) {
  throwing_branches<PrivateDeque>(crew_of(2), false, true);
}
AN_MODEL(private_deque_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<PrivateDeque>(crew_of(2));
}

AN_MODEL(central_queue_one_join, (kBounds)) {
  one_join<CentralQueue>(ring_of(2));
}
AN_MODEL(central_queue_branches_that_meet, (kBounds)) {
  branches_that_meet<CentralQueue>(ring_of(2));
}
AN_MODEL(central_queue_nested_joins, (kBounds)) {
  nested_joins<CentralQueue>(ring_of(2));
}
AN_MODEL(central_queue_nested_joins_3, (kBounds)) {
  nested_joins<CentralQueue>(ring_of(3));
}
AN_MODEL(central_queue_first_branch_throws, (kBounds)) {
  throwing_branches<CentralQueue>(ring_of(2), true, false);
}
AN_MODEL(central_queue_batch_that_meets, (kBounds)) {
  batch_that_meets<CentralQueue, 2>(ring_of(3));
}
AN_MODEL(central_queue_tasks_of_a_group, (kBounds)) {
  tasks_of_a_group<CentralQueue>(ring_of(2));
}
AN_MODEL(central_queue_injection, (kBounds)) {
  injection<CentralQueue>(ring_of(2));
}

}  // namespace an::model
