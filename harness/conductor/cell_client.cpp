// See cell_client.hpp.
#include "harness/conductor/cell_client.hpp"

#include <array>
#include <cstdio>
#include <utility>
#include <variant>

namespace an::harness {
namespace {

// How long a process may take to end after it closed its side of the pipe.
constexpr Nanos kEndGraceNs = 2'000'000'000;

std::string seconds(Nanos duration_ns) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g s", static_cast<double>(duration_ns) * 1e-9);
  return text.data();
}

// The failure of one answer as an answer of another type.
template <class To, class From>
Answer<To> passed_on(Answer<From>&& answer) {
  return {answer.status, To{}, std::move(answer.error), std::move(answer.reason)};
}

}  // namespace

CellClient::CellClient(const ChildSpec& spec, Nanos timeout_ns, int wake_fd)
    : child_(spec),
      channel_(child_.read_fd(), child_.write_fd(), wake_fd),
      timeout_ns_(timeout_ns),
      wake_fd_(wake_fd) {}

Answer<Reply> CellClient::fail(CallStatus status, std::string reason) {
  child_.kill();
  return {status, Reply{}, ErrorReply{}, std::move(reason)};
}

Answer<Reply> CellClient::died(const std::string& request_name) {
  const auto ending = child_.wait(Deadline::after(kEndGraceNs), wake_fd_);
  std::string reason = ending ? "ended in " + request_name + " with " + ending->text()
                              : "closed its output in " + request_name + " and kept running";
  const std::string last_line = child_.last_stderr_line();
  if (!last_line.empty()) {
    reason += "; it said: " + last_line;
  }
  return fail(CallStatus::kCrash, std::move(reason));
}

Answer<Reply> CellClient::judge(LineStatus status,
                                const std::string& line,
                                const std::string& request_name) {
  switch (status) {
    case LineStatus::kOk:
      break;
    case LineStatus::kEnd:
    case LineStatus::kTorn:
      return died(request_name);
    case LineStatus::kTimeout:
      return fail(CallStatus::kTimeout,
                  "no reply to " + request_name + " within " + seconds(timeout_ns_));
    case LineStatus::kTooLong:
      return fail(CallStatus::kGarbage, "the line exchanged for " + request_name +
                                            " is longer than the protocol's 1 MiB");
    case LineStatus::kInterrupted:
      return fail(CallStatus::kInterrupted, "interrupted");
    case LineStatus::kFailed:
      return fail(CallStatus::kCrash, "the pipe to it failed in " + request_name);
  }
  auto reply = decode_reply(line);
  if (!reply) {
    return fail(CallStatus::kGarbage,
                "its reply to " + request_name + " is not of the protocol: " + reply.reason);
  }
  return {CallStatus::kOk, std::move(*reply.value), ErrorReply{}, ""};
}

Answer<Reply> CellClient::exchange(const std::string& line, const std::string& request_name) {
  if (channel_.has_unread()) {
    return fail(CallStatus::kGarbage, "it sent something nobody asked for before " + request_name);
  }
  const Deadline until = Deadline::after(timeout_ns_);
  std::string reply;
  LineStatus status = channel_.write(line, until);
  if (status == LineStatus::kOk) {
    status = channel_.read(reply, until);
  }
  return judge(status, reply, request_name);
}

template <class T>
Answer<T> CellClient::call(const Request& request, const char* name) {
  Answer<Reply> answer = exchange(encode(request), name);
  if (!answer) {
    return passed_on<T>(std::move(answer));
  }
  if (auto* error = std::get_if<ErrorReply>(&answer.value)) {
    return {CallStatus::kRefused, T{}, *error, error->text()};
  }
  auto* value = std::get_if<T>(&answer.value);
  if (value == nullptr) {
    return passed_on<T>(fail(CallStatus::kGarbage,
                             std::string("its reply to ") + name + " answers another request"));
  }
  return {CallStatus::kOk, std::move(*value), ErrorReply{}, ""};
}

Answer<DescribeReply> CellClient::describe() {
  return call<DescribeReply>(DescribeRequest{}, "describe");
}

Answer<ReadyReply> CellClient::prepare(const PrepareRequest& request) {
  return call<ReadyReply>(request, "prepare");
}

Answer<EstimateReply> CellClient::estimate(const EstimateRequest& request) {
  return call<EstimateReply>(request, "estimate");
}

Answer<TurnReply> CellClient::turn(std::int64_t iterations) {
  auto answer = call<TurnReply>(TurnRequest{iterations}, "turn");
  if (answer && answer.value.iterations != iterations) {
    return passed_on<TurnReply>(
        fail(CallStatus::kGarbage, "it ran " + std::to_string(answer.value.iterations) +
                                       " iterations instead of " + std::to_string(iterations)));
  }
  return answer;
}

Answer<MemoryReply> CellClient::memory() {
  return call<MemoryReply>(MemoryRequest{}, "memory");
}

Answer<TraceReply> CellClient::trace(std::uint32_t worker, std::int64_t from) {
  return call<TraceReply>(TraceRequest{worker, from}, "trace");
}

Answer<ByeReply> CellClient::expect_exit(const std::string& after) {
  const auto ending = child_.wait(Deadline::after(timeout_ns_), wake_fd_);
  if (!ending) {
    return passed_on<ByeReply>(fail(CallStatus::kTimeout, "it keeps running after " + after));
  }
  if (ending->by_signal || ending->code != 0) {
    return passed_on<ByeReply>(
        fail(CallStatus::kCrash, "it ended with " + ending->text() + " after " + after));
  }
  return {};
}

Answer<ByeReply> CellClient::quit() {
  auto answer = call<ByeReply>(QuitRequest{}, "quit");
  return answer ? expect_exit("quit") : answer;
}

Answer<ByeReply> CellClient::end_of_input() {
  child_.close_input();
  return expect_exit("end of input");
}

}  // namespace an::harness
