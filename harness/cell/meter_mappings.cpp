// The meter's half for mappings: wraps mmap, munmap, mremap and mprotect and counts what the
// program maps for itself (meter_totals.hpp says what that is). The table changes under the same
// lock as the address space, or a range that one thread frees and another gets would be lost.
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "harness/cell/mapped_ranges.hpp"
#include "harness/cell/meter_totals.hpp"

namespace an::harness {
namespace {

using Address = MappedRanges::Address;

struct Wrapped {
  void* (*mmap)(void*, std::size_t, int, int, int, off_t);
  int (*munmap)(void*, std::size_t);
  void* (*mremap)(void*, std::size_t, std::size_t, int, void*);
  int (*mprotect)(void*, std::size_t, int);
};

const Wrapped& wrapped() {
  static Wrapped functions{};
  if (functions.mprotect == nullptr) {
    look_up_wrapped(functions.mmap, "mmap");
    look_up_wrapped(functions.munmap, "munmap");
    look_up_wrapped(functions.mremap, "mremap");
    look_up_wrapped(functions.mprotect, "mprotect");
  }
  return functions;
}

// Where the code and data of a loaded object lie.
struct Extent {
  Address begin = 0, end = 0;
  bool holds(Address address) const { return address >= begin && address < end; }
};

// The object that holds the malloc under the meter.
Extent find_allocator() {
  struct Search {
    Address wanted;
    Extent found;
  } search{};
  look_up_wrapped(search.wanted, "malloc");
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* context) {
        auto& wish = *static_cast<Search*>(context);
        Extent extent{UINTPTR_MAX, 0};
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const auto& segment = object->dlpi_phdr[i];
          if (segment.p_type == PT_LOAD) {
            const Address begin = object->dlpi_addr + segment.p_vaddr;
            extent.begin = std::min(extent.begin, begin);
            extent.end = std::max(extent.end, begin + segment.p_memsz);
          }
        }
        const bool is_it = extent.holds(wish.wanted);
        wish.found = is_it ? extent : wish.found;
        return is_it ? 1 : 0;
      },
      &search);
  return search.found;
}

constinit std::mutex table_lock;
constinit MappedRanges table;

// Found at the first call, which an allocator may make before main and on the only thread.
bool is_allocators(const void* caller) {
  static constinit Extent allocator;
  if (allocator.end == 0) {
    allocator = find_allocator();
  }
  return allocator.holds(reinterpret_cast<Address>(caller));
}

// Before main, on the only thread.
[[gnu::constructor(102)]] void look_up_early() {
  wrapped();
  is_allocators(nullptr);
}

Address end_of(Address begin, std::size_t bytes) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return begin + (bytes + page - 1) / page * page;
}

// The program's mappings changed. Requires table_lock.
void publish() {
  const std::int64_t now = table.usable_bytes();
  meter_totals.add(now - meter_totals.mapped.exchange(now, kStat));
}

bool is_counted(int flags) {
  return (flags & MAP_ANONYMOUS) != 0 && (flags & MAP_TYPE) == MAP_PRIVATE;
}

}  // namespace
}  // namespace an::harness

using namespace an::harness;

extern "C" {

void* mmap(
    void* hint, std::size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  if (is_allocators(__builtin_return_address(0))) {
    return wrapped().mmap(hint, bytes, protection, flags, fd, offset);
  }
  const std::lock_guard guard(table_lock);
  void* result = wrapped().mmap(hint, bytes, protection, flags, fd, offset);
  if (result != MAP_FAILED) {
    const auto begin = reinterpret_cast<Address>(result);
    if (is_counted(flags)) {
      table.map(begin, end_of(begin, bytes), protection != PROT_NONE);
    } else {
      table.unmap(begin, end_of(begin, bytes));  // MAP_FIXED over something that counted
    }
    publish();
  }
  return result;
}

void* mmap64(
    void* hint, std::size_t bytes, int protection, int flags, int fd, off64_t offset) noexcept
    __attribute__((alias("mmap")));

int munmap(void* address, std::size_t bytes) noexcept {
  if (is_allocators(__builtin_return_address(0))) {
    return wrapped().munmap(address, bytes);
  }
  const std::lock_guard guard(table_lock);
  const int result = wrapped().munmap(address, bytes);
  if (result == 0) {
    const auto begin = reinterpret_cast<Address>(address);
    table.unmap(begin, end_of(begin, bytes));
    publish();
  }
  return result;
}

void* mremap(void* address, std::size_t bytes, std::size_t bytes_new, int flags, ...) noexcept {
  void* wish = nullptr;
  if ((flags & MREMAP_FIXED) != 0) {
    va_list rest;
    va_start(rest, flags);
    wish = va_arg(rest, void*);
    va_end(rest);
  }
  if (is_allocators(__builtin_return_address(0))) {
    return wrapped().mremap(address, bytes, bytes_new, flags, wish);
  }
  const std::lock_guard guard(table_lock);
  void* result = wrapped().mremap(address, bytes, bytes_new, flags, wish);
  if (result != MAP_FAILED) {
    const auto old = reinterpret_cast<Address>(address);
    const auto begin = reinterpret_cast<Address>(result);
    const bool is_known = table.holds(old);
    table.unmap(old, end_of(old, bytes));
    table.unmap(begin, end_of(begin, bytes_new));
    if (is_known) {
      table.map(begin, end_of(begin, bytes_new), true);
    }
    publish();
  }
  return result;
}

int mprotect(void* address, std::size_t bytes, int protection) noexcept {
  if (is_allocators(__builtin_return_address(0))) {
    return wrapped().mprotect(address, bytes, protection);
  }
  const std::lock_guard guard(table_lock);
  const int result = wrapped().mprotect(address, bytes, protection);
  if (result == 0) {
    const auto begin = reinterpret_cast<Address>(address);
    table.protect(begin, end_of(begin, bytes), protection != PROT_NONE);
    publish();
  }
  return result;
}

}  // extern "C"
