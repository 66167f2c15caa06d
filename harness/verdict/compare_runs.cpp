// See compare_runs.hpp.
#include "harness/verdict/compare_runs.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/verdict/summary.hpp"

namespace an::harness {
namespace {

// A cell of a run, with its figures at the level of the run and at that of the ratio.
struct Side {
  const CellRecord* record = nullptr;
  CellResult shown, combined;
};

using Sides = std::map<std::string, Side>;  // by cell name

// Looks, which `alpha` was divided by, may end the two runs at any two of their looks: then each run
// gets half of the error. Without looks both intervals stand as they are (ratio_interval).
double level_in_ratio(const StoredRun& run, const StoredRun& other) {
  const bool has_looks = run.alpha < kAlpha || other.alpha < kAlpha;
  return has_looks ? run.alpha / 2 : run.alpha;
}

// The cells of `run`, without those that it added for x serial.
Sides sides_of(const StoredRun& run, const RunOutcome& outcome, double alpha) {
  RunOutcome at_level = outcome;
  at_level.alpha = alpha;
  const std::vector<CellResult> shown = summarise(outcome);
  const std::vector<CellResult> combined = summarise(at_level);
  Sides sides;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (!shown[i].plan.baseline) {
      sides[shown[i].plan.name] = {&run.cells[i].record, shown[i], combined[i]};
    }
  }
  return sides;
}

bool has_figures(const CellResult& result) {
  return result.status == Status::kOk && result.ns_per_op.value_or(0) > 0;
}

// Iterations differ between runs, and a check folds as many digests d as there were: it is d S(n), S(n)
// the fold of n ones. Multiplied crosswise checks of equal digests are equal; of different ones
// they are not, unless these agree in all but the highest bits.
bool is_same_work(const CellRecord& reference, const CellRecord& candidate) {
  const Sample& a = reference.samples.front();
  const Sample& b = candidate.samples.front();
  return a.check * fold_repeated(1, b.iterations) == b.check * fold_repeated(1, a.iterations) &&
         a.ops / a.iterations == b.ops / b.iterations;
}

RunFigures figures_of(const CellResult& result, bool is_same_machine) {
  RunFigures figures;
  figures.units = result.units;
  figures.x_serial = result.x_serial;
  figures.x_serial_low = result.x_serial_low;
  figures.x_serial_high = result.x_serial_high;
  if (is_same_machine) {
    figures.ns_per_op = result.ns_per_op;
    figures.ns_low = result.ns_low;
    figures.ns_high = result.ns_high;
  }
  return figures;
}

MatchedCell match(const Side& reference, const Side& candidate, bool is_same_machine) {
  MatchedCell cell;
  cell.plan = reference.record->plan;
  cell.reference = figures_of(reference.shown, is_same_machine);
  cell.candidate = figures_of(candidate.shown, is_same_machine);
  cell.same_work = is_same_work(*reference.record, *candidate.record);
  if (is_same_machine) {
    cell.ns_ratio = *candidate.shown.ns_per_op / *reference.shown.ns_per_op;
  }
  const CellResult& before = reference.combined;
  const CellResult& after = candidate.combined;
  if (before.x_serial.value_or(0) > 0 && after.x_serial) {
    cell.ratio = *after.x_serial / *before.x_serial;
    if (before.x_serial_low.value_or(0) > 0 && after.x_serial_low) {
      const Interval interval = ratio_interval({*before.x_serial_low, *before.x_serial_high},
                                               {*after.x_serial_low, *after.x_serial_high});
      cell.ratio_low = interval.low;
      cell.ratio_high = interval.high;
    }
  }
  return cell;
}

// Why a cell has no figures: "the candidate is partial: the run ended before this cell did".
LeftOutCell left_out(const CellResult& reference, const CellResult& candidate) {
  LeftOutCell cell;
  cell.cell = reference.plan.name;
  cell.never_ran =
      reference.status == Status::kNotApplicable && candidate.status == Status::kNotApplicable;
  const std::pair<const char*, const CellResult&> sides[] = {{"reference", reference},
                                                             {"candidate", candidate}};
  for (const auto& [side, result] : sides) {
    if (!has_figures(result)) {
      const bool is_empty = result.status == Status::kOk;
      cell.reason += fmt::format(
          "{}the {} {}{}", cell.reason.empty() ? "" : "; ", side,
          is_empty ? "has no operations" : fmt::format("is {}", to_string(result.status)),
          result.reason ? ": " + *result.reason : "");
    }
  }
  return cell;
}

// Ranks within workload, size and workers, over the matched cells: more of them in one run would move
// all ranks of it.
void rank(std::vector<MatchedCell>& cells, const Sides& reference, const Sides& candidate) {
  using Group = std::tuple<std::string, std::int64_t, std::uint32_t>;
  std::map<Group, std::vector<MatchedCell*>> groups;
  for (MatchedCell& cell : cells) {
    groups[{cell.plan.workload, cell.plan.n, cell.plan.workers}].push_back(&cell);
  }
  const auto rank_in = [](const Sides& run, const std::vector<MatchedCell*>& group,
                          const MatchedCell& cell) {
    const auto ns_of = [&run](const MatchedCell& other) {
      return run.at(other.plan.name).shown.ns_per_op.value();
    };
    return 1 + static_cast<int>(std::count_if(
                   group.begin(), group.end(),
                   [&](const MatchedCell* other) { return ns_of(*other) < ns_of(cell); }));
  };
  for (const auto& [key, group] : groups) {
    for (MatchedCell* cell : group) {
      cell->ranked = static_cast<int>(group.size());
      cell->reference.rank = rank_in(reference, group, *cell);
      cell->candidate.rank = rank_in(candidate, group, *cell);
    }
  }
}

std::vector<std::string> measuring_differences(const RunFacts& reference,
                                               const RunFacts& candidate) {
  std::vector<std::string> differences;
  for (const auto& [name, value] : reference.measuring) {
    const auto other = candidate.measuring.find(name);
    if (other != candidate.measuring.end() && other->second != value) {
      differences.push_back(fmt::format("{} {}; {}", name, value, other->second));
    }
  }
  return differences;
}

std::optional<std::string> serial_hash(const RunFacts& facts) {
  for (const StoredBuild& build : facts.builds) {
    if (build.scheduler == kBaselineScheduler) {
      return build.code_hash;
    }
  }
  return std::nullopt;
}

}  // namespace

Interval ratio_interval(Interval reference, Interval candidate) {
  return {candidate.low / reference.high, candidate.high / reference.low};
}

std::vector<std::string> machine_differences(const RunFacts& reference, const RunFacts& candidate) {
  using Fact = std::optional<std::string>;
  const std::tuple<const char*, const Fact&, const Fact&> facts[] = {
      {"cpu", reference.cpu, candidate.cpu},
      {"host", reference.host, candidate.host},
      {"kernel", reference.kernel, candidate.kernel}};
  std::vector<std::string> differences;
  if (reference.is_of_several_machines || candidate.is_of_several_machines) {
    differences.push_back("a run is of several machines");
  }
  for (const auto& [name, before, after] : facts) {
    if (!before || !after || *before != *after) {
      differences.push_back(
          fmt::format("{} {}; {}", name, before.value_or("unknown"), after.value_or("unknown")));
    }
  }
  return differences;
}

RunComparison compare_runs(const StoredRun& reference, const StoredRun& candidate) {
  RunComparison comparison;
  comparison.machine_differences = machine_differences(reference.facts, candidate.facts);
  comparison.plan_differences = measuring_differences(reference.facts, candidate.facts);
  const auto before_hash = serial_hash(reference.facts);
  const auto after_hash = serial_hash(candidate.facts);
  comparison.serial_differs = before_hash && after_hash && *before_hash != *after_hash;
  const bool is_same_machine = comparison.machine_differences.empty();
  const Sides before =
      sides_of(reference, outcome_of(reference), level_in_ratio(reference, candidate));
  const Sides after =
      sides_of(candidate, outcome_of(candidate), level_in_ratio(candidate, reference));
  for (const StoredCell& stored : reference.cells) {
    const std::string& name = stored.record.plan.name;
    const auto own = before.find(name);
    if (own == before.end()) {
      continue;
    }
    const auto other = after.find(name);
    if (other == after.end()) {
      comparison.only_reference.push_back(name);
    } else if (has_figures(own->second.shown) && has_figures(other->second.shown)) {
      comparison.cells.push_back(match(own->second, other->second, is_same_machine));
    } else {
      comparison.left_out.push_back(left_out(own->second.shown, other->second.shown));
    }
  }
  for (const StoredCell& stored : candidate.cells) {
    const std::string& name = stored.record.plan.name;
    if (after.count(name) != 0 && before.count(name) == 0) {
      comparison.only_candidate.push_back(name);
    }
  }
  rank(comparison.cells, before, after);
  return comparison;
}

}  // namespace an::harness
