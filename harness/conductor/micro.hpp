// The micro suite, measured: unit after unit, each with one fresh process of every benchmark, in an order
// that is drawn anew. So what the machine does to a unit it does to all, and what a process keeps by chance,
// such as where its memory lies, is another in each sample.
//
// I1: environment.json is on the disk before the first sample is taken.
// I2: each sample is on the disk, in micro.jsonl, before the next process starts.
// Everything here is called from one thread, the conducting one. Needs SIGPIPE ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/conductor/environment.hpp"
#include "harness/conductor/micro_catalogue.hpp"
#include "harness/conductor/noise.hpp"

namespace an::harness {

// The schema versions of environment.json and of micro.jsonl.
inline constexpr int kMicroVersion = 1;

struct MicroRequest {
  std::vector<MicroBenchmark> benchmarks;
  int samples = 18;  // processes of each benchmark, one a unit
  Nanos min_time_ns = 34'000'000;
  std::uint64_t seed = 1;
  Patience patience;          // per process; wake_fd ends the measuring
  std::filesystem::path out;  // exists
  std::vector<std::string> command;
};

struct MicroSample {
  int unit = 0, position = 0;  // position: place within the unit, from 0
  MicroReading reading;
  Nanos wall_ns = 0;   // of the process
  NoiseReading noise;  // what was added meanwhile
};

// What came of one benchmark. Status ok: as many samples as asked for; after the first process that gives
// none it gets no other; partial: the user interrupted.
struct MicroRecord {
  MicroBenchmark benchmark;
  Status status = Status::kPartial;
  std::string reason;
  std::vector<MicroSample> samples;  // those with a figure
};

struct MicroOutcome {
  std::vector<MicroRecord> records;          // in the order of the request
  std::map<std::string, BuildEntry> builds;  // by program, of those that ran
  std::string started;                       // ISO 8601, UTC
  Environment environment;
  bool interrupted = false;
};

// 0 .. count-1 in the order of unit `unit`: every order is equally likely.
std::vector<std::size_t> order_of_unit(std::size_t count, std::uint64_t seed, int unit);

// Measures request.benchmarks into request.out and tells `note` what a user wants to know meanwhile. Throws an::Error when the
// directory cannot be written; for what a process does, never.
MicroOutcome run_micro(const MicroRequest& request,
                       const std::function<void(const std::string&)>& note);

}  // namespace an::harness
