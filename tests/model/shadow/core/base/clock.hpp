// Shadow of core/base/clock.hpp: a clock that moves on by a millisecond whenever it is read, so that
// whoever waits for a time to pass looks once and has waited. No point of choice.
#pragma once

#include <cstdint>

namespace an {

using Nanos = std::int64_t;

Nanos now_ns() noexcept;
inline Nanos process_cpu_ns() noexcept {
  return now_ns();
}
inline std::uint64_t ticks() noexcept {
  return static_cast<std::uint64_t>(now_ns());
}
inline std::uint64_t ticks_per_us() noexcept {
  return 1000;
}

struct Deadline {
  Nanos at_ns;

  static constexpr Deadline never() { return {INT64_MAX}; }
  static Deadline after(Nanos duration_ns) { return {now_ns() + duration_ns}; }
  constexpr bool is_never() const { return at_ns == INT64_MAX; }
  bool has_passed() const { return !is_never() && now_ns() >= at_ns; }
};

}  // namespace an
