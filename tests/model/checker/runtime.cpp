// Runtime: what the sources ask of the C++ runtime and the kernel, answered by the execution: memory,
// mutexes, and the functions behind core/base (see ../shadow).
#include <pthread.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "tests/model/checker/execution.hpp"
#include "tests/model/checker/weaken.hpp"

using an::model::Execution;

#define AN_HERE reinterpret_cast<std::uint64_t>(__builtin_return_address(0))

namespace {

void* allocate(std::size_t bytes, std::size_t alignment, std::uint64_t pc) {
  if (Execution::is_inside()) {
    return Execution::the().allocate(bytes, alignment, pc);
  }
  void* const block = std::aligned_alloc(
      alignment, (std::max<std::size_t>(bytes, 1) + alignment - 1) & ~(alignment - 1));
  return block != nullptr ? block : throw std::bad_alloc();
}

void release(void* block, std::uint64_t pc) {
  if (block == nullptr) {
    return;
  }
  if (Execution::is_inside()) {
    Execution::the().free(block, pc);
  } else if (!Execution::the().owns(block)) {
    std::free(block);
  }
}

// The process has one thread, the models have several: libstdc++ counts its shared pointers with plain
// additions as long as it believes this.
[[maybe_unused]] const bool says_several_threads = (__libc_single_threaded = 0, true);

std::uintptr_t address_of(const void* object) {
  return reinterpret_cast<std::uintptr_t>(object);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return allocate(bytes, 16, AN_HERE);
}
void* operator new[](std::size_t bytes) {
  return allocate(bytes, 16, AN_HERE);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment), AN_HERE);
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment), AN_HERE);
}
void operator delete(void* block) noexcept {
  release(block, AN_HERE);
}
void operator delete[](void* block) noexcept {
  release(block, AN_HERE);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block, AN_HERE);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block, AN_HERE);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block, AN_HERE);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  release(block, AN_HERE);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release(block, AN_HERE);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  release(block, AN_HERE);
}

namespace an {

// Ends the execution if one runs. Everything of a failed one is abandoned, so this does not return.
void assertion_failed(const char* expression, const char* file, const char* function) {
  if (Execution::is_inside()) {
    Execution::the().fail(std::string("assertion failed: ") + expression + " (" + function +
                          " of " + file + ")");
  }
  std::fprintf(stderr, "%s: assertion failed in %s: %s\n", file, function, expression);
  std::abort();
}

bool heavy_barrier_available() noexcept {
  return true;
}
void heavy_barrier() noexcept {
  if (Execution::is_inside() && !model::Weaken::the().is_dropped(AN_HERE)) {
    Execution::the().heavy_barrier(AN_HERE);
  }
}

}  // namespace an

extern "C" {

void* mmap(
    void* address, std::size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  if (Execution::is_inside()) {
    return Execution::the().map(bytes, AN_HERE);
  }
  return reinterpret_cast<void*>(
      ::syscall(SYS_mmap, address, bytes, protection, flags, fd, offset));
}
int munmap(void* address, std::size_t bytes) noexcept {
  if (Execution::is_inside()) {
    Execution::the().unmap(address, bytes, AN_HERE);
    return 0;
  }
  return static_cast<int>(::syscall(SYS_munmap, address, bytes));
}
// Guard pages do not guard in a model.
int mprotect(void* address, std::size_t bytes, int protection) noexcept {
  return Execution::is_inside()
             ? 0
             : static_cast<int>(::syscall(SYS_mprotect, address, bytes, protection));
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (Execution::is_inside()) {
    Execution::the().lock(address_of(mutex), AN_HERE);
  }
  return 0;
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (Execution::is_inside()) {
    return Execution::the().try_lock(address_of(mutex), AN_HERE) ? 0 : EBUSY;
  }
  return 0;
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (Execution::is_inside()) {
    Execution::the().unlock(address_of(mutex), AN_HERE);
  }
  return 0;
}

}  // extern "C"
