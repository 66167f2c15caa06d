// See arms.hpp.
#include "harness/verdict/arms.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kArms = 3;
// Folders whose names are equally long.
constexpr std::array<const char*, kArms> kArmFolders{"r", "c", "s"};
constexpr std::array<const char*, kArms> kArmNames{"R", "C", "R'"};

}  // namespace

ArmCopies::ArmCopies(const fs::path& reference, const fs::path& candidate) {
  std::string pattern = fs::temp_directory_path() / "antinode-arms-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(fmt::format("cannot make {}: {}", pattern, std::strerror(errno)),
                "The disk is full, or the folder not writable", "Name another one with TMPDIR");
  }
  root_ = pattern;
  const std::array<fs::path, kArms> originals{reference, candidate, reference};
  try {
    for (std::size_t arm = 0; arm < kArms; ++arm) {
      const fs::path copy = root_ / kArmFolders[arm] / originals[arm].filename();
      fs::create_directory(copy.parent_path());
      fs::copy_file(originals[arm], copy);
      fs::permissions(copy, fs::perms::owner_all);
      arms_.push_back({kArmNames[arm], copy});
    }
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
    throw Error(fmt::format("cannot copy the cells into {}: {}", root_.string(), error.what()),
                "The disk is full, or a build replaced them meanwhile",
                "Name another folder with TMPDIR, or wait for the build");
  }
}

ArmCopies::~ArmCopies() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Measured measured_of(const std::vector<RoundRecord>& rounds,
                     int planned_rounds,
                     int hz,
                     const JudgedArms& arms) {
  Measured measured;
  std::map<int, UnitRatios> units;
  std::vector<std::int64_t> turn_ns;
  for (const RoundRecord& round : rounds) {
    UnitRatios& unit = units[round.unit];
    if (round.dropped == Dropped::kPressure) {
      measured.pressed[0] += round.spoiler == arms.reference ? 1 : 0;
      measured.pressed[1] += round.spoiler == arms.candidate ? 1 : 0;
      measured.pressed[2] += round.spoiler == arms.control ? 1 : 0;
    }
    if (round.dropped != Dropped::kNo) {
      continue;
    }
    const double reference = std::log(round.ns_per_iteration[arms.reference]);
    unit.candidate.push_back(std::log(round.ns_per_iteration[arms.candidate]) - reference);
    unit.control.push_back(std::log(round.ns_per_iteration[arms.control]) - reference);
    for (const std::size_t arm : {arms.reference, arms.candidate, arms.control}) {
      turn_ns.push_back(round.ns[arm]);
    }
  }
  measured.planned_rounds = planned_rounds;
  for (auto& [number, unit] : units) {
    measured.units.push_back(std::move(unit));
  }
  if (hz > 0) {
    measured.ticks = tick_test(turn_ns, hz);
  }
  return measured;
}

}  // namespace an::harness
