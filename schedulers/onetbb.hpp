// onetbb: Intel's oneAPI Threading Building Blocks, used as its guide says: parallel_invoke for two
// branches, parallel_for with its own partitioner for loops, task_group for tasks, one task_arena of W slots,
// and the process limited to W threads by global_control. The threads end with the scheduler
// (task_scheduler_handle, finalize).
//
// Work stealing with child stealing: a fork pushes the second branch on the thread's own deque and
// calls the first; a blocked wait runs other tasks of the arena. parallel_invoke keeps its two tasks
// in the caller's frame, with a context of its own for cancellation; a task of a group is allocated
// from the library's pools. A. Kukanov and M. Voss, "The Foundations for Scalable Multi-Core Software
// in Intel Threading Building Blocks", Intel Technology Journal 11(4), 2007.
//
// When it wins: loops and graphs of coarse tasks, and programs that nest libraries, for which arenas
// were made. When it loses: fine recursion: every fork sets up a context, and a counter that
// both branches lower with a locked instruction.
//
// Where we deviate: an exception is carried past the library, which would cancel the other branch and
// keep whichever came first. Workers are pinned, when asked, by an observer of the arena. Their stacks are
// as large as other threads' here (thread_stack_size): the library's 4 MiB end in the depths of uts.
#pragma once

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/task_scheduler_observer.h>
#include <pthread.h>

#include <array>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/local.hpp"
#include "schedulers/peer/peer_scheduler.hpp"

namespace an::schedulers::onetbb {

namespace tbb = oneapi::tbb;

// Knows who is inside the arena, and pins the library's own threads.
class Entries : public tbb::task_scheduler_observer {
 public:
  Entries(tbb::task_arena& arena, const SchedulerConfig& config)
      : task_scheduler_observer(arena), members_(config.workers), cpus_(config.cpus) {
    observe(true);
  }
  ~Entries() override { observe(false); }

  // A worker keeps its CPU when it leaves and comes back to another slot.
  void on_scheduler_entry(bool is_worker) override {
    members_.enter(slot());
    if (is_worker && !cpus_.empty()) {
      failure_.guard([this] { peer::stay_on(cpu_of_this_thread()); });
    }
  }
  void on_scheduler_exit(bool /*is_worker*/) override { members_.leave(slot()); }

  const peer::Members& members() const noexcept { return members_; }
  // What went wrong while pinning.
  peer::FirstException& failure() noexcept { return failure_; }

 private:
  static std::uint32_t slot() noexcept {
    return static_cast<std::uint32_t>(tbb::this_task_arena::current_thread_index());
  }

  int cpu_of_this_thread() {
    const std::lock_guard guard(lock_);
    const std::size_t next = places_.size() + 1;
    const auto place = places_.try_emplace(&Local<Entries, char>::get(), next).first;
    return cpus_[place->second % cpus_.size()];
  }

  peer::Members members_;
  std::vector<int> cpus_;
  std::mutex lock_;
  std::map<const void*, std::size_t> places_;  // by thread
  peer::FirstException failure_;
};

// The stack of a thread as the system makes it.
inline std::size_t stack_bytes() {
  pthread_attr_t attributes;
  std::size_t bytes = 0;
  AN_ASSERT(::pthread_getattr_default_np(&attributes) == 0);
  AN_ASSERT(::pthread_attr_getstacksize(&attributes, &bytes) == 0);
  ::pthread_attr_destroy(&attributes);
  return bytes;
}

// Ends the library's threads when nothing else uses them any more: the last to go.
class Threads {
 public:
  Threads() = default;
  ~Threads() { tbb::finalize(handle_, std::nothrow); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  tbb::task_scheduler_handle handle_{tbb::attach{}};
};

class Library {
 public:
  explicit Library(const SchedulerConfig& config)
      : stack_(tbb::global_control::thread_stack_size, stack_bytes()),
        limit_(tbb::global_control::max_allowed_parallelism, config.workers),
        arena_(static_cast<int>(config.workers)),
        entries_(arena_, config) {
    start(config.workers);
    entries_.failure().rethrow();
  }

  const peer::Members& members() const noexcept { return entries_.members(); }

  template <class Body>
  void enter(const Body& body) {
    arena_.execute(body);
  }

  template <class F, class G>
  void both(const F& first, const G& second) {
    tbb::parallel_invoke(first, second);
  }

  template <class Part>
  void loop(std::int64_t begin, std::int64_t end, std::int64_t grain, const Part& part) {
    tbb::parallel_for(tbb::blocked_range<std::int64_t>(begin, end, static_cast<std::size_t>(grain)),
                      [&part](const auto& range) { part(range.begin(), range.end()); });
  }

  class Tasks {
   public:
    explicit Tasks(Library& /*library*/) {}
    // That of task_group may throw, when nobody has waited.
    ~Tasks() noexcept = default;
    Tasks(const Tasks&) = delete;
    Tasks& operator=(const Tasks&) = delete;

    template <class F>
    void spawn(F&& task) {
      group_.run(std::forward<F>(task));
    }
    void wait() { group_.wait(); }

   private:
    tbb::task_group group_;
  };

 private:
  // Returns when all threads are there: the library would start them when it first has work.
  void start(std::uint32_t workers) {
    Atomic<std::uint32_t> there = 0;
    const Deadline deadline = Deadline::after(10'000'000'000);
    const auto arrive = [&] {
      there.fetch_add(1, kStat);
      for (Backoff backoff; there.load(kStat) < workers && !deadline.has_passed();) {
        backoff.wait();
      }
    };
    arena_.execute([&] {
      tbb::task_group others;
      for (std::uint32_t worker = 1; worker < workers; ++worker) {
        others.run(arrive);
      }
      arrive();
      others.wait();
    });
    if (deadline.has_passed()) {
      throw Error("oneTBB did not start " + std::to_string(workers) + " threads within ten seconds",
                  "The process or the container has reached its thread limit",
                  "Use fewer --workers");
    }
  }

  Threads threads_;
  tbb::global_control stack_;
  tbb::global_control limit_;
  tbb::task_arena arena_;
  Entries entries_;
};

class Scheduler : public peer::PeerScheduler<Library> {
 public:
  static constexpr std::string_view kName = "onetbb";
  static constexpr std::string_view kSummary = "oneTBB: parallel_invoke, task_group, task_arena";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 0> kOptions{};

  // Throws an::Error for any option, or when threads cannot be started or pinned.
  explicit Scheduler(const SchedulerConfig& config)
      : PeerScheduler((reject_unknown_options(config, kName, kOptions), config)) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::onetbb
