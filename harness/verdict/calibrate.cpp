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
    if (plan_.real > 0 && is_good()) {
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
  std::vector<Decision> take_batch(const std::vector<ArmSpec>& arms,
                                   const std::vector<JudgedArms>& judged);
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

// One batch of all arms: units until a look has settled each of `judged`. Empty when it failed.
std::vector<Decision> CellCalibrator::take_batch(const std::vector<ArmSpec>& arms,
                                                 const std::vector<JudgedArms>& judged) {
  Duel duel(context_, result_.cell, arms, seeds_.next(), next_unit_);
  std::vector<Decision> decisions(judged.size());
  int units = 0;
  bool is_open = true;
  for (int look = 0; look < kLooks && is_open; ++look) {
    const int more = kLookUnits[static_cast<std::size_t>(look)] - units;
    if (!duel.run_units(more)) {
      break;
    }
    units += more;
    is_open = false;
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (look == 0 || decisions[i].verdict == Verdict::kUndecided) {
        decisions[i] =
            decide(measured_of(duel.rounds(), plan_.turns, plan_.hz, judged[i]), plan_.rule, look);
      }
      is_open = is_open || decisions[i].verdict == Verdict::kUndecided;
    }
  }
  duel.finish();
  next_unit_ += units;
  judge(duel, arms.size());
  return is_good() ? decisions : std::vector<Decision>();
}

// The slow arm rides along: what a batch says of it is no news of the equal arms, and its turns are
// those of the same rounds.
void CellCalibrator::run_gates() {
  std::vector<ArmSpec> arms{equal("R", 0), equal("C", 1), equal("R'", 2)};
  std::vector<JudgedArms> judged{kEqualArms};
  if (result_.injection) {
    arms.push_back(slow(result_.injection->n));
    judged.push_back(kSlowArms);
  }
  std::vector<GateSeries> series(judged.size());
  const auto wants_more = [&] {
    return series[0].gates().size() < static_cast<std::size_t>(plan_.real) ||
           std::any_of(series.begin(), series.end(),
                       [](const GateSeries& gates) { return gates.waits(); });
  };
  while (wants_more()) {
    const std::vector<Decision> decisions = take_batch(arms, judged);
    if (!is_good()) {
      return;
    }
    for (std::size_t i = 0; i < series.size(); ++i) {
      series[i].add(decisions[i]);
    }
    context_.observer.note(fmt::format("{}: gate {} of {}: {}", result_.cell.name,
                                       series[0].gates().size(), plan_.real,
                                       to_string(decisions[0].verdict)));
  }
  result_.real = series[0].tally();
  if (result_.injection) {
    result_.injection->real = series[1].tally();
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
