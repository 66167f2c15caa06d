// See compare_flags.hpp.
#include "harness/compare_flags.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/flag_values.hpp"

namespace an::harness {
namespace {

// The build that `--name=PATH` or `--name-rev=REV` says; nothing when neither was given.
std::optional<BuildChoice> read_build(const std::string& name,
                                      const std::string& folder,
                                      const std::string& revision) {
  if (!folder.empty() && !revision.empty()) {
    throw UsageError(
        fmt::format("--{}={} and --{}-rev={} say it twice", name, folder, name, revision), "",
        "Leave one of them out");
  }
  if (folder.empty() && revision.empty()) {
    return std::nullopt;
  }
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw UsageError(fmt::format("--{}={} is not a folder", name, folder), "",
                     "Name the folder with the executables called cell-* of that build");
  }
  if (!folder.empty() && !holds_cells(folder)) {
    throw UsageError(fmt::format("--{}={} holds no cell", name, folder),
                     "Only executables called cell-* are cells",
                     "Build them there, or name the subfolder that has them, such as build/bin");
  }
  return BuildChoice{folder, revision};
}

}  // namespace

CompareOptions read_compare_flags(const CompareTexts& texts) {
  CompareOptions options;
  const auto reference = read_build("ref", texts.ref, texts.ref_rev);
  if (!reference) {
    throw UsageError("there is nothing to compare with", "Neither --ref nor --ref-rev was given",
                     "Name a folder with cells, --ref=PATH, or a commit, --ref-rev=main");
  }
  options.reference = *reference;
  options.candidate = read_build("cand", texts.cand, texts.cand_rev);
  if (!texts.tolerance.empty()) {
    options.tolerance = parse_percent("--tolerance", texts.tolerance);
  }
  if (!texts.family_alpha.empty()) {
    options.family_alpha = parse_level("--family-alpha", texts.family_alpha);
  }
  options.drops_pressed = read_pressure(texts.pressure);
  return options;
}

bool read_pressure(const std::string& text) {
  return text.empty() || parse_choice<bool>("--pressure", text, {{"drop", true}, {"keep", false}});
}

std::string given_compare_flag(const CompareTexts& texts) {
  const std::vector<std::pair<const char*, const std::string&>> flags{
      {"--ref", texts.ref},
      {"--cand", texts.cand},
      {"--ref-rev", texts.ref_rev},
      {"--cand-rev", texts.cand_rev},
      {"--tolerance", texts.tolerance},
      {"--family-alpha", texts.family_alpha},
      {"--pressure", texts.pressure}};
  for (const auto& [flag, text] : flags) {
    if (!text.empty()) {
      return flag;
    }
  }
  return "";
}

void refuse_compare_flags(const CompareTexts& texts) {
  if (const std::string flag = given_compare_flag(texts); !flag.empty()) {
    throw UsageError(fmt::format("{} is for compare and gate", flag), "A run has no second build",
                     "Type 'harness compare' or 'harness gate'");
  }
}

}  // namespace an::harness
