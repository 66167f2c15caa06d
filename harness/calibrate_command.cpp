// `harness calibrate` and `harness misfire`: what verdicts are worth on this machine, ours and those
// of other rules. As `run`, they refuse before they make a run directory and write their file before
// they print.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "harness/commands.hpp"
#include "harness/conductor/kernel_settings.hpp"
#include "harness/conductor/record.hpp"
#include "harness/report/calibration_text.hpp"
#include "harness/report/progress.hpp"
#include "harness/request.hpp"
#include "harness/terminal.hpp"
#include "harness/verdict/calibrate.hpp"
#include "harness/verdict/comparison_plan.hpp"
#include "harness/verdict/misfire.hpp"

namespace an::harness {
namespace {

// Passes on what is worth a line among hundreds of duels: their ends are not, unless they failed.
class DuelObserver final : public RunObserver {
 public:
  explicit DuelObserver(RunObserver& observer) : observer_(observer) {}

  void planned(const std::vector<CellPlan>& cells) override { observer_.planned(cells); }
  void turn(const CellPlan& cell, std::int64_t done, std::int64_t total) override {
    observer_.turn(cell, done, total);
  }
  void finished(const CellRecord& cell) override {
    if (cell.status != Status::kOk) {
      observer_.finished(cell);
    }
  }
  void note(const std::string& text) override { observer_.note(text); }

 private:
  RunObserver& observer_;
};

// The cells asked for, in the configuration of a gate.
RunRequest make_duel_request(const Options& options, const Catalogue& catalogue, int units) {
  RunRequest request = make_request(options, catalogue);
  request.samples = units * request.turns;
  request.baseline = false;
  request.memory = false;
  request.filter_pressure = options.compare.drops_pressed;
  try {
    plan_cells(request, catalogue);
  } catch (const Error& error) {
    throw UsageError(error.what(), "", "");
  }
  request.out = make_run_directory(options.out);
  return request;
}

// What `measure` returns; progress goes to standard error while it runs.
template <class Measure>
auto observed(Measure measure) {
  const std::unique_ptr<RunObserver> progress = make_progress(std::cerr, progress_style());
  DuelObserver observer(*progress);
  return measure(observer);
}

void publish(const std::filesystem::path& file,
             const std::string& json,
             const std::string& text,
             bool prints_json) {
  write_atomically(file, json);
  std::cout << (prints_json ? json : text) << std::flush;
  std::cerr << "\nWritten to " << file.string() << "\n";
}

template <class Cells>
int exit_code_of(const Cells& cells) {
  const auto has = [&](auto... statuses) {
    return std::any_of(cells.begin(), cells.end(),
                       [&](const auto& cell) { return ((cell.status == statuses) || ...); });
  };
  if (has(Status::kWrong, Status::kCrash, Status::kTimeout)) {
    return kExitCellFailed;
  }
  if (!has(Status::kOk)) {
    std::cerr << "harness: nothing was measured. Every cell asked for is n/a; its row says why.\n";
    return kExitEnvironment;
  }
  return kExitOk;
}

// The rule is that of the default gate, which shares its errors among so many cells.
int gate_family() {
  return static_cast<int>(default_gate_cells().size());
}

int say_interrupted(const RunRequest& request) {
  std::cerr << "harness: interrupted. The turns so far are in " << request.out.string() << "\n";
  return kExitInterrupted;
}

}  // namespace

int execute_calibrate(const Options& options) {
  const bool json = wants_json(options);
  const Catalogue catalogue = find_cells(options);
  CalibrationPlan plan;
  plan.rule.family = gate_family();
  plan.units = options.units;
  plan.real = options.gates;
  plan.turns = options.turns;
  plan.seed = options.seed;
  plan.hz = static_cast<int>(read_kernel_settings().hz.value_or(0));
  const RunRequest request = make_duel_request(options, catalogue, plan.units);
  const CalibrationOutcome outcome = observed(
      [&](RunObserver& observer) { return calibrate(request, plan, catalogue, observer); });
  if (outcome.interrupted) {
    return say_interrupted(request);
  }
  publish(request.out / "calibration.json", calibration_json(outcome, plan, options.command_line),
          calibration_text(outcome, plan), json);
  const int code = exit_code_of(outcome.cells);
  const std::vector<std::string> wanting = shortcomings(outcome);
  for (const std::string& text : wanting) {
    std::cerr << "harness: " << text << "\n";
  }
  return code == kExitOk && !wanting.empty() ? kExitEnvironment : code;
}

int execute_misfire(const Options& options) {
  const bool json = wants_json(options);
  const Catalogue catalogue = find_cells(options);
  MisfirePlan plan;
  plan.rule.family = gate_family();
  plan.real = options.gates > 0;
  plan.comparisons = plan.real ? options.gates : options.units;
  plan.seed = options.seed;
  plan.hz = static_cast<int>(read_kernel_settings().hz.value_or(0));
  const RunRequest request = make_duel_request(options, catalogue, plan.comparisons);
  const MisfireOutcome outcome =
      observed([&](RunObserver& observer) { return misfire(request, plan, catalogue, observer); });
  if (outcome.interrupted) {
    return say_interrupted(request);
  }
  publish(request.out / "misfire.json", misfire_json(outcome, plan, options.command_line),
          misfire_text(outcome, plan), json);
  return exit_code_of(outcome.cells);
}

}  // namespace an::harness
