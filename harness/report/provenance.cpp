// See provenance.hpp.
#include "harness/report/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace an::harness {
namespace {

std::string machine_line(const RunFacts& facts) {
  return fmt::format("{}, {} of {} CPUs, {}", facts.cpu.value_or("unknown CPU"), facts.allowed_cpus,
                     facts.logical_cpus ? fmt::format("{}", *facts.logical_cpus) : "?",
                     facts.kernel.value_or("unknown kernel"));
}

bool has_figures(const StoredRun& run, const std::string& scheduler) {
  return std::any_of(run.cells.begin(), run.cells.end(), [&](const StoredCell& cell) {
    const bool is_whole =
        cell.record.status == Status::kOk || cell.record.status == Status::kPartial;
    return is_whole && cell.record.plan.scheduler == scheduler && !cell.record.samples.empty();
  });
}

}  // namespace

Provenance provenance_of(const StoredRun& run) {
  constexpr std::size_t kCommitColumns = 12;
  const RunFacts& facts = run.facts;
  Provenance provenance;
  provenance.machine = machine_line(facts);
  provenance.date = facts.started;
  provenance.commit = facts.commit.substr(0, kCommitColumns) + (facts.is_dirty ? "+" : "");
  provenance.command = shell_text(facts.command);
  provenance.run_directory = run.directory;
  for (const StoredBuild& build : facts.builds) {
    if (!build.is_publishable && has_figures(run, build.scheduler)) {
      provenance.unpublishable.push_back(fmt::format(
          "{}: {}{}", build.scheduler, build.type.empty() ? "no build type" : build.type,
          build.sanitizer.empty() ? "" : " with " + build.sanitizer));
    }
  }
  provenance.interrupted =
      std::any_of(run.cells.begin(), run.cells.end(),
                  [](const StoredCell& cell) { return cell.record.status == Status::kPartial; });
  return provenance;
}

std::string shell_text(const std::vector<std::string>& words) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? "" : " ";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) {
      text += c == '\'' ? "'\\''" : std::string(1, c);
    }
    text += '\'';
  }
  return text;
}

}  // namespace an::harness
