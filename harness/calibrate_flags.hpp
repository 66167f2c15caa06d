// The flags of `calibrate` and `misfire`, and the defaults that are theirs alone.
#pragma once

#include <string>

#include "harness/options.hpp"

namespace an::harness {

// As typed; empty when it was not given.
struct CalibrateTexts {
  std::string gates, units;
  bool quick = false;
};

// Which of the flags that every command has were given.
struct GivenFlags {
  bool schedulers = false, workloads = false, sizes = false, turns = false, min_time = false;
};

// Units measured of a cell unless --units says so; for misfire, comparisons with --quick.
inline constexpr int kCalibrateUnits = 60, kMisfireUnits = 100;

// Throws UsageError when one of these flags was given: they belong to calibrate and misfire.
void refuse_calibrate_flags(const CalibrateTexts& texts);

// Completes `options`, of calibrate or misfire. Throws UsageError for a wrong value.
void read_calibrate_flags(const GivenFlags& given, const CalibrateTexts& texts, Options& options);

}  // namespace an::harness
