// METG: the minimum effective task granularity, the shortest task at which a scheduler still reaches
// a given efficiency, one half unless said otherwise (Slaughter et al., "Task Bench: a parameterized
// benchmark for evaluating parallel runtime performance", SC 2020).
//
// It is read off a run of one workload whose size is the length of a task, over a grid of sizes. The
// length of a task is the serial time of an operation, T_s / tasks; the efficiency is T_s / (W T_W),
// paired by round. Task Bench counts the overhead into the task and has W T_W / tasks: at its METG
// that is the length here divided by the efficiency.
//
// Every unit has a curve of its own and crosses the efficiency between the last size below it and the
// one after, linear in the logarithm of the length; without a point on both sides it is a bound.
// The value is the median over units, the interval that of the sign test.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/run_files.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {

// The workload whose size is the length of its tasks, and the sizes that are measured of it.
inline constexpr const char* kMetgWorkload = "spin_tree";
std::vector<std::string> metg_sizes();

inline constexpr double kMetgTarget = 0.5;

// No scheduler is so much faster than W times serial: the baseline must have been disturbed. (The
// bound of Task Bench.)
inline constexpr double kEfficiencyMax = 1.5;

struct LengthEfficiency {
  double task_ns = 0, efficiency = 0;
};

// A length of tasks, or a bound of it where the curve does not cross.
struct TaskLength {
  enum class Side { kBelow, kAt, kAbove };
  Side side = Side::kAt;
  double ns = 0;

  // "<", "=", ">".
  const char* sign() const;
};

// Where the efficiency reaches `target` for good: after the last of `points` that is below it.
// `points` is not empty, by ascending size; lengths and efficiencies are > 0.
TaskLength crossing_of(const std::vector<LengthEfficiency>& points, double target);

// The middle one; of an even number the mean of the two middle ones if both are lengths, else the
// longer of them. Requires one.
TaskLength median_of(std::vector<TaskLength> lengths);

// One size of the curve; medians over units. Sizes with less than six units have no interval.
struct EfficiencyPoint {
  std::int64_t n = 0;
  int units = 0;
  double task_ns = 0;
  double efficiency = 0;
  std::optional<double> low, high;
};

// The METG of one scheduler, with its options, allocator and workers.
struct Metg {
  CellPlan plan;            // of its first size
  std::string reason;       // why it has no figure; empty when it has
  bool is_suspect = false;  // the reason is an efficiency that cannot be: the run is invalid
  TaskLength value;
  std::optional<TaskLength> low, high;
  int units = 0;  // that have every size
  std::vector<EfficiencyPoint> curve;
  std::vector<std::string> remarks;  // what to know of the figure
};

// The METG of every scheduler in `outcome` but serial, whose efficiency is 1, in the order of the
// first size. Cells of workloads other than kMetgWorkload are passed over.
std::vector<Metg> metg_of(const RunOutcome& outcome, double target);

}  // namespace an::harness
