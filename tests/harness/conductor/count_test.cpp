#include "harness/conductor/count.hpp"

#include <signal.h>

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class CountTest : public FakeCells {
 protected:
  CountTest() : placements_("none") {
    ::signal(SIGPIPE, SIG_IGN);
    good_ = add_cell("good");
    request_.processes = 3;
    request_.timeout_ns = kPatienceNs;
    request_.valgrind = AN_FAKE_VALGRIND;
  }

  static CellPlan plan(std::uint32_t workers) {
    CellPlan plan;
    plan.name = "fib/n:8/sched:good/workers:" + std::to_string(workers);
    plan.scheduler = "good";
    plan.workload = "fib";
    plan.n = 8;
    plan.workers = workers;
    return plan;
  }
  std::vector<CellCount> count(std::uint32_t workers, int builds = 1) {
    return count_cell(plan(workers), std::vector(static_cast<std::size_t>(builds), good_), request_,
                      placements_);
  }

  std::filesystem::path good_;
  CountRequest request_;
  Placements placements_;
};

TEST_F(CountTest, EveryProcessAddsAValuePerCounter) {
  const auto counts = count(1);
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].status, Status::kOk) << counts[0].reason;
  EXPECT_EQ(counts[0].counters.at("steals"), (std::vector<std::int64_t>{2, 2, 2}));
  EXPECT_EQ(counts[0].callgrind.per_op, 625.0);
}

TEST_F(CountTest, TwoBuildsTakeTurnsOfAsManyOperations) {
  const auto counts = count(2, 2);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].ops, counts[1].ops);
  EXPECT_GT(counts[0].ops, 8);
  EXPECT_EQ(counts[1].counters.at("steals").size(), 3u);
  EXPECT_FALSE(counts[0].callgrind.per_op) << "two workers";
}

TEST_F(CountTest, UnknownHardwareCountersAreAbsent) {
  EXPECT_EQ(count(1).at(0).hardware_per_turn.instructions, std::nullopt);
  EXPECT_EQ(count(1).at(0).hardware_per_turn.cycles, std::nullopt);
}

TEST_F(CountTest, AWrongAnswerFailsTheCell) {
  misbehave("wrong_first");
  const auto counts = count(2);
  EXPECT_EQ(counts[0].status, Status::kWrong);
  EXPECT_NE(counts[0].reason.find("digest"), std::string::npos);
}

TEST_F(CountTest, ACrashARefusalAndAHangAreToldApart) {
  misbehave("segv");
  EXPECT_EQ(count(1).at(0).status, Status::kCrash);
  misbehave("unsupported");
  EXPECT_EQ(count(1).at(0).status, Status::kNotApplicable);
  misbehave("exit_dirty");
  EXPECT_EQ(count(1).at(0).status, Status::kCrash);
  misbehave("hang");
  request_.timeout_ns = 300'000'000;
  EXPECT_EQ(count(1).at(0).status, Status::kTimeout);
}

TEST_F(CountTest, ABuildIsItsFileAndItsTasks) {
  const Catalogue catalogue = discover({root_}, kPatienceNs);
  const BuildCount build = count_build(*catalogue.scheduler("good"));
  EXPECT_EQ(build.scheduler, "good");
  EXPECT_EQ(build.task_bytes, 48);
  EXPECT_EQ(build.executable.code_hash, code_hash(AN_FAKE_CELL));
}

}  // namespace
}  // namespace an::harness
