// The task vocabulary: independent tasks, spawned now, waited for later.
//
//     an::TaskGroup<W> group(worker);
//     group.spawn(worker, [](auto w) { ... });                 // w: whoever runs the task
//     group.spawn(worker, [](auto w) { ... }, Phase{block});   // a task that says what it touches
//     group.wait(worker);                                      // exact: spawned == executed
//
// A task may spawn into the group it belongs to, with the worker it was given. wait() runs tasks while
// it waits. Memory for a task is taken at spawn and returned when it has run. The first exception a
// task throws is rethrown by wait(); the other tasks still run. A group waits in its destructor too,
// and drops what was thrown.
//
// Only the strand that made a group waits for it: any other could wait for what lies beneath it on its
// own stack. wait() runs tasks on top of the caller's stack; tasks that all wait for groups of their
// own can nest that deep.
//
// `worker.spawn(callable[, Phase | Hint])` spawns into the group of the run itself: run() waits for it.
#pragma once

#include <concepts>

#include "core/task/phase.hpp"

namespace an {

template <class W>
using TaskGroup = typename W::Group;

struct ProbeTask {
  void operator()(auto) const {}
};

template <class W>
concept TaskWorker = std::constructible_from<typename W::Group, W> &&
    requires(W worker, typename W::Group& group, ProbeTask task, Phase phase, Hint hint) {
  group.spawn(worker, task);
  group.spawn(worker, task, phase);
  group.spawn(worker, task, hint);
  group.wait(worker);
  worker.spawn(task);
  worker.spawn(task, phase);
  worker.spawn(task, hint);
};

}  // namespace an
