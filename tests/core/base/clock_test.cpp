#include "core/base/clock.hpp"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"

namespace an {
namespace {

constexpr Nanos kHour = 3'600'000'000'000;

TEST(Clock, NeverGoesBack) {
  Nanos last = now_ns();
  for (int i = 0; i < 10'000; ++i) {
    const Nanos now = now_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Clock, ProcessCpuTimeGrowsWithWork) {
  const Nanos start = process_cpu_ns();
  std::uint64_t spins = 0;
  while (process_cpu_ns() == start) {
    ++spins;
  }
  EXPECT_GT(process_cpu_ns(), start) << "after " << spins << " spins";
}

TEST(Clock, TicksPerMicrosecondIsMeasuredOnce) {
  const std::uint64_t rate = ticks_per_us();
  EXPECT_GE(rate, 1U);
  EXPECT_EQ(ticks_per_us(), rate);
}

TEST(Deadline, NeverIsNeverAndDoesNotPass) {
  EXPECT_TRUE(Deadline::never().is_never());
  EXPECT_FALSE(Deadline::never().has_passed());
}

TEST(Deadline, AfterNothingHasPassedAndAfterAnHourHasNot) {
  EXPECT_TRUE(Deadline::after(0).has_passed());
  EXPECT_TRUE(Deadline::after(-kHour).has_passed());
  EXPECT_FALSE(Deadline::after(kHour).has_passed());
  EXPECT_FALSE(Deadline::after(kHour).is_never());
}

TEST(Deadline, ADurationTooLongToCountNeverComes) {
  EXPECT_TRUE(Deadline::after(std::numeric_limits<Nanos>::max()).is_never());
}

}  // namespace
}  // namespace an
