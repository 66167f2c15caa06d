// openmp: OpenMP tasks, as its examples document writes recursion: a parallel region in which one
// thread begins, `task` for the second branch, `taskwait` at the join; `taskloop` for loops, of as
// many tasks as the grain allows, but no more than kPartsPerWorker a worker. The library is the compiler's
// own, libgomp. OpenMP API 4.5, sections 2.9 and 2.13; Examples 4.5, "The task and taskwait Constructs".
// omp_pause_resource_all, which ends the threads, is of API 5.0.
//
// libgomp keeps the tasks of a team behind one lock; a taskwait runs children of the waiting task and
// sleeps while others have them. Above 64 queued tasks a worker, a task is called where it is made.
//
// When it wins: loops, for which it was made, and tasks of tens of microseconds. When it loses: fine
// recursion on more than one worker: every fork and every join takes the team's lock.
//
// Where we deviate: `master` stands for the usual `single`, because the root belongs to the thread that
// called run. An exception may not leave a task: it is carried. A callable that is not trivially
// copyable is boxed instead of being made firstprivate, which would need a copy.
//
// I1: a taskwait sees the children of its own task only, so every branch and task waits, at its end,
//     for what it spawned; so does a taskloop. Hence a group is empty when the taskwait of its strand
//     returns, as long as tasks are spawned into it by that strand, its branches and their tasks.
// I2: so a join waits for the tasks that its strand spawned before, too.
#pragma once

#include <omp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/error.hpp"
#include "schedulers/peer/peer_scheduler.hpp"

namespace an::schedulers::openmp {

// Ends the threads that regions of the calling thread have left waiting.
struct Threads {
  Threads() = default;
  ~Threads() { omp_pause_resource_all(omp_pause_hard); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
};

// Of a loop, at most. Were there more than 64, libgomp would run all of the loop on the thread that came to it.
inline constexpr std::int64_t kPartsPerWorker = 16;

class Library {
 public:
  explicit Library(const SchedulerConfig& config)
      : members_(config.workers), workers_(config.workers), cpus_(config.cpus) {
    omp_set_dynamic(0);
    Atomic<std::uint32_t> there = 0;
    region([] {}, [&there] { there.fetch_add(1, kStat); });
    failure_.rethrow();
    if (const std::uint32_t count = there.load(kStat); count != workers_) {
      throw Error("OpenMP started " + std::to_string(count) + " of " + std::to_string(workers_) +
                      " threads",
                  "OMP_THREAD_LIMIT, or a parallel region around this one, allows no more",
                  "Unset it, or use fewer --workers");
    }
  }

  const peer::Members& members() const noexcept { return members_; }

  template <class Body>
  void enter(const Body& body) {
    region(body, [] {});
  }

  template <class F, class G>
  void both(const F& first, const G& second) {
#pragma omp task default(none) shared(second)
    {
      second();
#pragma omp taskwait
    }
    first();
#pragma omp taskwait
  }

  template <class Part>
  void loop(std::int64_t begin, std::int64_t end, std::int64_t grain, const Part& part) {
    const std::int64_t parts =
        std::min((end - begin - 1) / grain + 1, kPartsPerWorker * std::int64_t{workers_});
    const std::int64_t length = (end - begin) / std::max<std::int64_t>(parts, 1);
    const std::int64_t longer = (end - begin) - length * parts;  // by one
#pragma omp taskloop num_tasks(parts) default(none) shared(part) \
    firstprivate(begin, parts, length, longer)
    for (std::int64_t i = 0; i < parts; ++i) {
      const std::int64_t from = begin + i * length + std::min(i, longer);
      part(from, from + length + (i < longer ? 1 : 0));
    }
  }

  class Tasks {
   public:
    explicit Tasks(Library& /*library*/) {}

    template <class F>
    void spawn(F&& task) {
      using Kept = std::decay_t<F>;
      if constexpr (std::is_trivially_copyable_v<Kept>) {
        const Kept kept = task;
#pragma omp task default(none) firstprivate(kept)
        {
          kept();
#pragma omp taskwait
        }
      } else {
        auto* const box = std::make_unique<Kept>(std::forward<F>(task)).release();
#pragma omp task default(none) firstprivate(box)
        {
          (*box)();
#pragma omp taskwait
          delete box;
        }
      }
    }
    void wait() {
#pragma omp taskwait
    }
  };

 private:
  // A team of all workers: the caller calls body(), and each has called arrive() before it takes a task.
  // The region ends when every task in it has.
  template <class Body, class Arrive>
  void region(const Body& body, const Arrive& arrive) {
#pragma omp parallel num_threads(static_cast <int>(workers_)) default(none) shared(body, arrive)
    {
      const auto self = static_cast<std::uint32_t>(omp_get_thread_num());
      members_.enter(self);
      if (self > 0 && !cpus_.empty()) {
        failure_.guard([this, self] { peer::stay_on(cpus_[self]); });
      }
      arrive();
#pragma omp master
      body();
    }
    members_.leave_all();
  }

  Threads threads_;
  peer::Members members_;
  std::uint32_t workers_;
  std::vector<int> cpus_;
  peer::FirstException failure_;  // of pinning
};

class Scheduler : public peer::PeerScheduler<Library> {
 public:
  static constexpr std::string_view kName = "openmp";
  static constexpr std::string_view kSummary = "OpenMP tasks (libgomp): task and taskwait";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 0> kOptions{};

  // Throws an::Error for any option, or when threads cannot be started or pinned.
  explicit Scheduler(const SchedulerConfig& config)
      : PeerScheduler((reject_unknown_options(config, kName, kOptions), config)) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::openmp
