// The statistics of the tables: medians, order-statistic intervals, paired ratios. Distribution-free;
// nothing is ever dropped for its value. (Sign-test interval: see harness/METHODOLOGY.md.)
#pragma once

#include <optional>
#include <vector>

namespace an::harness {

struct Interval {
  double low, high;
};

// The middle value; the mean of the two middle ones for an even count. Requires a value. O(n log n).
double median(std::vector<double> values);

// The sign-test interval [x_(k), x_(n-k+1)] for the median at two-sided level `alpha`, with the
// largest k such that 2 * sum_{j<k} C(n,j) / 2^n <= alpha. Empty when n is too small for any k.
std::optional<Interval> median_interval(std::vector<double> values, double alpha);

// That k, counted from 1; 0 when n is too small.
int sign_test_rank(int n, double alpha);

}  // namespace an::harness
