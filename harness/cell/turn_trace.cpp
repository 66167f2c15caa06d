// See turn_trace.hpp.
#include "harness/cell/turn_trace.hpp"

#include <algorithm>
#include <utility>

namespace an::harness {
namespace {

const char* name_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::kSteal:
      return "steal";
    case TraceKind::kPark:
      return "park";
    case TraceKind::kUnpark:
      return "unpark";
    case TraceKind::kPromote:
      return "promote";
    case TraceKind::kCohort:
      return "cohort";
    case TraceKind::kCohortEnd:
      break;
  }
  return "cohort_end";
}

// The tick counter over the turn, laid on the clock at both ends.
struct Scale {
  std::uint64_t begin_ticks, end_ticks;
  std::int64_t ns;

  std::int64_t at(std::uint64_t ticks) const {
    const std::uint64_t within = std::max(ticks, begin_ticks) - begin_ticks;
    const std::uint64_t whole = std::max<std::uint64_t>(end_ticks - begin_ticks, 1);
    return static_cast<std::int64_t>(static_cast<double>(within) / static_cast<double>(whole) *
                                     static_cast<double>(ns));
  }
};

// `recorded` events had come before the turn; of those the last one says whether it sleeps.
TurnTrace::Worker worker_of(const TraceRing& ring, std::uint64_t recorded, const Scale& scale) {
  const TraceExcerpt excerpt = ring.since(recorded - std::min<std::uint64_t>(recorded, 1));
  TurnTrace::Worker worker;
  worker.lost = static_cast<std::int64_t>(std::max(excerpt.first, recorded) - recorded);
  for (std::size_t i = 0; i < excerpt.events.size(); ++i) {
    const TraceEvent& event = excerpt.events[i];
    const bool is_before = excerpt.first + i < recorded;
    if (event.ticks > scale.end_ticks || (is_before && event.kind != TraceKind::kPark)) {
      continue;
    }
    worker.events.push_back({scale.at(event.ticks), name_of(event.kind), event.arg});
  }
  return worker;
}

}  // namespace

void TurnTracer::begin() {
  recorded_.clear();
  for (const TraceRing* ring : rings_) {
    recorded_.push_back(ring->recorded());
  }
  begin_ticks_ = ticks();
  begin_ns_ = now_ns();
}

void TurnTracer::end() {
  if (rings_.empty()) {
    return;
  }
  const Scale scale{begin_ticks_, ticks(), now_ns() - begin_ns_};
  TurnTrace trace{scale.ns, {}};
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    trace.workers.push_back(worker_of(*rings_[i], recorded_[i], scale));
  }
  trace_ = std::move(trace);
}

}  // namespace an::harness
