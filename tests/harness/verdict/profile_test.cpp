#include "harness/verdict/profile.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

constexpr int kUnits = 6;

// A cell of 10 operations an iteration; six units of one turn, in which 2 iterations took `ns` each and
// the counters grew by `counters` for each.
CellRecord cell(const std::string& scheduler,
                std::uint32_t workers,
                Nanos ns,
                const Integers& counters = {}) {
  CellRecord record;
  record.plan.name = "fib/n:8/sched:" + scheduler + "/workers:" + std::to_string(workers);
  record.plan.scheduler = scheduler;
  record.plan.workload = "fib";
  record.plan.n = 8;
  record.plan.workers = workers;
  record.status = Status::kOk;
  record.ops_per_iteration = 10;
  for (int unit = 0; unit < kUnits; ++unit) {
    Sample sample;
    sample.unit = unit;
    sample.iterations = 2;
    sample.ns = 2 * ns;
    sample.ops = 20;
    sample.ok = true;
    for (const auto& [name, value] : counters) {
      sample.counters[name] = 2 * value;
    }
    record.samples.push_back(sample);
  }
  return record;
}

// A program of 1,000 ns whose instrument measured `work` and `probe`.
CellRecord instrument(std::int64_t work, std::int64_t probe) {
  return cell("profile", 1, 5000,
              {{"strands", 7},
               {"joins", 2},
               {"tasks", 0},
               {"span_strands", 5},
               {"work_ns", work},
               {"span_ns", 110},
               {"burdened_ns", 88},
               {"burdens_ns", 200},
               {"probe_ns", probe},
               {"batched_ns", work / 2}});
}

std::vector<Profile> profiles(std::vector<CellRecord> cells) {
  RunOutcome outcome;
  outcome.cells = std::move(cells);
  return profiles_of(outcome, summarise(outcome));
}

TEST(Profile, BoundsAreThoseOfTheLaws) {
  EXPECT_DOUBLE_EQ(time_at_least(4, 1000, 100), 250);  // work law
  EXPECT_DOUBLE_EQ(time_at_least(4, 1000, 400), 400);  // span law
  EXPECT_DOUBLE_EQ(time_burdened(1, 1000, 100), 1000);
  EXPECT_DOUBLE_EQ(time_burdened(2, 1000, 100), 500 + 1.7 * 50);
}

TEST(Profile, LossesAddUpToAllThatTheWorkersSpent) {
  const Loss loss = loss_of(2, 700, 1000, 1100, 250);
  EXPECT_DOUBLE_EQ(loss.total_ns, 1400);
  EXPECT_DOUBLE_EQ(loss.work_ns, 1000);
  EXPECT_DOUBLE_EQ(loss.scheduling_ns, 100);
  EXPECT_DOUBLE_EQ(loss.rest_ns, 50);
  EXPECT_DOUBLE_EQ(loss_of(2, 700, 1000, 1100, std::nullopt).rest_ns, 300);
}

TEST(Profile, TimesAreScaledToSerialAndBurdensAreNot) {
  const Profile profile = profiles({instrument(1100, 100), cell("serial", 1, 1000),
                                    cell("x", 1, 1100), cell("x", 2, 700, {{"idle_ns", 250}})})
                              .at(0);
  EXPECT_EQ(profile.refusal, "");
  EXPECT_EQ(profile.ops, 10);
  EXPECT_DOUBLE_EQ(profile.serial_ns.value(), 1000);
  EXPECT_EQ(profile.counts, (ProfileCounts{7, 2, 0, 5}));
  EXPECT_DOUBLE_EQ(profile.correction.value(), 200.0 / 1200);
  EXPECT_DOUBLE_EQ(profile.batched.value(), 0.5);
  EXPECT_DOUBLE_EQ(profile.span_ns.middle.value(), 100);
  EXPECT_DOUBLE_EQ(profile.span_ns.low.value(), 100);
  EXPECT_DOUBLE_EQ(profile.burdened_ns.middle.value(), 80 + 200);
  const ProfiledSpeedup& speedup = profile.speedups.at(0);
  EXPECT_EQ(speedup.missing, "");
  EXPECT_DOUBLE_EQ(speedup.speedup.middle.value(), 1000.0 / 700);
  EXPECT_DOUBLE_EQ(speedup.speedup_at_most.value(), 2);
  EXPECT_DOUBLE_EQ(speedup.speedup_burdened.value(), 1000 / (500 + 1.7 * 0.5 * 280));
  EXPECT_DOUBLE_EQ(speedup.loss.idle_ns.value(), 250);
  EXPECT_DOUBLE_EQ(speedup.loss.rest_ns, 50);
}

TEST(Profile, ACorrectionAboveThirtyPerCentIsRefusedButCountsStand) {
  EXPECT_EQ(profiles({instrument(1300, 128), cell("serial", 1, 1000)}).at(0).refusal, "");
  const Profile profile = profiles({instrument(1300, 130), cell("serial", 1, 1000),
                                    cell("x", 1, 1100), cell("x", 2, 700)})
                              .at(0);
  EXPECT_NE(profile.refusal.find("changed the run by 30 %"), std::string::npos);
  EXPECT_EQ(profile.counts, (ProfileCounts{7, 2, 0, 5}));
  EXPECT_EQ(profile.span_ns.middle, std::nullopt);
  EXPECT_EQ(profile.speedups.at(0).speedup_at_most, std::nullopt);
  EXPECT_DOUBLE_EQ(profile.speedups.at(0).loss.total_ns, 1400);
  EXPECT_EQ(profile.speedups.at(0).loss.idle_ns, std::nullopt);
}

TEST(Profile, AProbeThatCostsTooMuchIsRefusedEvenIfTheTimeFits) {
  EXPECT_NE(profiles({instrument(600, 400), cell("serial", 1, 1000)}).at(0).refusal, "");
}

TEST(Profile, CountsThatDifferBetweenRunsAreNone) {
  CellRecord record = instrument(1000, 0);
  record.samples[3].counters["joins"] += 2;
  const Profile profile = profiles({record, cell("serial", 1, 1000)}).at(0);
  EXPECT_EQ(profile.counts, std::nullopt);
  record.samples[3].counters["joins"] -= 1;  // no whole number for an iteration
  EXPECT_EQ(profiles({record, cell("serial", 1, 1000)}).at(0).counts, std::nullopt);
}

TEST(Profile, WhatIsMissingSaysWhy) {
  CellRecord crashed = cell("x", 2, 700);
  crashed.status = Status::kCrash;
  crashed.reason = "it crashed";
  const Profile profile = profiles({cell("serial", 1, 1000), cell("x", 1, 1100), crashed}).at(0);
  EXPECT_EQ(profile.refusal, "there is no cell of profile");
  EXPECT_EQ(profile.speedups.at(0).missing, "it crashed");
  EXPECT_EQ(profiles({instrument(1000, 0), cell("x", 2, 700)}).at(0).refusal,
            "there is no cell of serial");
}

TEST(Profile, EachWorkloadAndSizeHasItsOwn) {
  CellRecord other = cell("serial", 1, 1000);
  other.plan.n = 9;
  const auto two = profiles({instrument(1000, 0), cell("serial", 1, 1000), other});
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[1].n, 9);
  EXPECT_EQ(two[1].refusal, "there is no cell of profile");
}

}  // namespace
}  // namespace an::harness
