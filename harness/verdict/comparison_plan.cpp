// See comparison_plan.hpp.
#include "harness/verdict/comparison_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/executable.hpp"

namespace an::harness {
namespace {

using Plans = std::map<std::string, CellPlan>;  // by name

// What `request` selects in one build; workloads that the build does not know select nothing.
Plans plans_of(const RunRequest& request, const Catalogue& build) {
  RunRequest known = request;
  std::erase_if(known.workloads,
                [&](const std::string& name) { return build.workload(name) == nullptr; });
  // plan_cells refuses an empty selection; that one build has none of it is no mistake.
  known.filter.reset();
  Plans plans;
  if (!known.workloads.empty()) {
    for (CellPlan& cell : plan_cells(known, build)) {
      plans.emplace(cell.name, std::move(cell));
    }
  }
  return plans;
}

// The names that the filter leaves, sorted as plan_cells sorts.
std::vector<CellPlan> selected(const RunRequest& request,
                               const Plans& reference,
                               const Plans& candidate) {
  Plans all = reference;
  all.insert(candidate.begin(), candidate.end());
  std::vector<CellPlan> cells;
  for (const auto& [name, cell] : all) {
    if (is_selected(request, name)) {
      cells.push_back(cell);
    }
  }
  std::sort(cells.begin(), cells.end(), [](const CellPlan& a, const CellPlan& b) {
    return std::tie(a.workload, a.n, a.scheduler, a.allocator.name, a.workers) <
           std::tie(b.workload, b.n, b.scheduler, b.allocator.name, b.workers);
  });
  return cells;
}

// Why the cell called `name` cannot run in a build; empty when it can.
std::string obstacle(const Plans& plans, const std::string& name) {
  const auto found = plans.find(name);
  if (found == plans.end()) {
    return "it has no cell of this name; its workloads, sizes or defaults of options differ";
  }
  return found->second.not_applicable;
}

std::string build_kind(const BuildEntry& build) {
  return (build.type.empty() ? "no build type" : build.type) +
         (build.sanitizer.empty() ? "" : " with " + build.sanitizer);
}

void refuse_different_kinds(const SchedulerEntry& reference, const SchedulerEntry& candidate) {
  const std::string kind = build_kind(reference.build), other = build_kind(candidate.build);
  if (kind != other) {
    throw Error(fmt::format("the builds of cell-{} cannot be compared: the reference is {}, the "
                            "candidate {}",
                            reference.name, kind, other),
                "They were built with different presets",
                "Build both with the preset bench (./dev build)");
  }
}

}  // namespace

Catalogue merge(const Catalogue& reference, const Catalogue& candidate) {
  Catalogue merged = candidate;
  for (const SchedulerEntry& entry : reference.schedulers) {
    const auto place = std::find_if(merged.schedulers.begin(), merged.schedulers.end(),
                                    [&](const auto& known) { return known.name == entry.name; });
    if (place == merged.schedulers.end()) {
      merged.schedulers.push_back(entry);
    } else if (!place->absent_reason.empty()) {
      *place = entry;
    } else {
      for (const WorkloadEntry& workload : entry.workloads) {
        if (place->workload(workload.name) == nullptr) {
          place->workloads.push_back(workload);
        }
      }
    }
  }
  return merged;
}

std::vector<ComparedCell> plan_comparison(const RunRequest& request,
                                          const Catalogue& reference,
                                          const Catalogue& candidate) {
  const Plans before = plans_of(request, reference);
  const Plans after = plans_of(request, candidate);
  std::map<std::string, bool> identical;  // by scheduler
  std::vector<ComparedCell> cells;
  for (CellPlan& plan : selected(request, before, after)) {
    ComparedCell cell;
    const std::string reference_lacks = obstacle(before, plan.name);
    const std::string candidate_lacks = obstacle(after, plan.name);
    cell.plan = std::move(plan);
    cell.plan.not_applicable = "";
    if (!reference_lacks.empty()) {
      cell.plan.not_applicable = candidate_lacks.empty()
                                     ? "the reference cannot run it: " + reference_lacks
                                     : reference_lacks;
    } else if (!candidate_lacks.empty()) {
      cell.lost = "the candidate cannot run what the reference can: " + candidate_lacks;
    } else {
      const SchedulerEntry& old_entry = *reference.scheduler(cell.plan.scheduler);
      const SchedulerEntry& new_entry = *candidate.scheduler(cell.plan.scheduler);
      refuse_different_kinds(old_entry, new_entry);
      cell.reference = old_entry.executable;
      cell.candidate = new_entry.executable;
      if (identical.count(cell.plan.scheduler) == 0) {
        identical[cell.plan.scheduler] = code_hash(cell.reference) == code_hash(cell.candidate);
      }
      cell.is_identical = identical[cell.plan.scheduler];
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

const std::vector<GateCell>& default_gate_cells() {
  static const std::vector<GateCell> kCells{{"fib", "chase_lev", 1},
                                            {"fib", "chase_lev", 2},
                                            {"noop_batch", "central_queue", 2},
                                            {"nqueens", "heartbeat", 2},
                                            {"tile_updates", "resonance", 2}};
  return kCells;
}

bool is_default_gate_cell(const CellPlan& cell) {
  return std::any_of(default_gate_cells().begin(), default_gate_cells().end(),
                     [&](const GateCell& known) {
                       return known.workload == cell.workload &&
                              known.scheduler == cell.scheduler && known.workers == cell.workers;
                     });
}

}  // namespace an::harness
