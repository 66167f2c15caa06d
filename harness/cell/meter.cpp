// The meter: a library that is preloaded beside a cell in a separate process that is never timed,
// before any other allocator. This half wraps malloc and its family and counts usable bytes, so that
// it sees C++, Rust, C and whatever else allocates through libc; meter_mappings.cpp is for mmap.
// Allocations made before the wrapped functions are known come from a small static arena and are
// never freed.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/base/local.hpp"
#include "harness/cell/meter_totals.hpp"

namespace an::harness {
namespace {

alignas(64) char early[1 << 16];
Atomic<std::size_t> early_used = 0;

void* early_allocate(std::size_t bytes) {
  const std::size_t start = early_used.fetch_add((bytes + 63) / 64 * 64, kStat);
  return start + bytes <= sizeof(early) ? early + start : nullptr;
}

bool is_early(const void* pointer) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  const auto begin = reinterpret_cast<std::uintptr_t>(early);
  return address >= begin && address < begin + sizeof(early);
}

struct Wrapped {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  void* (*memalign)(std::size_t, std::size_t);
  void (*free)(void*);
};

// The wrapped functions; null members while dlsym itself allocates.
const Wrapped& wrapped() {
  static Wrapped functions{};
  static bool looking = false;
  if (functions.free == nullptr && !looking) {
    looking = true;
    look_up_wrapped(functions.malloc, "malloc");
    look_up_wrapped(functions.calloc, "calloc");
    look_up_wrapped(functions.realloc, "realloc");
    look_up_wrapped(functions.memalign, "memalign");
    look_up_wrapped(functions.free, "free");
  }
  return functions;
}

// Before main, on the only thread.
[[gnu::constructor(101)]] void look_up_early() {
  wrapped();
}

std::int64_t usable(void* pointer) {
  return static_cast<std::int64_t>(::malloc_usable_size(pointer));
}

// A call into the wrapped allocator by this thread. What that allocates for itself while it serves
// one comes by here too, and is not the program's.
class Passage {
 public:
  Passage() : is_outermost_(!std::exchange(inside(), true)) {}
  ~Passage() { inside() = !is_outermost_; }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  bool is_outermost() const { return is_outermost_; }

 private:
  static bool& inside() { return Local<Passage, bool>::get(); }
  bool is_outermost_;
};

void count(void* pointer, std::size_t requested) {
  if (pointer != nullptr) {
    meter_totals.requested.fetch_add(static_cast<std::int64_t>(requested), kStat);
    meter_totals.add(usable(pointer));
  }
}

// What `allocate` returns, counted.
template <class Allocate>
void* counted(std::size_t requested, Allocate allocate) {
  const Passage passage;
  void* pointer = allocate();
  if (passage.is_outermost()) {
    count(pointer, requested);
  }
  return pointer;
}

bool is_power_of_two(std::size_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

std::size_t page_bytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace
}  // namespace an::harness

using namespace an::harness;

extern "C" {

std::int64_t antinode_meter_live() {
  return meter_totals.live.load(an::kStat);
}
std::int64_t antinode_meter_mapped() {
  return meter_totals.mapped.load(an::kStat);
}
std::int64_t antinode_meter_peak() {
  return meter_totals.peak.load(an::kStat);
}
std::int64_t antinode_meter_requested() {
  return meter_totals.requested.load(an::kStat);
}
void antinode_meter_reset_peak() {
  meter_totals.peak.store(meter_totals.live.load(an::kStat), an::kStat);
}

void* malloc(std::size_t bytes) {
  return wrapped().malloc == nullptr ? early_allocate(bytes)
                                     : counted(bytes, [=] { return wrapped().malloc(bytes); });
}

void* calloc(std::size_t number, std::size_t bytes) {
  return wrapped().calloc == nullptr
             ? early_allocate(number * bytes)
             : counted(number * bytes, [=] { return wrapped().calloc(number, bytes); });
}

void free(void* pointer) {
  if (pointer != nullptr && !is_early(pointer)) {
    const Passage passage;
    if (passage.is_outermost()) {
      meter_totals.add(-usable(pointer));
    }
    wrapped().free(pointer);
  }
}

void* realloc(void* pointer, std::size_t bytes) {
  if (pointer == nullptr || is_early(pointer)) {
    void* fresh = malloc(bytes);
    if (fresh != nullptr && pointer != nullptr) {
      const auto rest =
          static_cast<std::size_t>(early + sizeof(early) - static_cast<char*>(pointer));
      std::memcpy(fresh, pointer, std::min(bytes, rest));
    }
    return fresh;
  }
  const Passage passage;
  const std::int64_t before = usable(pointer);
  void* moved = wrapped().realloc(pointer, bytes);
  if (passage.is_outermost() && (moved != nullptr || bytes == 0)) {
    meter_totals.add(-before);
    count(moved, bytes);
  }
  return moved;
}

void* reallocarray(void* pointer, std::size_t count, std::size_t bytes) {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, bytes, &total)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(pointer, total);
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  return counted(bytes, [=] { return wrapped().memalign(alignment, bytes); });
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return memalign(alignment, bytes);
}

void* valloc(std::size_t bytes) {
  return memalign(page_bytes(), bytes);
}

void* pvalloc(std::size_t bytes) {
  const std::size_t page = page_bytes();
  return memalign(page, (bytes + page - 1) / page * page);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  if (!is_power_of_two(alignment) || alignment % sizeof(void*) != 0) {
    return EINVAL;
  }
  void* pointer = memalign(alignment, bytes);
  if (pointer == nullptr) {
    return ENOMEM;
  }
  *out = pointer;
  return 0;
}

}  // extern "C"
