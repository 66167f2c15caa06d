// How much the machine does besides what is measured: pressure, stolen time, context switches, and
// two loops of known length. It annotates; nothing is ever divided by it, which would add its own noise.
//
// Pressure is the gauge to judge by. On a virtual machine the steal counter may stay at zero while
// times triple (harness/METHODOLOGY.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"

namespace an::harness {

// Totals since the machine started, of all CPUs together. Absent: the kernel does not say; never 0
// for that.
struct NoiseReading {
  std::optional<std::int64_t> psi_some_us;       // a runnable thread had to wait for a CPU
  std::optional<std::int64_t> steal_ticks;       // of USER_HZ, 10 ms: the hypervisor ran others
  std::optional<std::int64_t> context_switches;  // of every process
};

// Reads /proc/pressure/cpu and /proc/stat, about 50 us. `root` is "/" but for tests.
NoiseReading read_noise(const std::filesystem::path& root = "/");

// What was added from `before` to `after`; absent where either is, or where a counter went back.
NoiseReading difference(const NoiseReading& before, const NoiseReading& after);

// The parts of read_noise, from the text of the files.
std::optional<std::int64_t> parse_psi_some_us(std::string_view pressure);
std::optional<std::int64_t> parse_steal_ticks(std::string_view stat);
std::optional<std::int64_t> parse_context_switches(std::string_view stat);

// Share of the last ten seconds, in per cent, in which some thread waited for a CPU.
std::optional<double> parse_psi_avg10_percent(std::string_view pressure);

// Steal ticks over all ticks since the machine started; absent when there are none of either.
std::optional<double> parse_steal_share(std::string_view stat);

// How long a fixed integer loop of this thread takes, in ns: about 5 ms on current CPUs. A move of
// more than a tenth between two calls means that the machine changed its speed or was shared.
Nanos canary_ns();

// How much CPU time a fixed number of independent additions takes, in ns, the mean of up to eight of the
// CPUs this thread may use: about 0.4 ms a CPU. As many in a cycle as a core can take: longer when another
// hardware thread, which may be another machine's, has part of the core, which the canary does not see,
// and when the clock is lower, which it sees as well. Waiting for the CPU is not counted.
Nanos burst_ns();

// What the machine did during a unit: the loops before and after it, and what was added to the
// counters between the two.
struct UnitNoise {
  Nanos wall_ns = 0;
  Nanos canary_before_ns = 0, canary_after_ns = 0;
  Nanos burst_before_ns = 0, burst_after_ns = 0;
  NoiseReading noise;

  // More than a tenth, either way.
  bool has_moved() const;
};

// Takes a unit's noise: constructed before it, read after it. Both loops twice, 10 to 17 ms in all.
class NoiseWatch {
 public:
  NoiseWatch()
      : canary_ns_(canary_ns()),
        burst_ns_(burst_ns()),
        before_(read_noise()),
        begun_ns_(now_ns()) {}
  UnitNoise stop() const;

 private:
  Nanos canary_ns_;
  Nanos burst_ns_;
  NoiseReading before_;
  Nanos begun_ns_;
};

// The units of a run so far.
class NoiseTally {
 public:
  void add(const UnitNoise& unit);

  // A sentence for each loop that says that the machine was not steady, or not this run's alone. The burst is
  // held against the best unit: nothing is said of a run that was disturbed throughout.
  std::vector<std::string> notes() const;

 private:
  int units_ = 0;
  int moved_ = 0;              // units in which the canary did
  std::vector<Nanos> bursts_;  // the mean of before and after
};

}  // namespace an::harness
