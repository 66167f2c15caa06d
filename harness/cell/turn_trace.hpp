// What the workers of a traced cell did in its last turn, as harness/PROTOCOL.md wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/task/scheduler.hpp"
#include "harness/protocol/messages.hpp"

namespace an::harness {

struct TurnTrace {
  struct Worker {
    std::int64_t lost = 0;           // of its oldest events of the turn
    std::vector<TraceEntry> events;  // those within the turn, oldest first
  };
  std::int64_t ns = 0;  // from begin() to end()
  std::vector<Worker> workers;
};

// Stands around a turn; at rest unless there are rings. A worker that sleeps when the turn begins has
// `park` as its first event, at 0.
class TurnTracer {
 public:
  // The ring of each worker, or none. They outlive it.
  explicit TurnTracer(std::vector<const TraceRing*> rings) : rings_(std::move(rings)) {}

  void begin();
  void end();
  // Of the last turn; null before one, and without rings.
  const TurnTrace* last() const { return trace_ ? &*trace_ : nullptr; }

 private:
  std::vector<const TraceRing*> rings_;
  std::vector<std::uint64_t> recorded_;  // by each ring when the turn began
  std::uint64_t begin_ticks_ = 0;
  Nanos begin_ns_ = 0;
  std::optional<TurnTrace> trace_;
};

// The rings of `scheduler`, made of `config`; none when it is not traced or cannot be.
template <an::Scheduler S>
std::vector<const TraceRing*> rings_of(const S& scheduler, const SchedulerConfig& config) {
  std::vector<const TraceRing*> rings;
  if constexpr (requires { scheduler.trace(WorkerId{0}); }) {
    for (WorkerId id = 0; config.trace_events > 0 && id < config.workers; ++id) {
      rings.push_back(scheduler.trace(id));
    }
  }
  return rings;
}

}  // namespace an::harness
