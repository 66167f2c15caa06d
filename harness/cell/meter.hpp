// The cell's view of the heap meter (meter.cpp), which is there only when the conductor preloaded
// it.
#pragma once

#include <cstdint>

namespace an::harness {

// Bytes requested from malloc and friends, usable size, by the whole process.
struct Meter {
  std::int64_t (*live)();  // not yet freed
  std::int64_t (*peak)();  // the most live since reset_peak
  void (*reset_peak)();
};

// The preloaded meter, or null functions when there is none.
Meter find_meter();

}  // namespace an::harness
