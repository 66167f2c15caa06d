// See profile.hpp.
#include "harness/verdict/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace an::harness {
namespace {

// A cell as it was measured and what summarise() made of it.
struct Cell {
  const CellRecord* record = nullptr;
  const CellResult* result = nullptr;

  explicit operator bool() const { return result != nullptr && result->ns_per_op.has_value(); }
  double ns() const { return *result->ns_per_op * static_cast<double>(*result->ops); }
};

std::string reason_of(const Cell& cell, const std::string& name) {
  if (cell.result == nullptr) {
    return "there is no cell of " + name;
  }
  return cell.result->reason.value_or(name + " has no figures");
}

// The counter per iteration, by unit and turn; turns without it are left out.
TurnValues per_iteration(const CellRecord& cell, const std::string& counter) {
  TurnValues units;
  for (const Sample& sample : cell.samples) {
    const auto found = sample.counters.find(counter);
    if (found != sample.counters.end() && sample.iterations > 0) {
      units[sample.unit][sample.turn] =
          static_cast<double>(found->second) / static_cast<double>(sample.iterations);
    }
  }
  return units;
}

std::optional<double> typical(const CellRecord& cell, const std::string& counter) {
  return figure_of(per_iteration(cell, counter), kAlpha).middle;
}

// Of one iteration, if all turns agree and the counter is there.
std::optional<std::int64_t> exact(const CellRecord& cell, const std::string& counter) {
  std::optional<std::int64_t> one;
  for (const Sample& sample : cell.samples) {
    const auto found = sample.counters.find(counter);
    if (found == sample.counters.end() || sample.iterations == 0 ||
        found->second % sample.iterations != 0 ||
        one.value_or(found->second / sample.iterations) != found->second / sample.iterations) {
      return std::nullopt;
    }
    one = found->second / sample.iterations;
  }
  return one;
}

std::optional<ProfileCounts> counts_of(const CellRecord& cell) {
  const auto strands = exact(cell, "strands"), joins = exact(cell, "joins"),
             tasks = exact(cell, "tasks"), span = exact(cell, "span_strands");
  if (!strands || !joins || !tasks || !span) {
    return std::nullopt;
  }
  return ProfileCounts{*strands, *joins, *tasks, *span};
}

// What the counter is per iteration in serial's time, and `constant`, which is no time of the program's.
TurnValues scaled(const CellRecord& cell,
                  const std::string& counter,
                  double scale,
                  const std::string& constant) {
  TurnValues sums = per_iteration(cell, counter);
  TurnValues constants = per_iteration(cell, constant);
  for (auto& [unit, turns] : sums) {
    for (auto& [turn, value] : turns) {
      value = value * scale + constants[unit][turn];  // 0 where there is none
    }
  }
  return sums;
}

// The times of the instrument, if it disturbed the program little enough.
void read_spans(const Cell& cell, double alpha, Profile& profile) {
  const CellRecord& record = *cell.record;
  const auto work = typical(record, "work_ns"), probe = typical(record, "probe_ns"),
             batched = typical(record, "batched_ns");
  if (!work || !probe || !batched || *work <= 0) {
    profile.refusal = "the cell of profile has no work_ns, probe_ns and batched_ns";
    return;
  }
  // What the probe is known to cost, or all that the run differs from serial's: whichever is more.
  const double measured_ns = *work + *probe;
  profile.correction = std::max(*probe, std::abs(measured_ns - *profile.serial_ns)) / measured_ns;
  profile.batched = *batched / *work;
  if (*profile.correction > kCorrectionMax) {
    profile.refusal = fmt::format(
        "profiling changed the run by {:.0f} %, more than {:.0f} %: its strands take {:.1f} ns on "
        "average, and writing down where each ends takes as long. Choose a workload or a size with "
        "more work per fork; on a busy machine, try again",
        *profile.correction * 100, kCorrectionMax * 100,
        *profile.serial_ns / static_cast<double>(profile.counts ? profile.counts->strands : 1));
    return;
  }
  const double scale = *profile.serial_ns / *work;
  profile.span_ns = figure_of(scaled(record, "span_ns", scale, ""), alpha);
  profile.burdened_ns = figure_of(scaled(record, "burdened_ns", scale, "burdens_ns"), alpha);
}

ProfiledSpeedup speedup_of(const Cell& many, const Cell& alone, const Profile& profile) {
  ProfiledSpeedup speedup;
  speedup.plan = many.result->plan;
  if (!many || !alone || !profile.serial_ns || !many.result->x_serial) {
    const std::string& name = speedup.plan.scheduler;
    speedup.missing = !many    ? reason_of(many, name)
                      : !alone ? reason_of(alone, name + " on one worker")
                               : "serial has no figures";
    return speedup;
  }
  const auto inverse = [](const std::optional<double>& x) {
    return x && *x > 0 ? std::optional(1 / *x) : std::nullopt;
  };
  speedup.speedup = {inverse(many.result->x_serial), inverse(many.result->x_serial_high),
                     inverse(many.result->x_serial_low)};
  speedup.time_ns = many.ns();
  const auto workers = static_cast<double>(speedup.plan.workers);
  speedup.loss = loss_of(workers, speedup.time_ns, *profile.serial_ns, alone.ns(),
                         typical(*many.record, "idle_ns"));
  if (profile.span_ns.middle && profile.burdened_ns.middle) {
    const double work = *profile.serial_ns;
    speedup.speedup_at_most = work / time_at_least(workers, work, *profile.span_ns.middle);
    speedup.speedup_burdened = work / time_burdened(workers, work, *profile.burdened_ns.middle);
  }
  return speedup;
}

// The cells of one workload and size.
Profile profile_of(const std::vector<Cell>& cells, double alpha) {
  const auto find = [&](const std::string& scheduler, std::uint32_t workers) {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& cell) {
      return cell.result->plan.scheduler == scheduler && cell.result->plan.workers == workers;
    });
    return found == cells.end() ? Cell{} : *found;
  };
  Profile profile;
  profile.workload = cells.front().result->plan.workload;
  profile.n = cells.front().result->plan.n;
  const Cell serial = find(kBaselineScheduler, 1), instrument = find(kProfileScheduler, 1);
  if (serial) {
    profile.serial_ns = serial.ns();
    profile.ops = *serial.result->ops;
  }
  if (instrument) {
    profile.counts = counts_of(*instrument.record);
  }
  if (!serial || !instrument) {
    profile.refusal =
        serial ? reason_of(instrument, kProfileScheduler) : reason_of(serial, kBaselineScheduler);
  } else {
    read_spans(instrument, alpha, profile);
    if (profile.refusal.empty() && !(profile.span_ns.middle && profile.burdened_ns.middle)) {
      profile.refusal = "the instrument says nothing of the span";
    }
  }
  for (const Cell& cell : cells) {
    const CellPlan& plan = cell.result->plan;
    if (plan.workers > 1) {
      profile.speedups.push_back(speedup_of(cell, find(plan.scheduler, 1), profile));
    }
  }
  return profile;
}

}  // namespace

Loss loss_of(double workers,
             double time_ns,
             double serial_ns,
             double alone_ns,
             std::optional<double> idle_ns) {
  Loss loss{workers * time_ns, serial_ns, alone_ns - serial_ns, idle_ns, 0};
  loss.rest_ns = loss.total_ns - loss.work_ns - loss.scheduling_ns - idle_ns.value_or(0);
  return loss;
}

double time_at_least(double workers, double work_ns, double span_ns) {
  return std::max(work_ns / workers, span_ns);
}

double time_burdened(double workers, double work_ns, double burdened_ns) {
  constexpr double kOfCilkview = 1.7;
  return work_ns / workers + kOfCilkview * (1 - 1 / workers) * burdened_ns;
}

std::vector<Profile> profiles_of(const RunOutcome& outcome,
                                 const std::vector<CellResult>& results) {
  std::vector<Profile> profiles;
  for (std::size_t first = 0; first < results.size();) {
    std::vector<Cell> cells;
    const CellPlan& plan = results[first].plan;
    for (; first < results.size() && results[first].plan.workload == plan.workload &&
           results[first].plan.n == plan.n;
         ++first) {
      cells.push_back({&outcome.cells[first], &results[first]});
    }
    profiles.push_back(profile_of(cells, outcome.alpha));
  }
  return profiles;
}

}  // namespace an::harness
