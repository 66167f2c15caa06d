// private_deque: child stealing as in chase_lev, over deques that only their owners touch
// (core/deque/private_deque.hpp). Stealing is initiated by the receiver: a thief asks
// (stealing/handover.hpp), and the victim, when it forks next, hands over its oldest branch. A fork is
// a call, three stores for the branch and two for the deque: no locked instruction, no fence; the join
// is a comparison.
//
// U. Acar, A. Chargueraud, M. Rainey, "Scheduling parallel programs by work stealing with private
// deques", PPoPP 2013.
//
// Against the paper: a request that is not answered for kPatienceUs is withdrawn and put elsewhere.
// Idle workers sleep, with a request that stands if they have found whom to ask; an answer wakes them.
// They also ask all others for attention (stealing/attention.hpp): a fork polls that word alone, and a
// fork that finds it set answers its request and wakes a sleeper for what is left, who then asks. So
// nobody sleeps for good beside a worker that forks, however rarely.
//
// When it wins: as split_deque, and a steal costs the owner no operation on its deque that a thief
// could contend for. When it loses: every steal waits for the victim's next fork; a branch that runs
// long without a fork keeps all its worker's older branches. A worker that asked may get a branch just
// when it no longer needs one: it runs it first. One that sleeps in the wait for a group does not hand over.
// Here fib takes 1.05 of serial's time on one worker and 0.77 [0.60, 0.95] on two
// (`harness --scheduler=private_deque --workload=fib --size=medium --workers=1,2`, GCC 12, two CPUs of an EPYC).
#pragma once

#include <array>

#include "core/deque/private_deque.hpp"
#include "schedulers/stealing/attention.hpp"
#include "schedulers/stealing/child_join.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"
#include "schedulers/stealing/handover.hpp"

namespace an::schedulers::private_deque {

// Many times what a worker that forks takes to answer: two transfers of a cache line, and a fork.
inline constexpr std::uint64_t kPatienceUs = 2;

struct Strategy;

struct State : stealing::WorkerState<Strategy, PrivateDeque<Job>> {
  State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
      : WorkerState(owner, self, config), handover(self), patience(kPatienceUs * ticks_per_us()) {}

  // Somebody is or was idle.
  [[gnu::cold]] void answer() noexcept;
  // Hands the oldest branch to whoever asks for one. Requires one.
  void give_oldest() noexcept;
  // One look, as a thief, at what was asked for; asks `victim` if nobody is asked any more.
  Job* look(State& victim) noexcept;

  stealing::Attention attention;
  stealing::Handover handover;
  std::uint64_t patience;       // in ticks
  std::uint64_t ask_until = 0;  // when the request that stands has stood for long enough
  bool is_idle = false;         // only then it asks
  WorkerId giver = kNobody;     // whom it asked last
  Tally requests;
  Tally transfers;
};

using Worker = stealing::ChildWorker<Strategy, State>;

struct Strategy : stealing::ChildStealing<Strategy, State> {
  using State = private_deque::State;
  using Worker = private_deque::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  [[gnu::always_inline]] static void fork(State& self, Job& branch) noexcept {
    self.forks.push(&branch);
    if (self.attention.is_wanted()) [[unlikely]] {
      self.answer();
    }
  }

  static Job* steal_fork(State& self, State& victim) {
    return self.is_idle ? self.look(victim) : nullptr;
  }
  // Only what was given can be seen. Who sleeps was counted as idle and has asked for attention, so the
  // next fork of any worker wakes it; or gives to it, if that is the worker it asks.
  static bool has_fork(const State& thief, const State& /*victim*/) {
    return thief.handover.has_come();
  }
  // Not at the depth where a blocked join looks for no branch before it sleeps, but for its own event.
  static Job* leapfrog(State& self, State& taker) {
    return self.helping < stealing::kHelpDepthMax ? steal_fork(self, taker) : nullptr;
  }

  // Asks everyone for attention.
  static void on_idle(State& self) {
    self.is_idle = true;
    self.handover.set_open(!self.forks.is_empty());
    for (const WorkerId other : self.victims) {
      self.crew->state(other).attention.ask();
    }
  }
  // A branch that is given meanwhile would wait: nothing wakes who naps.
  static Job* before_nap(State& self) { return withdraw(self); }
  static Job* before_work(State& self, Job* found) {
    self.is_idle = false;
    self.handover.set_open(true);
    Job* const given = withdraw(self);
    if (given == nullptr) {
      return found;
    }
    if (found != nullptr) {
      push_task(self, *found);  // a task: with a branch found no request is left
    }
    return given;
  }

  static WorkerId robbed(const State& thief, WorkerId /*looked_at*/) { return thief.giver; }

  template <class Root>
  static auto run_nested(State& self, Root& root) {
    return run_branch(root, Worker::enter(&self));
  }

 private:
  static Job* withdraw(State& self) {
    Job* const given = self.handover.withdraw();
    if (given != nullptr) {
      self.counts.steals.add();
      self.note(TraceKind::kSteal, self.giver);
    }
    return given;
  }
};

inline void State::answer() noexcept {
  if (!attention.is_still_wanted([this] { return crew->idle() > 0; })) {
    return;
  }
  give_oldest();
  if (!forks.is_empty()) {
    crew->published_fork(*this);
  }
}

inline void State::give_oldest() noexcept {
  const WorkerId thief = handover.take_request();
  if (thief == kNobody) {
    return;
  }
  Job* const oldest = forks.pop_oldest();
  // For this worker itself, should it come to wait for the branch.
  oldest->taker.store(thief, kStat);
  transfers.add();
  crew->state(thief).handover.give(*oldest);
  crew->parking().notify(thief);
}

inline Job* State::look(State& victim) noexcept {
  if (!forks.is_empty()) {  // it waits for a group inside a branch
    give_oldest();
    handover.set_open(!forks.is_empty());
  }
  if (const stealing::Handover* asked = handover.asked()) {
    if (Job* const given = handover.collect()) {
      return given;
    }
    const bool is_over = ticks() > ask_until || !asked->is_open();
    if (!is_over || asked == &victim.handover) {
      return nullptr;
    }
    if (Job* const given = handover.withdraw()) {
      return given;
    }
  }
  if (victim.handover.is_open() && handover.ask(victim.handover)) {
    giver = victim.id;
    ask_until = ticks() + patience;
    requests.add();
  }
  return nullptr;
}

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "private_deque";
  static constexpr std::string_view kSummary =
      "work stealing without shared deques: a thief asks, and the victim's next fork answers";
  static constexpr std::array<OptionSpec, 0> kOptions{};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    counters.push_back({"requests", crew_.total(&State::requests)});
    counters.push_back({"transfers", crew_.total(&State::transfers)});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::private_deque
