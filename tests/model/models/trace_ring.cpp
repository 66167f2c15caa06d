// TraceRing: a reader beside the worker, whose newer events replace the older ones meanwhile.
#include "core/task/trace.hpp"

#include "core/base/clock.hpp"
#include "core/base/thread.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {
namespace {

// By its number: neighbours in a slot differ in all.
TraceKind kind_of(std::uint64_t number) {
  return number % 3 == 0   ? TraceKind::kSteal
         : number % 3 == 1 ? TraceKind::kPark
                           : TraceKind::kUnpark;
}

void add(TraceRing& ring, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t number = from; number < to; ++number) {
    ring.add(kind_of(number), static_cast<std::int64_t>(number + 1));
  }
}

// `origin` was read before the first event; the clock moves on whenever it is read, and by the worker
// alone.
void require_whole(const TraceExcerpt& excerpt, std::uint64_t origin) {
  constexpr std::uint64_t kStep = 1'000'000;
  for (std::size_t i = 0; i < excerpt.events.size(); ++i) {
    const std::uint64_t number = excerpt.first + i;
    const TraceEvent& event = excerpt.events[i];
    require(event.ticks == origin + (number + 1) * kStep, "an event has the time of its number");
    require(event.kind == kind_of(number), "an event has the kind of its number");
    require(event.arg == static_cast<std::int64_t>(number + 1),
            "an event has the argument of its number");
  }
}

}  // namespace

AN_MODEL(trace_ring_reader, {.preemptions = -1}) {
  TraceRing ring(1);  // two slots
  const std::uint64_t origin = ticks();
  Thread worker("worker", [&] { add(ring, 0, 3); });
  const std::uint64_t seen = ring.recorded();
  const TraceExcerpt excerpt = ring.since(0);
  require_whole(excerpt, origin);
  require(excerpt.events.size() <= ring.capacity(), "no more than there is room for");
  require(excerpt.first + excerpt.events.size() >= seen, "the newest event is there, or replaced");
  worker.join();
  require(ring.since(0).first == 2, "the last event is left");
}

AN_MODEL(trace_ring_fresh, {.preemptions = -1}) {
  TraceRing ring(3);  // nothing is replaced
  const std::uint64_t origin = ticks();
  Thread worker("worker", [&] { add(ring, 0, 2); });
  const TraceExcerpt excerpt = ring.since(0);
  require(excerpt.first == 0, "nothing is lost");
  require_whole(excerpt, origin);
  worker.join();
  require(ring.since(0).events.size() == 2, "all are there");
}

}  // namespace an::model
