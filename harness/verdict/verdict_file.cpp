// See verdict_file.hpp.
#include "harness/verdict/verdict_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

// A logarithm of a ratio as a relative change: 0.05 for 5 % slower.
Json change(std::optional<double> log_ratio) {
  return log_ratio ? Json(std::expm1(*log_ratio)) : Json(nullptr);
}

Json number(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json decision_json(const Decision& decision) {
  return {{"verdict", to_string(decision.verdict)},
          {"reason", decision.reason},
          {"change", change(decision.theta)},
          {"change_low", change(decision.low)},
          {"change_high", change(decision.high)},
          {"control", change(decision.control)},
          {"control_low", change(decision.control_low)},
          {"control_high", change(decision.control_high)},
          {"mde", change(decision.mde)},
          {"sigma", number(decision.sigma)},
          {"sd", number(decision.sd)},
          {"p", number(decision.p)},
          {"rho", number(decision.rho)},
          {"effective_n", number(decision.effective_n)},
          {"look", decision.look},
          {"units_measured", decision.measured},
          {"units", decision.n},
          {"rounds_planned", decision.planned},
          {"rounds", decision.kept}};
}

Json cell_json(const CellVerdict& cell) {
  Json batches = Json::array();
  for (const Decision& batch : cell.batches) {
    batches.push_back(decision_json(batch));
  }
  const bool is_judged = cell.status == Status::kOk;
  return {{"cell", cell.plan.name},
          {"status", to_string(cell.status)},
          {"reason", is_judged ? Json(nullptr) : Json(cell.reason)},
          {"decision", is_judged ? decision_json(cell.decision) : Json(nullptr)},
          {"batches", std::move(batches)}};
}

Json build_json(const BuildName& build) {
  Json executables = Json::object();
  for (const auto& [scheduler, facts] : build.executables) {
    executables[scheduler] = {
        {"code_hash", facts.code_hash}, {"compiler", facts.compiler}, {"flags", facts.flags}};
  }
  return {{"folder", build.folder.string()},
          {"revision", build.revision.empty() ? Json(nullptr) : Json(build.revision)},
          {"executables", std::move(executables)}};
}

Json counts_json(const Tally& tally) {
  return {{"regressed", tally.regressed},
          {"ok", tally.ok},
          {"improved", tally.improved},
          {"identical", tally.identical},
          {"inconclusive", tally.inconclusive},
          {"invalid", tally.invalid},
          {"underpowered", tally.underpowered},
          {"failed", tally.failed},
          {"not_applicable", tally.not_applicable},
          {"partial", tally.partial}};
}

int* count_of(Tally& tally, Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return &tally.ok;
    case Verdict::kRegressed:
      return &tally.regressed;
    case Verdict::kImproved:
      return &tally.improved;
    case Verdict::kIdentical:
      return &tally.identical;
    case Verdict::kInconclusive:
    case Verdict::kUndecided:
      return &tally.inconclusive;
    case Verdict::kUnderpowered:
      return &tally.underpowered;
    case Verdict::kInvalid:
      break;
  }
  return &tally.invalid;
}

}  // namespace

Tally tally(const std::vector<CellVerdict>& cells) {
  Tally tally;
  for (const CellVerdict& cell : cells) {
    switch (cell.status) {
      case Status::kOk:
        *count_of(tally, cell.decision.verdict) += 1;
        if (cell.decision.mde) {
          tally.mde = std::max(tally.mde.value_or(0), std::expm1(*cell.decision.mde));
        }
        break;
      case Status::kNotApplicable:
        tally.not_applicable += 1;
        break;
      case Status::kPartial:
        tally.partial += 1;
        break;
      case Status::kWrong:
      case Status::kCrash:
      case Status::kTimeout:
        tally.failed += 1;
        break;
    }
  }
  return tally;
}

GateResult result_of(const Tally& tally, bool strict) {
  const int undecided = tally.inconclusive + tally.underpowered;
  const int judged = tally.regressed + tally.ok + tally.improved + tally.identical + undecided;
  if (tally.failed > 0) {
    return GateResult::kFailedCell;
  }
  if (tally.regressed > 0) {
    return GateResult::kRegressed;
  }
  const bool is_loose = undecided + tally.not_applicable > 0;
  const bool is_unsound = tally.invalid > 0 || judged == 0 || (strict && is_loose);
  return is_unsound ? GateResult::kUnsound : GateResult::kPassed;
}

std::string verdict_line(const Tally& tally) {
  std::string line = fmt::format(
      "VERDICT: regressed={} ok={} improved={} identical={} inconclusive={} invalid={} "
      "underpowered={} mde={}",
      tally.regressed, tally.ok, tally.improved, tally.identical, tally.inconclusive, tally.invalid,
      tally.underpowered, tally.mde ? fmt::format("{:.1f}%", 100 * *tally.mde) : "none");
  const std::vector<std::pair<const char*, int>> unjudged{
      {"failed", tally.failed}, {"na", tally.not_applicable}, {"partial", tally.partial}};
  for (const auto& [name, count] : unjudged) {
    line += count > 0 ? fmt::format(" {}={}", name, count) : "";
  }
  return line;
}

std::string verdict_json(const VerdictFile& file, const CompareOutcome& outcome) {
  Json cells = Json::array();
  for (const CellVerdict& cell : outcome.cells) {
    cells.push_back(cell_json(cell));
  }
  const Tally counts = tally(outcome.cells);
  const Json json = {{"v", 1},
                     {"command", file.command},
                     {"started", file.started},
                     {"reference", build_json(file.reference)},
                     {"candidate", build_json(file.candidate)},
                     {"tolerance", outcome.rule.tolerance},
                     {"family_alpha", outcome.rule.alpha_regressed},
                     {"family", outcome.rule.family},
                     {"looks", kLookUnits},
                     {"turns", file.turns},
                     {"min_time_ns", file.min_time_ns},
                     {"freeze", file.freeze},
                     {"pressure", file.drops_pressed ? "drop" : "keep"},
                     {"seed", file.seed},
                     {"strict", file.strict},
                     {"exit_code", file.exit_code},
                     {"counts", counts_json(counts)},
                     {"mde", number(counts.mde)},
                     {"cells", std::move(cells)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::filesystem::path verdict_path(const std::filesystem::path& run_directory) {
  return run_directory / "verdict.json";
}

}  // namespace an::harness
