// See count_verdict.hpp.
#include "harness/verdict/count_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

namespace an::harness {
namespace {

using Values = std::vector<std::int64_t>;

bool is_constant(const Values& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

std::optional<double> median_of(const Values& values) {
  if (values.empty()) {
    return std::nullopt;
  }
  return median(std::vector<double>(values.begin(), values.end()));
}

CountChange exact(std::string subject,
                  std::string quantity,
                  std::optional<std::int64_t> reference,
                  std::optional<std::int64_t> candidate) {
  CountChange change{.subject = std::move(subject), .quantity = std::move(quantity)};
  if (reference) {
    change.reference = static_cast<double>(*reference);
  }
  if (candidate) {
    change.candidate = static_cast<double>(*candidate);
  }
  if (reference && candidate) {
    change.verdict = *reference == *candidate ? CountVerdict::kSame : CountVerdict::kChanged;
  } else if (!reference && !candidate) {
    change.verdict = CountVerdict::kSame;
    change.note = "neither build has it";
  } else {  // one has tasks and the other has not, or is a script
    change.verdict = CountVerdict::kChanged;
    change.note = std::string("only the ") + (reference ? "reference" : "candidate") + " has it";
  }
  return change;
}

CountChange compare_work(const CellPlan& plan,
                         const InstructionCount& reference,
                         const InstructionCount& candidate) {
  CountChange change{.subject = plan.name,
                     .quantity = "instructions_per_op",
                     .reference = reference.per_op,
                     .candidate = candidate.per_op};
  if (!reference.per_op || !candidate.per_op) {
    change.note = reference.per_op ? candidate.reason : reference.reason;
    return change;
  }
  const double spread = std::max(reference.spread.value_or(0), candidate.spread.value_or(0));
  const double ratio = *candidate.per_op / *reference.per_op;
  if (spread > kWorkTolerance) {
    change.verdict = CountVerdict::kVaries;
    change.note = "two counts of one build differ by more than the tolerance";
  } else {
    change.verdict =
        std::abs(ratio - 1) > kWorkTolerance ? CountVerdict::kChanged : CountVerdict::kSame;
  }
  return change;
}

CountVerdict judge_alone(const Values& reference, const Values& candidate) {
  if (!is_constant(reference) || !is_constant(candidate)) {
    return CountVerdict::kVaries;
  }
  return reference.front() == candidate.front() ? CountVerdict::kSame : CountVerdict::kChanged;
}

// One is added to both counts of a pair, so that none at all has a logarithm; where there are few
// that draws the ratio towards 1, never away from it.
void judge_pairs(const Values& reference,
                 const Values& candidate,
                 std::size_t family,
                 CountChange& change) {
  std::vector<double> log_ratios;
  for (std::size_t i = 0; i < std::min(reference.size(), candidate.size()); ++i) {
    log_ratios.push_back(
        std::log(static_cast<double>(candidate[i] + 1) / static_cast<double>(reference[i] + 1)));
  }
  const double alpha = kCounterAlpha / static_cast<double>(std::max<std::size_t>(family, 1));
  const auto interval = median_interval(log_ratios, alpha);
  if (!interval) {
    change.verdict = CountVerdict::kInconclusive;
    change.note = "too few processes for an interval: raise --samples";
    return;
  }
  const double limit = std::log1p(kCounterTolerance);
  change.ratio = Interval{std::exp(interval->low), std::exp(interval->high)};
  if (interval->low > limit || interval->high < -limit) {
    change.verdict = CountVerdict::kChanged;
  } else if (interval->high <= limit && interval->low >= -limit) {
    change.verdict = CountVerdict::kSame;
  } else {
    change.verdict = CountVerdict::kInconclusive;
  }
}

// A counter that is a time, whatever the machine did meanwhile: shown, never compared.
bool is_time(const std::string& counter) {
  return counter.ends_with("_ns");
}

CountChange compare_counter(const CellPlan& plan,
                            const std::string& name,
                            const Values& reference,
                            const Values& candidate,
                            std::size_t family) {
  CountChange change{.subject = plan.name,
                     .quantity = name,
                     .reference = median_of(reference),
                     .candidate = median_of(candidate)};
  if (reference.empty() || candidate.empty()) {
    change.verdict = CountVerdict::kChanged;
    change.note = std::string("only the ") + (candidate.empty() ? "reference" : "candidate") +
                  " has this counter";
  } else if (plan.workers == 1) {
    change.verdict = judge_alone(reference, candidate);
  } else {
    judge_pairs(reference, candidate, family, change);
  }
  return change;
}

}  // namespace

const char* to_string(CountVerdict verdict) {
  switch (verdict) {
    case CountVerdict::kSame:
      return "same";
    case CountVerdict::kChanged:
      return "CHANGED";
    case CountVerdict::kVaries:
      return "varies";
    case CountVerdict::kInconclusive:
      return "inconclusive";
    case CountVerdict::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<CountChange> compare_builds(const BuildCount& reference, const BuildCount& candidate) {
  const std::string& name = reference.scheduler;
  return {
      exact(name, "file_bytes", reference.executable.file_bytes, candidate.executable.file_bytes),
      exact(name, "text_bytes", reference.executable.text_bytes, candidate.executable.text_bytes),
      exact(name, "task_bytes", reference.task_bytes, candidate.task_bytes)};
}

std::size_t distributional_counters(const CellPlan& plan,
                                    const CellCount& reference,
                                    const CellCount& candidate) {
  if (plan.workers == 1) {
    return 0;
  }
  return static_cast<std::size_t>(
      std::count_if(reference.counters.begin(), reference.counters.end(), [&](const auto& entry) {
        return candidate.counters.count(entry.first) != 0 && !is_time(entry.first);
      }));
}

std::vector<CountChange> compare_cells(const CellPlan& plan,
                                       const CellCount& reference,
                                       const CellCount& candidate,
                                       std::size_t family) {
  std::vector<CountChange> changes;
  if (reference.status != Status::kOk || candidate.status != Status::kOk) {
    return changes;
  }
  if (plan.workers == 1) {
    changes.push_back(compare_work(plan, reference.callgrind, candidate.callgrind));
  }
  std::map<std::string, std::pair<Values, Values>> counters;
  for (const auto& [name, values] : reference.counters) {
    counters[name].first = values;
  }
  for (const auto& [name, values] : candidate.counters) {
    counters[name].second = values;
  }
  for (const auto& [name, values] : counters) {
    if (!is_time(name)) {
      changes.push_back(compare_counter(plan, name, values.first, values.second, family));
    }
  }
  return changes;
}

}  // namespace an::harness
