// What `harness calibrate` and `harness misfire` print.
#pragma once

#include <string>

#include "harness/verdict/calibration.hpp"
#include "harness/verdict/misfire.hpp"

namespace an::harness {

// Lines for people, ended by a line end; no colours.
std::string calibration_text(const CalibrationOutcome& outcome, const CalibrationPlan& plan);
std::string misfire_text(const MisfireOutcome& outcome, const MisfirePlan& plan);

}  // namespace an::harness
