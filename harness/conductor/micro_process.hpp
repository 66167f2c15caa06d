// One process of the micro suite, from its start to its end, and what it says: programs of Google
// Benchmark, whose command line and JSON are their interface. A process runs one benchmark and gives one
// sample of it.
//
// Needs SIGPIPE ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "harness/conductor/cell_client.hpp"
#include "harness/conductor/run.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

// How long a process may take, and what ends the wait for it: a readable `wake_fd` (-1: nothing).
struct Patience {
  Nanos timeout_ns = 60'000'000'000;
  int wake_fd = -1;
};

// Runs `executable` with `arguments` to its end: what it wrote on its standard output. kOk only with exit
// code 0. Whatever comes, no process of it is left.
Answer<std::string> run_to_end(const std::filesystem::path& executable,
                               const std::vector<std::string>& arguments,
                               const Patience& patience);

// What one process measured.
struct MicroReading {
  Status status =
      Status::kOk;     // kNotApplicable: this machine lacks something; kWrong: it says so itself
  std::string reason;  // why, unless ok
  double ns = 0;       // of one iteration: the clock that the benchmark chose
  double cpu_ns = 0;   // of its main thread, of one iteration
  std::int64_t iterations = 0;
  std::map<std::string, double> counters;  // "ns_per_item", "items_per_second", ...
  BuildEntry build;                        // of the program; empty texts when it does not say
};

// Reads the JSON of a process that ran one benchmark. A benchmark that skips itself with a message
// that begins with "n/a: " cannot run on this machine; with any other message it found a fault.
// kCrash for anything that is no such JSON.
MicroReading read_micro_output(std::string_view text);

// Runs the benchmark that `executable` lists as `listed_name`, for about `min_time_ns` unless it fixes its
// iterations. kPartial after `patience.wake_fd`; never throws for what the process does.
MicroReading measure_micro(const std::filesystem::path& executable,
                           const std::string& listed_name,
                           Nanos min_time_ns,
                           const Patience& patience);

}  // namespace an::harness
