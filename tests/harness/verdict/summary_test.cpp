#include "harness/verdict/summary.hpp"

#include <gtest/gtest.h>

#include <limits>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

// A cell of 10 operations whose turn i took ns[i], each in a unit of its own.
CellRecord cell(const std::string& scheduler, const std::vector<Nanos>& ns) {
  CellRecord record;
  record.plan.name = "fib/n:8/sched:" + scheduler + "/workers:1";
  record.plan.scheduler = scheduler;
  record.plan.workload = "fib";
  record.plan.n = 8;
  record.status = Status::kOk;
  record.ops_per_iteration = 10;
  for (std::size_t i = 0; i < ns.size(); ++i) {
    Sample sample;
    sample.unit = static_cast<int>(i);
    sample.ns = ns[i];
    sample.iterations = 1;
    sample.ops = 10;
    sample.ok = true;
    sample.maxrss_kib = 100 + static_cast<std::int64_t>(i);
    sample.counters = {{"steals", 2}};
    record.samples.push_back(sample);
  }
  return record;
}

std::vector<CellResult> summary_of(std::vector<CellRecord> cells) {
  RunOutcome outcome;
  outcome.cells = std::move(cells);
  return summarise(outcome);
}

TEST(Summary, FiguresAreMediansOverTurns) {
  const auto result = summary_of({cell("x", {100, 300, 200})}).at(0);
  EXPECT_EQ(result.ns_per_op, 20.0);
  EXPECT_EQ(result.ns_low, std::nullopt);  // below six samples
  EXPECT_EQ(result.samples, 3);
  EXPECT_EQ(result.counters.at("steals"), 6);
  EXPECT_EQ(result.rss_peak_kib, 102);
  EXPECT_TRUE(result.verified);
  EXPECT_EQ(result.x_serial, std::nullopt);
  EXPECT_EQ(result.x_best, 1.0);
}

TEST(Summary, IntervalsAppearFromSixUnitsOn) {
  const auto result = summary_of({cell("x", {10, 20, 30, 40, 50, 60})}).at(0);
  EXPECT_EQ(result.ns_low, 1.0);
  EXPECT_EQ(result.ns_high, 6.0);
}

// The same cell in units of `turns` turns.
CellRecord in_units_of(int turns, CellRecord record) {
  for (std::size_t i = 0; i < record.samples.size(); ++i) {
    record.samples[i].unit = static_cast<int>(i) / turns;
    record.samples[i].turn = static_cast<int>(i) % turns;
  }
  return record;
}

TEST(Summary, TurnsOfAUnitAreOneValue) {
  const auto result = summary_of({in_units_of(3, cell("x", {10, 20, 90, 50, 60, 70}))}).at(0);
  EXPECT_EQ(result.ns_per_op, 4.0);  // the mean of 2 and 6
  EXPECT_EQ(result.ns_low, std::nullopt);
  EXPECT_EQ(result.samples, 6);
  EXPECT_EQ(result.units, 2);
}

TEST(Summary, RatiosArePairedByRoundAndThenTakenPerUnit) {
  // The ratios are 2, 3, 9 and 4, 4, 1: medians 3 and 4.
  const auto serial = in_units_of(3, cell("serial", {10, 10, 10, 100, 10, 1000}));
  const auto x = in_units_of(3, cell("x", {20, 30, 90, 400, 40, 1000}));
  EXPECT_EQ(summary_of({x, serial})[0].x_serial, 3.5);
}

TEST(Summary, ALookThatSpendsLessHasAWiderInterval) {
  RunOutcome outcome;
  outcome.cells = {cell("x", {10, 20, 30, 40, 50, 60, 70, 80, 90})};
  EXPECT_EQ(summarise(outcome).at(0).ns_low, 2.0);
  outcome.alpha = 0.01;
  EXPECT_EQ(summarise(outcome).at(0).ns_low, 1.0);
}

TEST(Summary, PreciseIsWhoseIntervalIsNarrowInEveryCell) {
  const auto narrow = cell("x", {98, 99, 100, 100, 101, 102});
  const auto wide = cell("y", {50, 60, 100, 100, 150, 160});
  const auto empty = cell("z", {});
  EXPECT_TRUE(is_precise({&narrow, &empty}, 0.05, 0.02));
  EXPECT_FALSE(is_precise({&narrow, &empty}, 0.05, 0.019));
  EXPECT_FALSE(is_precise({&narrow, &wide}, 0.05, 0.02));
  EXPECT_FALSE(is_precise({&narrow}, 0.01, 0.02)) << "six units have no interval at 1 %";
}

TEST(Summary, RatiosArePairedByRound) {
  // Per round the ratio is always 2, whatever the drift; the ratio of medians would not be.
  auto serial = cell("serial", {10, 1000, 20, 50, 60, 70});
  auto x = cell("x", {20, 2000, 40, 100, 120, 140});
  x.samples.erase(x.samples.begin());  // a round of the serial cell alone
  const auto results = summary_of({x, serial});
  EXPECT_EQ(results[0].x_serial, 2.0);
  EXPECT_EQ(results[1].x_serial, 1.0);
  EXPECT_EQ(results[1].x_serial_low, 1.0);
}

TEST(Summary, TheSerialCellWithMoreWorkersIsNotTheUnit) {
  auto serial = cell("serial", {10});
  serial.plan.workers = 2;
  EXPECT_EQ(summary_of({cell("x", {20}), serial}).at(0).x_serial, std::nullopt);
}

TEST(Summary, AnotherSizeIsAnotherGroup) {
  auto serial = cell("serial", {10});
  serial.plan.n = 9;
  const auto results = summary_of({cell("x", {20}), serial});
  EXPECT_EQ(results[0].x_serial, std::nullopt);
  EXPECT_EQ(results[0].x_best, 1.0);
}

TEST(Summary, TheBestIsAnOkCellThatWasAskedFor) {
  auto baseline = cell("serial", {10});
  baseline.plan.baseline = true;
  auto partial = cell("p", {20});
  partial.status = Status::kPartial;
  const auto results = summary_of({cell("a", {40}), cell("b", {80}), baseline, partial});
  EXPECT_EQ(results[0].x_best, 1.0);
  EXPECT_EQ(results[1].x_best, 2.0);
  EXPECT_EQ(results[2].x_best, std::nullopt);
  EXPECT_EQ(results[3].x_best, 0.5);
}

TEST(Summary, AFailedCellPublishesNothing) {
  for (const Status status : {Status::kWrong, Status::kCrash, Status::kTimeout}) {
    auto bad = cell("x", {10, 20});
    bad.status = status;
    const auto result = summary_of({bad}).at(0);
    EXPECT_EQ(result.ns_per_op, std::nullopt);
    EXPECT_EQ(result.samples, 0);
    EXPECT_FALSE(result.verified);
    EXPECT_TRUE(result.counters.empty());
    EXPECT_TRUE(has_failure({result}));
  }
}

TEST(Summary, OneWrongTurnIsEnough) {
  auto bad = cell("x", {10, 20});
  bad.samples[1].ok = false;
  EXPECT_FALSE(summary_of({bad}).at(0).verified);
  EXPECT_EQ(summary_of({bad}).at(0).ns_per_op, std::nullopt);
}

TEST(Summary, NotApplicableAndPartialAreNoFailure) {
  CellRecord absent;
  absent.status = Status::kNotApplicable;
  auto partial = cell("x", {10});
  partial.status = Status::kPartial;
  const auto results = summary_of({absent, partial});
  EXPECT_FALSE(has_failure(results));
  EXPECT_FALSE(results[0].verified);
  EXPECT_EQ(results[1].ns_per_op, 1.0);
}

TEST(Summary, OnlyBaselinesAreNothing) {
  CellRecord absent;
  absent.status = Status::kNotApplicable;
  auto baseline = cell("serial", {10});
  baseline.plan.baseline = true;
  EXPECT_TRUE(has_nothing(summary_of({absent, baseline})));
  EXPECT_FALSE(has_nothing(summary_of({absent, baseline, cell("x", {10})})));
}

TEST(Summary, BytesPerOperationComeFromTheMeter) {
  auto metered = cell("x", {10});
  metered.memory.live_peak_bytes = 25;
  EXPECT_EQ(summary_of({metered}).at(0).bytes_per_op, 2.5);
}

TEST(Summary, MemoryIsToldInFullAndUnknownIsNull) {
  auto metered = cell("x", {10});
  metered.task_bytes = 40;
  metered.memory = {.live_peak_bytes = 25,
                    .retained_bytes = 8,
                    .leaked_bytes = 0,
                    .requested_bytes = 20,
                    .rss_delta_kib = 4};
  auto failed = metered;
  failed.status = Status::kWrong;
  const auto json = nlohmann::json::parse(summary_json(summary_of({metered, failed})));
  EXPECT_EQ(json[0]["task_bytes"], 40);
  EXPECT_EQ(json[0]["retained_bytes"], 8);
  EXPECT_EQ(json[0]["leaked_bytes"], 0);
  EXPECT_EQ(json[0]["requested_bytes"], 20);
  EXPECT_EQ(json[0]["rss_delta_kib"], 4);
  for (const char* member :
       {"retained_bytes", "leaked_bytes", "requested_bytes", "rss_delta_kib"}) {
    EXPECT_TRUE(json[1][member].is_null()) << member;
  }
}

TEST(Summary, EachAllocatorIsComparedWithItsOwnSerialCell) {
  const auto under = [](CellRecord record, const char* allocator) {
    record.plan.allocator.name = allocator;
    return record;
  };
  const auto results =
      summary_of({cell("x", {40}), under(cell("x", {20}), "mimalloc"), cell("serial", {10}),
                  under(cell("serial", {4}), "mimalloc"), under(cell("x", {20}), "tcmalloc")});
  EXPECT_EQ(results[0].x_serial, 4.0);
  EXPECT_EQ(results[1].x_serial, 5.0);
  EXPECT_EQ(results[4].x_serial, std::nullopt);
}

TEST(Summary, TheJsonHidesBaselinesAndWritesUnknownAsNull) {
  auto baseline = cell("serial", {10});
  baseline.plan.baseline = true;
  auto results = summary_of({cell("x", {20}), baseline});
  results[0].ns_high = std::numeric_limits<double>::infinity();
  const auto json = nlohmann::json::parse(summary_json(results));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["ns_per_op"], 2.0);
  EXPECT_TRUE(json[0]["ns_high"].is_null());
  EXPECT_TRUE(json[0]["reason"].is_null());
  EXPECT_TRUE(json[0]["options"].is_object());
  EXPECT_EQ(nlohmann::json::parse(summary_json(results, true)).size(), 2u);
}

}  // namespace
}  // namespace an::harness
