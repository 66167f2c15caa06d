#include "harness/conductor/noise.hpp"

#include <gtest/gtest.h>

#include "core/base/thread.hpp"

namespace an::harness {
namespace {

constexpr const char* kPressure =
    "some avg10=4.51 avg60=1.90 avg300=1.24 total=8540214966\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";

constexpr const char* kStat =
    "cpu  2605745 161539 544542 1612145 4651 0 1417 5244 3 0\n"
    "cpu0 1277049 77377 266242 842992 956 0 173 2576 0 0\n"
    "intr 12 0\nctxt 924961386\nbtime 1795256000\n";

TEST(Noise, PressureIsTheTotalOfTheLineSome) {
  EXPECT_EQ(parse_psi_some_us(kPressure), 8540214966);
  EXPECT_EQ(parse_psi_avg10_percent(kPressure), 4.51);
  EXPECT_EQ(parse_psi_some_us("full avg10=1.00 total=7\n"), std::nullopt);
}

TEST(Noise, StealIsTheEighthFieldOfAllCpus) {
  EXPECT_EQ(parse_steal_ticks(kStat), 5244);
  EXPECT_EQ(parse_context_switches(kStat), 924961386);
  EXPECT_EQ(parse_steal_ticks("cpu0 1 2 3 4 5 6 7 8\n"), std::nullopt);
}

TEST(Noise, TheStealShareLeavesGuestTimeOut) {
  EXPECT_DOUBLE_EQ(parse_steal_share("cpu  10 0 0 80 0 0 0 10 7 7\n").value_or(-1), 0.1);
  EXPECT_EQ(parse_steal_share("cpu  0 0 0 0 0 0 0 0\n"), std::nullopt);
}

TEST(Noise, WhatIsMissingIsAbsentAndNotZero) {
  for (const char* text :
       {"", "some", "some total=", "some total=x", "ctxt", "cpu", "cpu  1 2 3"}) {
    EXPECT_EQ(parse_psi_some_us(text), std::nullopt) << text;
    EXPECT_EQ(parse_psi_avg10_percent(text), std::nullopt) << text;
    EXPECT_EQ(parse_steal_ticks(text), std::nullopt) << text;
    EXPECT_EQ(parse_steal_share(text), std::nullopt) << text;
    EXPECT_EQ(parse_context_switches(text), std::nullopt) << text;
  }
  const NoiseReading nothing = read_noise("/nowhere");
  EXPECT_EQ(nothing.psi_some_us, std::nullopt);
  EXPECT_EQ(nothing.steal_ticks, std::nullopt);
  EXPECT_EQ(nothing.context_switches, std::nullopt);
}

TEST(Noise, DifferencesAreAbsentWhereEitherEndIs) {
  const NoiseReading before{10, std::nullopt, 30}, after{15, 7, 29};
  const NoiseReading grown = difference(before, after);
  EXPECT_EQ(grown.psi_some_us, 5);
  EXPECT_EQ(grown.steal_ticks, std::nullopt);
  EXPECT_EQ(grown.context_switches, std::nullopt) << "a counter that went back";
}

TEST(Noise, TheCanaryHasMovedByMoreThanATenthEitherWay) {
  const auto moved = [](Nanos before, Nanos after) {
    return UnitNoise{1, before, after, 1, 1, {}}.has_moved();
  };
  EXPECT_FALSE(moved(1000, 1100));
  EXPECT_TRUE(moved(1000, 1101));
  EXPECT_FALSE(moved(1000, 900));
  EXPECT_TRUE(moved(1000, 899));
}

TEST(Noise, AWatchSeesWhatComesBetween) {
  const NoiseWatch watch;
  const Nanos between_ns = canary_ns();
  const UnitNoise noise = watch.stop();
  EXPECT_GE(noise.wall_ns, between_ns);
  EXPECT_GT(noise.canary_before_ns, 0);
  EXPECT_GT(noise.canary_after_ns, 0);
  EXPECT_GT(noise.burst_before_ns, 0);
  EXPECT_GT(noise.burst_after_ns, 0);
  EXPECT_TRUE(noise.noise.context_switches.has_value());
}

TEST(Noise, TheTallySaysWhatWasUnsteady) {
  NoiseTally steady;
  NoiseTally changed;
  NoiseTally shared;
  EXPECT_TRUE(steady.notes().empty());
  for (const Nanos burst : {100, 115, 110}) {
    steady.add({1, 1000, 1000, burst, burst, {}});
    changed.add({1, 1000, 2000, burst, burst, {}});
    shared.add({1, 1000, 1000, burst, burst + 32, {}});
  }
  EXPECT_TRUE(steady.notes().empty()) << "115 is not more than 1.15 times 100";
  ASSERT_EQ(changed.notes().size(), 1U);
  EXPECT_EQ(changed.notes()[0].find("in 3 of 3 units a fixed loop"), 0U) << changed.notes()[0];
  shared.add({1, 1000, 1000, 100, 100, {}});
  ASSERT_EQ(shared.notes().size(), 1U);
  EXPECT_NE(shared.notes()[0].find("or the clock was lower"), std::string::npos);
  EXPECT_EQ(shared.notes()[0].find("in 3 of 4 units independent additions"), 0U)
      << shared.notes()[0];
}

TEST(Noise, TheBurstLeavesTheThreadItsCpus) {
  const std::vector<int> before = allowed_cpus();
  EXPECT_GT(burst_ns(), 10'000) << "three million additions";
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(Noise, ThisMachineCountsContextSwitches) {
  EXPECT_GT(read_noise().context_switches.value_or(0), 0);
}

TEST(Noise, TheCanaryIsNotOptimisedAway) {
  EXPECT_GT(canary_ns(), 100'000) << "a million dependent steps of three multiplications";
}

}  // namespace
}  // namespace an::harness
