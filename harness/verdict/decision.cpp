// See decision.hpp.
#include "harness/verdict/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "core/base/assert.hpp"
#include "harness/verdict/binomial.hpp"
#include "harness/verdict/power.hpp"
#include "harness/verdict/ranks.hpp"
#include "harness/verdict/stats.hpp"

namespace an::harness {
namespace {

// The units that count: their medians D, and the turns behind them.
struct Survivors {
  std::vector<double> candidate, control;
  std::vector<std::vector<double>> turns;
};

Survivors survivors_of(const Measured& measured) {
  Survivors result;
  for (const UnitRatios& unit : measured.units) {
    AN_ASSERT(unit.candidate.size() == unit.control.size());
    const auto kept = static_cast<int>(unit.candidate.size());
    if (kept == 0 || 2 * kept < measured.planned_rounds) {
      continue;
    }
    result.candidate.push_back(median(unit.candidate));
    result.control.push_back(median(unit.control));
    result.turns.push_back(unit.candidate);
  }
  return result;
}

void describe_control(Decision& decision, const Survivors& units, const DecisionRule& rule) {
  decision.control = median(units.control);
  if (const auto interval = median_interval(units.control, rule.alpha_control / rule.family)) {
    decision.control_low = interval->low;
    decision.control_high = interval->high;
  }
  if (decision.n >= 2) {
    decision.sigma = robust_sigma(units.control);
    decision.sd = standard_deviation(units.control);
    // Both batches of a gate must find it.
    decision.mde = minimum_detectable_effect(*decision.sigma, decision.n,
                                             rule.alpha_regressed / (kLooks * rule.family),
                                             std::sqrt(rule.power));
  }
}

void describe_candidate(Decision& decision, const Survivors& units, const DecisionRule& rule) {
  std::vector<double> sorted = units.candidate;
  std::sort(sorted.begin(), sorted.end());
  const int low = one_sided_rank(decision.n, rule.alpha_regressed / (kLooks * rule.family));
  const int high = one_sided_rank(decision.n, rule.alpha_ok / kLooks);
  decision.theta = median(sorted);
  if (low > 0) {
    decision.low = sorted[static_cast<std::size_t>(low - 1)];
  }
  if (high > 0) {
    decision.high = sorted[static_cast<std::size_t>(decision.n - high)];
  }
  decision.p = sign_test_p(sorted, std::log1p(rule.tolerance));
  const bool has_repeats = std::any_of(units.turns.begin(), units.turns.end(),
                                       [](const auto& turns) { return turns.size() > 1; });
  if (decision.n >= 2 && has_repeats) {
    const VarianceComponents components = variance_components(units.turns);
    decision.rho = components.rho();
    decision.effective_n = components.effective_n(decision.n);
  }
}

Decision describe(const Measured& measured, const Survivors& units, const DecisionRule& rule) {
  Decision decision;
  decision.measured = static_cast<int>(measured.units.size());
  decision.n = static_cast<int>(units.candidate.size());
  decision.planned = decision.measured * measured.planned_rounds;
  for (const UnitRatios& unit : measured.units) {
    decision.kept += static_cast<int>(unit.candidate.size());
  }
  if (decision.n > 0) {
    describe_control(decision, units, rule);
    describe_candidate(decision, units, rule);
  }
  return decision;
}

// Why the measurement carries no verdict, whatever more units would say; empty when it does.
std::string objection(const Decision& decision,
                      const TickTest& ticks,
                      const std::array<int, 3>& pressed,
                      const DecisionRule& rule) {
  if (decision.measured == 0) {
    return "no unit was measured";
  }
  if (2 * decision.n < decision.measured) {
    return fmt::format("too disturbed: only {} of {} units kept half of their rounds", decision.n,
                       decision.measured);
  }
  if (const int total = std::accumulate(pressed.begin(), pressed.end(), 0); total > 0) {
    const double chance = 1 - binomial_at_most(pressed[1] - 1, total, 1.0 / 3);
    if (chance <= rule.alpha_control / (kLooks * rule.family)) {
      return fmt::format(
          "the candidate itself presses for the CPU: {} of {} dropped rounds were dropped for its "
          "turns",
          pressed[1], total);
    }
  }
  if (ticks.quantised()) {
    return fmt::format(
        "tick-quantised: {:.0f} % of {} turns end at a kernel tick, {:.0f} % by chance; more "
        "threads "
        "than CPUs, or turns of a whole number of ticks",
        100 * ticks.fraction(), ticks.turns, 100 * ticks.chance);
  }
  const bool excludes_zero =
      decision.control_low && (*decision.control_low > 0 || *decision.control_high < 0);
  if (excludes_zero && std::abs(*decision.control) > std::log1p(rule.control_free)) {
    return fmt::format("the control differs from itself by {:+.2f} % [{:+.2f}, {:+.2f}]",
                       percent(*decision.control), percent(*decision.control_low),
                       percent(*decision.control_high));
  }
  return "";
}

bool is_improved(const std::vector<double>& candidate, const DecisionRule& rule) {
  const auto interval = median_interval(candidate, rule.alpha_ok / kLooks);
  return interval && interval->high < -std::log1p(rule.tolerance);
}

void conclude(Decision& decision, Verdict verdict, std::string reason) {
  decision.verdict = verdict;
  decision.reason = std::move(reason);
}

// Neither bound settles it.
void conclude_open(Decision& decision, const DecisionRule& rule) {
  if (decision.look + 1 < kLooks) {
    conclude(
        decision, Verdict::kUndecided,
        fmt::format("the bounds enclose the tolerance after {} units; more follow", decision.n));
    return;
  }
  const double limit = std::log1p(rule.tolerance);
  const double flagged = percent(limit + decision.mde.value_or(0));
  if (decision.mde && *decision.mde > limit) {
    conclude(
        decision, Verdict::kUnderpowered,
        fmt::format("too noisy: only changes above {:+.1f} % would have been flagged", flagged));
  } else {
    conclude(decision, Verdict::kInconclusive,
             fmt::format("the bounds enclose the tolerance after {} units; changes above {:+.1f} % "
                         "would have been flagged",
                         decision.n, flagged));
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, 8> kNames{"OK",           "REGRESSED",    "IMPROVED",
                                                   "IDENTICAL",    "INCONCLUSIVE", "INVALID",
                                                   "UNDERPOWERED", "UNDECIDED"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

double percent(double log_ratio) {
  return 100 * std::expm1(log_ratio);
}

Decision decide(const Measured& measured, const DecisionRule& rule, int look) {
  AN_ASSERT(look >= 0 && look < kLooks);
  AN_ASSERT(rule.tolerance > 0);
  AN_ASSERT(rule.family > 0);
  AN_ASSERT(measured.planned_rounds > 0);
  const Survivors units = survivors_of(measured);
  Decision decision = describe(measured, units, rule);
  decision.look = look;
  const double limit = std::log1p(rule.tolerance);
  const std::string wrong = objection(decision, measured.ticks, measured.pressed, rule);
  if (!wrong.empty()) {
    conclude(decision, Verdict::kInvalid, wrong);
  } else if (std::abs(*decision.control) > std::log1p(rule.tolerance / 2)) {
    const bool is_last = look + 1 == kLooks;
    conclude(decision, is_last ? Verdict::kInvalid : Verdict::kUndecided,
             fmt::format("the control reads {:+.2f} %, more than half the tolerance{}",
                         percent(*decision.control), is_last ? "" : "; more units follow"));
  } else if (decision.low && *decision.low > limit) {
    conclude(decision, Verdict::kRegressed,
             fmt::format("at least {:+.2f} %, above the tolerance of {:g} %",
                         percent(*decision.low), 100 * rule.tolerance));
  } else if (decision.high && *decision.high < limit) {
    const bool improved = is_improved(units.candidate, rule);
    conclude(decision, improved ? Verdict::kImproved : Verdict::kOk,
             fmt::format("at most {:+.2f} %, below {:g} %", percent(*decision.high),
                         100 * rule.tolerance));
  } else {
    conclude_open(decision, rule);
  }
  return decision;
}

Decision confirm(const Decision& first, const Decision& second) {
  AN_ASSERT(first.verdict == Verdict::kRegressed);
  AN_ASSERT(second.verdict != Verdict::kUndecided);
  if (second.verdict == Verdict::kRegressed) {
    Decision decision = second;
    decision.reason += "; confirmed: an independent batch said so too";
    return decision;
  }
  Decision decision = first;
  const bool is_unsound = second.verdict == Verdict::kInvalid;
  conclude(decision, is_unsound ? Verdict::kInvalid : Verdict::kInconclusive,
           fmt::format("not confirmed: the first batch says {}; the confirming one {}: {}",
                       first.reason, to_string(second.verdict), second.reason));
  return decision;
}

Decision identical() {
  Decision decision;
  conclude(decision, Verdict::kIdentical, "code and read-only data are equal");
  return decision;
}

Decision invalid(const std::string& reason) {
  Decision decision;
  conclude(decision, Verdict::kInvalid, reason);
  return decision;
}

}  // namespace an::harness
