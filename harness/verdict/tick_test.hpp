// Do turns end when the kernel's tick says so? When more threads than CPUs run, a turn ends at the
// tick that gives the CPU back, whatever the code's speed: its times gather at multiples of 1/HZ,
// and a comparison of such times is tight and wrong.
#pragma once

#include <cstdint>
#include <vector>

namespace an::harness {

struct TickTest {
  int turns = 0;
  int near = 0;       // turns within 0.1 ms of a multiple of the tick
  double chance = 0;  // the share expected of times that know nothing of the tick

  // near / turns; 0 without turns.
  double fraction() const;

  // More than four times the chance level, and more than turns so few could show by luck: the
  // exact 99 % lower bound of the fraction must lie above it. Four times, because sound turns
  // reach three times (14 % at HZ = 250, where the trap reads 78 %); a bound, because of thirty
  // turns at 14 % every tenth set would exceed 20 %. Never with HZ >= 1250, where four times the
  // chance is all turns.
  //
  // Of turns that all have the same iterations it cannot tell those held back to a tick from those
  // that happen to last a whole number of ticks and hardly vary, and takes both for quantised: vary
  // the iterations over a tick or more.
  bool quantised() const;
};

// Counts the turn times (ns) within 0.1 ms of a multiple of 1/`hz` (> 0) seconds, 0 not being one.
TickTest tick_test(const std::vector<std::int64_t>& turn_ns, int hz);

}  // namespace an::harness
