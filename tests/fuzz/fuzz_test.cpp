// The fuzzer itself: it must pass what is right and object to what is broken.
#include <gtest/gtest.h>

#include <set>

#include "core/base/assert.hpp"
#include "schedulers/chase_lev.hpp"
#include "schedulers/serial.hpp"
#include "tests/contract/broken/drops_task.hpp"
#include "tests/contract/broken/returns_early.hpp"
#include "tests/contract/broken/runs_twice.hpp"
#include "tests/fuzz/campaign.hpp"
#include "tests/fuzz/expectation.hpp"
#include "tests/fuzz/lane.hpp"

namespace an::fuzz {
namespace {

// The broken schedulers cannot carry a task's exception to its group, which is not the point here.
Campaign calm(std::uint64_t dags) {
  Campaign campaign;
  campaign.dags = dags;
  campaign.shape.throws = false;
  return campaign;
}

TEST(Fuzz, ASeedMakesOneDag) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string text = to_text(make_dag(seed, {}));
    EXPECT_EQ(text, to_text(make_dag(seed, {})));
    EXPECT_TRUE(texts.insert(text).second) << "seed " << seed;
  }
}

TEST(Fuzz, EveryKindIsDrawnAndEveryNodeHasOneParent) {
  std::set<Kind> kinds;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Dag dag = make_dag(seed, {});
    std::vector<int> parents(dag.nodes.size());
    for (NodeId id = 0; id < dag.nodes.size(); ++id) {
      kinds.insert(dag.nodes[id].kind);
      for (const NodeId child : dag.nodes[id].children) {
        ASSERT_GT(child, id);
        ++parents[child];
      }
    }
    ++parents[0];
    for (const NodeId root : dag.outside) {
      ++parents[root];
    }
    EXPECT_EQ(parents, std::vector<int>(dag.nodes.size(), 1)) << "seed " << seed;
  }
  EXPECT_EQ(kinds.size(), kKinds);
}

TEST(Fuzz, WorkingSchedulersPass) {
  Campaign campaign;
  campaign.dags = 100;
  const Report serial =
      run_campaign(lane_entry<schedulers::serial::Scheduler>(), 1, campaign, nullptr);
  EXPECT_TRUE(serial.same) << serial.failure;
  const Report stealing =
      run_campaign(lane_entry<schedulers::chase_lev::Scheduler>(), 2, campaign, nullptr);
  EXPECT_TRUE(stealing.same) << stealing.failure;
}

// What the broken ones are without their fault: else they could fail for another reason.
struct Faultless : contract::FaultyScheduler<static_cast<contract::Fault>(-1)> {
  using FaultyScheduler::FaultyScheduler;
  static constexpr std::string_view kName = "faultless";
};

TEST(Fuzz, ADroppedTaskIsNoticed) {
  const Report report = run_campaign(lane_entry<Faultless>(), 1, calm(300), nullptr);
  EXPECT_TRUE(report.same) << report.failure;
  EXPECT_FALSE(
      run_campaign(lane_entry<schedulers::drops_task::Scheduler>(), 1, calm(300), nullptr).same);
}

TEST(Fuzz, ATaskThatRunsTwiceIsNoticed) {
  EXPECT_FALSE(
      run_campaign(lane_entry<schedulers::runs_twice::Scheduler>(), 1, calm(300), nullptr).same);
}

TEST(Fuzz, AnEarlyReturnIsNoticed) {
  const Report report =
      run_campaign(lane_entry<schedulers::returns_early::Scheduler>(), 1, calm(300), nullptr);
  EXPECT_FALSE(report.same);
  EXPECT_NE(report.failure.find("--dag="), std::string::npos) << report.failure;
}

// serial, but an exception that left a task is forgotten.
struct Forgetful : schedulers::serial::Scheduler {
  using schedulers::serial::Scheduler::Scheduler;
  static constexpr std::string_view kName = "forgetful";
  void wait_injected() {
    try {
      schedulers::serial::Scheduler::wait_injected();
    } catch (const Thrown&) {
    }
  }
};

TEST(Fuzz, AForgottenExceptionIsNoticed) {
  Campaign campaign;
  campaign.dags = 300;
  EXPECT_FALSE(run_campaign(lane_entry<Forgetful>(), 1, campaign, nullptr).same);
}

// chase_lev, but a root that is run never ends.
struct Hanging : schedulers::chase_lev::Scheduler {
  using schedulers::chase_lev::Scheduler::Scheduler;
  static constexpr std::string_view kName = "hanging";
  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    Atomic<std::uint32_t> word = 0;
    while (word.load(kStat) == 0) {
      futex_wait(word, 0, Deadline::never());
    }
    return schedulers::chase_lev::Scheduler::run(root);
  }
};

TEST(FuzzDeathTest, AHangEndsTheProcessAndSaysHowToReplay) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Campaign campaign;
  campaign.seed = 40;
  campaign.hang_ns = 200'000'000;
  EXPECT_EXIT(run_campaign(lane_entry<Hanging>(), 2, campaign, nullptr), testing::ExitedWithCode(1),
              "HANG.*\n.*W=2, DAG 40.*\nreplay: .*--scheduler=hanging --workers=2 --dag=40");
}

// chase_lev with an invariant that does not hold.
struct Crashing : schedulers::chase_lev::Scheduler {
  using schedulers::chase_lev::Scheduler::Scheduler;
  static constexpr std::string_view kName = "crashing";
  void wait_injected() { AN_ASSERT(std::string_view(kName).empty()); }
};

TEST(FuzzDeathTest, ACrashSaysHowToReplay) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(run_campaign(lane_entry<Crashing>(), 2, calm(1), nullptr),
               "assertion failed(.|\n)*CRASH\n.*W=2, DAG 1,(.|\n)*--dag=1");
}

}  // namespace
}  // namespace an::fuzz
