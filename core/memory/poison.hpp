// Tells AddressSanitizer which bytes of a pool are in use, so that a use after free is seen although
// the memory never goes back to the system. Without AddressSanitizer everything here is empty.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AN_POISON_WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define AN_POISON_WITH_ASAN 1
#endif

#ifdef AN_POISON_WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace an {

#ifdef AN_POISON_WITH_ASAN
inline constexpr bool kPoisons = true;

// From now on an access to these bytes is reported.
inline void poison(void* memory, std::size_t bytes) noexcept {
  __asan_poison_memory_region(memory, bytes);
}
inline void unpoison(void* memory, std::size_t bytes) noexcept {
  __asan_unpoison_memory_region(memory, bytes);
}
inline bool is_poisoned(const void* memory) noexcept {
  return __asan_address_is_poisoned(memory) != 0;
}
// Mapped memory that may hold the only pointer to something on the heap: no leak then.
inline void scan_for_leaks(void* memory, std::size_t bytes) noexcept {
  __lsan_register_root_region(memory, bytes);
}
inline void stop_scanning_for_leaks(void* memory, std::size_t bytes) noexcept {
  __lsan_unregister_root_region(memory, bytes);
}
#else
inline constexpr bool kPoisons = false;

inline void poison(void*, std::size_t) noexcept {}
inline void unpoison(void*, std::size_t) noexcept {}
inline bool is_poisoned(const void*) noexcept {
  return false;
}
inline void scan_for_leaks(void*, std::size_t) noexcept {}
inline void stop_scanning_for_leaks(void*, std::size_t) noexcept {}
#endif

}  // namespace an
