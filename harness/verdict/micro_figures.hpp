// What the samples of a micro suite say: medians over processes. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/micro.hpp"
#include "harness/verdict/interval.hpp"

namespace an::harness {

// The two-sided level of the intervals.
inline constexpr double kMicroAlpha = 0.05;

// The counter of a benchmark whose iteration is many items.
inline constexpr const char* kPerItem = "ns_per_item";

struct MicroEstimate {
  double median = 0;
  std::optional<Interval> interval;  // of the median; absent below six samples
  double sigma = 0;                  // robust_sigma of the samples
};

struct MicroFigure {
  MicroBenchmark benchmark;
  Status status = Status::kPartial;
  std::string reason;
  int samples = 0;
  // Of one item, when every sample has the counter kPerItem; else of one iteration. Absent without samples.
  std::optional<MicroEstimate> ns;
  std::map<std::string, MicroEstimate> counters;  // the others that every sample has
};

// One figure per record, in the same order. What failed after some samples keeps their figure only if it was
// interrupted: a benchmark that fails sometimes has none.
std::vector<MicroFigure> micro_figures(const std::vector<MicroRecord>& records);

// How much the machine was used by others while `records` were sampled.
struct MicroNoise {
  std::optional<double> waiting_share;  // of the time some thread of the machine waited for a CPU
  std::optional<std::int64_t> steal_ticks;
};

// Sums over all samples; absent where the kernel does not say, or without samples.
MicroNoise micro_noise(const std::vector<MicroRecord>& records);

}  // namespace an::harness
