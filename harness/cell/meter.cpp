// The heap meter: a library that is preloaded beside a cell in a separate process that is never
// timed. It wraps malloc and its family and counts usable bytes, so that it sees C++, C and
// whatever else allocates through libc. Allocations made before the wrapped functions are known
// come from a small static arena and are never freed.
#include <dlfcn.h>
#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/base/atomic.hpp"

namespace {

an::Atomic<std::int64_t> live_bytes = 0;
an::Atomic<std::int64_t> peak_bytes = 0;

alignas(64) char early[1 << 16];
an::Atomic<std::size_t> early_used = 0;

void* early_allocate(std::size_t bytes) {
  const std::size_t start = early_used.fetch_add((bytes + 63) / 64 * 64, an::kStat);
  return start + bytes <= sizeof(early) ? early + start : nullptr;
}

bool is_early(const void* pointer) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  const auto begin = reinterpret_cast<std::uintptr_t>(early);
  return address >= begin && address < begin + sizeof(early);
}

struct Libc {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  void* (*memalign)(std::size_t, std::size_t);
  void (*free)(void*);
};

template <class F>
void look_up(F& function, const char* name) {
  function = reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

// The wrapped functions; null members while dlsym itself allocates.
const Libc& libc() {
  static Libc functions{};
  static bool looking = false;
  if (functions.free == nullptr && !looking) {
    looking = true;
    look_up(functions.malloc, "malloc");
    look_up(functions.calloc, "calloc");
    look_up(functions.realloc, "realloc");
    look_up(functions.memalign, "memalign");
    look_up(functions.free, "free");
  }
  return functions;
}

// Before main, on the only thread.
[[gnu::constructor(101)]] void look_up_early() {
  libc();
}

void* gained(void* pointer) {
  if (pointer != nullptr) {
    const auto bytes = static_cast<std::int64_t>(::malloc_usable_size(pointer));
    const std::int64_t live = live_bytes.fetch_add(bytes, an::kStat) + bytes;
    std::int64_t peak = peak_bytes.load(an::kStat);
    while (live > peak && !peak_bytes.compare_exchange_weak(peak, live, an::kStat, an::kStat)) {
    }
  }
  return pointer;
}

void lost(void* pointer) {
  live_bytes.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(pointer)), an::kStat);
}

}  // namespace

extern "C" {

std::int64_t antinode_meter_live() {
  return live_bytes.load(an::kStat);
}
std::int64_t antinode_meter_peak() {
  return peak_bytes.load(an::kStat);
}
void antinode_meter_reset_peak() {
  peak_bytes.store(live_bytes.load(an::kStat), an::kStat);
}

void* malloc(std::size_t bytes) {
  return libc().malloc == nullptr ? early_allocate(bytes) : gained(libc().malloc(bytes));
}

void* calloc(std::size_t count, std::size_t bytes) {
  return libc().calloc == nullptr ? early_allocate(count * bytes)
                                  : gained(libc().calloc(count, bytes));
}

void free(void* pointer) {
  if (pointer != nullptr && !is_early(pointer)) {
    lost(pointer);
    libc().free(pointer);
  }
}

void* realloc(void* pointer, std::size_t bytes) {
  if (pointer == nullptr || is_early(pointer)) {
    void* fresh = malloc(bytes);
    if (fresh != nullptr && pointer != nullptr) {
      std::memcpy(fresh, pointer, bytes);
    }
    return fresh;
  }
  const auto before = static_cast<std::int64_t>(::malloc_usable_size(pointer));
  void* moved = libc().realloc(pointer, bytes);
  if (moved != nullptr || bytes == 0) {
    live_bytes.fetch_sub(before, an::kStat);
    gained(moved);
  }
  return moved;
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  return gained(libc().memalign(alignment, bytes));
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return memalign(alignment, bytes);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  void* pointer = memalign(alignment, bytes);
  if (pointer == nullptr) {
    return ENOMEM;
  }
  *out = pointer;
  return 0;
}

}  // extern "C"
