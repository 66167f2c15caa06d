// The verdict on one cell of a gate: is the candidate build C slower than the reference build R by
// more than a tolerance? Pure functions of measured ratios; who measures, and when to go on, is the
// caller's.
//
//     d_ik  = ln t_ik(C) - ln t_ik(R)   unit i, turn k
//     D_i   = median_k d_ik
//     theta = median_i D_i              a change of 100 (e^theta - 1) per cent
//
// Looks are taken when 12, 24 and 48 units are measured. Each spends a third of the error rates, so
// that all of them together keep to them (union bound). Bounds are order statistics of D, which
// assume that units are independent and nothing else:
//
//     L = D_(k)      k from the one-sided level alpha_regressed / (3 family)
//     U = D_(n+1-k)  k from the one-sided level alpha_ok / 3
//
// Tested against the tolerance and not against 0, "not significant" is never read as "no change".
// Every cell has a control in the same rounds: R', a copy of R. Without a sound control there is
// no verdict about C.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/tick_test.hpp"

namespace an::harness {

// Units measured at each look.
constexpr std::array<int, 3> kLookUnits{12, 24, 48};
constexpr int kLooks = static_cast<int>(kLookUnits.size());

enum class Verdict {
  kOk,            // U < ln(1 + tolerance)
  kRegressed,     // L > ln(1 + tolerance); stands only when confirmed
  kImproved,      // OK, and the interval lies wholly below -ln(1 + tolerance)
  kIdentical,     // equal code: OK without timing
  kInconclusive,  // neither, after the last look
  kInvalid,       // the measurement cannot carry a verdict
  kUnderpowered,  // neither, and a slowdown of twice the tolerance might be missed
  kUndecided,     // neither, and a look is left: measure more units
};

// "OK", "REGRESSED", ... and "UNDECIDED".
std::string_view to_string(Verdict verdict);

// One unit's logarithms of time ratios, of the rounds that count. Both are equally long.
struct UnitRatios {
  std::vector<double> candidate;  // ln t(C) - ln t(R)
  std::vector<double> control;    // ln t(R') - ln t(R)
};

struct DecisionRule {
  double tolerance = 0.05;        // > 0: a slowdown up to this is no regression
  int family = 1;                 // cells judged together, > 0
  double alpha_regressed = 0.01;  // of the family: a false REGRESSED
  double alpha_ok = 0.05;         // per cell: a false OK
  double alpha_control = 0.01;    // of the family, at each look: a sound control that is refused
  double control_free = 0.01;     // a control this near to 0 is not refused by its interval
  double power = 0.9;             // of a gate, both batches: for the minimum detectable effect
};

struct Measured {
  std::vector<UnitRatios> units;  // all that were measured so far, in order
  int planned_rounds = 1;         // of each unit, > 0
  TickTest ticks;                 // of the turn times of all arms; empty when not known
  std::array<int, 3> pressed{};   // rounds dropped for pressure in the turn of R, C, R'
};

// All ratios are logarithms. Without a value: too few units to have one.
struct Decision {
  Verdict verdict = Verdict::kInvalid;
  std::string reason;  // a sentence without its final stop
  int look = 0;        // from 0
  int measured = 0;    // units
  int n = 0;           // units that count: at least half of their planned rounds do
  int planned = 0;     // rounds of all measured units
  int kept = 0;        // rounds that count
  std::optional<double> theta, low, high;                    // C/R, L and U
  std::optional<double> control, control_low, control_high;  // R'/R
  std::optional<double> sigma, sd;  // spread of D of the control: robust, and plain
  std::optional<double> mde;        // shift beyond the tolerance found with the rule's power
  std::optional<double> p;          // sign test of theta <= ln(1 + tolerance), for one look alone
  std::optional<double> rho, effective_n;  // of the turns of C/R
};

// The verdict at look `look` (0..2): the first of these that applies.
//
//   INVALID       no unit; fewer than half of the units count; rounds are dropped for C's turns more
//                 often than for a third (level alpha_control / (3 family)): those that are left would
//                 be its good ones; turn times gather at ticks; or the
//                 control is off: its interval (level alpha_control / family) excludes 0 and theta
//                 is beyond `control_free`
//   UNDECIDED     the control is beyond tolerance / 2 and a look is left: the noise of a few units
//                 may do that; after the last look it is INVALID
//   REGRESSED, OK or IMPROVED as above; the interval of IMPROVED is two-sided at alpha_ok / 3
//   UNDECIDED     a look is left
//   UNDERPOWERED  mde > ln(1 + tolerance); from the control and at alpha_regressed / (3 family)
//   INCONCLUSIVE
//
// Requires 0 <= look < kLooks, and vectors and rule as described.
Decision decide(const Measured& measured, const DecisionRule& rule, int look);

// What a flagged cell comes to: REGRESSED with the figures of the confirming batch when that says
// so too; else, with the figures of the first, INVALID when the second is, and INCONCLUSIVE. Requires that `first` is REGRESSED, that
// `second` is not UNDECIDED, and that the batches share no unit.
Decision confirm(const Decision& first, const Decision& second);

// The verdict on a cell whose code is the same in both builds.
Decision identical();

// The verdict on builds whose times may not be compared, and why not.
Decision invalid(const std::string& reason);

// 100 (e^x - 1): the change in per cent that a logarithm of a ratio stands for.
double percent(double log_ratio);

}  // namespace an::harness
