// Numbers as people read them: three significant digits, bytes with binary units, durations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "harness/verdict/stats.hpp"

namespace an::harness {

// `value` with three significant digits and never an exponent: 0.0123, 3.41, 34.1, 341, 34100.
std::string format_figure(double value);

// `3.41 [3.39, 3.52]`, all three with the decimals of the first; only the value without an
// interval;
// "-" without a value.
std::string format_estimate(std::optional<double> value,
                            std::optional<double> low,
                            std::optional<double> high);

// `bytes` with a unit: "0 B", "512 B", "3.05 MiB".
std::string format_bytes(double bytes);

// A time of a program: "3.41 ns", "1.02 us", "34.1 ms", "2.50 s".
std::string format_time(double ns);

// A length of time for a progress line: "8 s", "3 min 05 s", "2 h 10 min".
std::string format_duration(Nanos ns);

}  // namespace an::harness
