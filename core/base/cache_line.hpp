// The unit of false sharing. 64 bytes is the line of every x86-64 CPU; 128 is used for data that
// different cores write, because the adjacent-line prefetcher pairs lines (Intel optimisation
// manual). std::hardware_destructive_interference_size is not used: GCC warns that it is not ABI
// stable, and it would differ between the two compilers of one table.
#pragma once

#include <cstddef>

namespace an {

inline constexpr std::size_t kCacheLine = 64;
inline constexpr std::size_t kNoSharing = 128;

// A value alone on its pair of lines.
template <class T>
struct alignas(kNoSharing) Padded {
  T value;
};

// Asks for the line of `address` in order to write it: it is taken from whoever has it. Nothing
// happens where the CPU has no such hint, or for an address that is not mapped.
inline void prefetch_for_write(const void* address) noexcept {
  asm volatile("prefetchw (%0)" : : "r"(address));
}

}  // namespace an
