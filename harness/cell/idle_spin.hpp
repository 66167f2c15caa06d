// A cell that spins while it waits for its next request, as the workers of a busy-waiting runtime
// do. `harness calibrate` asks for it, to show what arms that are alive but idle do to a comparison
// and that it notices; schedulers and workloads know nothing of it.
#pragma once

#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/thread.hpp"

namespace an::harness {

// The threads ANTINODE_IDLE_SPIN asks for, 0 to 1024; 0 when it is not set or no such number.
int idle_spinners();

// So many threads spin, without yielding, from construction to destruction.
class IdleSpin {
 public:
  explicit IdleSpin(int threads);
  ~IdleSpin();
  IdleSpin(const IdleSpin&) = delete;
  IdleSpin& operator=(const IdleSpin&) = delete;

 private:
  Atomic<bool> is_over_{false};
  std::vector<Thread> threads_;
};

}  // namespace an::harness
