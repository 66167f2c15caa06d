// A counted rate with what it says about the true one.
#pragma once

#include "harness/verdict/interval.hpp"

namespace an::harness {

struct Rate {
  int count = 0, trials = 0;
  Interval interval{0, 1};  // Clopper-Pearson, 95 %

  // count / trials; 0 without trials.
  double share() const;
};

// Requires 0 <= count <= trials.
Rate rate_of(int count, int trials);

}  // namespace an::harness
