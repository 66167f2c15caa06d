// Did the counts of two builds change? Pure functions over harness/conductor/count.hpp.
//
//   sizes, task bytes         exact
//   counters, one worker      exact, if every process of either build counts the same
//   instructions per op       1 %, if either build repeats within that
//   counters, many workers    20 %: the sign interval of the paired log ratios lies wholly beyond
//
// A count that does not repeat is never called a change.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/count.hpp"
#include "harness/verdict/stats.hpp"

namespace an::harness {

inline constexpr double kWorkTolerance = 0.01;
inline constexpr double kCounterTolerance = 0.2;
// Two-sided, over all counters of all cells with many workers together (Bonferroni).
inline constexpr double kCounterAlpha = 0.01;

enum class CountVerdict {
  kSame,
  kChanged,
  kVaries,        // it does not repeat in one and the same build: no verdict
  kInconclusive,  // the interval crosses the tolerance, or there are too few processes for one
  kUnknown,       // one of the two was not counted
};

// "same", "CHANGED", "varies", "inconclusive", "unknown".
const char* to_string(CountVerdict verdict);

struct CountChange {
  std::string subject;   // a scheduler, or the name of a cell
  std::string quantity;  // file_bytes, text_bytes, task_bytes, instructions_per_op, or a counter
  std::optional<double> reference{}, candidate{};  // medians
  std::optional<Interval> ratio{};                 // many workers: of candidate over reference
  CountVerdict verdict = CountVerdict::kUnknown;
  std::string note{};  // why, where the verdict alone does not say
};

// file_bytes, text_bytes and task_bytes of two builds of a scheduler.
std::vector<CountChange> compare_builds(const BuildCount& reference, const BuildCount& candidate);

// Everything counted of one cell. `family` is how many counters of cells with many workers are
// compared in all, this cell's included; at least 1.
std::vector<CountChange> compare_cells(const CellPlan& plan,
                                       const CellCount& reference,
                                       const CellCount& candidate,
                                       std::size_t family);

// The counters that both builds have of a cell with many workers; 0 with one worker.
std::size_t distributional_counters(const CellPlan& plan,
                                    const CellCount& reference,
                                    const CellCount& candidate);

}  // namespace an::harness
