// Stands in the place of core/base/atomic.hpp when the sources run under Relacy (D. Vyukov's race
// detector; Debian's relacy-dev): the same names over rl::atomic, so that the sources run unchanged.
// The only door to Relacy.
//
// Threads: those that Relacy simulates, one at a time. Every operation is a scheduling point.
//
// I1: what the sources say is what Relacy does, but at the one place the command line names
//     (mutation.hpp): there the order is weaker, or the statement is left out.
// I2: construction and destruction are plain accesses, as in C++: an operation that they do not
//     happen before, or after, is a data race. rl::atomic alone would overlook it.
//
// Barriers: a light one forbids nothing to the hardware, and Relacy never reorders what a compiler
// might; the heavy one is Relacy's system-wide fence: it makes every thread see all that was
// executed before it, which is what membarrier(2) does to the threads that run.
#pragma once

#include <atomic>  // before Relacy: it makes macros of the names of orders
#include <source_location>

// It makes macros of new, delete, malloc, assert and others as well; nothing here needs them.
#include <relacy/relacy.hpp>
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert
#undef errno
#undef memory_order_relaxed
#undef memory_order_acq_rel
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_seq_cst

#include "tests/model/relacy/mutation.hpp"

namespace an {

inline constexpr rl::memory_order kStat = rl::mo_relaxed;
inline constexpr rl::memory_order kRelaxed = rl::mo_relaxed;
inline constexpr rl::memory_order kAcquire = rl::mo_acquire;
inline constexpr rl::memory_order kRelease = rl::mo_release;
inline constexpr rl::memory_order kAcqRel = rl::mo_acq_rel;
inline constexpr rl::memory_order kSeqCst = rl::mo_seq_cst;

namespace relacy {

using Place = std::source_location;

inline rl::debug_info info(const Place& place) noexcept {
  return {place.function_name(), place.file_name(), place.line()};
}

// The order to use at `place`, where the sources say `order`.
inline rl::memory_order order_at(const Place& place, Access access, rl::memory_order order) {
  note_site(place.file_name(), place.line(), access, rl::format(order));
  const Mutation& mutation = the_mutation();
  if (mutation.weakens(place.file_name(), place.line())) {
    const auto weaker = static_cast<rl::memory_order>(mutation.order);
    return weaker < order ? weaker : order;
  }
  return order;
}

inline bool is_dropped(const Place& place) noexcept {
  return the_mutation().drops(place.file_name(), place.line());
}

// A plain variable of the program, checked for data races.
template <class T>
class Plain {
 public:
  explicit Plain(T value = T()) : value_(value) {}
  T read(const Place& place = Place::current()) const { return value_(info(place)).load(); }
  void write(T value, const Place& place = Place::current()) { value_(info(place)).store(value); }

 private:
  rl::var<T> value_;
};

}  // namespace relacy

template <class T>
class Atomic {
  using Place = relacy::Place;
  using Access = relacy::Access;

 public:
  // No other thread can know it yet: not a scheduling point.
  Atomic(T value = T(), const Place& place = Place::current()) noexcept {
    const rl::preemption_disabler disabler(rl::ctx());
    value_.store(value, rl::mo_relaxed, relacy::info(place));
  }
  ~Atomic() { exists_.write(false); }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(rl::memory_order order, const Place& place = Place::current()) const noexcept {
    touch(place);
    return value_.load(relacy::order_at(place, Access::kLoad, order), relacy::info(place));
  }

  void store(T value, rl::memory_order order, const Place& place = Place::current()) noexcept {
    touch(place);
    const rl::memory_order used = relacy::order_at(place, Access::kStore, order);
    if (!relacy::is_dropped(place)) {
      value_.store(value, used, relacy::info(place));
    }
  }

  T exchange(T value, rl::memory_order order, const Place& place = Place::current()) noexcept {
    touch(place);
    return value_.exchange(value, relacy::order_at(place, Access::kChange, order),
                           relacy::info(place));
  }

  T fetch_add(T value, rl::memory_order order, const Place& place = Place::current()) noexcept {
    touch(place);
    const rl::memory_order used = relacy::order_at(place, Access::kChange, order);
    return relacy::is_dropped(place) ? value_.load(rl::mo_relaxed, relacy::info(place))
                                     : value_.fetch_add(value, used, relacy::info(place));
  }

  T fetch_sub(T value, rl::memory_order order, const Place& place = Place::current()) noexcept {
    touch(place);
    const rl::memory_order used = relacy::order_at(place, Access::kChange, order);
    return relacy::is_dropped(place) ? value_.load(rl::mo_relaxed, relacy::info(place))
                                     : value_.fetch_sub(value, used, relacy::info(place));
  }

  bool compare_exchange_strong(T& expected,
                               T desired,
                               rl::memory_order order,
                               rl::memory_order on_failure,
                               const Place& place = Place::current()) noexcept {
    touch(place);
    const rl::memory_order used = relacy::order_at(place, Access::kChange, order);
    const rl::debug_info where = relacy::info(place);
    // A failure is never stronger than the success that was asked for.
    return value_.compare_exchange_strong(expected, desired, used, where,
                                          used == order ? on_failure : rl::mo_relaxed, where);
  }

 private:
  void touch(const Place& place) const {
    if (!rl::ctx().invariant_executing) {
      static_cast<void>(exists_.read(place));
    }
  }

  relacy::Plain<bool> exists_{true};
  rl::atomic<T> value_;
};

inline void light_barrier() noexcept {}

inline bool heavy_barrier_available() noexcept {
  return true;
}

inline void heavy_barrier(const relacy::Place& place = relacy::Place::current()) noexcept {
  relacy::note_site(place.file_name(), place.line(), relacy::Access::kBarrier, "heavy_barrier");
  if (!relacy::is_dropped(place)) {
    rl::ctx().sched();
    rl::systemwide_fence(relacy::info(place));
  }
}

}  // namespace an
