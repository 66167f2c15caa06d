// See provenance.hpp.
#include "harness/report/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace an::harness {
namespace {

bool has_figures(const StoredRun& run, const std::string& scheduler) {
  return std::any_of(run.cells.begin(), run.cells.end(), [&](const StoredCell& cell) {
    const bool is_whole =
        cell.record.status == Status::kOk || cell.record.status == Status::kPartial;
    return is_whole && cell.record.plan.scheduler == scheduler && !cell.record.samples.empty();
  });
}

}  // namespace

Provenance provenance_of(const StoredRun& run) {
  const RunFacts& facts = run.facts;
  Provenance provenance;
  provenance.machine =
      machine_text(facts.cpu, facts.allowed_cpus, facts.logical_cpus, facts.kernel);
  provenance.date = facts.started;
  provenance.commit = commit_text(facts.commit, facts.is_dirty);
  provenance.command = shell_text(facts.command);
  provenance.run_directory = run.directory;
  for (const StoredBuild& build : facts.builds) {
    if (!build.is_publishable && has_figures(run, build.scheduler)) {
      provenance.unpublishable.push_back(
          unpublishable_text(build.scheduler, build.type, build.sanitizer));
    }
  }
  provenance.interrupted =
      std::any_of(run.cells.begin(), run.cells.end(),
                  [](const StoredCell& cell) { return cell.record.status == Status::kPartial; });
  return provenance;
}

std::string machine_text(const std::optional<std::string>& cpu,
                         std::size_t allowed_cpus,
                         std::optional<std::int64_t> logical_cpus,
                         const std::optional<std::string>& kernel) {
  return fmt::format("{}, {} of {} CPUs, {}", cpu.value_or("unknown CPU"), allowed_cpus,
                     logical_cpus ? fmt::format("{}", *logical_cpus) : "?",
                     kernel.value_or("unknown kernel"));
}

std::string commit_text(const std::string& commit, bool is_dirty) {
  constexpr std::size_t kCommitColumns = 12;
  return commit.substr(0, kCommitColumns) + (is_dirty ? "+" : "");
}

std::string unpublishable_text(const std::string& name,
                               const std::string& type,
                               const std::string& sanitizer) {
  return fmt::format("{}: {}{}", name, type.empty() ? "no build type" : type,
                     sanitizer.empty() ? "" : " with " + sanitizer);
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
