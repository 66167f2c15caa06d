#include "harness/verdict/metg.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace an::harness {
namespace {

using Side = TaskLength::Side;

TEST(Crossing, LiesBetweenTwoPointsByTheLogarithmOfTheLength) {
  const TaskLength found = crossing_of({{10, 0.2}, {100, 0.4}, {10000, 0.6}, {1e6, 0.9}}, 0.5);
  EXPECT_EQ(found.side, Side::kAt);
  EXPECT_NEAR(found.ns, 1000, 1e-9);
}

TEST(Crossing, OfAPointAtTheTargetIsThatPoint) {
  const TaskLength found = crossing_of({{10, 0.2}, {100, 0.5}, {1000, 0.9}}, 0.5);
  EXPECT_EQ(found.side, Side::kAt);
  EXPECT_DOUBLE_EQ(found.ns, 100);
}

TEST(Crossing, WithoutAPointBelowIsAnUpperBound) {
  const TaskLength found = crossing_of({{10, 0.5}, {100, 0.8}}, 0.5);
  EXPECT_EQ(found.side, Side::kBelow);
  EXPECT_EQ(found.ns, 10);
  EXPECT_STREQ(found.sign(), "<");
}

TEST(Crossing, WithoutAPointAboveIsALowerBound) {
  const TaskLength found = crossing_of({{10, 0.2}, {100, 0.49}}, 0.5);
  EXPECT_EQ(found.side, Side::kAbove);
  EXPECT_EQ(found.ns, 100);
  EXPECT_STREQ(found.sign(), ">");
}

TEST(Crossing, OfACurveThatFallsBackIsTheLastOne) {
  const TaskLength found =
      crossing_of({{1, 0.2}, {10, 0.7}, {100, 0.4}, {10000, 0.6}, {1e6, 0.9}}, 0.5);
  EXPECT_NEAR(found.ns, 1000, 1e-9);
  EXPECT_EQ(crossing_of({{10, 0.7}, {100, 0.4}}, 0.5).side, Side::kAbove);
}

TEST(Crossing, MovesWithTheTarget) {
  EXPECT_NEAR(crossing_of({{10, 0.2}, {1000, 0.6}}, 0.3).ns, 10 * std::pow(100, 0.25), 1e-9);
}

TEST(MedianLength, IsTheMeanOfTwoLengthsAndTheLongerOfABound) {
  const TaskLength short_one{Side::kAt, 10}, long_one{Side::kAt, 30}, tiny{Side::kBelow, 50},
      huge{Side::kAbove, 5};
  EXPECT_EQ(median_of({long_one}).ns, 30);
  EXPECT_EQ(median_of({long_one, short_one}).ns, 20);
  EXPECT_EQ(median_of({huge, tiny, short_one}).ns, 10)
      << "a bound below is shorter than any length";
  EXPECT_EQ(median_of({tiny, short_one}).ns, 10);
  EXPECT_EQ(median_of({huge, short_one}).side, Side::kAbove);
  EXPECT_EQ(median_of({tiny, huge}).side, Side::kAbove);
}

// A cell of 10 operations; unit i took ns[i] in its one turn.
CellRecord cell(const std::string& scheduler,
                std::int64_t n,
                std::uint32_t workers,
                const std::vector<Nanos>& ns) {
  CellRecord record;
  record.plan.name = "spin_tree/steps:" + std::to_string(n) + "/sched:" + scheduler +
                     "/workers:" + std::to_string(workers);
  record.plan.scheduler = scheduler;
  record.plan.workload = kMetgWorkload;
  record.plan.n = n;
  record.plan.workers = workers;
  record.plan.baseline = scheduler == "serial";
  record.status = Status::kOk;
  for (std::size_t i = 0; i < ns.size(); ++i) {
    Sample sample;
    sample.unit = static_cast<int>(i);
    sample.ns = ns[i];
    sample.iterations = 1;
    sample.ops = 10;
    sample.ok = true;
    record.samples.push_back(sample);
  }
  return record;
}

RunOutcome run_of(std::vector<CellRecord> cells) {
  RunOutcome outcome;
  outcome.cells = std::move(cells);
  return outcome;
}

const std::vector<Nanos> kShort(6, 100), kMedium(6, 10'000), kLong(6, 1'000'000);

// Two workers at 0.25 and 1 at the lengths 10 and 1,000 ns: half lies a third of the way.
RunOutcome two_sizes() {
  return run_of({cell("x", 1, 2, std::vector<Nanos>(6, 200)), cell("serial", 1, 1, kShort),
                 cell("x", 100, 2, std::vector<Nanos>(6, 5'000)), cell("serial", 100, 1, kMedium)});
}

TEST(Metg, IsTheMedianOverUnitsOfTheirCrossings) {
  const auto rows = metg_of(two_sizes(), 0.5);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].reason, "");
  EXPECT_EQ(rows[0].units, 6);
  EXPECT_EQ(rows[0].value.side, Side::kAt);
  EXPECT_NEAR(rows[0].value.ns, 10 * std::pow(100, 1.0 / 3), 1e-9);
  EXPECT_EQ(rows[0].low->ns, rows[0].value.ns);
  ASSERT_EQ(rows[0].curve.size(), 2U);
  EXPECT_EQ(rows[0].curve[0].n, 1);
  EXPECT_EQ(rows[0].curve[0].task_ns, 10);
  EXPECT_EQ(rows[0].curve[0].efficiency, 0.25);
  EXPECT_EQ(rows[0].curve[1].low, 1.0);
}

TEST(Metg, TheIntervalIsOfTheUnitsAndMayEndAtABound) {
  RunOutcome outcome = two_sizes();
  outcome.cells[0].samples[0].ns = 50;      // efficient at any length
  outcome.cells[2].samples[5].ns = 20'000;  // efficient at none
  const Metg row = metg_of(outcome, 0.5).at(0);
  EXPECT_EQ(row.value.side, Side::kAt);
  EXPECT_EQ(row.low->side, Side::kBelow);
  EXPECT_EQ(row.low->ns, 10);
  EXPECT_EQ(row.high->side, Side::kAbove);
  EXPECT_EQ(row.high->ns, 1000);
}

TEST(Metg, HasNoIntervalBelowSixUnits) {
  RunOutcome outcome = two_sizes();
  outcome.cells[3].samples.pop_back();
  const Metg row = metg_of(outcome, 0.5).at(0);
  EXPECT_EQ(row.units, 5);
  EXPECT_EQ(row.low, std::nullopt);
}

TEST(Metg, AnImpossibleEfficiencyInvalidatesTheRow) {
  RunOutcome outcome = two_sizes();
  outcome.cells[2] = cell("x", 100, 2, std::vector<Nanos>(6, 3'333));
  const Metg row = metg_of(outcome, 0.5).at(0);
  EXPECT_TRUE(row.is_suspect);
  EXPECT_NE(row.reason.find("INVALID: an efficiency of 1.50 at 100 steps"), std::string::npos)
      << row.reason;
  EXPECT_EQ(row.low, std::nullopt);
}

TEST(Metg, AFailedSizeTakesTheFigureAndSaysWhy) {
  RunOutcome outcome = two_sizes();
  outcome.cells[2].status = Status::kCrash;
  outcome.cells[2].reason = "signal 11";
  const Metg row = metg_of(outcome, 0.5).at(0);
  EXPECT_EQ(row.reason, "spin_tree/steps:100/sched:x/workers:2 is crash: signal 11");
  EXPECT_FALSE(row.is_suspect);
  EXPECT_TRUE(row.curve.empty());
}

TEST(Metg, AFailedSerialCellIsTheReason) {
  RunOutcome outcome = two_sizes();
  outcome.cells[3].status = Status::kTimeout;
  EXPECT_EQ(metg_of(outcome, 0.5).at(0).reason,
            "spin_tree/steps:100/sched:serial/workers:1 is timeout");
}

TEST(Metg, ADropBeyondItsIntervalIsSaid) {
  RunOutcome outcome = two_sizes();
  EXPECT_TRUE(metg_of(outcome, 0.5).at(0).remarks.empty());
  outcome.cells.push_back(cell("x", 10'000, 2, std::vector<Nanos>(6, 625'000)));
  outcome.cells.push_back(cell("serial", 10'000, 1, kLong));
  const Metg row = metg_of(outcome, 0.5).at(0);
  ASSERT_EQ(row.remarks.size(), 1U);
  EXPECT_EQ(row.remarks[0], "not monotone: efficiency 1.00 at 100 steps, 0.80 at 10000");
  // Overlapping intervals: noise.
  outcome.cells[4].samples[0].ns = 400'000;
  EXPECT_TRUE(metg_of(outcome, 0.5).at(0).remarks.empty());
}

TEST(Metg, SerialAndOtherWorkloadsHaveNone) {
  RunOutcome outcome = two_sizes();
  for (CellRecord& record : outcome.cells) {
    record.plan.baseline = false;
  }
  EXPECT_EQ(metg_of(outcome, 0.5).size(), 1U);
  for (CellRecord& record : outcome.cells) {
    record.plan.workload = "fib";
  }
  EXPECT_TRUE(metg_of(outcome, 0.5).empty());
}

TEST(Metg, OptionsAndWorkersAreRowsOfTheirOwn) {
  RunOutcome outcome = two_sizes();
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    CellRecord other = outcome.cells[i];
    other.plan.options["grouping"] = "off";
    outcome.cells.push_back(other);
    other.plan.workers = 1;
    outcome.cells.push_back(other);
  }
  const auto rows = metg_of(outcome, 0.5);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_NEAR(rows[1].value.ns, rows[0].value.ns, 1e-9);
  EXPECT_TRUE(rows[2].is_suspect) << "one worker twice as fast as serial";
}

}  // namespace
}  // namespace an::harness
