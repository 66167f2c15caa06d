// The cell's end of harness/PROTOCOL.md: reads requests, drives the prepared cell, answers.
// Everything around the timed region; nothing in it.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"
#include "harness/cell/build_info.hpp"
#include "harness/cell/cell.hpp"
#include "harness/cell/idle_spin.hpp"
#include "harness/cell/meter.hpp"
#include "harness/protocol/line_channel.hpp"

namespace an::harness {

Meter find_meter() {
  const auto find = [](const char* name) {
    return reinterpret_cast<std::int64_t (*)()>(::dlsym(RTLD_DEFAULT, name));
  };
  return {find("antinode_meter_live"), find("antinode_meter_mapped"), find("antinode_meter_peak"),
          find("antinode_meter_requested"),
          reinterpret_cast<void (*)()>(::dlsym(RTLD_DEFAULT, "antinode_meter_reset_peak"))};
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

// The resident set now. Without the heap, which is being measured.
std::optional<std::int64_t> resident_kib() {
  std::array<char, 256> text{};
  const int fd = ::open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
  const ssize_t bytes = fd < 0 ? -1 : ::read(fd, text.data(), text.size() - 1);
  ::close(fd);
  const char* line = bytes <= 0 ? nullptr : std::strstr(text.data(), "Rss:");
  return line == nullptr ? std::nullopt : std::optional<std::int64_t>(std::atoll(line + 4));
}

// What one run does to memory. Nothing between begin() and end() is the protocol's.
class MemoryWatch final : public RunWatch {
 public:
  MemoryWatch(const Meter& meter, MemoryReply& reply) : meter_(meter), reply_(reply) {}

  void begin() override {
    reply_.rss_before_kib = resident_kib();
    if (meter_.live != nullptr) {
      requested_before_ = meter_.requested();
      meter_.reset_peak();
      reply_.live_before = meter_.live();
    }
  }

  void end() override {
    if (meter_.live != nullptr) {
      reply_.live_peak = meter_.peak();
      reply_.live_after = meter_.live();
      reply_.mapped_after = meter_.mapped();
      reply_.requested = meter_.requested() - requested_before_;
    }
    reply_.rss_after_kib = resident_kib();
  }

 private:
  const Meter& meter_;
  MemoryReply& reply_;
  std::int64_t requested_before_ = 0;
};

// Of a node's number in a placement: larger ones are mistakes.
constexpr std::uint32_t kNodesMax = 4096;

// Of a worker, kept and sent at a time: some 50 bytes each, on a line of 1 MiB at most.
constexpr std::uint32_t kTraceEvents = 65'535;
constexpr std::int64_t kTraceChunk = 8192;

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
    reply.is_instrument = table_.is_instrument;
    reply.task_bytes = table_.task_bytes;
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
    SchedulerConfig config;
    config.workers = request.workers;
    config.seed = request.seed;
    config.cpus = request.cpus;
    config.victims = request.victims;
    config.nodes = request.nodes;
    config.trace_events = request.trace ? kTraceEvents : 0;
    is_traced_ = request.trace;
    config.options.insert(request.options.begin(), request.options.end());
    build_ = [this, &workload, n = request.n, config = std::move(config)] {
      restrict_current_thread(allowed_cpus_);
      cell_ = workload.prepare(n, config);
      if (!config.cpus.empty()) {
        pin_current_thread(config.cpus[0]);  // worker 0 is this thread
      }
    };
    try {
      const std::int64_t live = live_now();
      build_();
      live_gained_ = live_now() - live;
    } catch (const Error& error) {
      throw refuse(ErrorKind::kUsage, std::string(error.what()), "", "");
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
    live_gained_.reset();
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const Nanos cpu_before = process_cpu_ns();
    TurnReply reply = cell_->turn(request.iterations, nullptr);
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
    MemoryReply reply;
    reply.metered = meter_.live != nullptr;
    const std::int64_t live = live_now();
    MemoryWatch watch(meter_, reply);
    reply.ops = cell_->turn(1, &watch).ops;
    cell_.reset();
    if (reply.metered && live_gained_) {
      reply.live_start = live - *live_gained_;
      reply.live_end = live_now();
      if (*reply.live_end != *reply.live_start) {
        // What the first use of something leaves for good, such as the stacks of threads that libc
        // keeps, is no leak: that would come again.
        reply.live_start = live_now();
        build_();
        cell_->turn(1, nullptr);
        cell_.reset();
        reply.live_end = live_now();
      }
    }
    return reply;
  }

  Reply operator()(const TraceRequest& request) {
    require_cell();
    const TurnTrace* trace = cell_->trace();
    if (trace == nullptr) {
      throw refuse_trace();
    }
    if (request.worker >= trace->workers.size()) {
      throw refuse(ErrorKind::kUsage, "there is no worker " + std::to_string(request.worker), "",
                   "");
    }
    const TurnTrace::Worker& worker = trace->workers[request.worker];
    const auto count = static_cast<std::int64_t>(worker.events.size());
    const std::int64_t begin = std::min(request.from, count);
    const std::int64_t end = std::min(begin + kTraceChunk, count);
    return TraceReply{trace->ns,
                      worker.lost,
                      count - end,
                      {worker.events.begin() + begin, worker.events.begin() + end}};
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
    const bool nodes_fit =
        request.nodes.empty() ||
        (request.nodes.size() == request.workers &&
         std::ranges::all_of(request.nodes, [](std::uint32_t node) { return node < kNodesMax; }));
    if (!cpus_fit || !victims_fit || !nodes_fit) {
      throw refuse(ErrorKind::kUsage, "placement does not fit the number of workers", "",
                   "Give one CPU, one node and one list of victims per worker, or none");
    }
  }

  void require_cell() const {
    if (cell_ == nullptr) {
      throw refuse(ErrorKind::kUsage, "no cell is prepared", "", "Send `prepare` first");
    }
  }

  Refusal refuse_trace() const {
    if (!table_.is_traceable) {
      return refuse(ErrorKind::kUnsupported, table_.scheduler + " cannot be traced",
                    "It does not record what its workers do", "");
    }
    return refuse(ErrorKind::kUsage, "there is no turn to trace", "",
                  is_traced_ ? "Send `turn` first" : "Say \"trace\": true in `prepare`");
  }

  std::int64_t live_now() const { return meter_.live == nullptr ? 0 : meter_.live(); }

  const CellTable& table_;
  const Meter meter_ = find_meter();
  std::vector<int> allowed_cpus_;
  bool is_traced_ = false;                   // the last prepare wanted it
  std::function<void()> build_;              // makes cell_ as the last prepare wanted it
  std::optional<std::int64_t> live_gained_;  // by that, unless it has run since
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

// Waits for a line, with as many threads spinning meanwhile.
LineStatus next_request(LineChannel& channel, std::string& line, int spinners) {
  const IdleSpin spin(spinners);
  return channel.read(line, Deadline::never());
}

}  // namespace

int serve(const CellTable& table) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  LineChannel channel(STDIN_FILENO, take_reply_descriptor());
  Session session(table);
  const int spinners = idle_spinners();
  std::string line;
  for (;;) {
    const LineStatus status = next_request(channel, line, spinners);
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
