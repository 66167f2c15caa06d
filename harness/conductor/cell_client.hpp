// The conductor's end of a cell: typed requests with a deadline, and one verdict on whatever comes
// back.
//
// I1: after kTimeout, kCrash, kGarbage or kInterrupted the whole process group is dead. After
// kRefused
//     the cell is as usable as before.
// Not thread-safe. Needs SIGPIPE ignored.
#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "harness/conductor/child.hpp"
#include "harness/protocol/line_channel.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

enum class CallStatus {
  kOk,
  kRefused,      // an error reply: `error` says which
  kTimeout,      // no reply in time
  kCrash,        // the process ended, or closed its end
  kGarbage,      // something came that is not the reply due
  kInterrupted,  // the wake descriptor became readable
};

template <class T>
struct Answer {
  CallStatus status = CallStatus::kOk;
  T value{};           // for kOk
  ErrorReply error{};  // for kRefused
  std::string reason;  // unless kOk: a sentence for the user, without the final stop

  explicit operator bool() const { return status == CallStatus::kOk; }
};

class CellClient {
 public:
  // Starts the process. `timeout_ns` is per request; a readable `wake_fd` ends every wait. Throws
  // an::Error when it cannot be started.
  CellClient(const ChildSpec& spec, Nanos timeout_ns, int wake_fd = -1);

  Answer<DescribeReply> describe();
  Answer<ReadyReply> prepare(const PrepareRequest& request);
  Answer<EstimateReply> estimate(const EstimateRequest& request);
  // Also checks that the reply is about as many iterations as asked for.
  Answer<TurnReply> turn(std::int64_t iterations);
  Answer<MemoryReply> memory();
  Answer<TraceReply> trace(std::uint32_t worker, std::int64_t from);
  // Asks it to quit, waits for the end and checks exit code 0.
  Answer<ByeReply> quit();

  // Sends a line as it is and takes whatever reply comes; an error reply is a value here. For
  // conform.
  Answer<Reply> exchange(const std::string& line, const std::string& request_name);

  // Closes its input and waits for the end. kOk when it exits with code 0.
  Answer<ByeReply> end_of_input();

  // As Child's.
  bool freeze(Nanos patience_ns) { return child_.freeze(patience_ns); }
  bool is_frozen() const { return child_.is_frozen(); }
  void thaw() { child_.thaw(); }
  void kill() { child_.kill(); }
  pid_t pid() const { return child_.pid(); }

 private:
  template <class T>
  Answer<T> call(const Request& request, const char* name);
  Answer<Reply> fail(CallStatus status, std::string reason);
  Answer<Reply> died(const std::string& request_name);
  Answer<Reply> judge(LineStatus status, const std::string& line, const std::string& request_name);
  Answer<ByeReply> expect_exit(const std::string& after);

  Child child_;
  LineChannel channel_;
  Nanos timeout_ns_;
  int wake_fd_;
};

}  // namespace an::harness
