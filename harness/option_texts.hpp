// The command line between its two readers: CLI11 has found the flags, their values are still text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/calibrate_flags.hpp"
#include "harness/compare_flags.hpp"
#include "harness/options.hpp"

namespace an::harness {

// The values of the flags as text; an empty vector is a flag that was not given.
struct OptionTexts {
  std::vector<std::string> schedulers, workloads, sizes, workers, allocators, settings, cells;
  std::vector<std::string> directories, benchmarks;
  std::string filter, samples, turns, min_time, rel_ci, budget, timeout, seed, out, format, pin,
      colour;
  std::string baseline, memory, freeze, subject, arm, shards, plan, shard, target;
  std::optional<std::string> trace;
  CompareTexts compare;
  CalibrateTexts calibrate;
  bool resume = false, dry_run = false, check = false, strict = false;
};

// Reads the values into `options`, but for the command and what it is about. Throws UsageError.
void read_texts(const OptionTexts& texts, Options& options);

// What is different for `compare` and `gate`, for `count`, for `calibrate` and `misfire`, and for
// `metg`, `profile` and `micro`; after read_texts. Throw UsageError.
void read_comparison(const OptionTexts& texts, Options& options);
void read_count(const OptionTexts& texts, Options& options);
void read_calibration(const OptionTexts& texts, Options& options);
void read_metg(const OptionTexts& texts, Options& options);
void read_profile(const OptionTexts& texts, Options& options);
void read_micro(const OptionTexts& texts, Options& options);

// Throws UsageError for a flag that has no effect on the command, or that it lacks; last of all.
void check_belonging(const OptionTexts& texts, const Options& options);

}  // namespace an::harness
