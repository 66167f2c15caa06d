#include "harness/report/quantity.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

TEST(FormatFigure, KeepsThreeSignificantDigits) {
  EXPECT_EQ(format_figure(0), "0.00");
  EXPECT_EQ(format_figure(0.012345), "0.0123");
  EXPECT_EQ(format_figure(3.4149), "3.41");
  EXPECT_EQ(format_figure(34.149), "34.1");
  EXPECT_EQ(format_figure(341.49), "341");
  EXPECT_EQ(format_figure(34149.2), "34149");
}

TEST(FormatFigure, CountsDigitsAfterRounding) {
  EXPECT_EQ(format_figure(9.996), "10.0");
  EXPECT_EQ(format_figure(99.96), "100");
  EXPECT_EQ(format_figure(0.9996), "1.00");
}

TEST(FormatEstimate, AlignsTheIntervalWithTheValue) {
  EXPECT_EQ(format_estimate(3.41, 3.392, 3.5249), "3.41 [3.39, 3.52]");
  EXPECT_EQ(format_estimate(9.99, 9.5, 10.5), "9.99 [9.50, 10.50]");
}

TEST(FormatEstimate, ShowsOnlyWhatIsKnown) {
  EXPECT_EQ(format_estimate(3.41, std::nullopt, std::nullopt), "3.41");
  EXPECT_EQ(format_estimate(std::nullopt, std::nullopt, std::nullopt), "-");
}

TEST(FormatTime, UsesTheUnitThatFits) {
  EXPECT_EQ(format_time(0.81), "0.810 ns");
  EXPECT_EQ(format_time(999), "999 ns");
  EXPECT_EQ(format_time(1020), "1.02 us");
  EXPECT_EQ(format_time(34'100'000), "34.1 ms");
  EXPECT_EQ(format_time(7.2e12), "7200 s");
}

TEST(FormatBytes, UsesBinaryUnits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(0.25), "0.250 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(3.05 * 1024 * 1024), "3.05 MiB");
  EXPECT_EQ(format_bytes(5e12), "4.55 TiB");
}

TEST(FormatDuration, ReadsLikeAClock) {
  EXPECT_EQ(format_duration(-5), "0 s");
  EXPECT_EQ(format_duration(7'600'000'000), "8 s");
  EXPECT_EQ(format_duration(185'000'000'000), "3 min 05 s");
  EXPECT_EQ(format_duration(7'800'000'000'000), "2 h 10 min");
}

}  // namespace
}  // namespace an::harness
