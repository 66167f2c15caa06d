// What the parts of the meter share: the totals, and the way to a wrapped function.
//
// live = heap + mapped. The heap is what the malloc family handed out, usable sizes; mapped is what
// the program maps for itself, anonymous, private and not PROT_NONE, touched or not. What an
// allocator maps to serve malloc is not counted again: glibc's does not call the exported mmap, and
// calls from the code of a preloaded one are told by their return address.
//
// Not seen: thread stacks and thread-local storage that pthread_create maps inside libc; memory
// mapped by raw system calls (a Go program without cgo); shared and file mappings.
// Thread-safe: plain statistics, exact whenever no other thread allocates.
#pragma once

#include <dlfcn.h>

#include <cstdint>

#include "core/base/atomic.hpp"

namespace an::harness {

struct MeterTotals {
  Atomic<std::int64_t> live = 0;
  Atomic<std::int64_t> mapped = 0;
  Atomic<std::int64_t> peak = 0;       // of live
  Atomic<std::int64_t> requested = 0;  // ever asked of the malloc family

  void add(std::int64_t bytes) {
    const std::int64_t now = live.fetch_add(bytes, kStat) + bytes;
    std::int64_t most = peak.load(kStat);
    while (now > most && !peak.compare_exchange_weak(most, now, kStat, kStat)) {
    }
  }
};

inline constinit MeterTotals meter_totals;

// The definition of `name` that the program would have without the meter.
template <class Function>
void look_up_wrapped(Function& function, const char* name) {
  function = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace an::harness
