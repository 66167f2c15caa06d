// The flags of `compare` and `gate`: their texts read and checked.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace an::harness {

// As typed; empty when a flag was not given.
struct CompareTexts {
  std::string ref, cand, ref_rev, cand_rev, tolerance, family_alpha, pressure;
};

// A build of the cells: a folder that has them, or a revision to build.
struct BuildChoice {
  std::filesystem::path folder;
  std::string revision;  // not empty: `folder` is empty
};

struct CompareOptions {
  BuildChoice reference;
  std::optional<BuildChoice> candidate;  // absent: the folder of the harness
  double tolerance = 0.05;               // a slowdown up to this is no regression
  double family_alpha = 0.01;            // of a false REGRESSED among all cells
  bool drops_pressed = true;             // rounds under pressure for the CPU do not count
};

// The options that `texts` give. Throws UsageError with what is wrong, why, and what to type.
CompareOptions read_compare_flags(const CompareTexts& texts);

// Whether rounds under pressure are dropped: what --pressure=`text` says, true when it is empty.
// Throws UsageError for anything but drop and keep.
bool read_pressure(const std::string& text);

// The first flag that `texts` hold: "--ref"; empty when there is none.
std::string given_compare_flag(const CompareTexts& texts);

// Throws UsageError when `texts` holds a flag: they belong to compare and gate.
void refuse_compare_flags(const CompareTexts& texts);

}  // namespace an::harness
