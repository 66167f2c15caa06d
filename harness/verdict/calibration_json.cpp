// calibration_json of calibration.hpp. Changes and slowdowns are fractions: 0.1 for 10 %.
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/conductor/json_values.hpp"
#include "harness/verdict/calibration.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

// The change that a logarithm stands for.
Json change_of(const std::optional<double>& log_ratio) {
  return log_ratio ? Json(std::expm1(*log_ratio)) : Json(nullptr);
}

Json json_of(const Effect& effect) {
  return {{"change", change_of(effect.theta)},
          {"low", change_of(effect.low)},
          {"high", change_of(effect.high)}};
}

Json json_of(const Rate& rate) {
  return {{"count", rate.count},
          {"of", rate.trials},
          {"low", rate.interval.low},
          {"high", rate.interval.high}};
}

Json json_of(const GateTally& tally) {
  Json verdicts = Json::object();
  for (const auto& [verdict, count] : tally.verdicts) {
    if (count > 0) {
      verdicts[std::string(to_string(verdict))] = count;
    }
  }
  return {{"regressed", json_of(tally.regressed)},
          {"mean_units", tally.mean_units},
          {"verdicts", std::move(verdicts)}};
}

Json json_of(const std::optional<GateTally>& tally) {
  return tally ? json_of(*tally) : Json(nullptr);
}

Json json_of(const NoiseFigures& noise) {
  Json caught = Json::array();
  for (const auto& slowdown : noise.caught) {
    caught.push_back(change_of(slowdown));
  }
  return {{"units", noise.units},
          {"rounds_planned", noise.planned},
          {"rounds_kept", noise.kept},
          {"effect", json_of(noise.effect)},
          {"sigma", or_null(noise.sigma)},
          {"sd", or_null(noise.sd)},
          {"rho", or_null(noise.rho)},
          {"effective_n", or_null(noise.effective_n)},
          {"best_turns", or_null(noise.best_turns)},
          {"caught", std::move(caught)}};
}

Json json_of(const Injection& injection) {
  return {{"asked", injection.asked},
          {"size", injection.n},
          {"effect", json_of(injection.effect)},
          {"resampled", json_of(injection.resampled)},
          {"shifted", json_of(injection.shifted)},
          {"real", json_of(injection.real)}};
}

Json json_of(const CellCalibration& cell) {
  Json json = {{"cell", cell.cell.name},
               {"status", to_string(cell.status)},
               {"reason", cell.reason.empty() ? Json(nullptr) : Json(cell.reason)}};
  if (cell.status != Status::kOk) {
    return json;
  }
  Json power = Json::array();
  for (const PowerPoint& point : cell.power) {
    Json entry = json_of(point.gates);
    entry["slowdown"] = point.slowdown;
    power.push_back(std::move(entry));
  }
  json["noise"] = json_of(cell.noise);
  json["resampled"] = json_of(cell.resampled);
  json["real"] = json_of(cell.real);
  json["power"] = std::move(power);
  json["injection"] = cell.injection ? json_of(*cell.injection) : Json(nullptr);
  return json;
}

Json json_of(const Trap& trap) {
  return {{"cell", trap.cell.name},
          {"asked", trap.asked},
          {"effect", json_of(trap.effect)},
          {"turns", trap.ticks.turns},
          {"at_ticks", trap.ticks.near},
          {"chance", trap.ticks.chance},
          {"verdict", to_string(trap.decision.verdict)},
          {"reason", trap.decision.reason}};
}

}  // namespace

std::string calibration_json(const CalibrationOutcome& outcome,
                             const CalibrationPlan& plan,
                             const std::vector<std::string>& command) {
  Json cells = Json::array();
  for (const CellCalibration& cell : outcome.cells) {
    cells.push_back(json_of(cell));
  }
  const Json json = {{"v", 1},
                     {"command", command},
                     {"seed", plan.seed},
                     {"hz", plan.hz > 0 ? Json(plan.hz) : Json(nullptr)},
                     {"tolerance", plan.rule.tolerance},
                     {"family", plan.rule.family},
                     {"alpha_regressed", plan.rule.alpha_regressed},
                     {"alpha_ok", plan.rule.alpha_ok},
                     {"power", plan.rule.power},
                     {"looks", kLookUnits},
                     {"turns", plan.turns},
                     {"cells", std::move(cells)},
                     {"trap", outcome.trap ? json_of(*outcome.trap) : Json(nullptr)},
                     {"no_trap", outcome.trap ? Json(nullptr) : Json(outcome.no_trap)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
