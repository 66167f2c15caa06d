#include "harness/verdict/run_files.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "core/base/error.hpp"
#include "harness/verdict/summary.hpp"
#include "tests/harness/verdict/stored_runs.hpp"

namespace an::harness {
namespace {

class RunFiles : public StoredRunTest {
 protected:
  // What read_run says of the run as it is; "" when it reads it.
  std::string complaint() const {
    try {
      read_run(root());
      return "";
    } catch (const Error& error) {
      EXPECT_FALSE(error.remedy().empty());
      return error.what();
    }
  }
};

// Every member of the stored summary: later versions may add members, not change these. But for the
// intervals: they took the turns of one process for independent, and are no longer given.
TEST(GoldenRun, GivesTheSummaryThatItsOwnVersionWrote) {
  const std::filesystem::path golden = AN_GOLDEN_RUN;
  const Json now = Json::parse(summary_json(summarise(outcome_of(read_run(golden)))));
  const Json then = Json::parse(read_file(golden / "summary.json"));
  ASSERT_EQ(now.size(), then.size());
  std::set<std::string> statuses;
  for (std::size_t i = 0; i < then.size(); ++i) {
    statuses.insert(then[i]["status"]);
    for (const auto& [name, value] : then[i].items()) {
      const bool is_interval = name.ends_with("_low") || name.ends_with("_high");
      EXPECT_EQ(now[i].value(name, Json("missing")), is_interval ? Json(nullptr) : value)
          << then[i]["cell"] << " " << name;
    }
  }
  EXPECT_EQ(statuses, (std::set<std::string>{"ok", "crash", "wrong", "n/a"}));
}

TEST(GoldenRun, ARoundOfVersion1IsATurnOfUnit0) {
  const StoredRun run = read_run(AN_GOLDEN_RUN);
  const auto is_good = [](const StoredCell& cell) { return cell.record.plan.scheduler == "good"; };
  const auto cell = std::find_if(run.cells.begin(), run.cells.end(), is_good);
  ASSERT_NE(cell, run.cells.end());
  ASSERT_EQ(cell->record.samples.size(), 7u);
  for (int turn = 0; turn < 7; ++turn) {
    EXPECT_EQ(cell->record.samples[static_cast<std::size_t>(turn)].unit, 0);
    EXPECT_EQ(cell->record.samples[static_cast<std::size_t>(turn)].turn, turn);
  }
  EXPECT_EQ(run.turns, 7);
}

TEST_F(RunFiles, TurnsComeBackAsTheyWereWritten) {
  write_run(2, 3);
  const StoredRun run = read_run(root());
  ASSERT_EQ(run.cells.size(), 2u);
  EXPECT_TRUE(run.arms.empty());
  EXPECT_EQ(run.turns, 3);
  EXPECT_EQ(run.alpha, 0.01);
  const StoredCell& cell = run.cells[0];
  EXPECT_TRUE(cell.is_finished);
  EXPECT_EQ(cell.record.stopped, Stopped::kBudget);
  ASSERT_EQ(cell.record.samples.size(), 6u);
  const Sample& last = cell.record.samples.back();
  EXPECT_EQ(last.unit, 1);
  EXPECT_EQ(last.turn, 2);
  EXPECT_EQ(last.ns, 2 * 112);
  EXPECT_EQ(last.check, UINT64_MAX);
  EXPECT_EQ(last.nvcsw, std::nullopt);
  EXPECT_EQ(last.nivcsw, 0);
  EXPECT_EQ(run.facts.command.at(1), "--size=8");
  EXPECT_EQ(run.facts.allowed_cpus, 2u);
  EXPECT_EQ(run.facts.governor, std::nullopt);
}

TEST_F(RunFiles, RatiosOfAStoredRunArePairedByUnitAndTurn) {
  write_run(8, 2);
  const auto results = summarise(outcome_of(read_run(root())));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].samples, 16);
  EXPECT_EQ(results[0].units, 8);
  EXPECT_EQ(results[0].x_serial_low, 2.0);
  EXPECT_EQ(results[0].x_serial_high, 2.0);
}

TEST_F(RunFiles, ATurnOfADroppedRoundIsKeptButDoesNotCount) {
  Json dropped = sample_line("good", 0, 0, 999'999);
  dropped["dropped"] = "pressure";
  dropped["psi_us"] = 17;
  write_lines("samples.jsonl", {dropped, sample_line("good", 0, 0, 200)});
  write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  const StoredCell cell = read_run(root()).cells[0];
  ASSERT_EQ(cell.dropped.size(), 1u);
  EXPECT_EQ(cell.dropped[0].dropped, Dropped::kPressure);
  EXPECT_EQ(cell.dropped[0].psi_us, 17);
  ASSERT_EQ(cell.record.samples.size(), 1u);
  EXPECT_EQ(cell.record.samples[0].ns, 200);
}

TEST_F(RunFiles, ArmsOfACellAreApart) {
  std::vector<Json> lines;
  for (const char* arm : {"R", "C", "R'"}) {
    Json line = sample_line("good", 0, 0, arm[0] == 'C' ? 300 : 200);
    line["arm"] = arm;
    lines.push_back(line);
  }
  write_lines("samples.jsonl", lines);
  write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  const StoredRun run = read_run(root());
  EXPECT_EQ(run.arms, (std::vector<std::string>{"R", "C", "R'"}));
  EXPECT_EQ(outcome_of(run, "C").cells.at(0).samples.at(0).ns, 300);
  EXPECT_EQ(outcome_of(run, "R'").cells.at(0).samples.at(0).ns, 200);
  EXPECT_EQ(outcome_of(run, "R'").cells.at(0).status, Status::kOk);
  EXPECT_TRUE(outcome_of(run).cells.empty());
}

TEST_F(RunFiles, ATornLastLineIsIgnored) {
  write("samples.jsonl", sample_line("good", 0, 0, 200).dump() + "\n{\"v\":2,\"cell\":\"fi");
  write("cells.jsonl", cell_line("good").dump() + "\n" + cell_line("serial").dump());
  const StoredRun run = read_run(root());
  EXPECT_EQ(run.cells[0].record.samples.size(), 1u);
  EXPECT_TRUE(run.cells[0].is_finished);
  EXPECT_FALSE(run.cells[1].is_finished);
  EXPECT_EQ(run.cells[1].record.status, Status::kPartial);
  EXPECT_TRUE(outcome_of(run).interrupted);
}

TEST_F(RunFiles, TheLaterOfTwoRecordsOfACellCounts) {
  write_lines("cells.jsonl", {cell_line("good", "partial"), cell_line("good")});
  EXPECT_EQ(read_run(root()).cells[0].record.status, Status::kOk);
}

TEST_F(RunFiles, WhatIsMalformedIsNamedWithFileAndLine) {
  const Json good = sample_line("good", 0, 0, 200);
  const auto broken = [&](const char* name, const Json& value) {
    Json line = sample_line("good", 0, 1, 200);
    line[name] = value;
    return line;
  };
  Json lacks = sample_line("good", 0, 1, 200);
  lacks.erase("ops");
  const std::vector<std::pair<Json, std::string>> cases{
      {broken("ns", -1), "`ns` is -1"},
      {broken("ns", 1.5), "`ns` is not an integer"},
      {broken("check", "12x"), "`check`"},
      {broken("counters", {{"steals", "2"}}), "`counters`: `steals` is not an integer"},
      {broken("cell", "fib/n:9/sched:good/workers:1"), "is not in the plan"},
      {broken("dropped", "slow"), "`dropped` is `slow`"},
      {broken("v", 3), "`v` is 3"},
      {broken("turn", 0), "stands there twice"},
      {lacks, "`ops` is missing"},
      {Json::array(), "not a JSON object"}};
  for (const auto& [line, reason] : cases) {
    write_lines("samples.jsonl", {good, line});
    EXPECT_NE(complaint().find("samples.jsonl:2"), std::string::npos) << complaint();
    EXPECT_NE(complaint().find(reason), std::string::npos) << complaint();
  }
  write("samples.jsonl", good.dump() + "\n{\"ns\":NaN}\n");
  EXPECT_NE(complaint().find("samples.jsonl:2: this is not JSON"), std::string::npos);
}

TEST_F(RunFiles, AnUnknownStatusOrAPlanThatRepeatsACellIsRefused) {
  Json line = cell_line("good");
  line["status"] = "fine";
  write_lines("cells.jsonl", {line});
  EXPECT_NE(complaint().find("cells.jsonl:1: the status `fine`"), std::string::npos);
  write("manifest.json", manifest_of({identity("good"), identity("good")}).dump());
  EXPECT_NE(complaint().find("planned twice"), std::string::npos);
}

TEST_F(RunFiles, ADirectoryThatIsNoRunIsRefused) {
  std::filesystem::remove(root() / "samples.jsonl");
  EXPECT_NE(complaint().find("samples.jsonl"), std::string::npos);
  std::filesystem::remove(root() / "manifest.json");
  EXPECT_NE(complaint().find("holds no run"), std::string::npos);
}

}  // namespace
}  // namespace an::harness
