// Handover: thieves ask, look, withdraw and ask again, while victims answer whenever they poll.
#include "schedulers/stealing/handover.hpp"

#include <array>

#include "core/base/backoff.hpp"
#include "core/base/thread.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

using schedulers::stealing::Handover;

struct Branch : Job {
  Branch() : Job(nullptr) {}

  bool was_forked = false;
  bool was_given = false;  // written by the victim alone
  int runs = 0;            // written by whoever has it
};

// Three workers, and the branches that their victims fork one after the other.
class Play {
 public:
  // Victim `self` forks a branch, polls, and gives what it forked to whoever asks.
  void poll(WorkerId self) {
    Branch& branch = branches_[forked_++];
    branch.was_forked = true;
    const WorkerId thief = of(self).take_request();
    if (thief != kNobody) {
      branch.was_given = true;
      of(thief).give(branch);
    }
  }

  // Thief `self` asks, looks once and gives up. Whether it got a branch.
  bool steal(WorkerId self, WorkerId victim) {
    if (!of(self).ask(of(victim))) {
      return false;
    }
    require(of(self).asked() == &of(victim), "who is asked is known");
    Job* given = of(self).collect();
    if (given == nullptr) {
      given = of(self).withdraw();
    }
    require(of(self).asked() == nullptr, "a request that has ended is forgotten");
    return run(given);
  }

  bool run(Job* given) {
    if (given == nullptr) {
      return false;
    }
    auto& branch = *static_cast<Branch*>(given);
    require(branch.was_forked, "a branch is whole before it is given");
    ++branch.runs;
    return true;
  }

  Handover& of(WorkerId worker) { return workers_[worker]; }

  // After every thread has ended.
  void finish() {
    for (const Branch& branch : branches_) {
      require(branch.runs == (branch.was_given ? 1 : 0), "what was given was received, once");
    }
    for (WorkerId worker = 0; worker < 3; ++worker) {
      require(of(worker).take_request() == kNobody, "no request is left");
      require(of(worker).collect() == nullptr, "no branch is left");
    }
  }

 private:
  std::array<Handover, 3> workers_{Handover(0), Handover(1), Handover(2)};
  std::array<Branch, 3> branches_;
  std::size_t forked_ = 0;
};

}  // namespace

AN_MODEL(handover_one_thief, {.preemptions = -1}) {
  Play play;
  Thread thief("thief", [&] {
    play.steal(1, 0);
    play.steal(1, 0);
  });
  play.poll(0);
  play.poll(0);
  play.poll(0);
  thief.join();
  play.finish();
}

AN_MODEL(handover_two_thieves, {.preemptions = -1}) {
  Play play;
  Thread first("first", [&] { play.steal(1, 0); });
  Thread second("second", [&] { play.steal(2, 0); });
  play.poll(0);
  play.poll(0);
  first.join();
  second.join();
  play.finish();
}

// What the first victim gave late is not taken for an answer of the second.
AN_MODEL(handover_asked_elsewhere, {.preemptions = -1}) {
  Play play;
  Thread thief("thief", [&] {
    play.steal(2, 0);
    play.steal(2, 1);
  });
  play.poll(0);
  play.poll(1);
  play.poll(0);
  thief.join();
  play.finish();
}

// Each is the other's victim.
AN_MODEL(handover_both_ways, {.preemptions = -1}) {
  Play play;
  Thread other("other", [&] { play.steal(1, 0); });
  play.poll(0);
  play.steal(0, 1);
  play.poll(0);
  other.join();
  play.finish();
}

// A request stands until it is answered or withdrawn: a thief that does not withdraw gets its branch, and
// a thief that comes second does not displace the first.
AN_MODEL(handover_a_request_stands, {.preemptions = -1}) {
  Play play;
  require(play.of(1).ask(play.of(0)), "nobody asks yet");
  Thread second("second", [&] { require(!play.steal(2, 0), "the first is not displaced"); });
  second.join();
  Thread victim("victim", [&] { play.poll(0); });
  Job* given = nullptr;
  while ((given = play.of(1).collect()) == nullptr) {
    cpu_pause();
  }
  require(play.run(given), "the answer came");
  victim.join();
  play.finish();
}

}  // namespace an::model
