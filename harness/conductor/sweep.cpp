// run_sweep of run.hpp. Cells of one workload and size form a group: all its processes live at the
// same time and take turns in rounds, so that whatever the machine does meanwhile, it does to all
// of them.
#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "core/base/rng.hpp"
#include "harness/conductor/arm.hpp"
#include "harness/conductor/interrupt.hpp"
#include "harness/conductor/measure_lock.hpp"
#include "harness/conductor/memory_guard.hpp"
#include "harness/conductor/run.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {
namespace {

// Turns done and to do, for the observer. A cell that ends early counts as done.
struct Progress {
  std::int64_t done = 0, total = 0;
};

class Group {
 public:
  Group(SweepContext& context,
        const Interrupt& interrupt,
        Progress& progress,
        const std::vector<CellPlan>& plans,
        std::size_t first,
        std::size_t last)
      : context_(context), interrupt_(interrupt), progress_(progress) {
    for (std::size_t i = first; i < last; ++i) {
      arms_.emplace_back(context, plans[i]);
    }
  }

  // Measures every cell as far as it goes, or until the interrupt.
  void run(Rng& rng) {
    const std::int64_t done_after = progress_.done + turns_planned();
    if (!interrupt_.is_requested()) {
      start();
      admit();
      each_live([](Arm& arm) { arm.prepare(); });
      each_live([](Arm& arm) { arm.calibrate(); });
      take_rounds(rng);
    }
    if (!interrupt_.is_requested()) {
      each_live([](Arm& arm) { arm.finish(); });
    }
    if (context_.request.memory) {
      measure_memory();
    }
    progress_.done = done_after;
  }

  // Appends the records to cells.jsonl and to `outcome`.
  void record(RunOutcome& outcome) {
    for (Arm& arm : arms_) {
      CellRecord record = arm.take_record();
      if (record.status == Status::kPartial && !record.reason) {
        record.reason = "interrupted";
      }
      context_.writer.append(record);
      context_.observer.finished(record);
      outcome.cells.push_back(std::move(record));
    }
  }

 private:
  std::int64_t turns_planned() const {
    return context_.request.samples * std::count_if(arms_.begin(), arms_.end(), [](const Arm& arm) {
             return arm.record().plan.not_applicable.empty();
           });
  }

  // `action` for every live arm, one at a time; each is frozen before the next.
  template <class Action>
  void each_live(Action action) {
    for (Arm& arm : arms_) {
      if (arm.is_live() && !interrupt_.is_requested()) {
        action(arm);
        arm.freeze();
      }
    }
  }

  void start() {
    for (Arm& arm : arms_) {
      if (!interrupt_.is_requested()) {
        arm.start();
      }
    }
  }

  // The memory guard. Serial first, asked for or not: without it the others have no unit.
  void admit() {
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

  void take_rounds(Rng& rng) {
    for (int round = 0; round < context_.request.samples; ++round) {
      int position = 0;
      for (const std::size_t index : shuffled_order(arms_.size(), rng)) {
        Arm& arm = arms_[index];
        if (interrupt_.is_requested()) {
          return;
        }
        if (!arm.is_live()) {
          continue;
        }
        context_.observer.turn(arm.record().plan, progress_.done, progress_.total);
        arm.take_turn(round, position++);
        arm.freeze();
        ++progress_.done;
      }
    }
  }

  void measure_memory() {
    for (Arm& arm : arms_) {
      if (!interrupt_.is_requested() && arm.record().status == Status::kOk &&
          !arm.record().plan.baseline) {
        arm.measure_memory();
      }
    }
  }

  SweepContext& context_;
  const Interrupt& interrupt_;
  Progress& progress_;
  std::deque<Arm> arms_;  // its elements never move
};

// The end of the group that begins at `first`.
std::size_t group_end(const std::vector<CellPlan>& cells, std::size_t first) {
  std::size_t last = first;
  while (last < cells.size() && cells[last].workload == cells[first].workload &&
         cells[last].n == cells[first].n) {
    ++last;
  }
  return last;
}

}  // namespace

RunOutcome run_sweep(const RunRequest& request, const Catalogue& catalogue, RunObserver& observer) {
  const std::vector<CellPlan> cells = plan_cells(request, catalogue);
  observer.planned(cells);
  Placements placements(request.pin);
  RunWriter writer(request.out);
  const Interrupt interrupt;
  const MeasureLock lock(interrupt.wake_fd(),
                         [&](const std::string& text) { observer.note(text); });
  writer.write_manifest(
      manifest_json(request, catalogue, cells, read_environment(), placements.records(cells)));

  SweepContext context{request, catalogue, observer, writer, placements, interrupt.wake_fd()};
  Progress progress;
  progress.total = request.samples *
                   std::count_if(cells.begin(), cells.end(),
                                 [](const CellPlan& cell) { return cell.not_applicable.empty(); });
  Rng rng = Rng::stream(request.seed, 0);
  RunOutcome outcome;
  for (std::size_t first = 0; first < cells.size();) {
    const std::size_t last = group_end(cells, first);
    Group group(context, interrupt, progress, cells, first, last);
    group.run(rng);
    group.record(outcome);
    first = last;
  }
  outcome.interrupted = interrupt.is_requested();
  return outcome;
}

}  // namespace an::harness
