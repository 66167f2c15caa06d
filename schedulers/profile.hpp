// profile: an instrument, not a strategy. It runs the program in serial order, as serial does, and
// measures its work and its span: how long it takes on one worker, and how long its longest chain of
// strands does. `harness profile` makes bounds on the speed-up of them.
//
// Y. He, C. Leiserson, W. Leiserson, "The Cilkview scalability analyzer", SPAA 2010 (work, span, burdened
// span in one serial walk); T. Schardl et al., Cilkscale of OpenCilk (time instead of instructions).
//
// Strands, joins, tasks and the span in strands are exact and repeat. Times are measured with the clock of
// the CPU, of several strands together when they are short, and less what measuring costs
// (profile/recorder.hpp says how wrong that can be, profile/spans.hpp what a path is). Strands of a few
// nanoseconds cannot be timed by reading a clock, and the stores of the probe are then much of what runs:
// whether too much, a comparison with serial tells (`harness profile` makes it).
//
// The counters are sums over runs: strands, joins, tasks, span_strands; work_ns, span_ns; burdened_ns, the
// longest burdened path without its burdens, and burdens_ns, those; probe_ns, what was taken off for
// measuring; batched_ns, the part of work_ns that was timed several strands at a time; looks, reads of the
// clock. The spans in time are robust ones (Totals).
#pragma once

#include <array>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "schedulers/profile/recorder.hpp"
#include "schedulers/serial.hpp"

namespace an::schedulers::profile {

// What a migration costs: the time until another worker has begun a branch, and until the join knows of its
// end (harness/micro/migration_probe.cpp). Here nine of ten took up to 1 us when the thief was looking for
// work. One that sleeps takes 28 us, once after every pause and not at every fork. The data that the
// branch must load again are not in it. Cilkscale charges 15,000 cycles.
inline constexpr OptionSpec kBurdenNs{
    "burden_ns", "1000", "charged by the burdened span for a branch that moves", "0..1000000000"};

class Scheduler {
 public:
  static constexpr std::string_view kName = "profile";
  static constexpr std::string_view kSummary =
      "an instrument: serial order, with work and span measured";
  static constexpr std::uint32_t kWorkersLimit = 1;
  static constexpr bool kIsInstrument = true;
  static constexpr std::array<OptionSpec, 1> kOptions{kBurdenNs};

  class Worker {
   public:
    class Group;

    explicit Worker(Recorder& recorder) noexcept : recorder_(&recorder) {}
    Recorder& recorder() const noexcept { return *recorder_; }

    template <class F, class G>
    [[gnu::always_inline]] JoinResult<Worker, F, G> join(F&& f, G&& g) const {
      recorder_->mark(Edge::kFork);
      const Ending ending{*recorder_, Mark(Edge::kJoin, kRunGroup)};
      auto first = run_branch(f, *this);
      recorder_->mark(Edge::kMiddle);
      return {std::move(first), run_branch(g, *this)};
    }

    template <class F, class... Wish>
    void spawn(F&& task, Wish... /*phase or hint*/) const {
      run_task(task, kRunGroup);
    }
    template <class Make>
    void spawn_batch(std::int64_t count, const Make& callable) const {
      for (std::int64_t i = 0; i < count; ++i) {
        spawn(callable(i));
      }
    }

   private:
    // A mark where the scope ends, whatever is thrown.
    struct Ending {
      ~Ending() { recorder.mark(mark.edge(), mark.group()); }
      Recorder& recorder;
      Mark mark;
    };

    template <class F>
    void run_task(F& task, std::uint32_t group) const {
      recorder_->mark(Edge::kSpawn, group);
      const Ending ending{*recorder_, Mark(Edge::kTaskEnd, group)};
      task(*this);
    }

    Recorder* recorder_;
  };

  // Requires config.workers == 1; throws an::Error otherwise and for bad options.
  explicit Scheduler(const SchedulerConfig& config)
      : recorder_(static_cast<double>((reject_unknown_options(config, kName, kOptions),
                                       config.integer_option(kBurdenNs, 0, 1'000'000'000)))),
        order_(order_config(config)) {}

  // Runs what was injected and not yet waited for.
  ~Scheduler() {
    try {
      wait_injected();
    } catch (...) {  // nobody asked
    }
  }
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // One profiled run each, but for a run inside another one, which is a part of the strand that calls it.
  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    return order_.run([&](serial::Scheduler::Worker) {
      const Run run(recorder_);
      return run_branch(root, Worker(recorder_));
    });
  }

  template <class F>
  void inject(F&& task) {
    order_.inject([this, kept = std::decay_t<F>(std::forward<F>(task))](auto) mutable {
      Worker(recorder_).spawn(kept);
    });
  }
  template <class Make>
  void inject_batch(std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      inject(callable(i));
    }
  }
  // One profiled run, in which what was injected begins at once.
  void wait_injected() {
    order_.run([this](serial::Scheduler::Worker) {
      const Run run(recorder_);
      order_.wait_injected();
    });
  }

  std::vector<Counter> counters() const;

 private:
  struct Run {
    explicit Run(Recorder& among) : recorder(among) { recorder.enter(); }
    ~Run() { recorder.leave(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    Recorder& recorder;
  };

  static SchedulerConfig order_config(const SchedulerConfig& config) {
    if (config.workers != 1) {
      throw Error("scheduler profile cannot run " + std::to_string(config.workers) + " workers",
                  "It measures a serial run", "Use --workers=1");
    }
    return {};
  }

  Recorder recorder_;
  serial::Scheduler order_;  // the order of execution: profile adds marks, and nothing else
};

// Tasks run in spawn, in the order of serial, whose group keeps the first exception.
class Scheduler::Worker::Group {
 public:
  explicit Group(Worker creator)
      : recorder_(creator.recorder()), order_({}), number_(recorder_.take_group()) {}
  ~Group() {
    mark_wait();
    recorder_.give_back_group(number_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  template <class F, class... Wish>
  void spawn(Worker worker, F&& task, Wish... /*phase or hint*/) {
    has_tasks_ = true;
    order_.spawn({}, [&](serial::Scheduler::Worker) { worker.run_task(task, number_); });
  }
  template <class Make>
  void spawn_batch(Worker worker, std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      spawn(worker, callable(i));
    }
  }

  void wait(Worker /*worker*/) {
    mark_wait();
    order_.wait({});
  }

 private:
  // Waiting for nothing joins nothing.
  void mark_wait() noexcept {
    if (std::exchange(has_tasks_, false)) {
      recorder_.mark(Edge::kWait, number_);
    }
  }

  Recorder& recorder_;
  serial::Scheduler::Worker::Group order_;
  std::uint32_t number_;
  bool has_tasks_ = false;
};

inline std::vector<Counter> Scheduler::counters() const {
  const auto whole = [](double value) { return static_cast<std::uint64_t>(std::llround(value)); };
  const Totals& totals = recorder_.totals();
  const ProbeTotals& probe = recorder_.probe();
  return {{"strands", totals.strands},
          {"joins", totals.joins},
          {"tasks", totals.tasks},
          {"span_strands", totals.span_strands},
          {"work_ns", whole(totals.work_ns)},
          {"span_ns", whole(totals.span_ns)},
          {"burdened_ns", whole(totals.burdened_ns)},
          {"burdens_ns", whole(static_cast<double>(totals.burdens) * recorder_.burden_ns())},
          {"probe_ns", whole(probe.probe_ns)},
          {"batched_ns", whole(probe.batched_ns)},
          {"looks", probe.looks}};
}

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::profile
