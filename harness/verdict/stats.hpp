// The statistics of the tables: medians, quantiles, order-statistic intervals, spreads, means of
// ratios. Distribution-free where it matters; nothing is ever dropped for its value. (What the
// intervals mean: harness/METHODOLOGY.md.)
#pragma once

#include <optional>
#include <vector>

#include "harness/verdict/interval.hpp"

namespace an::harness {

// The middle value; the mean of the two middle ones for an even count. Requires a value. O(n log n).
double median(std::vector<double> values);

// The sign-test interval [x_(k), x_(n-k+1)] for the median at two-sided level `alpha`, with the
// largest k such that 2 * sum_{j<k} C(n,j) / 2^n <= alpha. Empty when n is too small for any k.
std::optional<Interval> median_interval(std::vector<double> values, double alpha);

// The p-quantile, linear between the neighbouring order statistics (type 7 of Hyndman and Fan,
// "Sample quantiles in statistical packages", 1996): for p = 0.5 the median. Requires a value and
// 0 <= p <= 1.
double quantile(std::vector<double> values, double p);

// The exact order-statistic interval for the p-quantile at two-sided level `alpha`; empty when the
// samples are too few to bound it on both sides (the 0.99-quantile at 0.05 needs 368). Requires
// 0 < p < 1.
std::optional<Interval> quantile_interval(std::vector<double> values, double p, double alpha);

// 1.4826 times the median distance from the median: the standard deviation, were the values normal,
// but untouched by up to half of them being far out. Requires a value; 0 for one. (Rousseeuw and
// Croux, "Alternatives to the median absolute deviation", 1993.)
double robust_sigma(const std::vector<double>& values);

// The sample standard deviation (n - 1). Requires two values.
double standard_deviation(const std::vector<double>& values);

// Geometric means of ratios, one per scheduler, over the cells that every scheduler finished: over
// differing sets of cells they could not be compared (Fleming and Wallace, "How not to lie with
// statistics", CACM 1986).
struct CommonMeans {
  std::vector<double> means;  // by scheduler; empty when no cell is common
  int cells = 0;              // that every scheduler finished
  int left_out = 0;           // that at least one did not
};

// `ratios[cell][scheduler]`, empty where the scheduler has no result. All rows are equally long;
// ratios are > 0.
CommonMeans common_geometric_means(const std::vector<std::vector<std::optional<double>>>& ratios);

}  // namespace an::harness
