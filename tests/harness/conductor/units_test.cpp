// Units, freezing, dropped rounds and the ends of a run, on fake cells.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "harness/conductor/run.hpp"
#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

// Continues all cells at the turns numbered from `first` to `last`.
class Meddler : public RunObserver {
 public:
  void planned(const std::vector<CellPlan>&) override {}
  void turn(const CellPlan&, std::int64_t done, std::int64_t total) override {
    EXPECT_LT(done, total);
    ++turns;
    if (turns < first || turns > last) {
      return;
    }
    const std::string self = std::to_string(::getpid());
    std::ifstream children("/proc/" + self + "/task/" + self + "/children");
    for (pid_t child = 0; children >> child;) {
      ::kill(-child, SIGCONT);
    }
  }
  void finished(const CellRecord&) override {}
  void note(const std::string& text) override { notes.push_back(text); }

  int turns = 0, first = 0, last = -1;
  std::vector<std::string> notes;
};

class UnitsTest : public FakeCells {
 protected:
  UnitsTest() {
    request_.schedulers = {"bad", "good"};
    request_.workloads = {"fib"};
    request_.sizes = {"8"};
    request_.workers = {1};
    request_.samples = 7;
    request_.min_time_ns = 0;
    request_.timeout_ns = kPatienceNs;
    request_.out = out();
    request_.baseline = false;
    add_cell("bad");
    add_cell("good");
  }

  std::map<std::string, CellRecord> run(const std::string& modes) {
    misbehave("");
    const Catalogue catalogue = discover({root_}, kPatienceNs);
    misbehave(modes);
    outcome_ = run_sweep(request_, catalogue, meddler_);
    std::map<std::string, CellRecord> by_scheduler;
    for (const CellRecord& cell : outcome_.cells) {
      by_scheduler[cell.plan.scheduler] = cell;
    }
    return by_scheduler;
  }

  RunRequest request_;
  Meddler meddler_;
  RunOutcome outcome_;
};

TEST_F(UnitsTest, AUnitIsAFreshProcessAndTheLastMayBeShort) {
  const CellRecord good = run("").at("good");
  EXPECT_EQ(good.status, Status::kOk) << good.reason.value_or("");
  EXPECT_EQ(good.units, 3);
  EXPECT_EQ(good.stopped, Stopped::kSamples);
  EXPECT_TRUE(good.freezes);
  std::vector<std::vector<std::int64_t>> seen;
  for (const Sample& sample : good.samples) {
    seen.push_back({sample.unit, sample.turn, *sample.maxrss_kib});
  }
  // A fake's resident set counts its turns: one to warm up, then one to settle before each.
  const std::vector<std::vector<std::int64_t>> expected{{0, 0, 1003}, {0, 1, 1005}, {0, 2, 1007},
                                                        {1, 0, 1003}, {1, 1, 1005}, {1, 2, 1007},
                                                        {2, 0, 1003}};
  EXPECT_EQ(seen, expected);
}

TEST_F(UnitsTest, ALongIterationNeedsNoneToSettle) {
  request_.samples = 4;
  std::vector<std::int64_t> seen;
  const auto cells = run("long");
  for (const Sample& sample : cells.at("good").samples) {
    seen.push_back(*sample.maxrss_kib);
  }
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1002, 1003, 1004, 1001}));
}

TEST_F(UnitsTest, EveryUnitHasAnEnvironmentOfItsOwnSize) {
  request_.turns = 1;
  std::set<std::int64_t> sizes;
  const auto cells = run("padding");
  for (const Sample& sample : cells.at("good").samples) {
    sizes.insert(sample.counters.at("padding"));
  }
  EXPECT_GT(sizes.size(), 3u);
  EXPECT_GE(*sizes.begin(), 0);
  EXPECT_LE(*sizes.rbegin(), 4096);
}

TEST_F(UnitsTest, ARoundWithAThawedArmIsDroppedForAllAndRepeated) {
  meddler_.first = 3;
  meddler_.last = 4;
  for (const auto& [name, cell] : run("")) {
    EXPECT_EQ(cell.status, Status::kOk) << cell.reason.value_or("");
    EXPECT_EQ(cell.samples.size(), 7u);
    EXPECT_EQ(cell.dropped, 1);
    EXPECT_EQ(cell.samples[1].turn, 2) << "turn 1 was dropped";
    EXPECT_EQ(cell.samples[2].turn, 3);
  }
  int dropped = 0;
  for (const std::string& line : lines_of("samples.jsonl")) {
    const Json sample = Json::parse(line);
    const bool is_spoilt = sample["unit"] == 0 && sample["turn"] == 1;
    EXPECT_EQ(sample["dropped"], is_spoilt ? Json("thawed") : Json(nullptr)) << line;
    dropped += is_spoilt ? 1 : 0;
  }
  EXPECT_EQ(dropped, 2);
}

TEST_F(UnitsTest, RepeatingEndsAtTwiceThePlannedRounds) {
  request_.samples = 3;
  meddler_.first = 1;
  meddler_.last = 1000;
  const CellRecord good = run("").at("good");
  EXPECT_TRUE(good.samples.empty());
  EXPECT_EQ(good.dropped, 6);
  EXPECT_EQ(meddler_.turns, 12);
}

TEST_F(UnitsTest, NobodyIsThawedWhereNobodyFreezes) {
  request_.freeze = false;
  meddler_.first = 1;
  meddler_.last = 1000;
  EXPECT_EQ(run("").at("good").dropped, 0);
}

TEST_F(UnitsTest, ACellThatDoesNotFreezeHasAProcessForEveryTurn) {
  auto cells = run("bad:defector");
  const CellRecord& bad = cells.at("bad");
  EXPECT_EQ(bad.status, Status::kOk) << bad.reason.value_or("");
  EXPECT_FALSE(bad.freezes);
  EXPECT_EQ(bad.samples.size(), 7u);
  for (const Sample& sample : bad.samples) {
    EXPECT_EQ(sample.maxrss_kib, 1003);
  }
  EXPECT_TRUE(cells.at("good").freezes);
  EXPECT_EQ(cells.at("good").samples.size(), 7u);
  EXPECT_EQ(cells.at("good").dropped, 0);
  EXPECT_EQ(std::count_if(meddler_.notes.begin(), meddler_.notes.end(),
                          [](const std::string& note) {
                            return note.find("fresh process") != std::string::npos;
                          }),
            1)
      << "told once";
  EXPECT_EQ(Json::parse(lines_of("cells.jsonl")[0])["freezes"], false);
}

TEST_F(UnitsTest, TheBudgetEndsAGroupAtTheEndOfAUnit) {
  request_.budget_ns = 0;
  for (const auto& [name, cell] : run("")) {
    EXPECT_EQ(cell.status, Status::kOk);
    EXPECT_EQ(cell.stopped, Stopped::kBudget);
    EXPECT_EQ(cell.samples.size(), 3u);
  }
}

TEST_F(UnitsTest, PrecisionIsLookedAtAfterFixedUnits) {
  std::vector<std::size_t> looks;
  request_.turns = 1;
  request_.samples = 30;
  request_.rel_ci = 0.02;
  request_.stop_rule = [&](const auto& cells, double alpha) {
    EXPECT_DOUBLE_EQ(alpha, 0.05 / 3);
    looks.push_back(cells.at(0)->samples.size());
    return looks.size() == 2;
  };
  const CellRecord good = run("").at("good");
  EXPECT_EQ(looks, (std::vector<std::size_t>{12, 24}));
  EXPECT_EQ(good.stopped, Stopped::kRelCi);
  EXPECT_EQ(good.samples.size(), 24u);
  EXPECT_DOUBLE_EQ(outcome_.alpha, 0.05 / 3);
  const Json plan = Json::parse(text_of("manifest.json"))["plan"];
  EXPECT_EQ(plan["rel_ci"], 0.02);
  EXPECT_EQ(plan["turns"], 1);
}

TEST_F(UnitsTest, ACellThatDiesInALaterUnitIsACrash) {
  ::setenv("ANTINODE_FAKE_PIDS", (root_ / "pids").c_str(), 1);
  const CellRecord bad = run("bad:late_exit").at("bad");
  EXPECT_EQ(bad.status, Status::kCrash);
  EXPECT_EQ(bad.units, 2);
  EXPECT_EQ(bad.stopped, std::nullopt);
}

}  // namespace
}  // namespace an::harness
