// See conform.hpp.
#include "harness/conductor/conform.hpp"

#include <signal.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "core/base/error.hpp"
#include "harness/conductor/cell_client.hpp"

namespace an::harness {
namespace {

// Every check returns why it failed; empty when it passed.
using Reason = std::string;

// What the checks know: the executable, and what it described.
struct Subject {
  std::filesystem::path executable;
  Nanos timeout_ns = 0;
  DescribeReply described;

  CellClient cell() const { return CellClient({executable, {}, {}, {}}, timeout_ns); }
};

// Its smallest named size, or the smallest it accepts.
std::int64_t smallest(const WorkloadEntry& workload) {
  const auto least =
      std::min_element(workload.sizes.begin(), workload.sizes.end(),
                       [](const SizeEntry& a, const SizeEntry& b) { return a.n < b.n; });
  return least == workload.sizes.end() ? workload.n_min : least->n;
}

PrepareRequest prepare_of(const WorkloadEntry& workload) {
  PrepareRequest request;
  request.workload = workload.name;
  request.n = smallest(workload);
  return request;
}

Reason expect_error(const Answer<Reply>& answer, std::optional<ErrorKind> kind) {
  if (!answer) {
    return answer.reason;
  }
  const auto* error = std::get_if<ErrorReply>(&answer.value);
  if (error == nullptr) {
    return "the reply is not an error";
  }
  if (kind && error->kind != *kind) {
    return std::string("the error is of kind ") + to_string(error->kind) + ", not " +
           to_string(*kind);
  }
  return "";
}

// An error must not use the cell up.
Reason expect_usable(CellClient& cell) {
  const auto answer = cell.describe();
  return answer ? "" : "afterwards it is not usable: " + answer.reason;
}

Reason error_and_survival(const Subject& subject,
                          const std::string& line,
                          std::optional<ErrorKind> kind) {
  CellClient cell = subject.cell();
  const Reason reason = expect_error(cell.exchange(line, "a bad request"), kind);
  return reason.empty() ? expect_usable(cell) : reason;
}

Reason describe_is_complete(const Subject& subject) {
  const DescribeReply& reply = subject.described;
  if (reply.workers_max < 1) {
    return "workers_max is 0";
  }
  if (reply.workloads.empty()) {
    return "it has no workload";
  }
  for (const WorkloadEntry& workload : reply.workloads) {
    if (workload.n_min > workload.n_max) {
      return workload.name + ": n_min is above n_max";
    }
    for (const SizeEntry& size : workload.sizes) {
      if (size.n < workload.n_min || size.n > workload.n_max) {
        return workload.name + ": the size " + size.name + " is outside n_min..n_max";
      }
    }
  }
  return "";
}

// Turns of one iteration and of three fold the expected digest.
Reason turns_are_right(CellClient& cell, const ReadyReply& ready) {
  for (const std::int64_t iterations : {1, 3, 1}) {
    const auto turn = cell.turn(iterations);
    if (!turn) {
      return turn.reason;
    }
    if (turn.value.check != fold_repeated(ready.expected, iterations)) {
      return "the check of " + std::to_string(iterations) + " iterations is " +
             std::to_string(turn.value.check) + ", not " +
             std::to_string(fold_repeated(ready.expected, iterations));
    }
    if (turn.value.ops != ready.ops * iterations) {
      return "the operations of " + std::to_string(iterations) + " iterations are " +
             std::to_string(turn.value.ops) + ", not " + std::to_string(ready.ops * iterations);
    }
  }
  return "";
}

Reason workload_is_right(const Subject& subject, const WorkloadEntry& workload) {
  CellClient cell = subject.cell();
  const auto estimate = cell.estimate({workload.name, smallest(workload), 1});
  if (!estimate) {
    return estimate.reason;
  }
  const auto ready = cell.prepare(prepare_of(workload));
  if (!ready) {
    return ready.reason;
  }
  if (ready.value.ops < 1) {
    return "one iteration has no operation";
  }
  const Reason reason = turns_are_right(cell, ready.value);
  if (!reason.empty()) {
    return reason;
  }
  const auto memory = cell.memory();
  return memory ? "" : "memory: " + memory.reason;
}

Reason second_prepare_replaces(const Subject& subject) {
  const auto& workloads = subject.described.workloads;
  if (workloads.empty()) {
    return "it has no workload";
  }
  CellClient cell = subject.cell();
  for (const WorkloadEntry* workload : {&workloads.front(), &workloads.back()}) {
    const auto ready = cell.prepare(prepare_of(*workload));
    if (!ready) {
      return ready.reason;
    }
    const Reason reason = turns_are_right(cell, ready.value);
    if (!reason.empty()) {
      return workload->name + ": " + reason;
    }
  }
  return "";
}

// Members of a later protocol are to be skipped, not refused.
Reason unknown_member_is_ignored(const Subject& subject) {
  CellClient cell = subject.cell();
  const auto answer =
      cell.exchange(R"({"request":"describe","since_version_2":[1,{}]})", "describe");
  if (!answer) {
    return answer.reason;
  }
  return std::holds_alternative<DescribeReply>(answer.value) ? ""
                                                             : "the reply is not a description";
}

Reason ends_at_end_of_input(const Subject& subject) {
  CellClient cell = subject.cell();
  if (const auto answer = cell.describe(); !answer) {
    return answer.reason;
  }
  return cell.end_of_input().reason;
}

Reason quits(const Subject& subject) {
  CellClient cell = subject.cell();
  return cell.quit().reason;
}

class Checklist {
 public:
  void check(std::string name, const std::function<Reason()>& body) {
    Reason reason;
    try {
      reason = body();
    } catch (const Error& error) {
      reason = error.what();
    }
    checks_.push_back({std::move(name), reason.empty(), reason});
  }
  std::vector<ConformCheck> take() { return std::move(checks_); }

 private:
  std::vector<ConformCheck> checks_;
};

void check_errors(Checklist& list, const Subject& subject, const std::string& workload) {
  list.check("an unknown request gets an error and the cell stays usable",
             [&] { return error_and_survival(subject, R"({"request":"tea"})", std::nullopt); });
  list.check("a line that is not JSON gets an error and the cell stays usable",
             [&] { return error_and_survival(subject, "}{ not json", std::nullopt); });
  list.check("a member of the wrong type gets an error and the cell stays usable", [&] {
    return error_and_survival(subject, R"({"request":"turn","iterations":"many"})", std::nullopt);
  });
  list.check("a turn before a prepare is a usage error", [&] {
    return error_and_survival(subject, encode(TurnRequest{1}), ErrorKind::kUsage);
  });
  list.check("a memory before a prepare is a usage error", [&] {
    return error_and_survival(subject, encode(MemoryRequest{}), ErrorKind::kUsage);
  });
  list.check("an unknown workload is a usage error", [&] {
    PrepareRequest request;
    request.workload = "no_such_workload";
    return error_and_survival(subject, encode(request), ErrorKind::kUsage);
  });
  list.check("an unknown option is a usage error", [&] {
    PrepareRequest request;
    request.workload = workload;
    request.options["no_such_option"] = "1";
    for (const WorkloadEntry& entry : subject.described.workloads) {
      request.n = entry.name == workload ? smallest(entry) : request.n;
    }
    return error_and_survival(subject, encode(request), ErrorKind::kUsage);
  });
  list.check("unknown members of a request are ignored",
             [&] { return unknown_member_is_ignored(subject); });
}

}  // namespace

std::vector<ConformCheck> conform(const std::filesystem::path& executable, Nanos timeout_ns) {
  ::signal(SIGPIPE, SIG_IGN);
  Subject subject{std::filesystem::absolute(executable), timeout_ns, {}};
  Checklist list;
  list.check("describe gets a valid reply", [&] {
    CellClient cell = subject.cell();
    auto answer = cell.describe();
    subject.described = std::move(answer.value);
    return answer ? describe_is_complete(subject) : answer.reason;
  });
  const auto& workloads = subject.described.workloads;
  check_errors(list, subject, workloads.empty() ? "" : workloads.front().name);
  // Whatever the workload prints must go to standard error: a stray line would be taken for a
  // reply.
  for (const WorkloadEntry& workload : workloads) {
    list.check("workload " + workload.name +
                   ": estimate, prepare, turns and memory are answered, and the check folds right",
               [&] { return workload_is_right(subject, workload); });
  }
  list.check("a second prepare replaces the first",
             [&] { return second_prepare_replaces(subject); });
  list.check("end of input ends it with exit code 0",
             [&] { return ends_at_end_of_input(subject); });
  list.check("quit is answered with bye and exit code 0", [&] { return quits(subject); });
  return list.take();
}

}  // namespace an::harness
