// See calibrate_flags.hpp.
#include "harness/calibrate_flags.hpp"

#include <cstdint>
#include <string>

#include "harness/flag_values.hpp"

namespace an::harness {
void refuse_calibrate_flags(const CalibrateTexts& texts) {
  const std::string flag = texts.quick            ? "--quick"
                           : !texts.gates.empty() ? "--gates"
                           : !texts.units.empty() ? "--units"
                                                  : "";
  if (!flag.empty()) {
    throw UsageError(flag + " is for calibrate and misfire", "",
                     "Leave it out, or type 'harness calibrate --quick'");
  }
}

void read_calibrate_flags(const GivenFlags& given, const CalibrateTexts& texts, Options& options) {
  constexpr std::int64_t kGatesMax = 10'000, kUnitsMax = 10'000;
  const bool is_calibrate = options.command == Command::kCalibrate;
  if (texts.quick && !texts.gates.empty()) {
    throw UsageError("--quick and --gates exclude each other", "--quick runs no gate",
                     "Choose one of them");
  }
  if (!is_calibrate && !texts.units.empty() && !texts.quick) {
    throw UsageError("--units is for misfire --quick",
                     "Without it every comparison has a gate that runs",
                     "Say --quick, or choose the number with --gates");
  }
  if (!given.schedulers) {
    options.schedulers = {"chase_lev"};
  }
  if (!given.workloads) {
    options.workloads = {is_calibrate ? "spin_tree" : "fib"};
  }
  if (!given.sizes) {
    options.sizes = {is_calibrate ? "medium" : "small"};
  }
  if (!given.turns) {
    options.turns = kDuelTurns;
  }
  if (!given.min_time) {
    options.min_time_ns = kDuelMinTimeNs;
  }
  if (!texts.gates.empty()) {
    options.gates = static_cast<int>(parse_integer("--gates", texts.gates, 1, kGatesMax));
  }
  options.units = is_calibrate ? kCalibrateUnits : kMisfireUnits;
  if (!texts.units.empty()) {
    options.units = static_cast<int>(parse_integer("--units", texts.units, 2, kUnitsMax));
  }
  if (texts.quick) {
    options.gates = 0;
  }
}

}  // namespace an::harness
