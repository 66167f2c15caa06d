// What a task may tell the scheduler about itself when it is spawned. A scheduler that gives no
// meaning to a hint ignores it at no cost.
#pragma once

#include <cstdint>

namespace an {

// The phase of a task (scheduling by data): tasks of equal `key` touch the same block of data, so
// running them back to back loads it once.
struct Phase {
  std::uint64_t key;          // which block; any 64-bit name
  std::uint32_t bytes = 0;    // size of the block; 0 = unknown
  std::uint32_t cost_ns = 0;  // expected run time of one task; 0 = unknown
};

// Where a task would like to run. Kept as a wish: never a promise.
struct Hint {
  std::uint32_t worker = ~0U;  // a worker, or any
  std::uint32_t node = ~0U;    // when `worker` is any: a NUMA node, or any
};

}  // namespace an
