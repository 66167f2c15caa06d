// An interval of real numbers, both ends included.
#pragma once

namespace an::harness {

struct Interval {
  double low, high;
};

}  // namespace an::harness
