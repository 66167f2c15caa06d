#include "core/base/atomic.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/assert.hpp"

namespace an {
namespace {

long membarrier(int command) {
  return ::syscall(SYS_membarrier, command, 0U, 0);
}

}  // namespace

bool heavy_barrier_available() noexcept {
  static const bool available = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
  return available;
}

void heavy_barrier() noexcept {
  const long result = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  AN_ASSERT(result == 0);
}

}  // namespace an
