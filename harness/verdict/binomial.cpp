// The probabilities are summed term by term, each from the logarithm of the one before: the terms
// themselves overflow or vanish beyond n = 1023.
#include "harness/verdict/binomial.hpp"

#include <cmath>

#include "core/base/assert.hpp"

namespace an::harness {
namespace {

// P(B = j) for j = 0, 1, ...
class Terms {
 public:
  Terms(int n, double p) : n_(n), log_odds_(std::log(p) - std::log1p(-p)) {
    log_term_ = n * std::log1p(-p);
  }

  double next() {
    const double term = std::exp(log_term_);
    log_term_ += std::log(static_cast<double>(n_ - j_)) - std::log(j_ + 1.0) + log_odds_;
    ++j_;
    return term;
  }

 private:
  int n_;
  int j_ = 0;
  double log_odds_, log_term_;
};

// The p in [0, 1] at which `is_below` changes from true to false.
template <class Predicate>
double bisect(Predicate is_below) {
  double low = 0;
  double high = 1;
  for (int step = 0; step < 60; ++step) {  // 2^-60: beyond the precision of the sums
    const double middle = (low + high) / 2;
    (is_below(middle) ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double binomial_at_most(int k, int n, double p) {
  AN_ASSERT(n >= 0);
  AN_ASSERT(p >= 0 && p <= 1);
  if (k < 0) {
    return 0;
  }
  if (k >= n || p == 0) {
    return 1;
  }
  if (p == 1) {
    return 0;
  }
  Terms terms(n, p);
  double sum = 0;
  for (int j = 0; j <= k; ++j) {
    sum += terms.next();
  }
  return sum < 1 ? sum : 1;
}

int binomial_rank(int n, double p, double alpha) {
  AN_ASSERT(n >= 0);
  AN_ASSERT(p > 0 && p < 1);
  AN_ASSERT(alpha < 1);
  constexpr double kTieSlack = 1e-12;  // keeps exact ties on the accepting side of rounding
  Terms terms(n, p);
  double tail = 0;
  for (int rank = 0; rank < n; ++rank) {
    tail += terms.next();
    if (tail > alpha * (1 + kTieSlack)) {
      return rank;
    }
  }
  return n;
}

Interval clopper_pearson(int count, int trials, double alpha) {
  AN_ASSERT(trials > 0);
  AN_ASSERT(count >= 0 && count <= trials);
  AN_ASSERT(alpha > 0 && alpha < 1);
  const double side = alpha / 2;
  // Low: the rate at which `count` or more is just as rare as `side`. Written as the mirrored lower
  // tail: one minus a sum would lose the small probabilities.
  const double low = count == 0 ? 0 : bisect([&](double p) {
    return binomial_at_most(trials - count, trials, 1 - p) < side;
  });
  const double high =
      count == trials ? 1
                      : bisect([&](double p) { return binomial_at_most(count, trials, p) > side; });
  return {low, high};
}

}  // namespace an::harness
