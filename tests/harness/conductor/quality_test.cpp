#include "harness/conductor/quality.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

constexpr Nanos kMs = 1'000'000;

TEST(Quality, ThePressureIsTheTotalOfSome) {
  EXPECT_EQ(parse_pressure("some avg10=96.32 avg60=84.14 avg300=52.06 total=8768816249\n"
                           "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"),
            8768816249);
  EXPECT_EQ(parse_pressure(""), std::nullopt);
  EXPECT_EQ(parse_pressure("some avg10=0.00\nfull total=7\n"), std::nullopt);
  EXPECT_EQ(parse_pressure("full avg10=0.00 total=7\n"), std::nullopt);
}

TEST(Quality, ATurnUnderPressureIsDroppedWhereThatIsAsked) {
  const Gauge before{0, 0, 1000};
  const Gauge at_most{10 * kMs, 0, 3000};
  const Gauge beyond{10 * kMs, 0, 3001};
  EXPECT_EQ(judge(before, at_most, true), Dropped::kNo);
  EXPECT_EQ(judge(before, beyond, true), Dropped::kPressure);
  EXPECT_EQ(judge(before, beyond, false), Dropped::kNo);
  EXPECT_EQ(pressure_between(before, beyond), 2001);
}

TEST(Quality, UnknownPressureDropsNothing) {
  const Gauge unknown{10 * kMs, 0, std::nullopt};
  EXPECT_EQ(judge({0, 0, 1000}, unknown, true), Dropped::kNo);
  EXPECT_EQ(pressure_between({0, 0, 1000}, unknown), std::nullopt);
}

TEST(Quality, ASuspendedMachineIsNoticed) {
  EXPECT_EQ(judge({0, 5 * kMs, 0}, {10 * kMs, 1005 * kMs, 0}, false), Dropped::kSuspended);
  EXPECT_EQ(judge({0, 5 * kMs, 0}, {10 * kMs, 15 * kMs, 0}, false), Dropped::kNo);
}

TEST(Quality, TheGaugeReadsTheClock) {
  const Nanos before_ns = now_ns();
  const Gauge gauge = read_gauge();
  EXPECT_GE(gauge.at_ns, before_ns);
  EXPECT_GE(gauge.suspended_ns, 0);
}

}  // namespace
}  // namespace an::harness
