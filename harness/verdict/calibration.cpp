// See calibration.hpp.
#include "harness/verdict/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/assert.hpp"
#include "harness/verdict/power.hpp"
#include "harness/verdict/stats.hpp"

namespace an::harness {
namespace {

constexpr double kFalseAlarmsMax = 0.05;  // upper limit of the rate
constexpr double kOkMin = 0.5;            // of the gates of equal builds
constexpr double kCaughtMin = 0.9;        // of the injected slowdown
constexpr double kInjectedMin = 0.9;      // measured, of what was asked

// About the cube root of 60 units (Politis and Romano: resample.hpp).
constexpr int kBlockUnits = 4;

std::vector<double> unit_medians(const Measured& measured) {
  std::vector<double> medians;
  for (const UnitRatios& unit : measured.units) {
    if (!unit.candidate.empty()) {
      medians.push_back(median(unit.candidate));
    }
  }
  return medians;
}

// The turns within units that have any.
std::vector<std::vector<double>> turns_of(const Measured& measured) {
  std::vector<std::vector<double>> turns;
  for (const UnitRatios& unit : measured.units) {
    if (!unit.candidate.empty()) {
      turns.push_back(unit.candidate);
    }
  }
  return turns;
}

void describe_turns(NoiseFigures& noise,
                    const std::vector<std::vector<double>>& turns,
                    UnitCosts costs) {
  const bool has_repeats =
      std::any_of(turns.begin(), turns.end(), [](const auto& unit) { return unit.size() > 1; });
  if (turns.size() < 2 || !has_repeats) {
    return;
  }
  const VarianceComponents components = variance_components(turns);
  noise.rho = components.rho();
  noise.effective_n = components.effective_n(static_cast<int>(turns.size()));
  if (costs.start > 0 && costs.round > 0) {
    noise.best_turns = components.best_turns(costs.start, costs.round, kBestTurnsMax);
  }
}

int count_of(const GateTally& gates, Verdict verdict) {
  const auto found = gates.verdicts.find(verdict);
  return found == gates.verdicts.end() ? 0 : found->second;
}

// What the slow arm of a cell shows to be wanting; empty when nothing.
std::string shortcoming_of(const CellCalibration& cell, const Injection& injection) {
  if (!injection.effect.theta) {
    return "";  // no round counted, and the gates of equal builds say so
  }
  const double read = std::expm1(*injection.effect.theta);
  if (read < kInjectedMin * injection.asked) {
    return fmt::format("{}: the injected slowdown of {:.0f} % reads {:+.2f} %", cell.cell.name,
                       100 * injection.asked, 100 * read);
  }
  const Rate& caught = injection.real ? injection.real->regressed : injection.resampled.regressed;
  if (caught.share() < kCaughtMin) {
    return fmt::format("{}: a slowdown of {:.0f} % is caught by {} of {} gates only",
                       cell.cell.name, 100 * injection.asked, caught.count, caught.trials);
  }
  return "";
}

}  // namespace

Effect effect_of(const Measured& measured) {
  const std::vector<double> medians = unit_medians(measured);
  Effect effect;
  if (!medians.empty()) {
    effect.theta = median(medians);
  }
  if (const auto interval = median_interval(medians, kAlpha)) {
    effect.low = interval->low;
    effect.high = interval->high;
  }
  return effect;
}

NoiseFigures noise_of(const Measured& measured, const CalibrationPlan& plan, UnitCosts costs) {
  NoiseFigures noise;
  noise.units = static_cast<int>(measured.units.size());
  noise.planned = noise.units * measured.planned_rounds;
  for (const UnitRatios& unit : measured.units) {
    noise.kept += static_cast<int>(unit.candidate.size());
  }
  noise.effect = effect_of(measured);
  const std::vector<double> medians = unit_medians(measured);
  if (medians.size() >= 2) {
    noise.sigma = robust_sigma(medians);
    noise.sd = standard_deviation(medians);
    const double alpha = plan.rule.alpha_regressed / (kLooks * plan.rule.family);
    for (std::size_t look = 0; look < noise.caught.size(); ++look) {
      if (const auto excess = minimum_detectable_effect(*noise.sigma, kLookUnits.at(look), alpha,
                                                        std::sqrt(plan.rule.power))) {
        noise.caught.at(look) = std::log1p(plan.rule.tolerance) + *excess;
      }
    }
  }
  describe_turns(noise, turns_of(measured), costs);
  return noise;
}

GateTally drawn_gates(const Measured& measured, const CalibrationPlan& plan, double slowdown) {
  const ResampleTally drawn = resample_gates(measured, plan.rule,
                                             {.gates = plan.resampled,
                                              .block = kBlockUnits,
                                              .shift = std::log1p(slowdown),
                                              .seed = plan.seed});
  return {drawn.verdicts, rate_of(drawn.count(Verdict::kRegressed), plan.resampled),
          drawn.mean_units};
}

void GateSeries::add(const Decision& batch) {
  units_ += batch.measured;
  if (flagged_) {
    gates_.push_back(confirm(*flagged_, batch));
    flagged_.reset();
  } else if (batch.verdict == Verdict::kRegressed) {
    flagged_ = batch;
  } else {
    gates_.push_back(batch);
  }
}

GateTally GateSeries::tally() const {
  GateTally tally;
  for (const Decision& decision : gates_) {
    ++tally.verdicts[decision.verdict];
  }
  const int gates = static_cast<int>(gates_.size());
  tally.regressed = rate_of(tally.verdicts[Verdict::kRegressed], gates);
  tally.mean_units = gates == 0 ? 0 : static_cast<double>(units_) / gates;
  return tally;
}

std::int64_t size_for(std::int64_t n, double doubling, double asked) {
  AN_ASSERT(doubling > 0);
  const double steps = static_cast<double>(n) * asked / std::expm1(doubling);
  return n + std::max<std::int64_t>(1, std::llround(steps));
}

std::vector<std::string> shortcomings(const CalibrationOutcome& outcome) {
  std::vector<std::string> found;
  for (const CellCalibration& cell : outcome.cells) {
    if (cell.status != Status::kOk) {
      continue;
    }
    const GateTally& gates = cell.real ? *cell.real : cell.resampled;
    const Rate& alarms = gates.regressed;
    if (alarms.interval.high >= kFalseAlarmsMax) {
      found.push_back(fmt::format(
          "{}: {} of {} gates of equal builds say REGRESSED, so it may be {:.1f} % of them",
          cell.cell.name, alarms.count, alarms.trials, 100 * alarms.interval.high));
    }
    const int sound = count_of(gates, Verdict::kOk) + count_of(gates, Verdict::kImproved);
    if (sound < kOkMin * alarms.trials) {
      found.push_back(fmt::format("{}: only {} of {} gates of equal builds say OK: too noisy",
                                  cell.cell.name, sound, alarms.trials));
    }
    if (cell.noise.units < kLookUnits.front()) {
      found.push_back(
          fmt::format("{}: gates drawn from {} units, fewer than a first look has, show "
                      "nothing",
                      cell.cell.name, cell.noise.units));
    }
    std::string detection = cell.injection ? shortcoming_of(cell, *cell.injection)
                                           : cell.cell.name + ": no slowdown could be injected";
    if (!detection.empty()) {
      found.push_back(std::move(detection));
    }
  }
  const bool wants_trap =
      std::any_of(outcome.cells.begin(), outcome.cells.end(), [](const CellCalibration& cell) {
        return cell.status == Status::kOk && cell.cell.workers > 1;
      });
  if (!outcome.trap && wants_trap) {
    found.push_back("the trap was not set: " + outcome.no_trap);
  }
  if (outcome.trap && outcome.trap->decision.verdict != Verdict::kInvalid) {
    found.push_back(fmt::format("the trap, {} with arms that are not frozen, is not INVALID but {}",
                                outcome.trap->cell.name,
                                to_string(outcome.trap->decision.verdict)));
  }
  return found;
}

}  // namespace an::harness
