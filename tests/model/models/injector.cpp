// Injector: tasks that threads outside push and workers take, a share at a time.
#include "schedulers/stealing/injector.hpp"

#include <array>

#include "core/base/atomic.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

using schedulers::stealing::Injector;

struct Task : Job {
  Task() : Job(nullptr) {}

  std::int64_t number = -1;
  int takers = 0;
};

// An injector, its tasks, and what was taken.
template <int kTasks>
struct Play {
  // Pushes tasks [first, first + count).
  void push(std::int64_t first, std::int64_t count) {
    injector.push(count, [&](std::int64_t i) -> Job& {
      Task& task = tasks[static_cast<std::size_t>(first + i)];
      task.number = first + i;
      return task;
    });
  }

  // Those taken together come in the order in which they were pushed.
  std::size_t take(std::size_t most, std::uint32_t workers) {
    std::array<Job*, kTasks> out;
    const std::size_t count = injector.take({out.data(), most}, workers);
    for (std::size_t i = 0; i < count; ++i) {
      auto* const task = static_cast<Task*>(out[i]);
      require(task == &tasks[static_cast<std::size_t>(task->number)], "no task is invented");
      ++task->takers;
    }
    return count;
  }

  void finish() {
    while (take(kTasks, 1) > 0) {
    }
    require(injector.is_empty(), "what cannot be taken from is empty");
    for (const Task& task : tasks) {
      require(task.takers == 1, "every task is taken once");
    }
  }

  Injector injector;
  std::array<Task, kTasks> tasks;
};

}  // namespace

AN_MODEL(injector_two_producers_and_a_worker, {.preemptions = 2, .preemptions_deep = 3}) {
  Play<3> play;
  Thread first("first", [&] { play.push(0, 1); });
  Thread second("second", [&] { play.push(1, 2); });
  play.take(3, 2);
  first.join();
  second.join();
  play.finish();
}

AN_MODEL(injector_two_workers, {.preemptions = 3, .preemptions_deep = -1}) {
  Play<3> play;
  play.push(0, 2);
  Thread first("first", [&] { play.take(2, 2); });
  Thread second("second", [&] { play.take(2, 2); });
  play.push(2, 1);
  first.join();
  second.join();
  play.finish();
}

// The ring of 64 is replaced while a worker takes; it had gone round before.
AN_MODEL(injector_growth_under_a_taker, {.preemptions = 3, .preemptions_deep = -1}) {
  Play<68> play;
  play.push(0, 2);
  play.take(2, 1);
  play.push(2, 64);
  Thread worker("worker", [&] {
    play.take(1, 1);
    play.take(1, 1);
  });
  play.push(66, 2);
  worker.join();
  play.finish();
}

// Who is about to sleep has told so, and then looks: with the event count's barriers either it sees the
// task or the producer sees that it sleeps.
AN_MODEL(injector_nothing_is_hidden_from_a_sleeper, {.preemptions = -1}) {
  Play<2> play;
  play.push(0, 1);
  Atomic<bool> is_searching = true;
  bool would_sleep = false;
  Thread worker("worker", [&] {
    play.take(2, 1);
    is_searching.store(false, kStat);
    heavy_barrier();
    would_sleep = play.injector.is_empty();
  });
  play.push(1, 1);
  light_barrier();
  const bool would_wake = !is_searching.load(kStat);
  worker.join();
  require(!would_sleep || would_wake || play.injector.is_empty(), "nobody sleeps beside a task");
  play.finish();
}

}  // namespace an::model
