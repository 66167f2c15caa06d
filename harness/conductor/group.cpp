// See group.hpp.
#include "harness/conductor/group.hpp"

#include <algorithm>
#include <utility>

#include "harness/conductor/memory_guard.hpp"

namespace an::harness {

Group::Group(SweepContext& context,
             const std::vector<CellPlan>& plans,
             Calibrate calibrate,
             std::uint64_t seed,
             std::uint64_t stream)
    : context_(context),
      calibrate_(calibrate),
      orders_(plans.size(), Rng::stream(seed, 2 * stream).next()) {
  Rng padding = Rng::stream(seed, 2 * stream + 1);
  for (const CellPlan& plan : plans) {
    arms_.emplace_back(context, plan, padding.next());
  }
  length_seed_ = padding.next();
}

void Group::take_up(const std::vector<CellRecord>& earlier) {
  for (std::size_t i = 0; i < arms_.size() && i < earlier.size(); ++i) {
    arms_[i].take_up(earlier[i]);
    if (earlier[i].status != Status::kPartial) {
      written_.insert(&arms_[i]);
      context_.observer.finished(arms_[i].record());
    }
  }
}

bool Group::has_live() const {
  return std::any_of(arms_.begin(), arms_.end(), [](const Arm& arm) { return arm.is_live(); });
}

// `action` for every live arm, one at a time; each is parked before the next.
template <class Action>
void Group::each_live(Action action) {
  for (Arm& arm : arms_) {
    if (arm.is_live() && !context_.interrupt.is_requested()) {
      action(arm);
      arm.park();
    }
  }
}

// The memory guard. Serial first, asked for or not: without it the others have no unit.
void Group::admit() {
  std::vector<Arm*> asked;
  std::vector<std::int64_t> needs_bytes;
  for (const bool wants_unit : {true, false}) {
    for (Arm& arm : arms_) {
      const bool is_unit = arm.record().plan.scheduler == kBaselineScheduler;
      if (!arm.is_live() || is_unit != wants_unit) {
        continue;
      }
      if (const auto bytes = arm.estimate()) {
        asked.push_back(&arm);
        needs_bytes.push_back(*bytes);
      }
    }
  }
  const auto refusals = refuse_what_does_not_fit(needs_bytes, memory_available_bytes());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!refusals[i].empty()) {
      asked[i]->refuse(refusals[i]);
    }
  }
}

void Group::calibrate() {
  const Arm& first = arms_.front();
  each_live([&](Arm& arm) {
    if (calibrate_ == Calibrate::kEach || &arm == &first) {
      arm.calibrate();
    } else if (first.record().iterations) {
      arm.adopt(first);
    }
  });
}

std::int64_t Group::extra_iterations(int unit) const {
  const Arm& first = arms_.front();
  if (calibrate_ == Calibrate::kEach || !first.record().iterations) {
    return 0;
  }
  const std::int64_t most = iterations_to_vary(*first.record().iterations, first.calibrated_ns(),
                                               context_.request.tick_ns);
  return Rng::stream(length_seed_, static_cast<std::uint64_t>(unit))
      .below(static_cast<std::uint32_t>(most + 1));
}

void Group::begin() {
  for (Arm& arm : arms_) {
    if (arm.is_live() && !context_.interrupt.is_requested()) {
      arm.start();
    }
  }
  if (!context_.interrupt.is_requested()) {
    admit();
  }
  each_live([](Arm& arm) { arm.prepare(); });
  calibrate();
}

void Group::run_unit(int unit, int rounds, Progress& progress) {
  const NoiseWatch watch;
  for (Arm& arm : arms_) {
    arm.draw_padding(unit);
  }
  if (!std::exchange(has_begun_, true)) {
    begin();
  }
  const std::int64_t extra = extra_iterations(unit);
  each_live([extra](Arm& arm) { arm.begin_unit(extra); });
  take_rounds(unit, rounds, progress);
  each_live([](Arm& arm) { arm.end_unit(); });
  write_failures();
  record_noise(unit, watch.stop());
}

void Group::record_noise(int unit, const UnitNoise& noise) {
  context_.writer.append_noise(arms_.front().record().plan, unit, noise);
  context_.noise.add(noise);
}

void Group::reopen() {
  begin();
  each_live([](Arm& arm) { arm.end_unit(); });
  write_failures();
}

// Whether nobody but `active` can run. Who can is stopped again, for the next turn.
bool Group::others_rest(const Arm& active) {
  bool all_rest = true;
  for (Arm& arm : arms_) {
    if (&arm != &active && context_.request.freeze && !arm.is_parked()) {
      arm.park();
      all_rest = false;
    }
  }
  return all_rest;
}

// Every live arm once, in the order of `slot`. An arm that ends, or the user's interrupt, leaves a
// round incomplete.
Group::Round Group::take_round(int unit, int turn, std::size_t slot, Progress& progress) {
  Round round;
  for (const std::size_t index : orders_.of(slot)) {
    Arm& arm = arms_[index];
    if (!arm.is_live() || context_.interrupt.is_requested()) {
      continue;
    }
    context_.observer.turn(arm.record().plan, progress.done, progress.total);
    if (auto sample = arm.take_turn(unit, turn, [&] { return others_rest(arm); })) {
      sample->position = static_cast<int>(round.size());
      round.emplace_back(&arm, *std::move(sample));
    }
    arm.park();
    ++progress.done;
  }
  return round;
}

// What spoils one turn spoils the round. True when it counts.
bool Group::keep_or_drop(Round& round, int unit, int turn) {
  const auto spoilt = std::find_if(round.begin(), round.end(), [](const auto& entry) {
    return entry.second.dropped != Dropped::kNo;
  });
  const bool is_kept = spoilt == round.end();
  RoundRecord record;
  record.unit = unit;
  record.turn = turn;
  record.dropped = is_kept ? Dropped::kNo : spoilt->second.dropped;
  for (auto& [arm, sample] : round) {
    sample.dropped = record.dropped;
    arm->add(sample);
  }
  if (round.size() == arms_.size()) {
    for (const Arm& arm : arms_) {
      if (!is_kept && &arm == spoilt->first) {
        record.spoiler = record.ns.size();
      }
      const Sample& sample = std::find_if(round.begin(), round.end(), [&](const auto& entry) {
                               return entry.first == &arm;
                             })->second;
      record.ns.push_back(sample.ns);
      record.ns_per_iteration.push_back(static_cast<double>(sample.ns) /
                                        static_cast<double>(sample.iterations));
    }
    rounds_.push_back(std::move(record));
  }
  return is_kept;
}

void Group::take_rounds(int unit, int rounds, Progress& progress) {
  std::vector<std::pair<const CellPlan*, Sample>> records;
  int kept = 0;
  for (int turn = 0; turn < 2 * rounds && kept < rounds && has_live(); ++turn) {
    const std::int64_t done_before = progress.done;
    // A repeated round has the order of the dropped one: those that count are balanced.
    const auto slot =
        static_cast<std::size_t>(unit) * static_cast<std::size_t>(context_.request.turns) +
        static_cast<std::size_t>(kept);
    Round round = take_round(unit, turn, slot, progress);
    if (keep_or_drop(round, unit, turn)) {
      ++kept;
    } else {
      progress.done = done_before;
    }
    for (auto& [arm, sample] : round) {
      records.emplace_back(&arm->record().plan, std::move(sample));
    }
    if (context_.interrupt.is_requested()) {
      break;
    }
  }
  write_failures();
  context_.writer.append_unit(records);
}

void Group::finish(Stopped stopped) {
  for (Arm& arm : arms_) {
    if (arm.is_live()) {
      arm.finish(stopped);
    }
  }
}

void Group::measure_memory() {
  for (Arm& arm : arms_) {
    const CellRecord& record = arm.record();
    if (!context_.interrupt.is_requested() && record.status == Status::kOk &&
        !record.plan.baseline && written_.count(&arm) == 0) {
      arm.measure_memory();
    }
  }
}

void Group::trace() {
  for (Arm& arm : arms_) {
    if (context_.trace != nullptr && !context_.interrupt.is_requested() &&
        !arm.record().plan.baseline) {
      arm.trace(*context_.trace);
    }
  }
}

void Group::write(const Arm& arm) {
  if (written_.insert(&arm).second) {
    context_.writer.append(arm.record());
    context_.observer.finished(arm.record());
  }
}

// Whoever ended by itself. The user's interrupt is no failure.
void Group::write_failures() {
  for (const Arm& arm : arms_) {
    if (!arm.is_live() && arm.record().status != Status::kPartial) {
      write(arm);
    }
  }
}

void Group::write_records() {
  for (Arm& arm : arms_) {
    arm.interrupt(context_.interrupt.is_requested() ? "interrupted" : "another arm failed");
    write(arm);
  }
}

}  // namespace an::harness
