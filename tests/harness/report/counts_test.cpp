#include "harness/report/counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

CountReport sample_report() {
  CountReport report;
  const BuildCount build{"good", {1000, 600, "abc"}, 40};
  report.builds = {{build, build}};
  CellCount count;
  count.ops = 80;
  count.callgrind = {86.02, 0.0005, "", false};
  count.counters["steals"] = {3, 5, 4};
  CountedCell cell;
  cell.plan.name = "fib/n:8/sched:good/workers:1";
  cell.builds = {count, count};
  report.cells = {cell};
  report.changes = {
      {"good", "file_bytes", 1000, 1000, {}, CountVerdict::kSame, ""},
      {cell.plan.name, "steals", 3, 6, Interval{1.5, 2.5}, CountVerdict::kChanged, ""}};
  return report;
}

TEST(Counts, TheTextShowsWorkCountersAndWhatChanged) {
  const std::string text = counts_text(sample_report());
  EXPECT_THAT(text, HasSubstr("86.02 instructions/op"));
  EXPECT_THAT(text, HasSubstr("steals 4 [3..5]"));
  EXPECT_THAT(text, HasSubstr("CHANGED"));
  EXPECT_THAT(text, HasSubstr("ratio in [1.50, 2.50]"));
  EXPECT_THAT(text, Not(HasSubstr("file_bytes")));
  EXPECT_THAT(text, HasSubstr("COUNTS: same=1 CHANGED=1 varies=0 inconclusive=0 unknown=0\n"));
}

TEST(Counts, OneBuildHasNoChanges) {
  CountReport report = sample_report();
  report.changes.clear();
  EXPECT_THAT(counts_text(report), Not(HasSubstr("COUNTS")));
}

TEST(Counts, AFailedCellShowsItsReason) {
  CountReport report = sample_report();
  report.cells[0].builds[1].status = Status::kWrong;
  report.cells[0].builds[1].reason = "wrong answer";
  EXPECT_THAT(counts_text(report), HasSubstr("workers:1 C  wrong: wrong answer"));
}

TEST(Counts, TheJsonSaysNullForUnknown) {
  CountReport report = sample_report();
  report.cells[0].builds[0].callgrind = {{}, {}, "there is no valgrind", false};
  const auto json = nlohmann::json::parse(counts_json(report));
  const auto& cell = json["cells"][0]["builds"][0];
  EXPECT_TRUE(cell["work_proxy"]["instructions_per_op"].is_null());
  EXPECT_EQ(cell["work_proxy"]["reason"], "there is no valgrind");
  EXPECT_TRUE(cell["hardware"]["cycles_per_op"].is_null());
  EXPECT_EQ(cell["counters"]["steals"], (std::vector<int>{3, 5, 4}));
  EXPECT_EQ(json["changes"][1]["verdict"], "CHANGED");
  EXPECT_EQ(json["builds"][0][1]["code_hash"], "abc");
}

}  // namespace
}  // namespace an::harness
