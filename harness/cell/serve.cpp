// The cell's end of harness/PROTOCOL.md: reads requests, drives the prepared cell, answers.
// Everything around the timed region; nothing in it.
#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <fstream>
#include <optional>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "harness/cell/build_info.hpp"
#include "harness/cell/cell.hpp"
#include "harness/cell/meter.hpp"
#include "harness/protocol/line_channel.hpp"

namespace an::harness {

Meter find_meter() {
  const auto find = [](const char* name) { return ::dlsym(RTLD_DEFAULT, name); };
  return {reinterpret_cast<std::int64_t (*)()>(find("antinode_meter_live")),
          reinterpret_cast<std::int64_t (*)()>(find("antinode_meter_peak")),
          reinterpret_cast<void (*)()>(find("antinode_meter_reset_peak"))};
}

namespace {

// The peak resident set of this program. Not getrusage's: that one starts from the parent's at the
// fork.
std::optional<std::int64_t> peak_resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stoll(line.substr(6));
    }
  }
  return std::nullopt;
}

// An answer other than the one asked for; caught by answer().
struct Refusal {
  ErrorReply reply;
};

Refusal refuse(ErrorKind kind, std::string what, std::string cause, std::string remedy) {
  return {{std::move(what), std::move(cause), std::move(remedy), kind}};
}

class Session {
 public:
  explicit Session(const CellTable& table) : table_(table), allowed_cpus_(allowed_cpus()) {}

  Reply operator()(const DescribeRequest&) {
    DescribeReply reply;
    reply.scheduler = table_.scheduler;
    reply.summary = table_.summary;
    reply.version = project_version();
    reply.build = build_info();
    reply.workers_max = table_.workers_max;
    reply.options = table_.options;
    for (const CellWorkload& workload : table_.workloads) {
      reply.workloads.push_back(workload.about);
    }
    return reply;
  }

  Reply operator()(const EstimateRequest& request) {
    const CellWorkload& workload = find(request.workload, request.n);
    return EstimateReply{workload.estimate(request.n)};
  }

  Reply operator()(const PrepareRequest& request) {
    const CellWorkload& workload = find(request.workload, request.n);
    check_workers(request);
    cell_.reset();
    restrict_current_thread(allowed_cpus_);
    SchedulerConfig config;
    config.workers = request.workers;
    config.seed = request.seed;
    config.cpus = request.cpus;
    config.victims = request.victims;
    config.options.insert(request.options.begin(), request.options.end());
    try {
      cell_ = workload.prepare(request.n, config);
    } catch (const Error& error) {
      throw refuse(ErrorKind::kUsage, std::string(error.what()), "", "");
    }
    if (!request.cpus.empty()) {
      pin_current_thread(request.cpus[0]);  // worker 0 is this thread
    }
    return cell_->ready();
  }

  Reply operator()(const TurnRequest& request) {
    require_cell();
    if (request.iterations < 1) {
      throw refuse(ErrorKind::kUsage,
                   "a turn of " + std::to_string(request.iterations) + " iterations",
                   "At least one is needed", "");
    }
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const Nanos cpu_before = process_cpu_ns();
    TurnReply reply = cell_->turn(request.iterations);
    reply.cpu_ns = process_cpu_ns() - cpu_before;
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    reply.maxrss_kib = peak_resident_kib();
    reply.nvcsw = after.ru_nvcsw - before.ru_nvcsw;
    reply.nivcsw = after.ru_nivcsw - before.ru_nivcsw;
    reply.minflt = after.ru_minflt - before.ru_minflt;
    return reply;
  }

  Reply operator()(const MemoryRequest&) {
    require_cell();
    const Meter meter = find_meter();
    MemoryReply reply;
    reply.metered = meter.live != nullptr;
    if (reply.metered) {
      meter.reset_peak();
      reply.live_before = meter.live();
    }
    const TurnReply turn = cell_->turn(1);
    reply.ops = turn.ops;
    if (reply.metered) {
      reply.live_peak = meter.peak();
      reply.live_after = meter.live();
    }
    return reply;
  }

  Reply operator()(const QuitRequest&) {
    cell_.reset();
    return ByeReply{};
  }

 private:
  const CellWorkload& find(const std::string& name, std::int64_t n) const {
    for (const CellWorkload& workload : table_.workloads) {
      if (workload.about.name != name) {
        continue;
      }
      if (n < workload.about.n_min || n > workload.about.n_max) {
        throw refuse(ErrorKind::kUsage, name + " does not accept size " + std::to_string(n),
                     "It accepts " + std::to_string(workload.about.n_min) + " to " +
                         std::to_string(workload.about.n_max),
                     "");
      }
      return workload;
    }
    throw refuse(ErrorKind::kUsage, "unknown workload '" + name + "'", "",
                 "Ask `describe` for the workloads of this cell");
  }

  void check_workers(const PrepareRequest& request) const {
    if (request.workers < 1 || request.workers > table_.workers_max) {
      throw refuse(ErrorKind::kUnsupported,
                   table_.scheduler + " cannot run " + std::to_string(request.workers) + " workers",
                   "It accepts 1 to " + std::to_string(table_.workers_max), "");
    }
    const bool cpus_fit = request.cpus.empty() || request.cpus.size() == request.workers;
    bool victims_fit = request.victims.empty() || request.victims.size() == request.workers;
    for (const auto& order : request.victims) {
      for (const std::uint32_t victim : order) {
        victims_fit = victims_fit && victim < request.workers;
      }
    }
    if (!cpus_fit || !victims_fit) {
      throw refuse(ErrorKind::kUsage, "placement does not fit the number of workers", "",
                   "Give one CPU and one list of victims per worker, or none");
    }
  }

  void require_cell() const {
    if (cell_ == nullptr) {
      throw refuse(ErrorKind::kUsage, "no cell is prepared", "", "Send `prepare` first");
    }
  }

  const CellTable& table_;
  std::vector<int> allowed_cpus_;
  std::unique_ptr<PreparedCell> cell_;
};

Reply answer(Session& session, const Decoded<Request>& request) {
  if (!request) {
    return ErrorReply{"the request is not understood", request.reason, "See harness/PROTOCOL.md",
                      ErrorKind::kUsage};
  }
  try {
    return std::visit(session, *request.value);
  } catch (const Refusal& refusal) {
    return refusal.reply;
  } catch (const std::exception& error) {
    return ErrorReply{error.what(), "", "", ErrorKind::kInternal};
  }
}

// Keeps the descriptor that was standard output for replies; what libraries print goes to stderr.
int take_reply_descriptor() {
  const int replies = ::dup(STDOUT_FILENO);
  if (replies < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    throw Error("could not duplicate standard output", "The descriptor limit is reached",
                "Raise `ulimit -n`");
  }
  return replies;
}

}  // namespace

int serve(const CellTable& table) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  LineChannel channel(STDIN_FILENO, take_reply_descriptor());
  Session session(table);
  std::string line;
  for (;;) {
    const LineStatus status = channel.read(line, Deadline::never());
    if (status != LineStatus::kOk && status != LineStatus::kTooLong) {
      return 0;  // end of input means quit; so does a torn last request
    }
    const Decoded<Request> request =
        status == LineStatus::kOk
            ? decode_request(line)
            : Decoded<Request>{std::nullopt, "the line is longer than the protocol allows"};
    if (channel.write(encode(answer(session, request)), Deadline::never()) != LineStatus::kOk) {
      return 0;  // nobody listens any more
    }
    if (request && std::holds_alternative<QuitRequest>(*request.value)) {
      return 0;
    }
  }
}

}  // namespace an::harness
