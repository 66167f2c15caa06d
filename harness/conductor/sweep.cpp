// run_sweep of run.hpp: group after group, unit after unit, until one of the ends that the request
// names.
#include <algorithm>
#include <map>
#include <utility>

#include "harness/conductor/group.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/session.hpp"

namespace an::harness {
namespace {

std::vector<const CellRecord*> records_of(const Group& group) {
  std::vector<const CellRecord*> records;
  for (const Arm& arm : group.arms()) {
    records.push_back(&arm.record());
  }
  return records;
}

// Why the group ends after `units` of at most `units_max`; empty when it does not.
std::optional<Stopped> end_after(
    const Group& group, const RunRequest& request, int units, int units_max, Nanos begun_ns) {
  if (units == units_max) {
    return Stopped::kSamples;
  }
  if (request.rel_ci && is_look(units) && request.stop_rule(records_of(group), kAlphaOfLook)) {
    return Stopped::kRelCi;
  }
  if (request.budget_ns && now_ns() - begun_ns >= *request.budget_ns) {
    return Stopped::kBudget;
  }
  return std::nullopt;
}

// The units that the live arms have from before.
int units_taken(const Group& group) {
  int units = 0;
  for (const Arm& arm : group.arms()) {
    units = std::max(units, arm.is_live() ? arm.record().units : 0);
  }
  return units;
}

// How long the rounds of those units lasted: the budget holds for all attempts together.
Nanos time_taken(const Group& group) {
  std::map<int, std::pair<Nanos, Nanos>> spans;  // by unit: begin and end
  for (const Arm& arm : group.arms()) {
    for (const Sample& sample : arm.record().samples) {
      const Nanos begin = sample.t_mono_ns - sample.ns;
      auto& span = spans.try_emplace(sample.unit, begin, sample.t_mono_ns).first->second;
      span = {std::min(span.first, begin), std::max(span.second, sample.t_mono_ns)};
    }
  }
  Nanos taken_ns = 0;
  for (const auto& [unit, span] : spans) {
    taken_ns += span.second - span.first;
  }
  return taken_ns;
}

void measure(Group& group, SweepContext& context, Progress& progress) {
  const RunRequest& request = context.request;
  const int units_max = units_of(request.samples, request.turns);
  const Nanos begun_ns = now_ns() - time_taken(group);
  int unit = units_taken(group);
  std::optional<Stopped> stopped;
  if (unit > 0) {
    stopped = end_after(group, request, unit, units_max, begun_ns);
  }
  if (stopped) {
    group.reopen();
  }
  for (; !stopped && group.has_live() && !context.interrupt.is_requested(); ++unit) {
    group.run_unit(unit, turns_of_unit(request.samples, request.turns, unit), progress);
    stopped = end_after(group, request, unit + 1, units_max, begun_ns);
  }
  if (stopped && !context.interrupt.is_requested()) {
    group.finish(*stopped);
  }
  if (request.memory) {
    group.measure_memory();
  }
  group.trace();
}

// The end of the group that begins at `first`: the cells of one workload and size.
std::vector<CellPlan>::const_iterator group_end(const std::vector<CellPlan>& cells,
                                                std::vector<CellPlan>::const_iterator first) {
  return std::find_if(first, cells.end(), [&](const CellPlan& cell) {
    return cell.workload != first->workload || cell.n != first->n;
  });
}

std::int64_t turns_planned(const RunRequest& request, const std::vector<CellPlan>& cells) {
  return std::int64_t{request.samples} *
         std::count_if(cells.begin(), cells.end(),
                       [](const CellPlan& cell) { return cell.not_applicable.empty(); });
}

// The records among `earlier` of the `count` cells from `first` on; none when there is no earlier run.
std::vector<CellRecord> part_of(const std::vector<CellRecord>& earlier,
                                std::ptrdiff_t first,
                                std::size_t count) {
  if (earlier.empty()) {
    return {};
  }
  const auto begin = earlier.begin() + first;
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

// Turns that a group has from before, for the progress.
std::int64_t turns_taken(const Group& group) {
  std::int64_t turns = 0;
  for (const Arm& arm : group.arms()) {
    turns += arm.is_live() ? static_cast<std::int64_t>(arm.record().samples.size()) : 0;
  }
  return turns;
}

}  // namespace

RunOutcome run_sweep(const RunRequest& request,
                     const Catalogue& catalogue,
                     RunObserver& observer,
                     const std::vector<CellRecord>& earlier) {
  const std::vector<CellPlan> cells = plan_cells(request, catalogue);
  observer.planned(cells);
  Session session(request, catalogue, observer, cells);
  Progress progress{.done = 0, .total = turns_planned(request, cells)};
  RunOutcome outcome;
  outcome.alpha = alpha_of(request);
  std::uint64_t number = 0;
  for (auto first = cells.begin(); first != cells.end(); ++number) {
    const std::vector<CellPlan> plans(first, group_end(cells, first));
    const std::int64_t done_after = progress.done + turns_planned(request, plans);
    Group group(session.context(), plans, Calibrate::kEach, request.seed, number);
    group.take_up(part_of(earlier, first - cells.begin(), plans.size()));
    progress.done += turns_taken(group);
    measure(group, session.context(), progress);
    progress.done = done_after;
    group.write_records();
    for (Arm& arm : group.arms()) {
      outcome.cells.push_back(arm.take_record());
    }
    first += static_cast<std::ptrdiff_t>(plans.size());
  }
  session.finish_trace();
  session.note_noise();
  outcome.interrupted = session.is_interrupted();
  return outcome;
}

}  // namespace an::harness
