// See calibrate.hpp.
#include "harness/verdict/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/conductor/session.hpp"
#include "harness/verdict/arms.hpp"
#include "harness/verdict/run_gate.hpp"

namespace an::harness {
namespace {

constexpr int kPilotUnits = 3;
constexpr JudgedArms kEqualArms{0, 1, 2};
constexpr JudgedArms kSlowArms{0, 3, 2};
constexpr std::size_t kSlowCopy = 1;  // S is the file of C, at another size

std::filesystem::path executable_of(const CellPlan& cell, const Catalogue& catalogue) {
  return catalogue.scheduler(cell.scheduler)->executable;
}

// The rounds as if none had been dropped: where no verdict depends on them.
std::vector<RoundRecord> all_kept(std::vector<RoundRecord> rounds) {
  for (RoundRecord& round : rounds) {
    round.dropped = Dropped::kNo;
  }
  return rounds;
}

// One cell, from its pilot to its last gate. Unit numbers go on through all of it.
class CellCalibrator {
 public:
  CellCalibrator(SweepContext& context, const CalibrationPlan& plan, const CellPlan& cell)
      : context_(context),
        plan_(plan),
        copies_(executable_of(cell, context.catalogue), executable_of(cell, context.catalogue)),
        seeds_(Rng::stream(plan.seed, cell.workers)) {
    result_.cell = cell;
  }

  CellCalibration run() {
    find_slow_size();
    measure_units();
    if (plan_.real > 0) {
      run_gates();
    }
    return std::move(result_);
  }

 private:
  ArmSpec equal(const std::string& name, std::size_t copy) const {
    return {name, copies_.arms()[copy].executable, {}, {}};
  }
  ArmSpec slow(std::int64_t n) const { return {"S", copies_.arms()[kSlowCopy].executable, n, {}}; }

  bool is_good() const { return result_.status == Status::kOk; }
  void judge(const Duel& duel, std::size_t arms);
  std::optional<double> slowdown_at(std::int64_t n, int units);
  void find_slow_size();
  void measure_units();
  void draw_gates(const std::vector<RoundRecord>& rounds, UnitCosts costs);
  std::optional<GateTally> gates_of(const std::vector<ArmSpec>& arms);
  void run_gates();

  SweepContext& context_;
  const CalibrationPlan& plan_;
  ArmCopies copies_;
  Rng seeds_;
  int next_unit_ = 0;
  CellCalibration result_;
};

void CellCalibrator::judge(const Duel& duel, std::size_t arms) {
  result_.status = duel.status();
  for (std::size_t arm = 0; arm < arms && !is_good() && result_.reason.empty(); ++arm) {
    result_.reason = duel.record(arm).reason.value_or("");
  }
}

// ln t(n) / t(the cell's size). Empty when another size is another number of operations, or cannot
// be measured.
std::optional<double> CellCalibrator::slowdown_at(std::int64_t n, int units) {
  Duel duel(context_, result_.cell, {equal("R", kEqualArms.reference), slow(n)}, seeds_.next(),
            next_unit_);
  next_unit_ += units;
  duel.run_units(units);
  duel.finish();
  if (duel.record(0).ops_per_iteration != duel.record(1).ops_per_iteration) {
    return std::nullopt;
  }
  return effect_of(measured_of(all_kept(duel.rounds()), plan_.turns, 0, {0, 1, 0})).theta;
}

// The pilot: whether size is the length of the body here, and which one to take. First at n + 1,
// because twice the size may be another problem altogether (fib).
void CellCalibrator::find_slow_size() {
  const std::int64_t n = result_.cell.n;
  const WorkloadEntry* workload = context_.catalogue.workload(result_.cell.workload);
  if (2 * n > workload->n_max || !slowdown_at(n + 1, 1)) {
    return;
  }
  const std::optional<double> doubling = slowdown_at(2 * n, kPilotUnits);
  if (doubling && *doubling > 0) {
    result_.injection.emplace();
    result_.injection->asked = plan_.injected;
    result_.injection->n = size_for(n, *doubling, plan_.injected);
  }
}

void CellCalibrator::measure_units() {
  std::vector<ArmSpec> arms{equal("R", 0), equal("C", 1), equal("R'", 2)};
  if (result_.injection) {
    arms.push_back(slow(result_.injection->n));
  }
  Duel duel(context_, result_.cell, arms, seeds_.next(), next_unit_);
  next_unit_ += plan_.units;
  duel.run_units(1);  // also chooses the iterations
  const Nanos begun_ns = now_ns();
  duel.run_units(plan_.units - 1);
  const auto wall_ns = static_cast<double>(now_ns() - begun_ns);
  duel.finish();
  judge(duel, arms.size());
  if (!is_good()) {
    return;
  }
  UnitCosts costs;
  double timed_ns = 0;
  for (const RoundRecord& round : duel.rounds()) {
    timed_ns += static_cast<double>(std::accumulate(round.ns.begin(), round.ns.end(), Nanos{0}));
  }
  const auto rounds = static_cast<double>(duel.rounds().size());
  costs.round = timed_ns / rounds;
  costs.start = wall_ns / std::max(1, plan_.units - 1) - timed_ns / plan_.units;
  draw_gates(duel.rounds(), costs);
}

void CellCalibrator::draw_gates(const std::vector<RoundRecord>& rounds, UnitCosts costs) {
  const Measured equal = measured_of(rounds, plan_.turns, plan_.hz, kEqualArms);
  result_.noise = noise_of(equal, plan_, costs);
  for (const double slowdown : kPowerSlowdowns) {
    result_.power.push_back({slowdown, drawn_gates(equal, plan_, slowdown)});
  }
  result_.resampled = result_.power.front().gates;
  if (result_.injection) {
    const Measured slow = measured_of(rounds, plan_.turns, plan_.hz, kSlowArms);
    Injection& injection = *result_.injection;
    injection.effect = effect_of(slow);
    injection.resampled = drawn_gates(slow, plan_, 0);
    if (injection.effect.theta) {
      injection.shifted = drawn_gates(equal, plan_, std::expm1(*injection.effect.theta));
    }
  }
}

// plan.real gates, one after the other; empty when one of them failed.
std::optional<GateTally> CellCalibrator::gates_of(const std::vector<ArmSpec>& arms) {
  std::vector<Decision> decisions;
  int units = 0;
  for (int gate = 0; gate < plan_.real && is_good(); ++gate) {
    const GateResult result = run_gate(context_,
                                       {.cell = result_.cell,
                                        .arms = arms,
                                        .rule = plan_.rule,
                                        .hz = plan_.hz,
                                        .seed = seeds_.next()},
                                       next_unit_);
    next_unit_ += kUnitsOfGate;
    units += result.units;
    decisions.push_back(result.decision);
    result_.status = result.status;
    result_.reason = result.reason;
    context_.observer.note(fmt::format("{}: gate {} of {}, {}: {}", result_.cell.name, gate + 1,
                                       plan_.real, arms[kEqualArms.candidate].name,
                                       to_string(result.decision.verdict)));
  }
  return is_good() ? std::optional(tally_of(decisions, units)) : std::nullopt;
}

void CellCalibrator::run_gates() {
  if (is_good()) {
    result_.real = gates_of({equal("R", 0), equal("C", 1), equal("R'", 2)});
  }
  if (is_good() && result_.injection) {
    result_.injection->real = gates_of({equal("R", 0), slow(result_.injection->n), equal("R'", 2)});
  }
}

// The cell to set the trap with: the one with most workers, at least two, that has an injection.
const CellCalibration* bait_of(const std::vector<CellCalibration>& cells) {
  const CellCalibration* bait = nullptr;
  for (const CellCalibration& cell : cells) {
    const bool fits = cell.status == Status::kOk && cell.injection && cell.cell.workers > 1;
    if (fits && (bait == nullptr || cell.cell.workers > bait->cell.workers)) {
      bait = &cell;
    }
  }
  return bait;
}

// One look at arms that stay alive, with as many spinning threads each as they have workers.
void set_trap(const RunRequest& request,
              const CalibrationPlan& plan,
              const Catalogue& catalogue,
              RunObserver& observer,
              const CellCalibration& bait,
              CalibrationOutcome& outcome) {
  RunRequest live = request;
  live.freeze = false;
  live.out = request.out / "trap";
  std::filesystem::create_directory(live.out);
  Session session(live, catalogue, observer, {bait.cell});
  const auto executable = executable_of(bait.cell, catalogue);
  const ArmCopies copies(executable, executable);
  std::vector<ArmSpec> arms = copies.arms();
  for (ArmSpec& arm : arms) {
    arm.environment["ANTINODE_IDLE_SPIN"] = std::to_string(bait.cell.workers);
  }
  arms[kSlowCopy].name = "S";
  arms[kSlowCopy].n = bait.injection->n;
  Duel duel(session.context(), bait.cell, arms, plan.seed);
  const bool is_whole = duel.run_units(kLookUnits.front());
  duel.finish();
  outcome.interrupted = session.is_interrupted();
  if (!is_whole) {
    outcome.no_trap = "it was interrupted, or an arm failed";
    return;
  }
  const Measured unguarded = measured_of(all_kept(duel.rounds()), plan.turns, plan.hz);
  outcome.trap = Trap{bait.cell, bait.injection->asked, effect_of(unguarded), unguarded.ticks,
                      decide(measured_of(duel.rounds(), plan.turns, plan.hz), plan.rule, 0)};
}

}  // namespace

CalibrationOutcome calibrate(const RunRequest& request,
                             const CalibrationPlan& plan,
                             const Catalogue& catalogue,
                             RunObserver& observer) {
  const std::vector<CellPlan> cells = plan_cells(request, catalogue);
  observer.planned(cells);
  CalibrationOutcome outcome;
  {
    Session session(request, catalogue, observer, cells);
    for (const CellPlan& cell : cells) {
      if (!cell.not_applicable.empty()) {
        CellCalibration absent;
        absent.cell = cell;
        absent.status = Status::kNotApplicable;
        absent.reason = cell.not_applicable;
        outcome.cells.push_back(std::move(absent));
      } else if (!session.is_interrupted()) {
        outcome.cells.push_back(CellCalibrator(session.context(), plan, cell).run());
      }
    }
    session.note_noise();
    outcome.interrupted = session.is_interrupted();
  }
  const CellCalibration* bait = bait_of(outcome.cells);
  if (bait == nullptr) {
    outcome.no_trap = "no cell with two workers has an injected slowdown";
  } else if (!outcome.interrupted) {
    set_trap(request, plan, catalogue, observer, *bait, outcome);
  }
  return outcome;
}

}  // namespace an::harness
