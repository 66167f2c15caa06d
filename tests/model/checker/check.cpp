#include "tests/model/checker/check.hpp"

#include <fmt/format.h>

#include <ctime>

#include "tests/model/checker/execution.hpp"

namespace an::model {

void clear_locals();

namespace {

std::set<std::string>* outcomes_seen = nullptr;

// Runs executions until `explorer` has no more, one fails, or `most` were run. False: it failed.
bool explore(const Model& model, Explorer& explorer, std::uint64_t most, Report& report) {
  Execution& execution = Execution::the();
  for (std::uint64_t i = 0; i < most; ++i) {
    clear_locals();
    const Ending ending = execution.run(model.body, explorer, nullptr);
    ++report.executions;
    report.pruned += ending == Ending::kPruned ? 1 : 0;
    report.operations += execution.operations();
    if (ending == Ending::kFailed) {
      report.failure = execution.failure();
      report.choices = explorer.choices();
      return false;
    }
    if (!explorer.next()) {
      report.is_exhaustive = !explorer.was_cut();
      return true;
    }
  }
  return true;
}

}  // namespace

std::vector<Model>& models() {
  static std::vector<Model> models;
  return models;
}

void require(bool condition, std::string_view what) {
  if (!condition) {
    Execution::the().fail("required: " + std::string(what));
  }
}

void outcome(const std::string& result) {
  const Execution::Outside outside;
  outcomes_seen->insert(std::string(result.data(), result.size()));
}

int preemptions_of(const Model& model, const Request& request) {
  return request.preemptions ? *request.preemptions
         : request.deep      ? model.bounds.preemptions_deep
                             : model.bounds.preemptions;
}

Report check(const Model& model, const Request& request) {
  Report report;
  outcomes_seen = &report.outcomes;
  const std::clock_t start = std::clock();
  Strategy strategy;
  strategy.preemptions = preemptions_of(model, request);
  Explorer depth_first(strategy);
  const std::uint64_t times = request.deep ? 10 : 1;
  if (explore(model, depth_first, model.bounds.executions * times, report) &&
      (!report.is_exhaustive || strategy.preemptions >= 0) && model.bounds.random > 0) {
    strategy.kind = Strategy::Kind::kRandom;
    strategy.seed = request.seed;
    Explorer random(strategy);
    const bool was_exhaustive = report.is_exhaustive;
    explore(model, random, model.bounds.random * times, report);
    report.is_exhaustive = was_exhaustive;
  }
  report.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (!model.bounds.finds.empty()) {
    report.is_good = report.failure.find(model.bounds.finds) != std::string::npos;
    return report;
  }
  report.is_good = report.failure.empty();
  if (!model.bounds.outcomes.empty() && report.is_good) {
    std::string seen;
    for (const std::string& one : report.outcomes) {
      seen += (seen.empty() ? "" : " ") + one;
    }
    if (seen != model.bounds.outcomes) {
      report.is_good = false;
      report.failure =
          fmt::format("outcomes are '{}', should be '{}'", seen, model.bounds.outcomes);
    }
  }
  return report;
}

Replay replay(const Model& model, const std::string& choices) {
  std::set<std::string> outcomes;
  outcomes_seen = &outcomes;
  Strategy strategy;
  strategy.kind = Strategy::Kind::kReplay;
  strategy.replay = parse_choices(choices);
  Explorer explorer(strategy);
  Trace trace;
  clear_locals();
  const Ending ending = Execution::the().run(model.body, explorer, &trace);
  return {ending == Ending::kFailed ? Execution::the().failure() : "", trace.print(),
          explorer.fits()};
}

}  // namespace an::model
