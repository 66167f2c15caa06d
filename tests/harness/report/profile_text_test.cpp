#include "harness/report/profile_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

Profile sample_profile() {
  Profile profile;
  profile.workload = "fib";
  profile.n = 8;
  profile.ops = 10;
  profile.serial_ns = 1000;
  profile.counts = ProfileCounts{7, 2, 0, 5};
  profile.correction = 0.125;
  profile.batched = 0.5;
  profile.span_ns = {100, 90, 110};
  profile.burdened_ns = {2000, std::nullopt, std::nullopt};
  ProfiledSpeedup speedup;
  speedup.plan.scheduler = "heartbeat";
  speedup.plan.workers = 2;
  speedup.speedup = {1.25, 1.2, 1.3};
  speedup.time_ns = 800;
  speedup.loss = loss_of(2, 800, 1000, 1100, 400);
  speedup.speedup_at_most = 2;
  speedup.speedup_burdened = 0.455;
  profile.speedups = {speedup};
  return profile;
}

std::string text_of(const Profile& profile) {
  return profiles_text({profile}, {{"fib", "join"}});
}

TEST(ProfileText, ShowsCountsSpansBoundsAndLosses) {
  const std::string text = text_of(sample_profile());
  EXPECT_THAT(text, HasSubstr("7 strands, 2 joins, 0 tasks; span 5 strands\n"));
  EXPECT_THAT(text, HasSubstr("1.00 us  serial, 100 ns per join\n"));
  EXPECT_THAT(text, HasSubstr("corrected by 12.5 %; 50.0 % of the work"));
  EXPECT_THAT(text, HasSubstr("100 ns [90.0 ns, 110 ns]  parallelism 10.0\n"));
  EXPECT_THAT(text, HasSubstr("2.00 us  parallelism 0.500\n"));
  EXPECT_THAT(text, HasSubstr("heartbeat, 2 workers\n"));
  EXPECT_THAT(text, HasSubstr("speed-up 1.25 [1.20, 1.30] of at most 2.00; 0.455 if every"));
  EXPECT_THAT(text, HasSubstr("2 x T2 per join: work 62.5 % (100 ns), scheduling 6.2 % (10.0 ns), "
                              "idle 25.0 % (40.0 ns), inflation 6.2 % (10.0 ns)\n"));
}

TEST(ProfileText, ASpanThatIsRefusedSaysWhyAndLeavesTheBoundsOut) {
  Profile profile = sample_profile();
  profile.refusal = "because";
  profile.span_ns = profile.burdened_ns = {};
  profile.speedups[0].speedup_at_most = profile.speedups[0].speedup_burdened = std::nullopt;
  const std::string text = text_of(profile);
  EXPECT_THAT(text, HasSubstr("Tinf       refused: because.\n"));
  EXPECT_THAT(text, HasSubstr("speed-up 1.25 [1.20, 1.30]\n"));
  EXPECT_THAT(text, HasSubstr("7 strands"));
  EXPECT_THAT(text, Not(HasSubstr("parallelism")));
}

TEST(ProfileText, IdleTimeThatIsUnknownIsNotZero) {
  Profile profile = sample_profile();
  profile.speedups[0].loss = loss_of(2, 800, 1000, 1100, std::nullopt);
  EXPECT_THAT(text_of(profile), HasSubstr("idle and inflation 31.2 % (50.0 ns): this scheduler"));
  const auto json = nlohmann::json::parse(profiles_json({profile}));
  const auto& loss = json["profiles"][0]["speedups"][0]["loss_ns"];
  EXPECT_EQ(loss["idle"], nullptr);
  EXPECT_EQ(loss["inflation"], nullptr);
  EXPECT_EQ(loss["idle_and_inflation"], 500);
}

TEST(ProfileText, WhatIsMissingSaysWhy) {
  Profile profile = sample_profile();
  profile.counts = std::nullopt;
  profile.serial_ns = std::nullopt;
  profile.correction = profile.batched = std::nullopt;
  profile.refusal = "it crashed";
  profile.span_ns = profile.burdened_ns = {};
  profile.speedups[0].missing = "it crashed";
  const std::string text = text_of(profile);
  EXPECT_THAT(text, HasSubstr("none: they differ"));
  EXPECT_THAT(text, HasSubstr("n/a: it crashed\n"));
  const auto json = nlohmann::json::parse(profiles_json({profile}))["profiles"][0];
  EXPECT_EQ(json["counts"], nullptr);
  EXPECT_EQ(json["work_ns"], nullptr);
  EXPECT_EQ(json["speedups"][0]["loss_ns"], nullptr);
}

TEST(ProfileText, TheJsonHoldsTheFigures) {
  const auto json = nlohmann::json::parse(profiles_json({sample_profile()}))["profiles"][0];
  EXPECT_EQ(json["counts"]["strands"], 7);
  EXPECT_EQ(json["span_ns"]["low"], 90);
  EXPECT_EQ(json["burdened_span_ns"]["low"], nullptr);
  EXPECT_EQ(json["refusal"], nullptr);
  const auto& loss = json["speedups"][0]["loss_ns"];
  EXPECT_EQ(loss["total"].get<double>(),
            loss["work"].get<double>() + loss["scheduling"].get<double>() +
                loss["idle"].get<double>() + loss["inflation"].get<double>());
}

}  // namespace
}  // namespace an::harness
