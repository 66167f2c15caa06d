// Shadow of core/memory/poison.hpp: a block that goes back to its pool is freed for the checker, so
// that who still uses it races, or uses it after its free.
#pragma once

#include <cstddef>

namespace an {

inline constexpr bool kPoisons = true;

void poison(void* memory, std::size_t bytes) noexcept;
// A race if it was poisoned by somebody whom the caller does not know to have done so.
void unpoison(void* memory, std::size_t bytes) noexcept;
bool is_poisoned(const void* memory) noexcept;
inline void scan_for_leaks(void*, std::size_t) noexcept {}
inline void stop_scanning_for_leaks(void*, std::size_t) noexcept {}

}  // namespace an
