// The only door to thread-local state. One value per (Tag, thread), constant-initialised and
// trivially destructible, so that an access is one load relative to the thread pointer: no guard,
// no wrapper call. A model checker replaces this file to give every simulated thread its own value.
//
// Never keep the address across a suspension: the strand may resume on another thread.
#pragma once

#include <type_traits>

namespace an {

template <class Tag, class T>
class Local {
  static_assert(std::is_trivially_destructible_v<T>, "a destructor would need a guard");

 public:
  // The calling thread's value.
  static T& get() noexcept { return value_; }

 private:
  static inline constinit thread_local T value_{};
};

}  // namespace an
