// Operation: what a thread of the model is about to do. It is known before it happens, so that the
// explorer can tell which operations do not disturb each other.
#pragma once

#include <cstdint>

#include "tests/model/checker/atomics.hpp"

namespace an::model {

enum class Kind : std::uint8_t {
  kStart,
  kLoad,
  kStore,
  kReadModifyWrite,
  kCompareExchange,
  kFence,
  kRemoteFence,  // of another thread, by a heavy barrier
  kFutexWait,
  kFutexWoken,  // the second half of a wait that slept
  kFutexTimed,  // the same while it sleeps and has a deadline
  kFutexWake,
  kYield,  // a spin: goes on when somebody has stored something
  kLock,
  kUnlock,
  kJoin,
  kExit,
};

struct Operation {
  Kind kind = Kind::kStart;
  Order order = Order::kRelaxed;
  Order failure_order = Order::kRelaxed;  // kCompareExchange
  bool is_weak = false;                   // kCompareExchange
  std::uint32_t bytes = 0;
  std::uintptr_t address = 0;  // of the atomic, the futex word or the mutex
  int thread = -1;             // kJoin, kRemoteFence: the other
  int self = -1;               // whose operation it is
  std::uint64_t pc = 0;
};

constexpr bool writes(Kind kind) {
  return kind == Kind::kStore || kind == Kind::kReadModifyWrite || kind == Kind::kCompareExchange;
}
constexpr bool is_fence(Kind kind) {
  return kind == Kind::kFence || kind == Kind::kRemoteFence;
}
// Goes on when somebody has stored something, or when nobody else can go on.
constexpr bool waits_for_time(Kind kind) {
  return kind == Kind::kYield || kind == Kind::kFutexTimed;
}
constexpr bool is_access(Kind kind) {
  return kind == Kind::kLoad || writes(kind);
}

// Whether the two, of different threads, may be done in either order with the same result.
constexpr bool independent(const Operation& a, const Operation& b) {
  if (a.kind == Kind::kStart || b.kind == Kind::kStart) {
    return true;
  }
  if (a.kind == Kind::kRemoteFence && a.thread == b.self) {
    return false;
  }
  if (b.kind == Kind::kRemoteFence && b.thread == a.self) {
    return false;
  }
  if (waits_for_time(a.kind) || waits_for_time(b.kind)) {
    const Kind other = waits_for_time(a.kind) ? b.kind : a.kind;
    const bool is_timed = a.kind == Kind::kFutexTimed || b.kind == Kind::kFutexTimed;
    return !writes(other) && other != Kind::kExit && !(is_timed && other == Kind::kFutexWake);
  }
  if (is_fence(a.kind) || is_fence(b.kind)) {  // only through the total order S
    return a.order != Order::kSeqCst || b.order != Order::kSeqCst;
  }
  if (a.kind == Kind::kExit || b.kind == Kind::kExit) {
    return a.kind != Kind::kJoin && b.kind != Kind::kJoin;
  }
  if (a.kind == Kind::kJoin || b.kind == Kind::kJoin) {
    return true;
  }
  if (a.kind == Kind::kLoad && b.kind == Kind::kLoad && a.address == b.address) {
    return a.order != Order::kSeqCst || b.order != Order::kSeqCst;  // the second in S is obliged
  }
  return a.address != b.address;
}

}  // namespace an::model
