// Many cells, one error rate: p-values adjusted so that calling every cell with an adjusted value
// of at most alpha calls a sound one with probability at most alpha in all.
#pragma once

#include <vector>

namespace an::harness {

// min(1, m p) for each of m p-values, in their order. Holds under any dependence of the cells.
std::vector<double> bonferroni(std::vector<double> p_values);

// Holm's step-down adjustment, in the order of the input: never larger than Bonferroni's, and as
// general. (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
// of Statistics 6, 1979.)
std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace an::harness
