// What an experiment could have seen: standard error, smallest detectable shift, units and turns
// needed. All in the unit of the spread they are given, which for the verdict is the logarithm of a
// ratio.
#pragma once

#include <optional>
#include <vector>

namespace an::harness {

// The z with P(Z <= z) = p for a standard normal Z, to the precision of a double. Requires
// 0 < p < 1.
double normal_quantile(double p);

// The standard error of a median of `n` values whose spread is `sigma`: sqrt(pi/2) sigma / sqrt(n),
// exact for normal values in the limit of large n. Requires n > 0.
double median_standard_error(double sigma, int n);

// The shift of `n` normal values of spread `sigma` that the one-sided sign test at `alpha` finds with
// probability `power`: exact, steps of the sign test included. Empty when n values are too few for
// that level. Requires n >= 0, 0 < alpha <= 0.5 and 0 < power < 1.
std::optional<double> minimum_detectable_effect(double sigma, int n, double alpha, double power);

// Where the spread of d_ik (unit i, turn k) comes from.
struct VarianceComponents {
  double between;  // variance between units, never below 0
  double within;   // variance of turns within a unit
  double turns;    // per unit, the mean

  // The intraclass correlation: which part of the variance two turns of one unit share. 0 when
  // nothing varies.
  double rho() const;
  // To how many independent turns `units` units of these amount: n K / (1 + (K - 1) rho).
  double effective_n(int units) const;
  // The turns per unit at which a fixed time tells most, when a unit costs `unit_cost` beside its
  // turns of `turn_cost` each: ceil(sqrt(unit_cost / turn_cost * within / between)), at least 1
  // and at most `limit`. (Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM
  // 2013.) Costs > 0.
  int best_turns(double unit_cost, double turn_cost, int limit) const;
};

// The components by analysis of variance of one factor; units may differ in their count of turns
// (Searle, Casella, McCulloch, "Variance Components", 1992, 3.6). Requires two units, none empty,
// and one of them with two turns.
VarianceComponents variance_components(const std::vector<std::vector<double>>& units);

}  // namespace an::harness
