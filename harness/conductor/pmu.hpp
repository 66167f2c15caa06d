// Hardware counters through perf_event_open(2), trusted only after they counted a loop whose
// instructions are known. A virtual machine may have none, and one that has them may count wrongly
// (iopsystems/rezolus#1036: live counters, impossible values). What is not to be trusted is absent,
// never 0.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace an::harness {

// Events in user mode. Absent: not counted, or counted for a part of the time only.
struct PmuReading {
  std::optional<std::int64_t> instructions, cycles;
};

struct PmuFact {
  bool available = false;         // the kernel opens the counters
  std::optional<bool> plausible;  // they counted the known loop within 1 %; absent: not available
  // Unless plausible: why, and the remedy if there is one.
  std::string reason = "the counters were not tried";
};

// Counters of a thread and, from then on, of the threads and processes it starts.
class HardwareCounters {
 public:
  // Of `pid`, or of the calling thread for 0. Counts from now on.
  explicit HardwareCounters(pid_t pid = 0);
  ~HardwareCounters();
  HardwareCounters(const HardwareCounters&) = delete;
  HardwareCounters& operator=(const HardwareCounters&) = delete;

  // errno of the kernel's refusal; 0 when both counters are open.
  int error() const { return error_; }
  PmuReading read() const;

 private:
  std::array<int, 2> fds_{-1, -1};
  int error_ = 0;
};

// What to think of counters that read `seen` over a loop of `expected` instructions.
PmuFact judge_pmu(const PmuReading& seen, std::int64_t expected);

// The fact for counters that the kernel refused with `error` (an errno).
PmuFact refused_pmu(int error);

// Runs the known loop on this thread under the counters. About a millisecond.
PmuFact check_pmu();

}  // namespace an::harness
