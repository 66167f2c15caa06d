// See quality.hpp.
#include "harness/conductor/quality.hpp"

#include <charconv>
#include <fstream>
#include <iterator>

namespace an::harness {
namespace {

// A suspended machine sleeps for longer than this; being preempted between two clocks is shorter.
constexpr Nanos kSuspendedMinNs = 100'000'000;

}  // namespace

const char* to_string(Dropped dropped) {
  switch (dropped) {
    case Dropped::kPressure:
      return "pressure";
    case Dropped::kThawed:
      return "thawed";
    case Dropped::kSuspended:
      return "suspended";
    case Dropped::kNo:
      break;
  }
  return "";
}

std::optional<std::int64_t> parse_pressure(const std::string& text) {
  const std::string key = "total=";
  const std::string first = text.substr(0, text.find('\n'));
  const std::size_t place = first.find(key);
  if (first.rfind("some ", 0) != 0 || place == std::string::npos) {
    return std::nullopt;
  }
  std::int64_t total = 0;
  const char* begin = first.data() + place + key.size();
  const auto [stop, error] = std::from_chars(begin, first.data() + first.size(), total);
  return error == std::errc() ? std::optional(total) : std::nullopt;
}

Gauge read_gauge() {
  std::ifstream file("/proc/pressure/cpu");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return {now_ns(), suspended_ns(), parse_pressure(text)};
}

std::optional<std::int64_t> pressure_between(const Gauge& before, const Gauge& after) {
  return before.psi_us && after.psi_us ? std::optional(*after.psi_us - *before.psi_us)
                                       : std::nullopt;
}

Dropped judge(const Gauge& before, const Gauge& after, bool filter_pressure) {
  if (after.suspended_ns - before.suspended_ns > kSuspendedMinNs) {
    return Dropped::kSuspended;
  }
  const double wall_us = static_cast<double>(after.at_ns - before.at_ns) * 1e-3;
  const auto pressure_us = pressure_between(before, after);
  const bool is_pressed = pressure_us && static_cast<double>(*pressure_us) > kPressureMax * wall_us;
  return filter_pressure && is_pressed ? Dropped::kPressure : Dropped::kNo;
}

}  // namespace an::harness
