// Counts instead of times, for machines that are never quiet: instructions per operation and the
// scheduler's own counters, of one build or of two that take turns. harness/verdict/count_verdict.hpp
// compares them.
//
// Everything here is called from one thread, the conducting one. Needs SIGPIPE ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/callgrind.hpp"
#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/executable.hpp"
#include "harness/conductor/placements.hpp"
#include "harness/conductor/pmu.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

// The cell of one scheduler in one build.
struct BuildCount {
  std::string scheduler;
  ExecutableFacts executable;
  std::optional<std::int64_t> task_bytes;
};

// One cell of one build.
struct CellCount {
  Status status = Status::kOk;
  std::string reason;            // why, unless ok
  std::int64_t ops = 0;          // of the turn that was counted
  InstructionCount callgrind;    // one worker only
  PmuReading hardware_per_turn;  // of the last process; absent without plausible counters
  // By name, one value per process: what the counter grew by in its counted turn.
  std::map<std::string, std::vector<std::int64_t>> counters;
};

struct CountRequest {
  Nanos timeout_ns = 60'000'000'000;
  std::uint64_t seed = 1;
  int processes = 15;              // fresh ones per cell and build
  std::filesystem::path valgrind;  // empty: not installed
  bool has_counters = false;       // the hardware's are plausible
  int wake_fd = -1;
};

// Sizes, hash and task size of the scheduler's cell. Throws an::Error when it cannot be read.
BuildCount count_build(const SchedulerEntry& scheduler);

// Counts `plan` with each of `executables` (one, or two builds of it): every round starts a fresh
// process of each, in turns, and has it prepare, take one turn to warm up and one that is counted,
// of as many iterations for all. Every answer is checked. Never throws for what a cell does: the
// result has one element per executable, and its status says.
std::vector<CellCount> count_cell(const CellPlan& plan,
                                  const std::vector<std::filesystem::path>& executables,
                                  const CountRequest& request,
                                  Placements& placements);

}  // namespace an::harness
