// Two stored runs side by side. They were measured at different times, perhaps on different machines:
// there is no verdict, and nothing here tells a change of the code from one of the machine.
//
// I1: quantities of a run of its own are compared, x serial and ranks: both are paired within it.
// I2: absolute times are there only when both manifests name the same machine.
// I3: every cell of either run is in exactly one of the lists of RunComparison, but for the baseline
//     cells that a run added for itself.
//
// Pure functions. Figures are those of harness/verdict/summary.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/interval.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {

// A cell in one of the runs. Times in nanoseconds per operation.
struct RunFigures {
  int units = 0;
  std::optional<double> x_serial, x_serial_low, x_serial_high;
  std::optional<double> ns_per_op, ns_low, ns_high;  // empty unless the machine is the same
  int rank = 0;  // from 1, by median ns/op; equal medians share the better rank
};

// A cell that ended well in both.
struct MatchedCell {
  CellPlan plan;
  RunFigures reference, candidate;
  int ranked = 0;  // cells of its workload, size and workers that are matched: ranks go up to this
  std::optional<double> ratio, ratio_low, ratio_high;  // x serial, candidate / reference
  std::optional<double> ns_ratio;  // ns/op; empty unless the machine is the same
  bool same_work = true;           // operations and digest of an iteration are equal
};

// A cell of both runs without figures in one of them.
struct LeftOutCell {
  std::string cell, reason;
  bool never_ran = false;  // n/a in both
};

struct RunComparison {
  std::vector<MatchedCell> cells;  // in the reference's order
  std::vector<LeftOutCell> left_out;
  std::vector<std::string> only_reference, only_candidate;  // names
  std::vector<std::string> machine_differences;             // empty: the same machine
  std::vector<std::string> plan_differences;                // how they were measured, a phrase each
  bool serial_differs = false;  // the executables behind x serial are known to be different ones
};

// `reference` and `candidate` have no arms. The interval of a ratio is at level kAlpha.
RunComparison compare_runs(const StoredRun& reference, const StoredRun& candidate);

// In what the machines of two runs differ, or are not known to agree: "cpu A; B". Empty when CPU,
// host and kernel are known and equal. (A run goes on, harness/verdict/resume.hpp, under another
// kernel; its times would not be compared across one.)
std::vector<std::string> machine_differences(const RunFacts& reference, const RunFacts& candidate);

// The interval of the ratio of two medians, from the sign-test interval of each at level alpha, of
// independent samples of positive values: at level alpha too, whatever the two distributions.
//
// Proof, in logarithms and as distances from the true medians: L <= H are the candidate's bounds,
// l <= h the reference's; a = P(L > 0) = P(H < 0) and b = P(l > 0) = P(h < 0), each at most alpha / 2.
// It fails when L > h or H < l. The signs are opposite (L > 0 > h, H < 0 < l) with probability 2ab.
// Of the rest take L > h >= 0 and l > H >= 0: a(1 - b) q1 + b(1 - a) q2 with q1 = P(L > h | L > 0, h
// >= 0), q2 = P(l > H | l > 0, H >= 0). Given these signs L is stochastically below H, and l below h:
// binomial tails with fewer values above fall off more slowly (monotone likelihood ratio). So q1 +
// q2 <= 1, and the sum is at most max(a, b) - ab; the same for the negative side. In all 2 max(a, b).
Interval ratio_interval(Interval reference, Interval candidate);

}  // namespace an::harness
