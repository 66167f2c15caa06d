// See calibration_text.hpp.
#include "harness/report/calibration_text.hpp"

#include <fmt/format.h>

namespace an::harness {
namespace {

std::string effect_text(const Effect& effect) {
  if (!effect.theta) {
    return "unknown";
  }
  std::string text = fmt::format("{:+.2f} %", percent(*effect.theta));
  if (effect.low) {
    text += fmt::format(" [{:+.2f}, {:+.2f}]", percent(*effect.low), percent(*effect.high));
  }
  return text;
}

// "0 of 1000 [0.0, 0.4] %".
std::string rate_text(const Rate& rate) {
  return fmt::format("{} of {} [{:.1f}, {:.1f}] %", rate.count, rate.trials,
                     100 * rate.interval.low, 100 * rate.interval.high);
}

// The drawn gates, and those that ran.
std::string gates_text(const GateTally& drawn, const std::optional<GateTally>& real) {
  std::string text = rate_text(drawn.regressed) + " drawn";
  if (real) {
    text += ", " + rate_text(real->regressed) + " run";
  }
  return text;
}

std::string line(const std::string& name, const std::string& value) {
  return fmt::format("  {:<17} {}\n", name, value);
}

// What else the gates said, where they did not say what they should.
std::string others_text(const GateTally& tally) {
  std::string text;
  for (const auto& [verdict, count] : tally.verdicts) {
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(verdict));
    }
  }
  return text;
}

std::string noise_text(const NoiseFigures& noise) {
  std::string text = line("equal arms", effect_text(noise.effect));
  if (noise.sigma) {
    text += line("spread of units", fmt::format("sigma {:.2f} % (robust), sd {:.2f} %",
                                                100 * *noise.sigma, 100 * *noise.sd));
  }
  if (noise.rho) {
    text += line("turns in a unit",
                 fmt::format("rho {:.2f}, n_eff {:.0f} of {} rounds, K* {}", *noise.rho,
                             *noise.effective_n, noise.kept,
                             noise.best_turns ? fmt::format("{}", *noise.best_turns) : "unknown"));
  }
  if (noise.caught.front()) {
    std::string caught;
    for (std::size_t look = 0; look < noise.caught.size(); ++look) {
      caught += fmt::format("{}{:+.1f} % at n = {}", caught.empty() ? "" : ", ",
                            percent(noise.caught.at(look).value_or(0)), kLookUnits.at(look));
    }
    text += line("would be caught", caught);
  }
  return text;
}

std::string injection_text(const Injection& injection) {
  std::string text =
      line(fmt::format("{:g} % slower", 100 * injection.asked),
           fmt::format("reads {} (size {})", effect_text(injection.effect), injection.n));
  text += line("caught", gates_text(injection.resampled, injection.real));
  if (injection.shifted) {
    text += line("as a shift", rate_text(injection.shifted->regressed) + " drawn");
  }
  return text;
}

std::string power_text(const std::vector<PowerPoint>& power) {
  std::string text = "  slowdown   REGRESSED                      units  verdicts\n";
  for (const PowerPoint& point : power) {
    text += fmt::format("  {:>6.1f} %   {:<29} {:>6.1f}  {}\n", 100 * point.slowdown,
                        rate_text(point.gates.regressed), point.gates.mean_units,
                        others_text(point.gates));
  }
  return text;
}

std::string cell_text(const CellCalibration& cell) {
  if (cell.status != Status::kOk) {
    return fmt::format("{}  {}: {}\n", cell.cell.name, to_string(cell.status), cell.reason);
  }
  std::string text = fmt::format("{}  {} units, {} of {} rounds kept\n", cell.cell.name,
                                 cell.noise.units, cell.noise.kept, cell.noise.planned);
  text += noise_text(cell.noise) + line("false alarms", gates_text(cell.resampled, cell.real));
  if (cell.injection) {
    text += injection_text(*cell.injection);
  } else {
    text += line("slow arm", "none: here a larger size is not the same number of longer tasks");
  }
  return text + power_text(cell.power);
}

std::string trap_text(const CalibrationOutcome& outcome) {
  if (!outcome.trap) {
    return fmt::format("trap  not set: {}\n", outcome.no_trap);
  }
  const Trap& trap = *outcome.trap;
  return fmt::format("trap  {}, arms spin and are not frozen\n", trap.cell.name) +
         line(fmt::format("{:g} % slower", 100 * trap.asked), "reads " + effect_text(trap.effect)) +
         line("at kernel ticks", fmt::format("{} of {} turns, {:.0f} % by chance", trap.ticks.near,
                                             trap.ticks.turns, 100 * trap.ticks.chance)) +
         line("verdict",
              fmt::format("{}: {}", to_string(trap.decision.verdict), trap.decision.reason));
}

}  // namespace

std::string calibration_text(const CalibrationOutcome& outcome, const CalibrationPlan& plan) {
  std::string text = fmt::format(
      "Units of {} turns; tolerance {:g} %; the rule of a gate of {} cells. Intervals 95 %, of "
      "rates "
      "by Clopper and Pearson; of drawn gates that of the drawing, not of the {} units behind "
      "it.\n\n",
      plan.turns, 100 * plan.rule.tolerance, plan.rule.family, plan.units);
  for (const CellCalibration& cell : outcome.cells) {
    text += cell_text(cell) + "\n";
  }
  return text + trap_text(outcome);
}

std::string misfire_text(const MisfireOutcome& outcome, const MisfirePlan& plan) {
  std::string text = fmt::format(
      "The same executable twice: how often is it called different from itself?\n"
      "Sequential: {} turns of A, then {} of B. Gates: {}. Intervals 95 %, Clopper and Pearson.\n",
      plan.runs, plan.runs, plan.real ? "run" : "drawn from interleaved units");
  for (const CellMisfire& cell : outcome.cells) {
    text += "\n" + cell.cell.name;
    text += cell.status == Status::kOk
                ? "\n"
                : fmt::format("  {}: {}\n", to_string(cell.status), cell.reason);
    for (const RuleRate& rate : cell.rates) {
      const std::string open =
          rate.no_verdict > 0 ? fmt::format(", {} without a verdict", rate.no_verdict) : "";
      text += fmt::format("  {:<12} {:<12} {}{}\n", rate.rule, rate.data,
                          rate_text(rate.false_alarms), open);
    }
  }
  return text;
}

}  // namespace an::harness
