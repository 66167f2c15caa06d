#include "harness/verdict/count_verdict.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

using Values = std::vector<std::int64_t>;

CellPlan plan_of(std::uint32_t workers) {
  CellPlan plan;
  plan.name = "fib/n:8/sched:good/workers:" + std::to_string(workers);
  plan.workers = workers;
  return plan;
}

CellCount counted(const Values& steals, double per_op = 100, double spread = 0) {
  CellCount count;
  count.callgrind = {per_op, spread, "", false};
  count.counters["steals"] = steals;
  return count;
}

CountChange find(const std::vector<CountChange>& changes, const std::string& quantity) {
  for (const CountChange& change : changes) {
    if (change.quantity == quantity) {
      return change;
    }
  }
  ADD_FAILURE() << "no " << quantity;
  return {};
}

CountVerdict steals(std::uint32_t workers, const Values& reference, const Values& candidate) {
  return find(compare_cells(plan_of(workers), counted(reference), counted(candidate), 1), "steals")
      .verdict;
}

CountVerdict work(double reference, double candidate, double spread = 0) {
  return find(
             compare_cells(plan_of(1), counted({1}, reference, spread), counted({1}, candidate), 1),
             "instructions_per_op")
      .verdict;
}

BuildCount build(std::int64_t file, std::optional<std::int64_t> text, std::optional<int> task) {
  return {"good", {file, text, "00"}, task};
}

TEST(CountVerdict, SizesAreExact) {
  const auto equal = compare_builds(build(10, 5, 40), build(10, 5, 40));
  const auto changed = compare_builds(build(10, 5, 40), build(11, 4, 48));
  ASSERT_EQ(equal.size(), 3u);
  for (const char* quantity : {"file_bytes", "text_bytes", "task_bytes"}) {
    EXPECT_EQ(find(equal, quantity).verdict, CountVerdict::kSame) << quantity;
    EXPECT_EQ(find(changed, quantity).verdict, CountVerdict::kChanged) << quantity;
  }
}

TEST(CountVerdict, ASizeThatAppearsIsAChangeAndOneThatNobodyHasIsNone) {
  const auto none = compare_builds(build(10, {}, {}), build(10, {}, {}));
  EXPECT_EQ(find(none, "text_bytes").verdict, CountVerdict::kSame);
  const auto appeared = compare_builds(build(10, 5, {}), build(10, 5, 40));
  EXPECT_EQ(find(appeared, "task_bytes").verdict, CountVerdict::kChanged);
}

TEST(CountVerdict, WorkMayMoveByOnePerCent) {
  EXPECT_EQ(work(100, 100.9), CountVerdict::kSame);
  EXPECT_EQ(work(100, 99.1), CountVerdict::kSame);
  EXPECT_EQ(work(100, 101.1), CountVerdict::kChanged);
  EXPECT_EQ(work(100, 98.9), CountVerdict::kChanged);
}

TEST(CountVerdict, WorkThatDoesNotRepeatIsNoChange) {
  EXPECT_EQ(work(100, 150, 0.02), CountVerdict::kVaries);
}

TEST(CountVerdict, WorkThatWasNotCountedIsUnknown) {
  CellCount absent = counted({1});
  absent.callgrind = {{}, {}, "there is no valgrind", false};
  const auto change =
      find(compare_cells(plan_of(1), counted({1}), absent, 1), "instructions_per_op");
  EXPECT_EQ(change.verdict, CountVerdict::kUnknown);
  EXPECT_EQ(change.note, "there is no valgrind");
}

TEST(CountVerdict, OneWorkerCountsExactly) {
  EXPECT_EQ(steals(1, {7, 7, 7}, {7, 7, 7}), CountVerdict::kSame);
  EXPECT_EQ(steals(1, {7, 7, 7}, {8, 8, 8}), CountVerdict::kChanged);
  EXPECT_EQ(steals(1, {7, 7, 8}, {9, 9, 9}), CountVerdict::kVaries);
  EXPECT_EQ(steals(1, {7, 7, 7}, {9, 9, 8}), CountVerdict::kVaries);
}

TEST(CountVerdict, ACounterThatOnlyOneBuildHasIsAChange) {
  CellCount without = counted({7});
  without.counters.clear();
  EXPECT_EQ(find(compare_cells(plan_of(1), counted({7}), without, 1), "steals").verdict,
            CountVerdict::kChanged);
  EXPECT_EQ(find(compare_cells(plan_of(2), without, counted({7}), 1), "steals").verdict,
            CountVerdict::kChanged);
}

TEST(CountVerdict, ManyWorkersMayDifferByAFifth) {
  const Values around{95, 105, 98, 102, 100, 97, 103, 99, 101, 100, 104, 96};
  Values tenth, half, third_less, scattered;
  for (std::size_t i = 0; i < around.size(); ++i) {
    tenth.push_back(around[i] * 11 / 10);
    half.push_back(around[i] * 3 / 2);
    third_less.push_back(around[i] * 2 / 3);
    scattered.push_back(i % 2 == 0 ? around[i] * 2 : around[i] / 2);
  }
  EXPECT_EQ(steals(2, around, around), CountVerdict::kSame);
  EXPECT_EQ(steals(2, around, tenth), CountVerdict::kSame);
  EXPECT_EQ(steals(2, around, half), CountVerdict::kChanged);
  EXPECT_EQ(steals(2, around, third_less), CountVerdict::kChanged);
  EXPECT_EQ(steals(2, around, scattered), CountVerdict::kInconclusive);
}

TEST(CountVerdict, NoStealsAtAllAreTheSame) {
  const Values none(12, 0);
  EXPECT_EQ(steals(2, none, none), CountVerdict::kSame);
  EXPECT_EQ(steals(2, none, Values(12, 5)), CountVerdict::kChanged);
}

TEST(CountVerdict, MoreComparisonsNeedMoreProcesses) {
  const Values ten(8, 10), twenty(8, 20);
  const auto change = [&](std::size_t family) {
    return find(compare_cells(plan_of(2), counted(ten), counted(twenty), family), "steals");
  };
  EXPECT_EQ(change(1).verdict, CountVerdict::kChanged) << "2 / 2^8 is below 1 %";
  EXPECT_EQ(change(2).verdict, CountVerdict::kInconclusive) << "and not below half of it";
  EXPECT_NE(change(2).note.find("--samples"), std::string::npos);
}

TEST(CountVerdict, AFailedCellIsNotCompared) {
  CellCount failed = counted({7});
  failed.status = Status::kWrong;
  EXPECT_TRUE(compare_cells(plan_of(1), counted({7}), failed, 1).empty());
}

TEST(CountVerdict, TimesAreNotCompared) {
  CellCount early = counted({7}), late = counted({7});
  early.counters["idle_ns"] = {1};
  late.counters["idle_ns"] = {1'000'000};
  EXPECT_EQ(distributional_counters(plan_of(2), early, late), 1u);
  for (const CountChange& change : compare_cells(plan_of(1), early, late, 1)) {
    EXPECT_NE(change.quantity, "idle_ns");
  }
}

TEST(CountVerdict, OnlyManyWorkersMakeTheFamilyLarger) {
  EXPECT_EQ(distributional_counters(plan_of(1), counted({1}), counted({1})), 0u);
  EXPECT_EQ(distributional_counters(plan_of(2), counted({1}), counted({1})), 1u);
}

}  // namespace
}  // namespace an::harness
