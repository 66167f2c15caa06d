#include "harness/conductor/trace_file.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

std::vector<TraceMark> spans(const std::vector<TraceEntry>& events, const std::string& name) {
  std::vector<TraceMark> found;
  for (const TraceMark& mark : marks_of({0, events}, 100)) {
    if (mark.name == name) {
      EXPECT_TRUE(mark.is_span);
      found.push_back(mark);
    }
  }
  return found;
}

TEST(TraceMarks, ASpanLastsFromItsBeginToItsEnd) {
  const auto parks = spans({{10, "park", 0}, {30, "unpark", 0}, {40, "park", 0}}, "park");
  ASSERT_EQ(parks.size(), 2U);
  EXPECT_EQ(parks[0].begin_ns, 10);
  EXPECT_EQ(parks[0].end_ns, 30);
  EXPECT_EQ(parks[1].end_ns, 100) << "it sleeps when the turn ends";
}

TEST(TraceMarks, ASleepWhoseBeginIsLostLastsFromTheBeginOfTheTurn) {
  const auto parks = spans({{30, "unpark", 0}, {40, "unpark", 0}}, "park");
  ASSERT_EQ(parks.size(), 1U);
  EXPECT_EQ(parks[0].begin_ns, 0);
  EXPECT_EQ(parks[0].end_ns, 30);
}

TEST(TraceMarks, ACohortEndsWithTheNextOneAndHasItsKey) {
  const auto cohorts =
      spans({{5, "cohort_end", 0}, {10, "cohort", 7}, {20, "cohort", 8}, {25, "cohort_end", 0}},
            "cohort");
  ASSERT_EQ(cohorts.size(), 2U) << "one of before the turn has no key";
  EXPECT_EQ(cohorts[0].end_ns, 20);
  EXPECT_EQ(cohorts[0].arg, 7);
  EXPECT_EQ(cohorts[1].end_ns, 25);
}

TEST(TraceMarks, StealsAndPromotionsArePoints) {
  const auto marks = marks_of({0, {{1, "steal", 3}, {2, "promote", 4}, {3, "unheard_of", 5}}}, 100);
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].name, "steal");
  EXPECT_FALSE(marks[0].is_span);
  EXPECT_EQ(marks[1].arg, 4);
}

TEST(TraceFile, IsATraceOfChromeWithAProcessPerCell) {
  const std::string path = testing::TempDir() + "an_trace_file_test.json";
  TraceFile file(path);
  file.add({"fib/n:8/sched:a/workers:2",
            5000,
            3,
            {{"steals", 1}},
            {{0, {{1500, "steal", 1}}}, {2, {{0, "park", 0}}}}});
  file.add({"fib/n:8/sched:b/workers:1", 4000, 3, {}, {{}}});
  file.finish();
  std::ifstream stream(path);
  const Json json = Json::parse(stream);
  const Json steal = {
      {"name", "steal"},        {"ph", "i"}, {"ts", 1.5}, {"s", "t"}, {"pid", 1}, {"tid", 0},
      {"args", {{"victim", 1}}}};
  const Json park = {
      {"name", "park"},        {"ph", "X"}, {"ts", 0.0}, {"dur", 5.0}, {"pid", 1}, {"tid", 1},
      {"args", Json::object()}};
  EXPECT_EQ(json["traceEvents"].size(), 7U);  // two cells, three workers and these
  EXPECT_EQ(json["traceEvents"][2], steal);
  EXPECT_EQ(json["traceEvents"][4], park);
  const Json& cells = json["otherData"]["cells"];
  EXPECT_EQ(cells[0]["lost"], 2);
  EXPECT_EQ(cells[0]["counters"]["steals"], 1);
  EXPECT_EQ(cells[1]["pid"], 2);
}

TEST(TraceFile, WithoutACellIsStillATrace) {
  const std::string path = testing::TempDir() + "an_trace_file_test_empty.json";
  TraceFile file(path);
  file.finish();
  std::ifstream stream(path);
  EXPECT_TRUE(Json::parse(stream)["traceEvents"].empty());
}

TEST(TraceFile, ThatCannotBeWrittenIsRefusedAtOnce) {
  EXPECT_THROW(TraceFile("/nonexistent/trace.json"), Error);
  TraceFile full("/dev/full");
  EXPECT_THROW(full.finish(), Error);
}

}  // namespace
}  // namespace an::harness
