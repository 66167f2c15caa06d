// See compare.hpp.
#include "harness/verdict/compare.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/rng.hpp"
#include "harness/conductor/session.hpp"
#include "harness/conductor/turns.hpp"
#include "harness/verdict/compare_progress.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

enum ArmIndex : std::size_t { kReference, kCandidate, kControl, kArms };

// Folders whose names are equally long.
constexpr std::array<const char*, kArms> kArmFolders{"r", "c", "s"};
constexpr std::array<const char*, kArms> kArmNames{"R", "C", "R'"};

bool has_failed(Status status) {
  return status != Status::kOk && status != Status::kPartial;
}

// How one batch of one cell ended: with a decision, a failed arm, or the user's interrupt.
struct Batch {
  Status status = Status::kPartial;
  std::string reason;
  std::optional<Decision> decision;
  int units = 0;
};

Decision invalid(std::string reason) {
  Decision decision;
  decision.reason = std::move(reason);
  return decision;
}

// What the arms did must be the same work, or their times have no ratio. Empty when it is.
std::string difference_of_work(const Duel& duel) {
  const CellRecord& reference = duel.record(kReference);
  const CellRecord& candidate = duel.record(kCandidate);
  if (reference.ops_per_iteration != candidate.ops_per_iteration) {
    return fmt::format("the builds do different work: {} and {} operations per iteration",
                       reference.ops_per_iteration.value_or(0),
                       candidate.ops_per_iteration.value_or(0));
  }
  if (!reference.samples.empty() && !candidate.samples.empty() &&
      reference.samples.front().check != candidate.samples.front().check) {
    return "the builds do different work: their answers, each right by its own account, differ";
  }
  return "";
}

// The batch of a duel that cannot go on.
Batch failed_batch(const Duel& duel) {
  for (std::size_t arm = 0; arm < kArms; ++arm) {
    const CellRecord& record = duel.record(arm);
    if (has_failed(record.status)) {
      const std::string reason =
          fmt::format("{}: {}", kArmNames[arm], record.reason.value_or("it says nothing"));
      const bool is_lost = record.status == Status::kNotApplicable && arm == kCandidate;
      return is_lost ? Batch{Status::kOk, "", invalid(reason), 0}
                     : Batch{record.status, reason, std::nullopt, 0};
    }
  }
  return {Status::kPartial, "interrupted", std::nullopt, 0};
}

class CellJudge {
 public:
  CellJudge(SweepContext& context, const CompareRules& rules, CompareProgress& progress)
      : context_(context), rules_(rules), progress_(progress) {}

  CellVerdict judge(const ComparedCell& cell, std::uint64_t index) {
    CellVerdict verdict;
    verdict.plan = cell.plan;
    const ArmCopies copies(cell.reference, cell.candidate);
    const Batch first = measure(cell, copies, 2 * index, 0);
    take(verdict, first);
    if (rules_.confirms && first.decision && first.decision->verdict == Verdict::kRegressed) {
      const Batch second = measure(cell, copies, 2 * index + 1, first.units);
      take(verdict, second);
      if (second.decision) {
        verdict.decision = confirm(*first.decision, *second.decision);
      }
    }
    return verdict;
  }

 private:
  static void take(CellVerdict& verdict, const Batch& batch) {
    verdict.status = batch.status;
    verdict.reason = batch.reason;
    if (batch.decision) {
      verdict.decision = *batch.decision;
      verdict.batches.push_back(*batch.decision);
    }
  }

  // Looks until it is decided. Each stream of random numbers is a batch's own.
  Batch measure(const ComparedCell& cell,
                const ArmCopies& copies,
                std::uint64_t stream,
                int first_unit) {
    const std::uint64_t seed = Rng::stream(context_.request.seed, stream).next();
    Duel duel(context_, cell.plan, copies.arms(), seed, first_unit);
    Batch batch;
    for (int look = 0; look < kLooks; ++look) {
      const int units = kLookUnits[static_cast<std::size_t>(look)] - batch.units;
      progress_.expect(static_cast<std::int64_t>(units) * context_.request.turns *
                       static_cast<std::int64_t>(kArms));
      const bool can_go_on = duel.run_units(units);
      progress_.look_ended();
      if (!can_go_on) {
        batch = failed_batch(duel);
        break;
      }
      batch.units += units;
      const std::string difference = difference_of_work(duel);
      batch.decision = difference.empty()
                           ? decide(measured_of(duel.rounds(), context_.request.turns, rules_.hz),
                                    rules_.decision, look)
                           : invalid(difference);
      batch.status = Status::kOk;
      if (batch.decision->verdict != Verdict::kUndecided) {
        break;
      }
    }
    duel.finish();
    return batch;
  }

  SweepContext& context_;
  const CompareRules& rules_;
  CompareProgress& progress_;
};

// The verdicts that need no timing; empty when there are turns to take.
std::optional<CellVerdict> without_timing(const ComparedCell& cell) {
  CellVerdict verdict;
  verdict.plan = cell.plan;
  verdict.status = Status::kOk;
  if (!cell.plan.not_applicable.empty()) {
    verdict.status = Status::kNotApplicable;
    verdict.reason = cell.plan.not_applicable;
  } else if (!cell.lost.empty()) {
    verdict.decision = invalid(cell.lost);
  } else if (cell.is_identical) {
    verdict.decision = identical();
  } else {
    return std::nullopt;
  }
  return verdict;
}

}  // namespace

ArmCopies::ArmCopies(const fs::path& reference, const fs::path& candidate) {
  std::string pattern = fs::temp_directory_path() / "antinode-arms-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(fmt::format("cannot make {}: {}", pattern, std::strerror(errno)),
                "The disk is full, or the folder not writable", "Name another one with TMPDIR");
  }
  root_ = pattern;
  const std::array<fs::path, kArms> originals{reference, candidate, reference};
  try {
    for (std::size_t arm = 0; arm < kArms; ++arm) {
      const fs::path copy = root_ / kArmFolders[arm] / originals[arm].filename();
      fs::create_directory(copy.parent_path());
      fs::copy_file(originals[arm], copy);
      fs::permissions(copy, fs::perms::owner_all);
      arms_.push_back({kArmNames[arm], copy});
    }
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
    throw Error(fmt::format("cannot copy the cells into {}: {}", root_.string(), error.what()),
                "The disk is full, or a build replaced them meanwhile",
                "Name another folder with TMPDIR, or wait for the build");
  }
}

ArmCopies::~ArmCopies() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Measured measured_of(const std::vector<RoundRecord>& rounds,
                     int planned_rounds,
                     int hz,
                     const JudgedArms& arms) {
  std::map<int, UnitRatios> units;
  std::vector<std::int64_t> turn_ns;
  for (const RoundRecord& round : rounds) {
    UnitRatios& unit = units[round.unit];
    if (round.dropped != Dropped::kNo) {
      continue;
    }
    const double reference = std::log(round.ns_per_iteration[arms.reference]);
    unit.candidate.push_back(std::log(round.ns_per_iteration[arms.candidate]) - reference);
    unit.control.push_back(std::log(round.ns_per_iteration[arms.control]) - reference);
    for (const std::size_t arm : {arms.reference, arms.candidate, arms.control}) {
      turn_ns.push_back(round.ns[arm]);
    }
  }
  Measured measured;
  measured.planned_rounds = planned_rounds;
  for (auto& [number, unit] : units) {
    measured.units.push_back(std::move(unit));
  }
  if (hz > 0) {
    measured.ticks = tick_test(turn_ns, hz);
  }
  return measured;
}

CompareOutcome compare_builds(const RunRequest& request,
                              const Catalogue& reference,
                              const std::vector<ComparedCell>& cells,
                              const CompareRules& rules,
                              RunObserver& observer) {
  std::vector<CellPlan> timed;
  for (const ComparedCell& cell : cells) {
    if (!without_timing(cell)) {
      timed.push_back(cell.plan);
    }
  }
  CompareRules applied = rules;
  applied.decision.family = std::max(1, static_cast<int>(timed.size()));
  CompareProgress progress(observer);
  progress.planned(timed);
  Session session(request, reference, progress, timed);
  CellJudge judge(session.context(), applied, progress);
  CompareOutcome outcome;
  outcome.rule = applied.decision;
  for (const ComparedCell& cell : cells) {
    auto verdict = without_timing(cell);
    if (!verdict && !session.is_interrupted()) {
      verdict = judge.judge(cell, outcome.cells.size());
      progress.judged(*verdict);
    } else if (!verdict) {
      verdict = CellVerdict{cell.plan, Status::kPartial, "interrupted", {}, {}};
    }
    outcome.cells.push_back(*std::move(verdict));
  }
  outcome.interrupted = session.is_interrupted();
  return outcome;
}

}  // namespace an::harness
