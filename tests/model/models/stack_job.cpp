#include "core/task/stack_job.hpp"

#include <memory>

#include "core/base/backoff.hpp"
#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

// A worker that can wake another: all that a stolen job asks for.
struct Strand {
  Parking* parking;
  WorkerId id;
};
struct Worker {
  Strand* strand;
  static Worker enter(void* state) { return {static_cast<Strand*>(state)}; }
  static void wake(void* state, WorkerId sleeper) {
    static_cast<Strand*>(state)->parking->notify(sleeper);
  }
};

// One place for a job, as in a deque: taken back by its owner or by a thief.
class Slot {
 public:
  void push(Job* job) {
    // (X1) release; pairs with (X2): the job is whole.
    job_.store(job, kRelease);
  }
  Job* take() {
    // (X2) acquire; pairs with (X1): see there.
    return job_.exchange(nullptr, kAcquire);
  }

 private:
  Atomic<Job*> job_ = nullptr;
};

struct Team {
  Parking parking{2, std::make_unique<FutexDriver>(2)};
  Strand owner{&parking, 0};
  Strand thief{&parking, 1};
};

// Both sides of Crew::await: sleeps for the job alone.
void await(Team& team, Job& job) {
  if (is_complete(job) || !ask_to_be_woken(job, team.owner.id)) {
    return;
  }
  while (!is_complete(job)) {
    team.parking.park(team.owner.id, Interest::kOwnEvent, [&] { return is_complete(job); });
  }
}

// A branch that returns what it writes; its job lives on the heap, so that it can be seen to be gone.
template <class Wait>
void join(const Wait& wait) {
  Team team;
  Slot slot;
  int effect = 0;
  auto branch = [&effect](Worker) { return effect = 7; };
  using Branch = StackJob<Worker, decltype(branch)>;
  auto job = std::make_unique<Branch>(branch);
  Thread thief("thief", [&] {
    if (Job* const stolen = slot.take()) {
      stolen->execute(&team.thief);
    }
  });
  slot.push(job.get());
  if (slot.take() == nullptr) {
    wait(team, *job);
    require(is_complete(*job), "the wait is over when the job is");
    require(job->take() == 7 && effect == 7, "result and effects are visible");
  }
  job.reset();
  thief.join();
  require(!team.parking.anyone_waits(), "the count is what it was");
}

}  // namespace

AN_MODEL(stack_job_await, {}) {
  join([](Team& team, Job& job) { await(team, job); });
}

AN_MODEL(stack_job_spin, {}) {
  join([](Team&, Job& job) {
    while (!is_complete(job)) {
      cpu_yield();
    }
  });
}

// Refused: the job is complete, without another look.
AN_MODEL(stack_job_ask, {}) {
  join([](Team& team, Job& job) {
    if (ask_to_be_woken(job, team.owner.id)) {
      await(team, job);
    }
  });
}

// An owner that asks twice, as await() does when it comes back to a job.
AN_MODEL(stack_job_ask_again, {}) {
  join([](Team& team, Job& job) {
    if (ask_to_be_woken(job, team.owner.id)) {
      await(team, job);
    }
    await(team, job);
  });
}

// Two stolen jobs of one owner, one thief: a notification for the first may come in the second's wait.
AN_MODEL(stack_job_two_in_turn, {.preemptions = 4}) {
  Team team;
  Slot slots[2];
  int effects[2] = {};
  auto first = [&effects](Worker) { effects[0] = 1; };
  auto second = [&effects](Worker) { effects[1] = 1; };
  auto one = std::make_unique<StackJob<Worker, decltype(first)>>(first);
  auto two = std::make_unique<StackJob<Worker, decltype(second)>>(second);
  slots[0].push(one.get());
  slots[1].push(two.get());
  Thread thief("thief", [&] {
    for (Slot& slot : slots) {
      slot.take()->execute(&team.thief);
    }
  });
  await(team, *one);
  one->take();
  one.reset();
  await(team, *two);
  two->discard();
  two.reset();
  require(effects[0] == 1 && effects[1] == 1, "effects are visible");
  thief.join();
}

}  // namespace an::model
