// See misfire.hpp.
#include "harness/verdict/misfire.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/conductor/session.hpp"
#include "harness/verdict/arms.hpp"
#include "harness/verdict/misfire_rules.hpp"
#include "harness/verdict/resample.hpp"
#include "harness/verdict/run_gate.hpp"

namespace an::harness {
namespace {

// About the cube root of 100 units.
constexpr int kBlockUnits = 5;

// The last unit of a duel with one arm.
std::vector<double> last_runs(const Duel& duel) {
  std::vector<double> runs;
  for (const RoundRecord& round : duel.rounds()) {
    if (round.unit == duel.rounds().back().unit && round.dropped == Dropped::kNo) {
      runs.push_back(round.ns_per_iteration.front());
    }
  }
  return runs;
}

class CellMisfirer {
 public:
  CellMisfirer(SweepContext& context,
               SweepContext& sequential,
               const MisfirePlan& plan,
               const CellPlan& cell)
      : context_(context),
        plan_(plan),
        copies_(context.catalogue.scheduler(cell.scheduler)->executable,
                context.catalogue.scheduler(cell.scheduler)->executable),
        arms_(copies_.arms()),
        seeds_(Rng::stream(plan.seed, cell.workers)),
        a_(sequential, cell, {arm("A", 0)}, seeds_.next()),
        b_(sequential, cell, {arm("B", 1)}, seeds_.next()),
        units_(context, cell, arms_, seeds_.next()) {
    result_.cell = cell;
  }

  CellMisfire run() {
    for (int i = 0; i < plan_.comparisons && is_good(); ++i) {
      compare_sequentially();
      if (is_good()) {
        plan_.real ? compare_by_gate(i) : take_unit();
      }
    }
    a_.finish();
    b_.finish();
    if (!plan_.real) {
      units_.finish();
    }
    if (is_good()) {
      conclude();
    }
    return std::move(result_);
  }

 private:
  ArmSpec arm(const std::string& name, std::size_t copy) const {
    return {name, copies_.arms()[copy].executable, {}, {}};
  }
  bool is_good() const { return result_.status == Status::kOk; }
  void fail(const Duel& duel, std::size_t arms);
  void compare_sequentially();
  void compare_by_gate(int number);
  void take_unit();
  void conclude();

  SweepContext& context_;
  const MisfirePlan& plan_;
  ArmCopies copies_;
  std::vector<ArmSpec> arms_;
  Rng seeds_;
  Duel a_, b_, units_;
  std::vector<SequentialRuns> comparisons_;
  std::map<Verdict, int> verdicts_;  // of gates that ran
  CellMisfire result_;
};

void CellMisfirer::fail(const Duel& duel, std::size_t arms) {
  result_.status = duel.status();
  for (std::size_t arm = 0; arm < arms && result_.reason.empty(); ++arm) {
    result_.reason = duel.record(arm).reason.value_or("");
  }
}

void CellMisfirer::compare_sequentially() {
  SequentialRuns runs;
  for (auto [duel, values] : {std::pair(&a_, &runs.a), std::pair(&b_, &runs.b)}) {
    if (!duel->run_units(1)) {
      return fail(*duel, 1);
    }
    *values = last_runs(*duel);
  }
  comparisons_.push_back(std::move(runs));
}

void CellMisfirer::compare_by_gate(int number) {
  const GateResult gate = run_gate(context_,
                                   {.cell = result_.cell,
                                    .arms = arms_,
                                    .rule = plan_.rule,
                                    .hz = plan_.hz,
                                    .seed = seeds_.next()},
                                   number * kUnitsOfGate);
  result_.status = gate.status;
  result_.reason = gate.reason;
  ++verdicts_[gate.decision.verdict];
}

void CellMisfirer::take_unit() {
  if (!units_.run_units(1)) {
    fail(units_, arms_.size());
  }
}

void CellMisfirer::conclude() {
  result_.rates = sequential_rates(comparisons_);
  if (!plan_.real) {
    const Measured measured = measured_of(units_.rounds(), context_.request.turns, plan_.hz);
    verdicts_ =
        resample_gates(measured, plan_.rule,
                       {.gates = plan_.comparisons, .block = kBlockUnits, .seed = plan_.seed})
            .verdicts;
  }
  int alarms = 0;
  for (const auto& [verdict, count] : verdicts_) {
    alarms += is_false_alarm(verdict) ? count : 0;
  }
  const int sound = verdicts_[Verdict::kOk];
  result_.rates.push_back({"gate", "interleaved", plan_.comparisons - alarms - sound,
                           rate_of(alarms, plan_.comparisons)});
}

}  // namespace

bool is_false_alarm(Verdict verdict) {
  return verdict == Verdict::kRegressed || verdict == Verdict::kImproved;
}

std::vector<RuleRate> sequential_rates(const std::vector<SequentialRuns>& comparisons) {
  using Rule = bool (*)(const std::vector<double>&, const std::vector<double>&);
  const std::vector<std::pair<std::string, Rule>> rules{{"compare.py", differs_by_compare_py},
                                                        {"benchstat", differs_by_benchstat},
                                                        {"median 5 %", differs_by_threshold}};
  std::vector<RuleRate> rates;
  for (const auto& [name, rule] : rules) {
    const auto alarms = std::count_if(
        comparisons.begin(), comparisons.end(),
        [differs = rule](const SequentialRuns& runs) { return differs(runs.a, runs.b); });
    rates.push_back({name, "sequential", 0,
                     rate_of(static_cast<int>(alarms), static_cast<int>(comparisons.size()))});
  }
  return rates;
}

MisfireOutcome misfire(const RunRequest& request,
                       const MisfirePlan& plan,
                       const Catalogue& catalogue,
                       RunObserver& observer) {
  const std::vector<CellPlan> cells = plan_cells(request, catalogue);
  observer.planned(cells);
  Session session(request, catalogue, observer, cells);
  SweepContext& context = session.context();
  RunRequest in_sequence = request;  // nobody filters by pressure there
  in_sequence.turns = plan.runs;
  in_sequence.filter_pressure = false;
  SweepContext sequential{in_sequence,        context.catalogue, context.observer, context.writer,
                          context.placements, context.interrupt, context.noise};
  MisfireOutcome outcome;
  for (const CellPlan& cell : cells) {
    if (!cell.not_applicable.empty()) {
      outcome.cells.push_back({cell, Status::kNotApplicable, cell.not_applicable, {}});
    } else if (!session.is_interrupted()) {
      outcome.cells.push_back(CellMisfirer(context, sequential, plan, cell).run());
    }
  }
  session.note_noise();
  outcome.interrupted = session.is_interrupted();
  return outcome;
}

std::string misfire_json(const MisfireOutcome& outcome,
                         const MisfirePlan& plan,
                         const std::vector<std::string>& command) {
  using Json = nlohmann::ordered_json;
  Json cells = Json::array();
  for (const CellMisfire& cell : outcome.cells) {
    Json rates = Json::array();
    for (const RuleRate& rate : cell.rates) {
      rates.push_back({{"rule", rate.rule},
                       {"data", rate.data},
                       {"false_alarms", rate.false_alarms.count},
                       {"of", rate.false_alarms.trials},
                       {"no_verdict", rate.no_verdict},
                       {"low", rate.false_alarms.interval.low},
                       {"high", rate.false_alarms.interval.high}});
    }
    cells.push_back({{"cell", cell.cell.name},
                     {"status", to_string(cell.status)},
                     {"reason", cell.reason.empty() ? Json(nullptr) : Json(cell.reason)},
                     {"rates", std::move(rates)}});
  }
  const Json json = {{"v", 1},
                     {"command", command},
                     {"seed", plan.seed},
                     {"comparisons", plan.comparisons},
                     {"runs", plan.runs},
                     {"real_gates", plan.real},
                     {"tolerance", plan.rule.tolerance},
                     {"family", plan.rule.family},
                     {"cells", std::move(cells)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace an::harness
