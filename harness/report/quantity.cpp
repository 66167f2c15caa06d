// Formatting of figures. One place, so that the terminal, Markdown and progress lines agree.
#include "harness/report/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace an::harness {
namespace {

// Decimals that give `value` three significant digits after rounding.
int decimals_of(double value) {
  const double magnitude = std::abs(value);
  if (magnitude == 0 || !std::isfinite(magnitude)) {
    return 2;
  }
  constexpr int kDigits = 3;
  constexpr int kDecimalsMax = 6;
  int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  // 9.996 rounds to 10.0: the digits count after rounding, not before.
  const double step = std::pow(10.0, exponent - kDigits + 1);
  if (std::round(magnitude / step) * step >= std::pow(10.0, exponent + 1)) {
    ++exponent;
  }
  return std::clamp(kDigits - 1 - exponent, 0, kDecimalsMax);
}

}  // namespace

std::string format_figure(double value) {
  return fmt::format("{:.{}f}", value, decimals_of(value));
}

std::string format_estimate(std::optional<double> value,
                            std::optional<double> low,
                            std::optional<double> high) {
  if (!value) {
    return "-";
  }
  if (!low || !high) {
    return format_figure(*value);
  }
  const int decimals = decimals_of(*value);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", *value, decimals, *low, decimals, *high,
                     decimals);
}

std::string format_bytes(double bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024;
  if (std::abs(bytes) < kStep) {
    const bool is_whole = std::floor(bytes) == bytes;
    return (is_whole ? fmt::format("{:.0f}", bytes) : format_figure(bytes)) + " B";
  }
  std::size_t unit = 0;
  double value = bytes / kStep;
  while (std::abs(value) >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return fmt::format("{} {}", format_figure(value), kUnits[unit]);
}

std::string format_time(double ns) {
  constexpr std::array kUnits{"ns", "us", "ms", "s"};
  constexpr double kStep = 1000;
  std::size_t unit = 0;
  while (std::abs(ns) >= kStep && unit + 1 < kUnits.size()) {
    ns /= kStep;
    ++unit;
  }
  return fmt::format("{} {}", format_figure(ns), kUnits[unit]);
}

std::string format_duration(Nanos ns) {
  constexpr Nanos kSecond = 1'000'000'000;
  const Nanos seconds = std::max<Nanos>(0, (ns + kSecond / 2) / kSecond);
  if (seconds < 60) {
    return fmt::format("{} s", seconds);
  }
  if (seconds < 3600) {
    return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  }
  return fmt::format("{} h {:02} min", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace an::harness
