// The encoding half of messages.hpp, and what needs no JSON. Members are written in the order of
// harness/PROTOCOL.md, so that a line in a log reads like the specification.
#include "harness/protocol/messages.hpp"

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<std::int64_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json object_of(const Integers& integers) {
  Json json = Json::object();
  for (const auto& [name, value] : integers) {
    json[name] = value;
  }
  return json;
}

Json to_json(const DescribeRequest&) {
  return {{"request", "describe"}};
}

Json to_json(const PrepareRequest& request) {
  Json options = Json::object();
  for (const auto& [name, value] : request.options) {
    options[name] = value;
  }
  Json json = {{"request", "prepare"},
               {"workload", request.workload},
               {"n", request.n},
               {"workers", request.workers},
               {"seed", request.seed},
               {"options", std::move(options)},
               {"placement",
                {{"cpus", request.cpus}, {"victims", request.victims}, {"nodes", request.nodes}}}};
  if (request.trace) {
    json["trace"] = true;
  }
  return json;
}

Json to_json(const EstimateRequest& request) {
  return {{"request", "estimate"},
          {"workload", request.workload},
          {"n", request.n},
          {"workers", request.workers}};
}

Json to_json(const TurnRequest& request) {
  return {{"request", "turn"}, {"iterations", request.iterations}};
}

Json to_json(const MemoryRequest&) {
  return {{"request", "memory"}};
}

Json to_json(const TraceRequest& request) {
  return {{"request", "trace"}, {"worker", request.worker}, {"from", request.from}};
}

Json to_json(const QuitRequest&) {
  return {{"request", "quit"}};
}

Json to_json(const WorkloadEntry& workload) {
  Json sizes = Json::array();
  for (const SizeEntry& size : workload.sizes) {
    sizes.push_back({{"name", size.name}, {"n", size.n}});
  }
  return {{"name", workload.name},     {"summary", workload.summary},
          {"source", workload.source}, {"operation", workload.operation},
          {"sizes", std::move(sizes)}, {"n_min", workload.n_min},
          {"n_max", workload.n_max},   {"parameter", workload.parameter}};
}

Json to_json(const DescribeReply& reply) {
  Json options = Json::array();
  for (const OptionEntry& option : reply.options) {
    options.push_back({{"name", option.name},
                       {"default", option.default_value},
                       {"summary", option.summary},
                       {"values", option.values}});
  }
  Json workloads = Json::array();
  for (const WorkloadEntry& workload : reply.workloads) {
    workloads.push_back(to_json(workload));
  }
  return {{"reply", "describe"},
          {"protocol", kProtocolVersion},
          {"scheduler", reply.scheduler},
          {"summary", reply.summary},
          {"version", reply.version},
          {"build",
           {{"compiler", reply.build.compiler},
            {"flags", reply.build.flags},
            {"type", reply.build.type},
            {"sanitizer", reply.build.sanitizer}}},
          {"workers_max", reply.workers_max},
          {"instrument", reply.is_instrument},
          {"task_bytes", or_null(reply.task_bytes)},
          {"options", std::move(options)},
          {"workloads", std::move(workloads)}};
}

Json to_json(const ReadyReply& reply) {
  return {{"reply", "ready"},
          {"expected", std::to_string(reply.expected)},
          {"ops", reply.ops},
          {"bytes", reply.bytes},
          {"notes", object_of(reply.notes)}};
}

Json to_json(const EstimateReply& reply) {
  return {{"reply", "estimate"}, {"bytes", reply.bytes}};
}

Json to_json(const TurnReply& reply) {
  return {{"reply", "turn"},
          {"ns", reply.ns},
          {"iterations", reply.iterations},
          {"ops", reply.ops},
          {"check", std::to_string(reply.check)},
          {"counters", object_of(reply.counters)},
          {"cpu_ns", or_null(reply.cpu_ns)},
          {"maxrss_kib", or_null(reply.maxrss_kib)},
          {"nvcsw", or_null(reply.nvcsw)},
          {"nivcsw", or_null(reply.nivcsw)},
          {"minflt", or_null(reply.minflt)}};
}

Json to_json(const MemoryReply& reply) {
  return {{"reply", "memory"},
          {"metered", reply.metered},
          {"live_start", or_null(reply.live_start)},
          {"live_before", or_null(reply.live_before)},
          {"live_peak", or_null(reply.live_peak)},
          {"live_after", or_null(reply.live_after)},
          {"live_end", or_null(reply.live_end)},
          {"mapped_after", or_null(reply.mapped_after)},
          {"requested", or_null(reply.requested)},
          {"rss_before_kib", or_null(reply.rss_before_kib)},
          {"rss_after_kib", or_null(reply.rss_after_kib)},
          {"ops", reply.ops}};
}

Json to_json(const TraceReply& reply) {
  Json events = Json::array();
  for (const TraceEntry& event : reply.events) {
    events.push_back(Json::array({event.at_ns, event.kind, event.arg}));
  }
  return {{"reply", "trace"},
          {"ns", reply.ns},
          {"lost", reply.lost},
          {"left", reply.left},
          {"events", std::move(events)}};
}

Json to_json(const ErrorReply& reply) {
  return {{"reply", "error"},
          {"what", reply.what},
          {"cause", reply.cause},
          {"remedy", reply.remedy},
          {"kind", to_string(reply.kind)}};
}

Json to_json(const ByeReply&) {
  return {{"reply", "bye"}};
}

template <class Message>
std::string encode_any(const Message& message) {
  return std::visit([](const auto& alternative) { return to_json(alternative); }, message)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return "usage";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kInternal:
      break;
  }
  return "internal";
}

std::string ErrorReply::text() const {
  std::string result;
  for (const std::string* part : {&what, &cause, &remedy}) {
    if (part->empty()) {
      continue;
    }
    result += result.empty() ? "" : " ";
    result += *part;
    if (result.back() != '.') {
      result += '.';
    }
  }
  return result;
}

std::string encode(const Request& request) {
  return encode_any(request);
}

std::string encode(const Reply& reply) {
  return encode_any(reply);
}

std::uint64_t fold_repeated(std::uint64_t digest, std::int64_t iterations) {
  // One step is the affine map c -> 31 c + d; its powers by squaring.
  std::uint64_t factor = 31, offset = digest;
  std::uint64_t result = 0;
  for (auto left = static_cast<std::uint64_t>(iterations); left != 0; left >>= 1) {
    if ((left & 1) != 0) {
      result = result * factor + offset;
    }
    offset = offset * factor + offset;
    factor *= factor;
  }
  return result;
}

}  // namespace an::harness
