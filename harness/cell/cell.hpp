// What a cell executable offers, with the types erased: one table per scheduler, one entry per
// workload. The only place where the fork-join templates meet a virtual call, once per turn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/task/scheduler.hpp"
#include "harness/cell/turn_trace.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

// Told of each run, right outside of what is timed.
class RunWatch {
 public:
  virtual ~RunWatch() = default;
  virtual void begin() = 0;
  virtual void end() = 0;
};

// A workload with its input and a running scheduler.
class PreparedCell {
 public:
  virtual ~PreparedCell() = default;

  // What `ready` reports.
  virtual ReadyReply ready() const = 0;
  // Runs `iterations` times, each after an untimed reset. Fills ns, iterations, ops, check,
  // counters. `watch` may be null.
  virtual TurnReply turn(std::int64_t iterations, RunWatch* watch) = 0;
  // Of the last turn; null before one, and when the scheduler is not traced or cannot be.
  virtual const TurnTrace* trace() const = 0;
};

struct CellWorkload {
  WorkloadEntry about;
  // Bytes that prepare(n) will occupy at least.
  std::function<std::int64_t(std::int64_t n)> estimate;
  // Builds the input and starts the scheduler. Throws an::Error.
  std::function<std::unique_ptr<PreparedCell>(std::int64_t n, const SchedulerConfig& config)>
      prepare;
};

struct CellTable {
  std::string scheduler, summary;
  std::uint32_t workers_max = 1;
  bool is_traceable = false;  // the scheduler records what its workers do, if asked to
  bool is_instrument = false;
  std::optional<std::int64_t> task_bytes;  // sizeof a spawned task with an empty callable
  std::vector<OptionEntry> options;
  std::vector<CellWorkload> workloads;
};

// Speaks harness/PROTOCOL.md on standard input and output until told to quit. Returns the exit
// code.
int serve(const CellTable& table);

}  // namespace an::harness
