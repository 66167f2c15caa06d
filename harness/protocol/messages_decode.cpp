// The decoding half of messages.hpp. A member of the wrong type throws Refusal with a reason that
// names it; the two public functions turn that into a Decoded without a value.
#include <charconv>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/protocol/messages.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

struct Refusal {
  std::string reason;
};

[[noreturn]] void refuse(std::string reason) {
  throw Refusal{std::move(reason)};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return '"' + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "..." : "") + '"';
}

// The member `name` of `object`, or null when it is absent or JSON null.
const Json* find(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() || member->is_null() ? nullptr : &*member;
}

const Json& member(const Json& object, const char* name) {
  const Json* found = find(object, name);
  if (found == nullptr) {
    refuse(in_quotes(name) + " is missing");
  }
  return *found;
}

std::string text(const Json& value, const char* name) {
  if (!value.is_string()) {
    refuse(in_quotes(name) + " is not a string");
  }
  return value.get<std::string>();
}

std::string text_member(const Json& object, const char* name) {
  return text(member(object, name), name);
}

// A string that may be absent: "".
std::string optional_text(const Json& object, const char* name) {
  const Json* found = find(object, name);
  return found == nullptr ? std::string() : text(*found, name);
}

template <class Integer>
Integer integer(const Json& value, const std::string& name) {
  if (!value.is_number_integer()) {
    refuse(in_quotes(name) + " is not an integer");
  }
  if (value.is_number_unsigned()) {
    const auto wide = value.get<std::uint64_t>();
    if (std::in_range<Integer>(wide)) {
      return static_cast<Integer>(wide);
    }
  } else if (std::in_range<Integer>(value.get<std::int64_t>())) {
    return static_cast<Integer>(value.get<std::int64_t>());
  }
  refuse(in_quotes(name) + " is out of range");
}

template <class Integer = std::int64_t>
Integer integer_member(const Json& object, const char* name) {
  return integer<Integer>(member(object, name), name);
}

// A count: an integer that is not negative.
std::int64_t count_member(const Json& object, const char* name) {
  const auto value = integer_member(object, name);
  if (value < 0) {
    refuse(in_quotes(name) + " is negative");
  }
  return value;
}

std::optional<std::int64_t> optional_integer(const Json& object, const char* name) {
  const Json* found = find(object, name);
  return found == nullptr ? std::nullopt
                          : std::optional<std::int64_t>(integer<std::int64_t>(*found, name));
}

// An unsigned 64-bit integer as a decimal string.
std::uint64_t digest_member(const Json& object, const char* name) {
  const std::string digits = text_member(object, name);
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) {
    refuse(in_quotes(name) + " is not an unsigned 64-bit integer in decimal");
  }
  return value;
}

// A boolean that may be absent: false.
bool optional_flag(const Json& object, const char* name) {
  const Json* found = find(object, name);
  if (found != nullptr && !found->is_boolean()) {
    refuse(in_quotes(name) + " is not a boolean");
  }
  return found != nullptr && found->get<bool>();
}

// An array that may be absent: empty.
const Json& optional_array(const Json& object, const char* name) {
  static const Json kEmpty = Json::array();
  const Json* found = find(object, name);
  if (found != nullptr && !found->is_array()) {
    refuse(in_quotes(name) + " is not an array");
  }
  return found == nullptr ? kEmpty : *found;
}

// An object that may be absent: empty.
const Json& optional_object(const Json& object, const char* name) {
  static const Json kEmpty = Json::object();
  const Json* found = find(object, name);
  if (found != nullptr && !found->is_object()) {
    refuse(in_quotes(name) + " is not an object");
  }
  return found == nullptr ? kEmpty : *found;
}

void require_object(const Json& value, const char* name) {
  if (!value.is_object()) {
    refuse("an element of " + in_quotes(name) + " is not an object");
  }
}

Integers integers_member(const Json& object, const char* name) {
  Integers integers;
  for (const auto& [key, value] : optional_object(object, name).items()) {
    integers[key] = integer<std::int64_t>(value, std::string(name) + "." + key);
  }
  return integers;
}

// [a-z][a-z0-9_]*: names become parts of cell names and file names.
std::string identifier_member(const Json& object, const char* name) {
  std::string value = text_member(object, name);
  bool is_good = !value.empty() && value[0] >= 'a' && value[0] <= 'z';
  for (const char c : value) {
    is_good = is_good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  }
  if (!is_good) {
    refuse(in_quotes(name) + " is " + in_quotes(value) + ", which is not [a-z][a-z0-9_]*");
  }
  return value;
}

PrepareRequest prepare_request(const Json& json) {
  PrepareRequest request;
  request.workload = text_member(json, "workload");
  request.n = integer_member(json, "n");
  request.workers = integer_member<std::uint32_t>(json, "workers");
  request.seed = integer_member<std::uint64_t>(json, "seed");
  for (const auto& [key, value] : optional_object(json, "options").items()) {
    request.options[key] = text(value, "options");
  }
  const Json& placement = optional_object(json, "placement");
  for (const Json& cpu : optional_array(placement, "cpus")) {
    request.cpus.push_back(integer<int>(cpu, "cpus"));
  }
  for (const Json& list : optional_array(placement, "victims")) {
    if (!list.is_array()) {
      refuse("\"victims\" is not an array of arrays");
    }
    auto& victims = request.victims.emplace_back();
    for (const Json& victim : list) {
      victims.push_back(integer<std::uint32_t>(victim, "victims"));
    }
  }
  for (const Json& node : optional_array(placement, "nodes")) {
    request.nodes.push_back(integer<std::uint32_t>(node, "nodes"));
  }
  request.trace = optional_flag(json, "trace");
  return request;
}

TurnRequest turn_request(const Json& json) {
  const TurnRequest request{.iterations = integer_member(json, "iterations")};
  if (request.iterations < 1) {
    refuse("\"iterations\" is below 1");
  }
  return request;
}

WorkloadEntry workload_entry(const Json& json) {
  require_object(json, "workloads");
  WorkloadEntry entry;
  entry.name = identifier_member(json, "name");
  entry.summary = optional_text(json, "summary");
  entry.source = optional_text(json, "source");
  entry.operation = text_member(json, "operation");
  entry.parameter = identifier_member(json, "parameter");
  entry.n_min = integer_member(json, "n_min");
  entry.n_max = integer_member(json, "n_max");
  for (const Json& size : optional_array(json, "sizes")) {
    require_object(size, "sizes");
    entry.sizes.push_back({identifier_member(size, "name"), integer_member(size, "n")});
  }
  return entry;
}

OptionEntry option_entry(const Json& json) {
  require_object(json, "options");
  return {identifier_member(json, "name"), text_member(json, "default"),
          optional_text(json, "summary"), optional_text(json, "values")};
}

DescribeReply describe_reply(const Json& json) {
  const auto version = integer_member(json, "protocol");
  if (version != kProtocolVersion) {
    refuse("it speaks protocol " + std::to_string(version) + ", this harness speaks " +
           std::to_string(kProtocolVersion));
  }
  DescribeReply reply;
  reply.scheduler = identifier_member(json, "scheduler");
  reply.summary = optional_text(json, "summary");
  reply.version = optional_text(json, "version");
  const Json& build = optional_object(json, "build");
  reply.build = {optional_text(build, "compiler"), optional_text(build, "flags"),
                 optional_text(build, "type"), optional_text(build, "sanitizer")};
  reply.workers_max = integer_member<std::uint32_t>(json, "workers_max");
  reply.is_instrument = optional_flag(json, "instrument");
  reply.task_bytes = optional_integer(json, "task_bytes");
  for (const Json& option : optional_array(json, "options")) {
    reply.options.push_back(option_entry(option));
  }
  for (const Json& workload : optional_array(json, "workloads")) {
    reply.workloads.push_back(workload_entry(workload));
  }
  return reply;
}

TurnReply turn_reply(const Json& json) {
  TurnReply reply;
  reply.ns = count_member(json, "ns");
  reply.iterations = count_member(json, "iterations");
  reply.ops = count_member(json, "ops");
  reply.check = digest_member(json, "check");
  reply.counters = integers_member(json, "counters");
  reply.cpu_ns = optional_integer(json, "cpu_ns");
  reply.maxrss_kib = optional_integer(json, "maxrss_kib");
  reply.nvcsw = optional_integer(json, "nvcsw");
  reply.nivcsw = optional_integer(json, "nivcsw");
  reply.minflt = optional_integer(json, "minflt");
  return reply;
}

MemoryReply memory_reply(const Json& json) {
  const Json& metered = member(json, "metered");
  if (!metered.is_boolean()) {
    refuse("\"metered\" is not a boolean");
  }
  MemoryReply reply;
  reply.metered = metered.get<bool>();
  reply.live_start = optional_integer(json, "live_start");
  reply.live_before = optional_integer(json, "live_before");
  reply.live_peak = optional_integer(json, "live_peak");
  reply.live_after = optional_integer(json, "live_after");
  reply.live_end = optional_integer(json, "live_end");
  reply.mapped_after = optional_integer(json, "mapped_after");
  reply.requested = optional_integer(json, "requested");
  reply.rss_before_kib = optional_integer(json, "rss_before_kib");
  reply.rss_after_kib = optional_integer(json, "rss_after_kib");
  reply.ops = count_member(json, "ops");
  return reply;
}

TraceEntry trace_entry(const Json& json) {
  constexpr const char* kName = "events";
  if (!json.is_array() || json.size() != 3) {
    refuse("an element of \"events\" is not an array of time, kind and number");
  }
  return {integer<std::int64_t>(json[0], kName), text(json[1], kName),
          integer<std::int64_t>(json[2], kName)};
}

TraceReply trace_reply(const Json& json) {
  TraceReply reply;
  reply.ns = count_member(json, "ns");
  reply.lost = count_member(json, "lost");
  reply.left = count_member(json, "left");
  for (const Json& event : optional_array(json, "events")) {
    reply.events.push_back(trace_entry(event));
  }
  return reply;
}

ErrorReply error_reply(const Json& json) {
  ErrorReply reply{text_member(json, "what"), optional_text(json, "cause"),
                   optional_text(json, "remedy"), ErrorKind::kInternal};
  const std::string kind = text_member(json, "kind");
  for (const ErrorKind known : {ErrorKind::kUsage, ErrorKind::kUnsupported, ErrorKind::kInternal}) {
    if (kind == to_string(known)) {
      reply.kind = known;
      return reply;
    }
  }
  refuse("\"kind\" is " + in_quotes(kind) + ", not usage, unsupported or internal");
}

Request request_of(const Json& json) {
  const std::string name = text_member(json, "request");
  if (name == "describe") {
    return DescribeRequest{};
  }
  if (name == "prepare") {
    return prepare_request(json);
  }
  if (name == "estimate") {
    return EstimateRequest{text_member(json, "workload"), integer_member(json, "n"),
                           integer_member<std::uint32_t>(json, "workers")};
  }
  if (name == "turn") {
    return turn_request(json);
  }
  if (name == "memory") {
    return MemoryRequest{};
  }
  if (name == "trace") {
    return TraceRequest{integer_member<std::uint32_t>(json, "worker"), count_member(json, "from")};
  }
  if (name == "quit") {
    return QuitRequest{};
  }
  refuse("there is no request " + in_quotes(name));
}

Reply reply_of(const Json& json) {
  const std::string name = text_member(json, "reply");
  if (name == "describe") {
    return describe_reply(json);
  }
  if (name == "ready") {
    return ReadyReply{digest_member(json, "expected"), count_member(json, "ops"),
                      count_member(json, "bytes"), integers_member(json, "notes")};
  }
  if (name == "estimate") {
    return EstimateReply{count_member(json, "bytes")};
  }
  if (name == "turn") {
    return turn_reply(json);
  }
  if (name == "memory") {
    return memory_reply(json);
  }
  if (name == "trace") {
    return trace_reply(json);
  }
  if (name == "error") {
    return error_reply(json);
  }
  if (name == "bye") {
    return ByeReply{};
  }
  refuse("there is no reply " + in_quotes(name));
}

template <class T, class Convert>
Decoded<T> decode_with(std::string_view line, Convert convert) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return {std::nullopt, "not a line of JSON: " + in_quotes(line)};
  }
  if (!json.is_object()) {
    return {std::nullopt, "not a JSON object: " + in_quotes(line)};
  }
  try {
    return {convert(json), ""};
  } catch (const Refusal& refusal) {
    return {std::nullopt, refusal.reason};
  }
}

}  // namespace

Decoded<Request> decode_request(std::string_view line) {
  return decode_with<Request>(line, request_of);
}

Decoded<Reply> decode_reply(std::string_view line) {
  return decode_with<Reply>(line, reply_of);
}

}  // namespace an::harness
