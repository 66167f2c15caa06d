// See rate.hpp.
#include "harness/verdict/rate.hpp"

#include "harness/verdict/binomial.hpp"

namespace an::harness {

double Rate::share() const {
  return trials == 0 ? 0 : static_cast<double>(count) / trials;
}

Rate rate_of(int count, int trials) {
  constexpr double kAlphaOfRate = 0.05;
  Rate rate{count, trials};
  if (trials > 0) {
    rate.interval = clopper_pearson(count, trials, kAlphaOfRate);
  }
  return rate;
}

}  // namespace an::harness
