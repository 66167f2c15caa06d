// The file of --trace: what the workers of each traced cell did in one turn, in the trace event format
// of Chrome (JSON), which chrome://tracing and Perfetto open. A process is a cell, a thread a worker;
// times are microseconds from the begin of the turn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "harness/protocol/messages.hpp"

namespace an::harness {

// What one worker did.
struct WorkerTrace {
  std::int64_t lost = 0;
  std::vector<TraceEntry> events;  // oldest first
};

// One turn of a cell.
struct CellTrace {
  std::string cell;
  std::int64_t ns = 0;  // of the turn, what is not timed included
  std::int64_t iterations = 0;
  Integers counters;  // of the scheduler, over the turn
  std::vector<WorkerTrace> workers;
};

// The events that its workers lack, together.
std::int64_t lost_of(const CellTrace& trace);

// A point in time, or a span.
struct TraceMark {
  std::string name;  // steal, park, promote, cohort
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;  // begin_ns: a point
  bool is_span = false;
  std::int64_t arg = 0;
};

// The marks of one worker in a turn of `ns`. What began before the events do or does not end with them
// lasts from the begin, or to the end, of the turn; kinds that are not known are passed over.
std::vector<TraceMark> marks_of(const WorkerTrace& worker, std::int64_t ns);

class TraceFile {
 public:
  // Makes the file, or empties it. Throws an::Error when it cannot be written.
  explicit TraceFile(const std::filesystem::path& path);
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  void add(const CellTrace& trace);
  // Schedulers that cannot be traced need not be asked again.
  void refuse(const std::string& scheduler) { refused_.insert(scheduler); }
  bool is_refused(const std::string& scheduler) const { return refused_.count(scheduler) != 0; }
  const std::set<std::string>& refused() const { return refused_; }

  // Completes the file. Throws an::Error when the disk refused any of it.
  void finish();

 private:
  void write_event(const std::string& json);

  std::filesystem::path path_;
  std::ofstream file_;
  std::set<std::string> refused_;
  std::string cells_;  // what is said of them at the end, as JSON
  int processes_ = 0;
  bool has_events_ = false;
};

}  // namespace an::harness
