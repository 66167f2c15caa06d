// memcpy, memmove and memset of the whole executable. GCC's -fsanitize=thread leaves them to the runtime's
// interceptors; here these are it. The models are compiled so that each call remains one (CMakeLists.txt).
#include <cstddef>
#include <cstdint>

#include "tests/model/checker/execution.hpp"

// The C library's, by names that nobody else calls and the compiler does not fold back into ours. The last
// argument is the room there is.
extern "C" {
void* libc_memcpy(void* to,
                  const void* from,
                  std::size_t bytes,
                  std::size_t room) __asm__("__memcpy_chk");
void* libc_memmove(void* to,
                   const void* from,
                   std::size_t bytes,
                   std::size_t room) __asm__("__memmove_chk");
void* libc_memset(void* to, int byte, std::size_t bytes, std::size_t room) __asm__("__memset_chk");
}

namespace {

using an::model::Access;
using an::model::Execution;

void plain(const void* memory, std::size_t bytes, Access access, void* pc) {
  if (Execution::is_inside() && bytes != 0) {
    Execution::the().plain(reinterpret_cast<std::uintptr_t>(memory), bytes, access,
                           reinterpret_cast<std::uint64_t>(pc));
  }
}

}  // namespace

#define AN_HERE __builtin_return_address(0)

extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) noexcept {
  plain(from, bytes, Access::kRead, AN_HERE);
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memcpy(to, from, bytes, SIZE_MAX);
}
void* memmove(void* to, const void* from, std::size_t bytes) noexcept {
  plain(from, bytes, Access::kRead, AN_HERE);
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memmove(to, from, bytes, SIZE_MAX);
}
void* memset(void* to, int byte, std::size_t bytes) noexcept {
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memset(to, byte, bytes, SIZE_MAX);
}

// Clang's names for the same.
void* __tsan_memcpy(void* to, const void* from, std::size_t bytes) {
  plain(from, bytes, Access::kRead, AN_HERE);
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memcpy(to, from, bytes, SIZE_MAX);
}
void* __tsan_memmove(void* to, const void* from, std::size_t bytes) {
  plain(from, bytes, Access::kRead, AN_HERE);
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memmove(to, from, bytes, SIZE_MAX);
}
void* __tsan_memset(void* to, int byte, std::size_t bytes) {
  plain(to, bytes, Access::kWrite, AN_HERE);
  return libc_memset(to, byte, bytes, SIZE_MAX);
}

}  // extern "C"
