// The cell's view of the meter (meter.cpp), which is there only when the conductor preloaded it.
#pragma once

#include <cstdint>

namespace an::harness {

// Bytes of the whole process; meter_totals.hpp says which are seen.
struct Meter {
  std::int64_t (*live)();       // the heap and the mappings, not yet freed
  std::int64_t (*mapped)();     // the mappings among them
  std::int64_t (*peak)();       // the most live since reset_peak
  std::int64_t (*requested)();  // ever asked of malloc and friends
  void (*reset_peak)();
};

// The preloaded meter, or null functions when there is none.
Meter find_meter();

}  // namespace an::harness
