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
// `group.spawn_batch(worker, count, make)` spawns make(i) for i in [0, count): many tasks, one
// publication. What was made before an exception of `make` is spawned all the same.
//
// `worker.spawn(callable[, Phase | Hint])` and `worker.spawn_batch(count, make)` spawn into the group of
// the run itself: run() waits for it.
#pragma once

#include <concepts>
#include <cstdint>

#include "core/task/phase.hpp"

namespace an {

template <class W>
using TaskGroup = typename W::Group;

struct ProbeTask {
  void operator()(auto) const {}
};

// Yields the task numbered i of a batch.
struct ProbeMake {
  ProbeTask operator()(std::int64_t /*i*/) const { return {}; }
};

template <class W>
concept TaskWorker = std::constructible_from<typename W::Group, W> && requires(
    W worker, typename W::Group& group, ProbeTask task, ProbeMake make, Phase phase, Hint hint) {
  group.spawn(worker, task);
  group.spawn(worker, task, phase);
  group.spawn(worker, task, hint);
  group.spawn_batch(worker, 1, make);
  group.wait(worker);
  worker.spawn_batch(1, make);
  worker.spawn(task);
  worker.spawn(task, phase);
  worker.spawn(task, hint);
};

}  // namespace an
