// Work of a known length for tests: counts the clock, not iterations.
#pragma once

#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"

namespace an {

inline void spin_for_ns(Nanos duration_ns) {
  const Nanos end = now_ns() + duration_ns;
  while (now_ns() < end) {
    cpu_pause();
  }
}

}  // namespace an
