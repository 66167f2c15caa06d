// What the machine did while a turn was timed, and whether its round may count. The rule knows
// nothing of the time that was measured. It could favour an arm that causes the pressure itself:
// harness/verdict/decision.hpp looks at whose turns rounds are dropped for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

// A round is dropped when tasks waited for a CPU for more than this part of one of its turns.
inline constexpr double kPressureMax = 0.2;

// Readings at one moment.
struct Gauge {
  Nanos at_ns = 0;
  Nanos suspended_ns = 0;
  std::optional<std::int64_t> psi_us;  // CPU pressure, "some", in total; absent without PSI
};

// Reads the clocks and /proc/pressure/cpu.
Gauge read_gauge();

// "some avg10=.. total=N" ... -> N.
std::optional<std::int64_t> parse_pressure(const std::string& text);

// The growth of psi_us.
std::optional<std::int64_t> pressure_between(const Gauge& before, const Gauge& after);

// Whether a turn between the two readings counts. Pressure counts only if `filter_pressure`.
Dropped judge(const Gauge& before, const Gauge& after, bool filter_pressure);

}  // namespace an::harness
