// What other tools say about two sets of times: the rules in common use, for samples measured one
// after the other. Pure functions.
#pragma once

#include <vector>

namespace an::harness {

// The p-value of the two-sided Mann-Whitney U test by the normal approximation, corrected for ties
// and for continuity: what scipy's `mannwhitneyu(method="asymptotic")` gives. 1 when all values are
// equal. Requires a value on either side. (Mann and Whitney, "On a test of whether one of two
// random variables is stochastically larger than the other", Annals of Mathematical Statistics 18,
// 1947.)
double mann_whitney_normal(const std::vector<double>& a, const std::vector<double>& b);

// The same from the exact distribution of U, for values without ties. O(n^2 m^2).
double mann_whitney_exact(const std::vector<double>& a, const std::vector<double>& b);

// Whether a value occurs twice, in one of them or in both.
bool has_ties(const std::vector<double>& a, const std::vector<double>& b);

// Google Benchmark's tools/compare.py: scipy's test, p < 0.05. Its default is exact when a side has
// at most 8 values and there are no ties.
bool differs_by_compare_py(const std::vector<double>& a, const std::vector<double>& b);

// benchstat (golang.org/x/perf): p < 0.05, exact up to 50 values a side without ties. (With ties
// benchstat is exact up to 25; here those go by the normal approximation.)
bool differs_by_benchstat(const std::vector<double>& a, const std::vector<double>& b);

// The medians are more than 5 % apart, of the first.
bool differs_by_threshold(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace an::harness
