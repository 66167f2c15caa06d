#include "schedulers/heartbeat/record.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "core/base/assert.hpp"
#include "core/base/error.hpp"

namespace an::schedulers::heartbeat {
namespace {

constexpr std::size_t kFrameBytesMin = 48;
constexpr std::size_t kStackBytesMin = std::size_t{8} << 20;
constexpr std::size_t kStackBytesMax = std::size_t{1} << 30;  // "unlimited" ends here

std::size_t page_bytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t record_bytes() {
  rlimit limit{};
  std::size_t stack = kStackBytesMin;
  if (::getrlimit(RLIMIT_STACK, &limit) == 0) {
    stack = limit.rlim_cur == RLIM_INFINITY ? kStackBytesMax : limit.rlim_cur;
  }
  stack = std::clamp(stack, kStackBytesMin, kStackBytesMax);
  const std::size_t bytes = stack / kFrameBytesMin * sizeof(Record);
  return (bytes / page_bytes() + 2) * page_bytes();
}

}  // namespace

RecordStack::RecordStack() : bytes_(record_bytes()) {
  void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw Error("mmap of " + std::to_string(bytes_) + " bytes for fork records failed with errno " +
                    std::to_string(errno),
                "The address space is limited (`ulimit -v`) or full",
                "Use fewer --workers or a smaller `ulimit -s`");
  }
  AN_ASSERT(
      ::mprotect(static_cast<char*>(memory) + bytes_ - page_bytes(), page_bytes(), PROT_NONE) == 0);
  records_ = static_cast<Record*>(memory);
}

RecordStack::~RecordStack() {
  ::munmap(records_, bytes_);
}

}  // namespace an::schedulers::heartbeat
