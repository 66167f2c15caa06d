// See count.hpp.
#include "harness/conductor/count.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/cell_client.hpp"

namespace an::harness {
namespace {

// Steals and parks of W workers are few: the turn that counts them must be long enough to have some.
constexpr Nanos kTurnAimNs = 20'000'000;
constexpr std::int64_t kIterationsMost = 1000;
constexpr std::int64_t kIterationsAlone = 2;  // one worker: what it does is the same every time

PrepareRequest prepare_request(const CellPlan& plan,
                               const CountRequest& request,
                               Placements& placements) {
  const Placement& placement = placements.of(plan.workers);
  return {plan.workload, plan.n,         plan.workers,      request.seed,
          plan.options,  placement.cpus, placement.victims, placement.nodes};
}

void fail(CellCount& count, CallStatus status, ErrorKind kind, std::string reason) {
  count.status = status == CallStatus::kTimeout       ? Status::kTimeout
                 : status == CallStatus::kInterrupted ? Status::kPartial
                 : status == CallStatus::kRefused && kind == ErrorKind::kUnsupported
                     ? Status::kNotApplicable
                     : Status::kCrash;
  count.reason = std::move(reason);
}

// The reply of a right turn; empty when the cell failed, and `count` says how.
std::optional<TurnReply> checked_turn(CellClient& cell,
                                      std::uint64_t expected,
                                      std::int64_t iterations,
                                      CellCount& count) {
  auto answer = cell.turn(iterations);
  if (!answer) {
    fail(count, answer.status, answer.error.kind, answer.reason);
    return std::nullopt;
  }
  if (answer.value.check != fold_repeated(expected, iterations)) {
    count.status = Status::kWrong;
    count.reason = "wrong answer: its digest is " + std::to_string(answer.value.check) +
                   ", the right one " + std::to_string(fold_repeated(expected, iterations));
    return std::nullopt;
  }
  return std::move(answer.value);
}

std::int64_t iterations_for(const CellPlan& plan, Nanos first_ns) {
  if (plan.workers == 1) {
    return kIterationsAlone;
  }
  return std::clamp<std::int64_t>(kTurnAimNs / std::max<Nanos>(first_ns, 1), 1, kIterationsMost);
}

PmuReading growth(const PmuReading& before, const PmuReading& after) {
  PmuReading grown;
  if (before.instructions && after.instructions && before.cycles && after.cycles) {
    grown = {*after.instructions - *before.instructions, *after.cycles - *before.cycles};
  }
  return grown;
}

// One process of `executable`. `iterations` is chosen by the first process of all that gets so far.
void count_process(const CellPlan& plan,
                   const std::filesystem::path& executable,
                   const CountRequest& request,
                   const PrepareRequest& prepare,
                   std::int64_t& iterations,
                   CellCount& count) {
  CellClient cell({executable, {}, {}, {}}, request.timeout_ns, request.wake_fd);
  std::unique_ptr<HardwareCounters> hardware;
  if (request.has_counters) {  // before the cell starts its threads, which inherit them
    hardware = std::make_unique<HardwareCounters>(cell.pid());
  }
  const auto ready = cell.prepare(prepare);
  if (!ready) {
    return fail(count, ready.status, ready.error.kind, ready.reason);
  }
  const auto warm = checked_turn(cell, ready.value.expected, 1, count);
  if (!warm) {
    return;
  }
  iterations = iterations > 0 ? iterations : iterations_for(plan, warm->ns);
  const PmuReading before = hardware ? hardware->read() : PmuReading{};
  const auto turn = checked_turn(cell, ready.value.expected, iterations, count);
  if (!turn) {
    return;
  }
  count.hardware_per_turn = growth(before, hardware ? hardware->read() : PmuReading{});
  count.ops = turn->ops;
  for (const auto& [name, value] : turn->counters) {
    count.counters[name].push_back(value);
  }
  if (const auto bye = cell.quit(); !bye) {
    fail(count, bye.status, bye.error.kind, "its answers were right, but " + bye.reason);
  }
}

void count_work(const std::filesystem::path& executable,
                const CountRequest& request,
                const PrepareRequest& prepare,
                CellCount& count) {
  // Fifty times slower, and the deadline is for cells that hang.
  constexpr Nanos kSlowdown = 50;
  const Nanos timeout_ns = std::min(request.timeout_ns, INT64_MAX / kSlowdown) * kSlowdown;
  count.callgrind =
      count_instructions({request.valgrind, executable, prepare, timeout_ns, request.wake_fd});
  if (count.callgrind.is_failure) {
    count.status = Status::kCrash;
    count.reason = count.callgrind.reason;
  }
}

}  // namespace

BuildCount count_build(const SchedulerEntry& scheduler) {
  return {scheduler.name, read_executable(scheduler.executable), scheduler.task_bytes};
}

std::vector<CellCount> count_cell(const CellPlan& plan,
                                  const std::vector<std::filesystem::path>& executables,
                                  const CountRequest& request,
                                  Placements& placements) {
  std::vector<CellCount> counts(executables.size());
  const PrepareRequest prepare = prepare_request(plan, request, placements);
  std::int64_t iterations = 0;
  const auto all_ok = [&] {
    return std::all_of(counts.begin(), counts.end(),
                       [](const CellCount& count) { return count.status == Status::kOk; });
  };
  for (int round = 0; round < request.processes && all_ok(); ++round) {
    for (std::size_t turn = 0; turn < executables.size() && all_ok(); ++turn) {
      // Who goes first alternates.
      const std::size_t i = (turn + static_cast<std::size_t>(round)) % executables.size();
      try {
        count_process(plan, executables[i], request, prepare, iterations, counts[i]);
      } catch (const Error& error) {
        fail(counts[i], CallStatus::kCrash, ErrorKind::kInternal, error.what());
      }
    }
  }
  for (std::size_t i = 0; i < executables.size() && all_ok(); ++i) {
    try {
      count_work(executables[i], request, prepare, counts[i]);
    } catch (const Error& error) {
      fail(counts[i], CallStatus::kCrash, ErrorKind::kInternal, error.what());
    }
  }
  return counts;
}

}  // namespace an::harness
