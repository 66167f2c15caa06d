// heartbeat: every fork is a call until time has earned a promotion. A fork writes a record to a
// flat array and calls its first branch; the join finds the record untouched and calls the second.
// On a beat, a worker with credit turns its oldest record into a job others can steal, if somebody
// is idle.
//
// U. Acar, A. Chargueraud, A. Guatto, M. Rainey, F. Sieczkowski, "Heartbeat scheduling: provable
// efficiency for nested parallelism", PLDI 2018; S. Westrick, M. Fluet, M. Rainey, U. Acar,
// "Automatic parallelism management", POPL 2024 (tokens); Spice and chili (fork records). The
// record array, oldest first in O(1) even when a single fork is pending, is ours.
//
// I1: records [base, sp) are latent: forked, not promoted, not joined. Records below base are
//     promoted.
// I2: promotion takes *base, the oldest, so a promoted record is joined only when nothing is latent
//     above it; and the deque of promoted jobs, last in first out for its owner, has that record's
//     job at its young end or is empty: a single take_back decides.
// I3: the worker's deque holds promoted jobs only; its locked operations are paid once a beat.
// I4: promotions <= tokens minted (Credit).
//
// The handle is the record pointer; the rest of the state is reached through one thread-local load.
// A fork polls one word, which idle workers set and the owner clears. While an idle worker is awake it
// says when to look at the clock; while all sleep, a counter of polls does. No ticker thread, and no
// store on the fork path for the beat; either may be had instead (heartbeat/beat.hpp). A loop is one
// record, whose rest is split (heartbeat/loop.hpp).
//
// When it wins: forks of nanoseconds, unknown grain. When it loses: coarse leaves without forks in
// them delay the beat; parallelism below about 20 per worker; anything that needs latency below a
// beat. Here a fork adds 0.3 ns to the call it replaces (fib, one worker), two workers take 0.61 of serial's time
// (`./dev figures fork-join`, GCC 12, two CPUs of an EPYC).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>

#include "schedulers/heartbeat/beat.hpp"
#include "schedulers/heartbeat/credit.hpp"
#include "schedulers/heartbeat/loop.hpp"
#include "schedulers/heartbeat/record.hpp"
#include "schedulers/stealing/attention.hpp"
#include "schedulers/stealing/crew_scheduler.hpp"

namespace an::schedulers::heartbeat {

struct Strategy;

inline constexpr OptionSpec kTokens{"tokens", "1", "promotions a beat pays for (C)", "1..64"};

// An idle worker waits for so many beats, none counted as longer, before it sleeps.
inline constexpr std::uint64_t kBeatsToSpin = 4;
inline constexpr std::uint64_t kBeatToSpinUsMax = 100;

struct State : stealing::WorkerState<Strategy> {
  State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config);

  // Whether it is time to look at the clock is one load while nobody is idle. `sp` is the end of the latent
  // records.
  [[gnu::always_inline]] void poll(Record* sp) noexcept {
    if (attention.is_wanted()) [[unlikely]] {
      if (--polls_left <= 0) [[unlikely]] {
        look(sp);
      }
    }
  }
  // Somebody is or was idle: promotes what credit allows.
  [[gnu::cold]] void look(Record* sp) noexcept;
  void promote_oldest() noexcept;

  // The join of `job`, promoted from `record`: true when it came back unstolen. Otherwise it is complete
  // on return.
  [[gnu::cold]] bool reclaim(Record* record, Promotion& job);

  // The loop at `record` has nothing left but what was given away, the near part of which comes back, or is
  // complete on return. Returns what it threw, or null.
  [[gnu::cold]] std::exception_ptr rejoin(Record* record, Loop& loop);

  RecordStack records;
  Credit credit;
  Record* base;                   // I1
  Record* free;                   // where a job that this worker runs next may write records
  stealing::Attention attention;  // somebody is idle, so forks poll
  std::int64_t polls_left = 1;    // polls until the next look at the clock
  Tally promotions;
};

class Worker {
 public:
  using Group = stealing::Group<Strategy>;

  // While other work runs on top of this strand, it writes its records above this handle's.
  class Anchor {
   public:
    explicit Anchor(Worker worker)
        : state_(worker.state()), outer_(std::exchange(state_.free, worker.sp_)) {}
    ~Anchor() { state_.free = outer_; }
    Anchor(const Anchor&) = delete;
    Anchor& operator=(const Anchor&) = delete;

   private:
    State& state_;
    Record* outer_;
  };

  static Worker enter(void* state) noexcept { return Worker(static_cast<State*>(state)->free); }
  static State& state() noexcept { return *Local<Strategy, State*>::get(); }

  template <class F, class G>
  [[gnu::always_inline]] JoinResult<Worker, F, G> join(F&& f, G&& g) const {
    Record* const record = sp_;
    record->template set<Worker, G>(g);
    State& self = state();
    self.poll(record + 1);
    auto first = [&] {
      try {
        return run_branch(f, Worker(record + 1));
      } catch (...) {
        abandon(record);
        throw;
      }
    }();
    if (record >= state().base) [[likely]] {
      return {std::move(first), run_branch(g, Worker(record))};
    }
    return {std::move(first), join_promoted<G>(record)};
  }

  // The loop of the vocabulary (core/task/fork_join.hpp).
  template <std::invocable<Worker, std::int64_t> Body>
  void for_range(std::int64_t begin, std::int64_t end, std::int64_t grain, const Body& body) const;

  template <class F, class... Wish>
  void spawn(F&& task, Wish... wish) const;
  template <class Make>
  void spawn_batch(std::int64_t count, const Make& callable) const;

 private:
  explicit Worker(Record* sp) noexcept : sp_(sp) {}

  // The job's copy of the branch is the one that runs, so that the caller's never has an address.
  template <class G>
  [[gnu::noinline, gnu::cold]] static BranchResult<Worker, G> join_promoted(Record* record) {
    const std::unique_ptr<PromotedJob> job(record->job());
    if (state().reclaim(record, *job)) {
      return run_branch(job->template branch<G>(), Worker(record));
    }
    return job->template take<BranchResult<Worker, G>>();
  }

  // The first branch threw: the second is withdrawn, or awaited and its outcome dropped.
  [[gnu::noinline, gnu::cold]] static void abandon(Record* record) noexcept {
    State& self = state();
    if (record < self.base) {
      const std::unique_ptr<PromotedJob> job(record->job());
      static_cast<void>(self.reclaim(record, *job));
    }
  }

  // A body threw: what was given away is withdrawn, or awaited and its outcome dropped.
  [[noreturn, gnu::noinline, gnu::cold]] static void fail(Record* record,
                                                          Loop& loop,
                                                          std::exception_ptr thrown) {
    loop.end = loop.next;  // nobody may be given the rest while this waits
    while (loop.splits != nullptr) {
      static_cast<void>(state().rejoin(record, loop));
      loop.end = loop.next;
    }
    std::rethrow_exception(std::move(thrown));
  }

  Record* sp_;
};

struct Strategy : stealing::WorkerQueues<State> {
  using State = heartbeat::State;
  using Worker = heartbeat::Worker;
  using CrewOf = stealing::Crew<Strategy>;

  struct Shared {
    explicit Shared(const SchedulerConfig& config) : beat(make_beat(config)) {}
    std::unique_ptr<Beat> beat;
  };

  static void on_enter(State& self) { self.crew->shared().beat->enter(self.id); }

  // A beat longer than usual: the next promotion may be a beat away.
  static std::uint64_t spin_us(const SchedulerConfig& config) {
    const auto beat_us = static_cast<std::uint64_t>(config.integer_option(kBeatUs, 1, kBeatUsMax));
    return stealing::kSpinUs + kBeatsToSpin * std::min(beat_us, kBeatToSpinUsMax);
  }

  // Asks everyone to poll.
  static void on_idle(State& self) {
    for (const WorkerId other : self.victims) {
      self.crew->state(other).attention.ask();
    }
    after_sleep(self);
  }
  static void while_idle(State& self, std::uint64_t now) {
    self.crew->shared().beat->watch(self.id, now);
  }
  static void before_sleep(State& self) { self.crew->shared().beat->end_watch(self.id); }
  static void after_sleep(State& self) { self.crew->shared().beat->begin_watch(); }
  static Job* before_work(State& self, Job* found) {
    before_sleep(self);
    return found;
  }
  // Where the caller's records end is not known here, so the root gets records of its own; the
  // outer ones cannot be promoted meanwhile.
  template <class Root>
  static auto run_nested(State& self, Root& root) {
    const RecordStack records;
    struct Strand {
      Strand(State& worker, Record* begin)
          : state(worker),
            base(std::exchange(worker.base, begin)),
            free(std::exchange(worker.free, begin)) {}
      ~Strand() {
        state.base = base;
        state.free = free;
      }
      State& state;
      Record* base;
      Record* free;
    };
    const Strand strand(self, records.begin());
    return run_branch(root, Worker::enter(&self));
  }
};

inline State::State(stealing::Crew<Strategy>& owner, WorkerId self, const SchedulerConfig& config)
    : WorkerState(owner, self, config),
      credit(static_cast<std::uint64_t>(config.integer_option(kBeatUs, 1, kBeatUsMax)) *
                 ticks_per_us(),
             static_cast<std::uint32_t>(config.integer_option(kTokens, 1, 64))),
      base(records.begin()),
      free(records.begin()) {
  crew->shared().beat->add(id, attention);
}

// Runs a promoted job as a thief: with its share of tokens, and an early look at the clock.
inline void run_promoted(Job* job, void* worker) noexcept {
  auto& self = *static_cast<State*>(worker);
  auto& promoted = *static_cast<Promotion*>(job);
  self.credit.begin(ticks(), promoted.tokens());
  self.polls_left = 1;
  const WorkerId sleeper = complete_join(promoted, promoted.run_here(worker));
  if (sleeper != kNobody) {
    self.crew->parking().notify(sleeper);
  }
}

inline void State::look(Record* sp) noexcept {
  if (!attention.is_still_wanted([this] { return crew->idle() > 0; })) {
    polls_left = 1;  // the next request is news: look at once
    return;
  }
  const std::int64_t polls = credit.look(ticks());
  polls_left = crew->shared().beat->next_look(id, polls);
  while (credit.may_promote() && base < sp && crew->idle() > forks.size()) {
    promote_oldest();
  }
}

inline void State::promote_oldest() noexcept {
  Record* const record = base;
  Promotion* promoted = nullptr;
  if (Loop* loop = record->loop(); loop == nullptr) {
    auto* job = new PromotedJob(*record, credit.spend(), &run_promoted);
    record->set_job(job);
    ++base;
    promoted = job;
  } else if (loop->next < loop->end) {
    const std::int64_t middle = loop->middle();
    loop->splits = std::make_unique<LoopJob>(*loop, middle, credit.spend(), &run_promoted);
    loop->end = middle;
    promoted = loop->splits.get();
  } else {
    ++base;  // its last iterations run
    return;
  }
  forks.push(promoted);
  promotions.add();
  note(TraceKind::kPromote, static_cast<std::int64_t>(promotions.value()));
  crew->published_fork(*this);
}

inline bool State::reclaim(Record* record, Promotion& job) {
  const bool unstolen = forks.take_back();
  if (unstolen) {
    credit.refund(job.tokens());
  } else {
    Record* const caller = std::exchange(free, record + 1);
    crew->await(*this, job);
    free = caller;
  }
  base = record;
  return unstolen;
}

inline std::exception_ptr State::rejoin(Record* record, Loop& loop) {
  const std::unique_ptr<LoopJob> part = std::move(loop.splits);
  loop.splits = std::move(part->farther);
  if (reclaim(record, *part)) {
    loop.next = part->begin();
    loop.end = part->end();
  }
  return part->thrown();
}

template <std::invocable<Worker, std::int64_t> Body>
void Worker::for_range(std::int64_t begin,
                       std::int64_t end,
                       std::int64_t grain,
                       const Body& body) const {
  struct Bound {  // a body may be a function, which has no address that a void* can hold
    const Body& body;
  };
  Record* const record = sp_;
  const Bound bound{body};
  const auto run_range = [](const Loop& loop, void* worker, std::int64_t from, std::int64_t to) {
    Worker::enter(worker).for_range(from, to, loop.grain,
                                    static_cast<const Bound*>(loop.body)->body);
  };
  Loop loop{run_range, &bound, grain, begin, end, nullptr};
  record->set_loop(&loop);
  std::exception_ptr thrown;
  try {
    ChunkSize chunk(grain);
    do {
      while (loop.next < loop.end) {
        State& self = state();
        const std::int64_t from = loop.next;
        const std::int64_t rest = loop.end - from;
        std::int64_t length = chunk.value();
        if (!chunk.is_grain()) {
          length = std::clamp(rest / (2 * self.crew->workers()), grain, length);
        }
        const std::int64_t to = from + std::min(rest, length);
        loop.next = to;  // before the poll, so that every round runs something
        self.poll(record + 1);
        for (std::int64_t i = from; i < to; ++i) {
          body(Worker(record + 1), i);
        }
        if (chunk.is_look_due()) {
          chunk.look(ticks(), self.credit.beat());
        }
      }
    } while (loop.splits != nullptr && (thrown = state().rejoin(record, loop)) == nullptr);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (State& self = state(); self.base > record) [[unlikely]] {
    self.base = record;  // its last iterations let others be the oldest
  }
  if (thrown != nullptr) [[unlikely]] {
    fail(record, loop, std::move(thrown));
  }
}

template <class F, class... Wish>
void Worker::spawn(F&& task, Wish... wish) const {
  state().crew->root_group().spawn(*this, std::forward<F>(task), wish...);
}

template <class Make>
void Worker::spawn_batch(std::int64_t count, const Make& callable) const {
  state().crew->root_group().spawn_batch(*this, count, callable);
}

class Scheduler : public stealing::CrewScheduler<Strategy> {
 public:
  static constexpr std::string_view kName = "heartbeat";
  static constexpr std::string_view kSummary =
      "forks are calls; on a beat the oldest becomes a task, if somebody is idle";
  static constexpr std::array<OptionSpec, 3> kOptions{kBeatUs, kTokens, kBeat};

  explicit Scheduler(const SchedulerConfig& config) : CrewScheduler(config, kName, kOptions) {}
  // What the crew runs last is timed by its workers: whoever beats must not outlive their words.
  ~Scheduler() { crew_.shared().beat->stop(); }
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  std::vector<Counter> counters() const {
    std::vector<Counter> counters = CrewScheduler::counters();
    std::uint64_t minted = 0;
    for (WorkerId id = 0; id < crew_.workers(); ++id) {
      minted += crew_.state(id).credit.minted();
    }
    counters.push_back({"promotions", crew_.total(&State::promotions)});
    counters.push_back({"tokens", minted});
    return counters;
  }
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::heartbeat
