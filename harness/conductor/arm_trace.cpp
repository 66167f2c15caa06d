// Arm::trace of arm.hpp: one more process of the cell, which is not timed, keeps what its workers do.
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/arm.hpp"
#include "harness/conductor/trace_file.hpp"

namespace an::harness {
namespace {

// All events of `worker`; the answer of the first request that failed instead.
Answer<TraceReply> fetch(CellClient& cell, std::uint32_t worker, WorkerTrace& into) {
  for (;;) {
    auto answer = cell.trace(worker, static_cast<std::int64_t>(into.events.size()));
    if (!answer) {
      return answer;
    }
    into.lost = answer.value.lost;
    into.events.insert(into.events.end(), answer.value.events.begin(), answer.value.events.end());
    if (answer.value.left == 0 || answer.value.events.empty()) {
      return answer;
    }
  }
}

}  // namespace

void Arm::trace(TraceFile& file) {
  const CellPlan& plan = record_.plan;
  if (record_.status != Status::kOk || !record_.iterations || file.is_refused(plan.scheduler)) {
    return;
  }
  const auto note = [&](const std::string& reason) {
    context_.observer.note(plan.name + ": not traced: " + reason);
  };
  try {
    CellClient cell(spec(), context_.request.timeout_ns, context_.interrupt.wake_fd());
    PrepareRequest request = prepare_request();
    request.trace = true;
    const auto ready = cell.prepare(request);
    if (!ready) {
      return note(ready.reason);
    }
    // The first turn starts what is started late, and is as untimed as the second.
    auto turn = cell.turn(1);
    turn = turn ? cell.turn(*record_.iterations) : std::move(turn);
    if (!turn) {
      return note(turn.reason);
    }
    if (turn.value.check != fold_repeated(ready.value.expected, *record_.iterations)) {
      return note("wrong answer");
    }
    CellTrace trace{plan.name, 0, *record_.iterations, std::move(turn.value.counters), {}};
    for (std::uint32_t worker = 0; worker < plan.workers; ++worker) {
      const auto answer = fetch(cell, worker, trace.workers.emplace_back());
      if (answer.status == CallStatus::kRefused) {
        return file.refuse(plan.scheduler);
      }
      if (!answer) {
        return note(answer.reason);
      }
      trace.ns = answer.value.ns;
    }
    if (const std::int64_t lost = lost_of(trace); lost > 0) {
      context_.observer.note(plan.name + ": its trace lacks the " + std::to_string(lost) +
                             " oldest events, which newer ones replaced");
    }
    file.add(trace);
    cell.quit();  // how it ends was judged in the timed process
  } catch (const Error& error) {
    note(error.what());
  }
}

}  // namespace an::harness
