#include "schedulers/continuation/join_point.hpp"

#include <memory>

#include "schedulers/continuation/waits.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

using namespace schedulers::continuation;

namespace {

// Whoever goes on with the parent; the fork is in the parent's frame, which is gone then.
struct Parent {
  std::unique_ptr<Continuation> fork;
  int result = 0;   // of the child
  int context = 0;  // of the parent, where it left its stack
  Atomic<int> resumed = 0;

  void go_on() {
    require(result == 7, "the child's result is visible");
    resumed.fetch_add(1, kStat);
    fork.reset();
  }
};

void end_child(Parent& parent) {
  parent.result = 7;
  if (arrive(*parent.fork)) {
    require(parent.context == 1, "the parent has left its stack");
    parent.go_on();
  }
}

// As Strategy::join_apart: a look first, then the stack is left.
void join(Parent& parent) {
  if (has_child_arrived(*parent.fork)) {
    parent.go_on();
    return;
  }
  parent.context = 1;
  if (arrive(*parent.fork)) {
    parent.go_on();
  }
}

}  // namespace

AN_MODEL(join_point_one_goes_on, {}) {
  Fiber strand;
  Parent parent;
  parent.fork = std::make_unique<Continuation>(strand);
  Thread child("child", [&parent] { end_child(parent); });
  join(parent);
  child.join();
  require(parent.resumed.load(kStat) == 1, "one side goes on, and one only");
}

// Two joins of one strand in turn: what one child reads of the parent's context is not the next one's.
AN_MODEL(join_point_two_in_turn, {}) {
  Fiber strand;
  Parent parents[2];
  for (Parent& parent : parents) {
    parent.fork = std::make_unique<Continuation>(strand);
  }
  Thread children("children", [&parents] {
    end_child(parents[0]);
    end_child(parents[1]);
  });
  join(parents[0]);
  join(parents[1]);
  children.join();
  for (const Parent& parent : parents) {
    require(parent.resumed.load(kStat) == 1, "one side goes on, and one only");
  }
}

// A strand waits for a group; two workers look for what is ready, one of them after it has finished the
// group's task.
AN_MODEL(waits_one_takes, {}) {
  Fiber strand;
  Quiescence group(2);
  Waits waits;
  auto waiter = std::make_unique<Waiter>(strand, group);
  int effect = 0;
  Atomic<int> taken = 0;
  group.spawned(0);
  const auto look = [&] {
    if (Waiter* const ready = waits.take_ready()) {
      require(ready == waiter.get() && effect == 1, "the tasks' effects are visible");
      taken.fetch_add(1, kStat);
      waiter.reset();
    }
  };
  Thread other("other", [&] {
    effect = 1;
    group.finished(1);
    look();
  });
  waits.add(*waiter);
  look();
  other.join();
  look();
  require(taken.load(kStat) == 1, "the strand is taken once");
  require(!waits.any_ready(), "nobody waits any more");
}

}  // namespace an::model
