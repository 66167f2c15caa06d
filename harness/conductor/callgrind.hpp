// Instructions per operation by callgrind: a proxy for work that needs no quiet machine. It says
// nothing about cache misses, contention or anything else that time is made of.
//
// The slope between two turns of different length: start-up, input and the protocol are the same in
// both and cancel. What an iteration needs besides the workload, its reset and its digest, remains.
// One worker only: valgrind runs one thread at a time, and a loop that spins for another thread
// inflates the count (2.3 times, measured), so nothing would be comparable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

// What a turn of callgrind is given.
struct CallgrindRequest {
  std::filesystem::path valgrind, cell;
  PrepareRequest prepare;  // of one worker
  Nanos timeout_ns = 0;    // per request; valgrind is about fifty times slower
  int wake_fd = -1;
};

struct InstructionCount {
  std::optional<double> per_op;
  std::optional<double> spread;  // of two counts, relative to their mean: the repeatability
  std::string reason;            // without per_op: why
  bool is_failure = false;       // the cell failed, rather than that it cannot be counted
};

// The first `valgrind` in the folders of `search_path` (as in PATH); empty without one.
std::filesystem::path find_valgrind(const std::string& search_path);

// Instructions of all parts of a file that callgrind wrote; absent when it has no total.
std::optional<std::int64_t> parse_callgrind_total(std::string_view file);

// Counts the cell twice, each time with a short turn and with one that is long enough for the slope
// to outweigh what differs between two start-ups. About six processes, some seconds.
InstructionCount count_instructions(const CallgrindRequest& request);

}  // namespace an::harness
