#include "harness/report/run_comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

// A cell whose x serial goes from 2 to 3, on one machine.
MatchedCell make_match(const std::string& workload, const std::string& scheduler) {
  MatchedCell cell;
  cell.plan.name = workload + "/n:25/sched:" + scheduler + "/workers:1";
  cell.plan.workload = workload;
  cell.plan.scheduler = scheduler;
  cell.plan.n = 25;
  cell.reference.units = cell.candidate.units = 6;
  cell.reference.x_serial = 2;
  cell.reference.x_serial_low = 1.9;
  cell.reference.x_serial_high = 2.1;
  cell.candidate.x_serial = 3;
  cell.reference.rank = cell.candidate.rank = 1;
  cell.reference.ns_per_op = 41.5;
  cell.candidate.ns_per_op = 62.5;
  cell.ns_ratio = 1.51;
  cell.ranked = 4;
  cell.ratio = 1.5;
  cell.ratio_low = 1.4;
  cell.ratio_high = 1.6;
  return cell;
}

std::string lines_of(const RunComparison& comparison) {
  std::string text;
  for (const std::string& line : comparison_lines(comparison)) {
    text += line + "\n";
  }
  return text;
}

RunComparison two_machines() {
  MatchedCell cell = make_match("fib", "resonance");
  cell.reference.ns_per_op = cell.candidate.ns_per_op = cell.ns_ratio = std::nullopt;
  RunComparison comparison;
  comparison.cells = {cell};
  comparison.machine_differences = {"cpu A; B", "host 1; 2"};
  return comparison;
}

RunComparison one_machine() {
  RunComparison comparison;
  comparison.cells = {make_match("fib", "resonance"), make_match("nqueens", "resonance")};
  return comparison;
}

TEST(RunComparisonTable, ShowsBothRunsAndTheirRatio) {
  const std::string text = render_run_comparison(one_machine(), false);
  for (const char* part : {"resonance", "2.00 [1.90, 2.10]", " 3.00 ", "1.50 [1.40, 1.60]",
                           "1 of 4", "41.5", "62.5", "1.51", "\n\nnqueens\n"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("->")));
  EXPECT_THAT(render_run_comparison_markdown(one_machine()), HasSubstr("| 1.50 [1.40, 1.60] |"));
}

TEST(RunComparisonTable, HasNoColumnOfAbsoluteTimesAcrossMachines) {
  const RunComparison comparison = two_machines();
  for (const std::string& text :
       {render_run_comparison(comparison, false), render_run_comparison_markdown(comparison)}) {
    EXPECT_THAT(text, Not(HasSubstr("ns/op")));
    EXPECT_THAT(text, HasSubstr("1.50 [1.40, 1.60]"));
  }
  EXPECT_THAT(
      lines_of(comparison),
      HasSubstr("absolute times are not compared: different machines (cpu A; B, host 1; 2)"));
  EXPECT_THAT(lines_of(one_machine()), HasSubstr("drift together"));
}

TEST(RunComparisonTable, MarksOtherRanksAndOtherWork) {
  RunComparison comparison = two_machines();
  comparison.cells[0].candidate.rank = 3;
  comparison.cells[0].candidate.units = 12;
  EXPECT_THAT(render_run_comparison(comparison, false), HasSubstr("1 -> 3 of 4  other rank"));
  EXPECT_THAT(render_run_comparison(comparison, false), HasSubstr("6 -> 12"));
  EXPECT_THAT(lines_of(comparison), Not(HasSubstr("different work")));
  comparison.cells[0].same_work = false;
  EXPECT_THAT(render_run_comparison(comparison, false), HasSubstr("different work, other rank"));
  EXPECT_THAT(lines_of(comparison), HasSubstr("different work in 1 of 1 cells"));
  EXPECT_THAT(render_run_comparison(comparison, true), HasSubstr("\x1b[33m"));
}

TEST(RunComparisonTable, ADashStandsForARatioThatIsNotKnown) {
  RunComparison comparison = two_machines();
  comparison.cells[0].ratio_low = comparison.cells[0].ratio_high = std::nullopt;
  EXPECT_THAT(render_run_comparison(comparison, false), HasSubstr("  1.50  "));
  EXPECT_THAT(lines_of(comparison), HasSubstr("too few units"));
  comparison.cells[0].ratio = std::nullopt;
  EXPECT_THAT(render_run_comparison(comparison, false), HasSubstr("  -  1 of 4"));
  EXPECT_THAT(lines_of(comparison), HasSubstr("x serial is missing"));
}

TEST(RunComparisonLines, NeverNameAVerdictAndSayWhatIsNotShared) {
  RunComparison comparison = one_machine();
  std::string text = lines_of(comparison);
  EXPECT_THAT(text, HasSubstr("No verdict"));
  for (const char* word : {"REGRESSED", "IMPROVED", "OK", "Only in", "warning"}) {
    EXPECT_THAT(text, Not(HasSubstr(word)));
  }
  comparison.only_reference = {"a", "b"};
  comparison.only_candidate = {"c"};
  comparison.serial_differs = true;
  comparison.plan_differences = {"turns 3; 9"};
  text = lines_of(comparison);
  for (const char* part : {"Only in the reference (2): a, b", "Only in the candidate (1): c",
                           "different executables", "measured differently: turns 3; 9"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(RunComparisonJson, HasNullForWhatIsNotKnownOrNotComparable) {
  StoredRun run;
  run.directory = "results/mine";
  run.facts.cpu = "A";
  const auto json = nlohmann::json::parse(run_comparison_json(run, run, two_machines()));
  EXPECT_EQ(json["same_machine"], false);
  EXPECT_EQ(json["reference"]["cpu"], "A");
  EXPECT_TRUE(json["reference"]["host"].is_null());
  const auto& cell = json["cells"][0];
  EXPECT_EQ(cell["ratio"], 1.5);
  EXPECT_TRUE(cell["ns_ratio"].is_null());
  EXPECT_TRUE(cell["reference"]["ns_per_op"].is_null());
  EXPECT_TRUE(cell["candidate"]["x_serial_low"].is_null());
  const auto same = nlohmann::json::parse(run_comparison_json(run, run, one_machine()));
  EXPECT_EQ(same["same_machine"], true);
  EXPECT_EQ(same["cells"][1]["candidate"]["ns_per_op"], 62.5);
}

}  // namespace
}  // namespace an::harness
