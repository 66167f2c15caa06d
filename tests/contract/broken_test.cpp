// A contract that nothing can break proves nothing: schedulers with one fault each must violate it.
#include <gtest/gtest.h>

#include "schedulers/chase_lev.hpp"
#include "schedulers/std_async.hpp"
#include "tests/contract/broken/drops_task.hpp"
#include "tests/contract/broken/returns_early.hpp"
#include "tests/contract/broken/runs_twice.hpp"
#include "tests/contract/pinning_contract.hpp"
#include "tests/contract/scheduler_contract.hpp"

namespace an::contract {
namespace {

TEST(BrokenSchedulers, ADroppedTaskIsNoticed) {
  EXPECT_FALSE(check_joins<schedulers::drops_task::Scheduler>(1).empty());
  EXPECT_FALSE(check_groups<schedulers::drops_task::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::drops_task::Scheduler>(1).empty());
}

TEST(BrokenSchedulers, ATaskThatRunsTwiceIsNoticed) {
  EXPECT_FALSE(check_joins<schedulers::runs_twice::Scheduler>(1).empty());
  EXPECT_FALSE(check_groups<schedulers::runs_twice::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::runs_twice::Scheduler>(1).empty());
}

TEST(BrokenSchedulers, AnEarlyReturnIsNoticed) {
  EXPECT_FALSE(check_groups<schedulers::returns_early::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::returns_early::Scheduler>(1).empty());
}

// A working scheduler that is told other CPUs than those it was asked to use.
template <auto kChange>
struct Misplaced : schedulers::chase_lev::Scheduler {
  explicit Misplaced(SchedulerConfig config)
      : schedulers::chase_lev::Scheduler((kChange(config.cpus), config)) {}
};

TEST(BrokenSchedulers, AWorkerOnAnotherCpuIsNoticed) {
  if (allowed_cpus().size() < 2) {
    GTEST_SKIP() << "with one CPU every worker is where it should be: widen the affinity";
  }
  using Unpinned = Misplaced<[](std::vector<int>& cpus) { cpus.clear(); }>;
  using AllOnOne = Misplaced<[](std::vector<int>& cpus) { cpus.assign(cpus.size(), cpus[0]); }>;
  EXPECT_FALSE(check_pinning<Unpinned>(2).empty());
  EXPECT_FALSE(check_pinning<AllOnOne>(2).empty());
  struct Sticky : schedulers::chase_lev::Scheduler {  // pins the caller too
    explicit Sticky(const SchedulerConfig& config) : schedulers::chase_lev::Scheduler(config) {
      pin_current_thread(config.cpus[0]);
    }
  };
  const std::vector<int> all = allowed_cpus();
  EXPECT_FALSE(check_pinning<Sticky>(2).empty());
  restrict_current_thread(all);
}

// A working scheduler that says less of itself than is true.
struct SaysThreadsCome : schedulers::chase_lev::Scheduler {
  using schedulers::chase_lev::Scheduler::Scheduler;
  static constexpr bool kKeepsThreads = false;
};
struct SaysItRefuses : schedulers::chase_lev::Scheduler {
  using schedulers::chase_lev::Scheduler::Scheduler;
  static constexpr bool kServesAnyThread = false;
};
// And one that says more.
struct SaysThreadsStay : schedulers::std_async::Scheduler {
  using schedulers::std_async::Scheduler::Scheduler;
  static constexpr bool kKeepsThreads = true;
};

TEST(BrokenSchedulers, AFalseClaimIsNoticed) {
  EXPECT_FALSE(check_threads<SaysThreadsCome>(2).empty());
  EXPECT_FALSE(check_threads<SaysThreadsStay>(2).empty());
  EXPECT_FALSE(check_reentry<SaysItRefuses>(1).empty());
}

}  // namespace
}  // namespace an::contract
