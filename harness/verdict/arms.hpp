// The arms of a comparison: R is the reference build, C the candidate, R' a byte copy of R. All
// three run from copies in a temporary folder, whose paths are equally long (the length of a path
// moves the stack) and which a build going on elsewhere cannot change.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "harness/conductor/duel.hpp"
#include "harness/conductor/run.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {

// The executables of one cell's arms, copied; gone with this object.
class ArmCopies {
 public:
  // Throws an::Error when they cannot be copied or made executable.
  ArmCopies(const std::filesystem::path& reference, const std::filesystem::path& candidate);
  ~ArmCopies();
  ArmCopies(const ArmCopies&) = delete;
  ArmCopies& operator=(const ArmCopies&) = delete;

  // R, C, R', in this order.
  const std::vector<ArmSpec>& arms() const { return arms_; }

 private:
  std::filesystem::path root_;
  std::vector<ArmSpec> arms_;
};

// Which arms of a duel are judged, by their place in it.
struct JudgedArms {
  std::size_t reference = 0, candidate = 1, control = 2;
};

// The ratios of `arms` in `rounds`, unit by unit; a unit all of whose rounds were dropped is there
// without any. `hz` is that of the kernel's tick, 0 when not known: then no turn is suspect.
Measured measured_of(const std::vector<RoundRecord>& rounds,
                     int planned_rounds,
                     int hz,
                     const JudgedArms& arms = {});

}  // namespace an::harness
