// What the workers of a traced scheduler do beside running branches: steals, sleep, promotions, cohorts.
// A ring per worker, of fixed size: the worker alone writes, nothing is allocated meanwhile, and the
// newest events replace the oldest. Nothing on the path of a fork records anything; a scheduler that
// is not traced has no rings.
//
// I1: events between two readings of recorded() are in the ring unless more than its capacity came since.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"

namespace an {

enum class TraceKind : std::uint32_t {
  kSteal,      // arg: the victim
  kPark,       // it is about to sleep
  kUnpark,     // it goes on
  kPromote,    // arg: promotions so far
  kCohort,     // arg: the key of the phase whose tasks run from now on
  kCohortEnd,  // they no longer do
};

struct TraceEvent {
  std::uint64_t ticks = 0;
  TraceKind kind{};
  std::int64_t arg = 0;
};

// Events in a row, the first of which was number `first`.
struct TraceExcerpt {
  std::uint64_t first = 0;
  std::vector<TraceEvent> events;
};

class alignas(kNoSharing) TraceRing {
 public:
  // Room for at least `capacity` events and the one that is being written.
  explicit TraceRing(std::uint32_t capacity)
      : slots_(std::bit_ceil(std::uint64_t{capacity} + 1)), mask_(slots_.size() - 1) {}
  TraceRing(const TraceRing&) = delete;
  TraceRing& operator=(const TraceRing&) = delete;

  // Only by the worker of the ring. Some 20 ns, most of it the clock.
  [[gnu::noinline, gnu::cold]] void add(TraceKind kind, std::int64_t arg) noexcept {
    const std::uint64_t number = recorded_.load(kStat);
    Slot& slot = slots_[number & mask_];
    // (R1) release; pairs with (R2): the count up to here. If relaxed, a reader could take this event
    // for the one it replaces: the count it looks at afterwards would not say so (models/trace_ring.cpp).
    slot.ticks.store(an::ticks(), kRelease);
    slot.kind.store(kind, kRelease);
    slot.arg.store(arg, kRelease);
    // (R3) release; pairs with (R4): the event.
    recorded_.store(number + 1, kRelease);
  }

  std::uint64_t capacity() const noexcept { return slots_.size() - 1; }

  // How many events were ever added. Any thread.
  std::uint64_t recorded() const noexcept {
    // (R4) acquire; pairs with (R3): the events so far.
    return recorded_.load(kAcquire);
  }

  // The events from number `first` on, which is at most recorded(), that are still there, oldest first.
  // Any thread. O(capacity).
  TraceExcerpt since(std::uint64_t first) const {
    const std::uint64_t end = recorded();
    TraceExcerpt excerpt{end - first > capacity() ? end - capacity() : first, {}};
    excerpt.events.reserve(end - excerpt.first);
    for (std::uint64_t number = excerpt.first; number < end; ++number) {
      const Slot& slot = slots_[number & mask_];
      // (R2) acquire; pairs with (R1): who reads an event that came later sees below that it did.
      const std::uint64_t at = slot.ticks.load(kAcquire);
      const TraceKind kind = slot.kind.load(kAcquire);
      excerpt.events.push_back({at, kind, slot.arg.load(kAcquire)});
    }
    // What was replaced meanwhile, or is being replaced.
    const std::uint64_t later = recorded();
    const std::uint64_t sound = later > capacity() ? later - capacity() : 0;
    if (sound > excerpt.first) {
      const std::uint64_t torn = std::min(sound, end) - excerpt.first;
      excerpt.events.erase(excerpt.events.begin(),
                           excerpt.events.begin() + static_cast<std::ptrdiff_t>(torn));
      excerpt.first += torn;
    }
    return excerpt;
  }

 private:
  struct Slot {
    Atomic<std::uint64_t> ticks = 0;
    Atomic<TraceKind> kind{};
    Atomic<std::int64_t> arg = 0;
  };
  std::vector<Slot> slots_;
  std::uint64_t mask_;
  Atomic<std::uint64_t> recorded_ = 0;
};

}  // namespace an
