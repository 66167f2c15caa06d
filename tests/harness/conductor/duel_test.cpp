#include "harness/conductor/duel.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "harness/conductor/quality.hpp"
#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

class Silent : public RunObserver {
 public:
  void planned(const std::vector<CellPlan>&) override {}
  void turn(const CellPlan&, std::int64_t done, std::int64_t total) override {
    EXPECT_LT(done, total);
  }
  void finished(const CellRecord& cell) override { finished_arms.push_back(cell.plan.arm); }
  void note(const std::string&) override {}

  std::vector<std::string> finished_arms;
};

class DuelTest : public FakeCells {
 protected:
  DuelTest() {
    request_.schedulers = {"ref"};
    request_.workloads = {"fib"};
    request_.sizes = {"8"};
    request_.workers = {1};
    request_.min_time_ns = 1'000'000;
    request_.timeout_ns = kPatienceNs;
    request_.out = out();
    request_.baseline = false;
    arms_ = {{"R", add_cell("ref")}, {"C", add_cell("new")}, {"R'", add_cell("cop")}};
    catalogue_ = discover({root_}, kPatienceNs);
    plan_ = plan_cells(request_, catalogue_);
  }

  RunRequest request_;
  Catalogue catalogue_;
  std::vector<ArmSpec> arms_;
  std::vector<CellPlan> plan_;
  Silent silent_;
};

TEST_F(DuelTest, GoesOnUnitByUnitWithTheIterationsOfTheFirstArm) {
  {
    Session session(request_, catalogue_, silent_, plan_);
    Duel duel(session.context(), plan_[0], arms_, 7);
    EXPECT_TRUE(duel.run_units(2));
    EXPECT_EQ(duel.rounds().size(), 6u);
    EXPECT_EQ(duel.status(), Status::kPartial);
    EXPECT_TRUE(duel.run_units(1));
    ASSERT_EQ(duel.rounds().size(), 9u);
    const RoundRecord& last = duel.rounds().back();
    EXPECT_EQ(last.unit, 2);
    EXPECT_EQ(last.turn, 2);
    EXPECT_EQ(last.dropped, Dropped::kNo);
    const std::int64_t iterations = duel.record(0).iterations.value();
    EXPECT_GT(iterations, 1);
    for (std::size_t arm = 0; arm < 3; ++arm) {
      const Sample& sample = duel.record(arm).samples.back();
      EXPECT_EQ(sample.iterations, iterations);
      EXPECT_EQ(last.ns.at(arm), sample.ns);
      EXPECT_DOUBLE_EQ(last.ns_per_iteration.at(arm),
                       static_cast<double>(sample.ns) / static_cast<double>(iterations));
    }
    duel.finish();
    EXPECT_EQ(duel.status(), Status::kOk);
  }
  EXPECT_EQ(silent_.finished_arms, (std::vector<std::string>{"R", "C", "R'"}));
  std::map<std::string, int> turns;
  for (const std::string& line : lines_of("samples.jsonl")) {
    ++turns[Json::parse(line)["arm"]];
  }
  EXPECT_EQ(turns, (std::map<std::string, int>{{"R", 9}, {"C", 9}, {"R'", 9}}));
  EXPECT_EQ(Json::parse(lines_of("cells.jsonl").at(2))["arm"], "R'");
}

TEST_F(DuelTest, AnArmThatIsWrongEndsIt) {
  misbehave("new:wrong");
  Session session(request_, catalogue_, silent_, plan_);
  Duel duel(session.context(), plan_[0], arms_, 7);
  EXPECT_FALSE(duel.run_units(2));
  EXPECT_EQ(duel.status(), Status::kWrong);
  EXPECT_EQ(duel.record(1).status, Status::kWrong);
  EXPECT_EQ(duel.record(1).units, 1);
  EXPECT_FALSE(duel.run_units(1));
  duel.finish();
  EXPECT_EQ(duel.status(), Status::kWrong);
  EXPECT_EQ(duel.record(0).status, Status::kPartial);
  EXPECT_EQ(duel.record(0).reason, "another arm failed");
}

TEST_F(DuelTest, TurnsHaveAnotherLengthInEachUnitTheSameForAllArms) {
  misbehave("invented");  // 1.5 ms an iteration
  request_.min_time_ns = 20'000'000;
  request_.tick_ns = 4'000'000;
  Session session(request_, catalogue_, silent_, plan_);
  Duel duel(session.context(), plan_[0], arms_, 7);
  ASSERT_TRUE(duel.run_units(12));
  std::set<std::int64_t> lengths;
  for (std::size_t i = 0; i < duel.rounds().size(); ++i) {
    const Sample& first = duel.record(0).samples.at(i);
    EXPECT_EQ(duel.record(1).samples.at(i).iterations, first.iterations);
    EXPECT_EQ(duel.record(2).samples.at(i).iterations, first.iterations);
    EXPECT_EQ(first.iterations, duel.record(0).samples.at(i / 3 * 3).iterations) << "in a unit";
    lengths.insert(first.iterations);
  }
  EXPECT_EQ(*duel.record(0).iterations, 16);
  EXPECT_GE(*lengths.begin(), 16);
  EXPECT_LE(*lengths.rbegin(), 21);
  EXPECT_GE(lengths.size(), 4u) << "of six";
}

TEST_F(DuelTest, ARoundRemembersTheArmThatSpoiltIt) {
  misbehave("new:pressing");
  request_.filter_pressure = true;
  Session session(request_, catalogue_, silent_, plan_);
  Duel duel(session.context(), plan_[0], arms_, 7);
  if (!read_gauge().psi_us) {
    GTEST_SKIP() << "this kernel does not tell the pressure for the CPU";
  }
  duel.run_units(1);
  int spoilt_by_new = 0;
  for (const RoundRecord& round : duel.rounds()) {
    spoilt_by_new += round.dropped == Dropped::kPressure && round.spoiler == 1 ? 1 : 0;
  }
  EXPECT_GT(spoilt_by_new, 0);
}

TEST_F(DuelTest, AnotherBatchHasUnitsAndOrdersOfItsOwn) {
  Session session(request_, catalogue_, silent_, plan_);
  Duel first(session.context(), plan_[0], arms_, 7);
  first.run_units(4);
  Duel second(session.context(), plan_[0], arms_, 8, 4);
  second.run_units(4);
  EXPECT_EQ(second.rounds().front().unit, 4);
  std::string first_order, second_order;
  for (const std::string& line : lines_of("samples.jsonl")) {
    const Json sample = Json::parse(line);
    (sample["unit"] < 4 ? first_order : second_order) += sample["arm"].get<std::string>();
  }
  EXPECT_EQ(first_order.size(), second_order.size());
  EXPECT_NE(first_order, second_order);
}

}  // namespace
}  // namespace an::harness
