#include "core/sync/quiescence.hpp"

#include <array>

#include "core/base/backoff.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

// Tasks 0 .. 2, each handed to one worker, with plain effects.
class Tasks {
 public:
  explicit Tasks(std::uint32_t workers) : quiescence_(workers) {}

  void spawn(std::uint32_t worker, int task) {
    quiescence_.spawned(worker);
    // (X1) release; pairs with (X2): a task comes with all that was done before it was spawned.
    spawned_[task].store(true, kRelease);
  }
  // True when there was one.
  template <class Body>
  bool run(std::uint32_t worker, int task, const Body& body) {
    // (X2) acquire; pairs with (X1): see there.
    if (!spawned_[task].load(kAcquire)) {
      return false;
    }
    effects_[task] = 1;
    body();
    quiescence_.finished(worker);
    return true;
  }
  void run_soon(std::uint32_t worker, int task) {
    while (!run(worker, task, [] {})) {
      cpu_yield();
    }
  }

  // A waiter's look: when it says that all have run, all have.
  bool look(int tasks) {
    if (!quiescence_.is_reached()) {
      return false;
    }
    int sum = 0;
    for (int task = 0; task < tasks; ++task) {
      sum += effects_[task];
    }
    require(sum == tasks, "all tasks have run");
    require(quiescence_.total() == static_cast<std::uint64_t>(tasks), "all are counted");
    return true;
  }

 private:
  Quiescence quiescence_;
  std::array<Atomic<bool>, 3> spawned_{};
  std::array<int, 3> effects_{};
};

}  // namespace

// A task of worker 1 spawns a child that worker 2 runs; worker 0 waits.
AN_MODEL(quiescence_child, {.preemptions = 2, .preemptions_deep = 3}) {
  Tasks tasks(3);
  Thread parent("parent", [&] {
    while (!tasks.run(1, 0, [&] { tasks.spawn(1, 1); })) {
      cpu_yield();
    }
  });
  Thread child("child", [&] { tasks.run_soon(2, 1); });
  tasks.spawn(0, 0);
  while (!tasks.look(2)) {
    cpu_yield();
  }
  parent.join();
  child.join();
}

// The child goes to worker 0, which looks in between.
AN_MODEL(quiescence_child_comes_back, {}) {
  Tasks tasks(2);
  Thread parent("parent", [&] {
    while (!tasks.run(1, 0, [&] { tasks.spawn(1, 1); })) {
      cpu_yield();
    }
  });
  tasks.spawn(0, 0);
  tasks.look(2);
  tasks.run_soon(0, 1);
  while (!tasks.look(2)) {
    cpu_yield();
  }
  parent.join();
}

// The sums are taken while a chain of tasks runs beside the waiter: 1, its child on 2, that one's child
// on 1 again.
AN_MODEL(quiescence_chain, {.preemptions = 1, .preemptions_deep = 2}) {
  Tasks tasks(3);
  Thread one("one", [&] {
    while (!tasks.run(1, 0, [&] { tasks.spawn(1, 1); })) {
      cpu_yield();
    }
    tasks.run_soon(1, 2);
  });
  Thread two("two", [&] {
    while (!tasks.run(2, 1, [&] { tasks.spawn(2, 2); })) {
      cpu_yield();
    }
  });
  tasks.spawn(0, 0);
  while (!tasks.look(3)) {
    cpu_yield();
  }
  one.join();
  two.join();
}

}  // namespace an::model
