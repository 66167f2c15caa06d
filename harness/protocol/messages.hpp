// Every request and reply of harness/PROTOCOL.md as a plain struct, with its JSON. Both ends use
// this file: the conductor encodes requests and decodes replies, the cell main the other way round.
//
// Decoding is strict about the types of known members and ignores unknown ones, so that version 1
// can grow. Nothing in the protocol is a floating-point number: a fraction, NaN or Infinity where a
// count is due is refused. No JSON header is included here, to keep the includers cheap to compile.
//
// Thread-safe: pure functions over values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace an::harness {

inline constexpr std::int64_t kProtocolVersion = 1;

// Integers by name: counters and notes.
using Integers = std::map<std::string, std::int64_t>;

// --- what a cell says about itself ---

struct SizeEntry {
  std::string name;  // small | medium | large
  std::int64_t n = 0;
};

struct WorkloadEntry {
  std::string name, summary, source, operation, parameter;
  std::vector<SizeEntry> sizes;
  std::int64_t n_min = 0;
  std::int64_t n_max = 0;
};

struct OptionEntry {
  std::string name, default_value, summary, values;
};

struct BuildEntry {
  std::string compiler, flags, type, sanitizer;
  // Figures of debug and sanitizer builds may not be published.
  bool is_publishable() const { return type == "Release" && sanitizer.empty(); }
};

// --- requests ---

struct DescribeRequest {};

struct PrepareRequest {
  std::string workload;
  std::int64_t n = 0;
  std::uint32_t workers = 1;  // running threads, the caller included
  std::uint64_t seed = 1;
  std::map<std::string, std::string> options;       // by name; an absent one has its default
  std::vector<int> cpus;                            // worker i runs on cpus[i]; empty = not pinned
  std::vector<std::vector<std::uint32_t>> victims;  // worker i steals from victims[i], near to far
  std::vector<std::uint32_t> nodes;  // worker i is on NUMA node nodes[i]; empty = unknown
  bool trace = false;                // what the workers do is to be kept, for `trace`
};

struct EstimateRequest {
  std::string workload;
  std::int64_t n = 0;
  std::uint32_t workers = 1;
};

struct TurnRequest {
  std::int64_t iterations = 1;  // at least 1
};

struct MemoryRequest {};

// What a worker did in the last turn, from its event number `from` on.
struct TraceRequest {
  std::uint32_t worker = 0;
  std::int64_t from = 0;
};

struct QuitRequest {};

using Request = std::variant<DescribeRequest,
                             PrepareRequest,
                             EstimateRequest,
                             TurnRequest,
                             MemoryRequest,
                             TraceRequest,
                             QuitRequest>;

// --- replies ---

struct DescribeReply {
  std::string scheduler, summary, version;
  BuildEntry build;
  std::uint32_t workers_max = 1;
  bool is_instrument = false;              // it measures programs: not among all schedulers
  std::optional<std::int64_t> task_bytes;  // sizeof a task; absent when it has none
  std::vector<OptionEntry> options;
  std::vector<WorkloadEntry> workloads;
};

struct ReadyReply {
  std::uint64_t expected = 0;  // digest of one iteration's answer
  std::int64_t ops = 0;        // operations of one iteration
  std::int64_t bytes = 0;      // what the input occupies
  Integers notes;
};

struct EstimateReply {
  std::int64_t bytes = 0;
};

struct TurnReply {
  std::int64_t ns = 0;
  std::int64_t iterations = 0;
  std::int64_t ops = 0;     // of the whole turn
  std::uint64_t check = 0;  // fold_check over the iterations
  Integers counters;        // differences over this turn
  std::optional<std::int64_t> cpu_ns, maxrss_kib, nvcsw, nivcsw, minflt;
};

struct MemoryReply {
  bool metered = false;
  // Bytes; absent without a meter. Live is the heap and what the program mapped itself.
  std::optional<std::int64_t> live_start;             // before a prepare
  std::optional<std::int64_t> live_before;            // before the run
  std::optional<std::int64_t> live_peak, live_after;  // the most during it, and after it
  std::optional<std::int64_t> live_end;               // when what that prepare made is destroyed
  std::optional<std::int64_t> mapped_after;           // of live_after, what is mapped
  std::optional<std::int64_t> requested;              // asked of the heap during the run
  std::optional<std::int64_t> rss_before_kib, rss_after_kib;  // resident set around the run
  std::int64_t ops = 0;
};

struct TraceEntry {
  std::int64_t at_ns = 0;  // from the begin of the turn
  std::string kind;        // steal, park, unpark, promote, cohort, cohort_end
  std::int64_t arg = 0;
};

struct TraceReply {
  std::int64_t ns = 0;    // from the begin of the turn to its end, what is not timed included
  std::int64_t lost = 0;  // the worker's oldest events of the turn, which newer ones replaced
  std::int64_t left = 0;  // events after these, to be asked for
  std::vector<TraceEntry> events;
};

enum class ErrorKind { kUsage, kUnsupported, kInternal };

// "usage", "unsupported", "internal".
const char* to_string(ErrorKind kind);

struct ErrorReply {
  std::string what, cause, remedy;
  ErrorKind kind = ErrorKind::kInternal;

  // "what. cause. remedy." without the empty parts.
  std::string text() const;
};

struct ByeReply {};

using Reply = std::variant<DescribeReply,
                           ReadyReply,
                           EstimateReply,
                           TurnReply,
                           MemoryReply,
                           TraceReply,
                           ErrorReply,
                           ByeReply>;

// --- JSON ---

// One line of JSON without the line end. Bytes that are not UTF-8 become U+FFFD.
std::string encode(const Request& request);
std::string encode(const Reply& reply);

// The value, or a reason that names the member and what was wrong with it, fit for a user.
template <class T>
struct Decoded {
  std::optional<T> value;
  std::string reason;  // empty when there is a value

  explicit operator bool() const { return value.has_value(); }
};

// Reads one line (with or without its line end). Never throws for what the line holds.
Decoded<Request> decode_request(std::string_view line);
Decoded<Reply> decode_reply(std::string_view line);

// --- digests ---

// Appends the digest of one more iteration to `check`, which starts at 0.
constexpr std::uint64_t fold_check(std::uint64_t check, std::uint64_t digest) {
  return check * 31 + digest;
}

// fold_check of `iterations` equal digests. O(log iterations). Requires iterations >= 0.
std::uint64_t fold_repeated(std::uint64_t digest, std::int64_t iterations);

}  // namespace an::harness
