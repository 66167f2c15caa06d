// `harness env`: what a run would record of this machine, or what stands against measuring on it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "harness/commands.hpp"
#include "harness/conductor/checklist.hpp"
#include "harness/report/checks.hpp"
#include "harness/report/quantity.hpp"

namespace an::harness {
namespace {

void print_fact(const std::string& name, const std::string& value) {
  std::cout << fmt::format("{:<13} {}\n", name, value.empty() ? "unknown" : value);
}

std::string kib_text(std::optional<std::int64_t> kib) {
  return kib ? format_bytes(1024.0 * static_cast<double>(*kib)) : "";
}

std::string count_text(std::optional<std::int64_t> count) {
  return count ? fmt::format("{}", *count) : "";
}

void print_settings(const KernelSettings& settings) {
  print_fact("governor", settings.governor.value_or(""));
  print_fact("turbo", settings.turbo.value_or(""));
  print_fact("thp", settings.thp.value_or(""));
  print_fact("clocksource", settings.clocksource.value_or(""));
  print_fact("smt", settings.smt.value_or(""));
  print_fact("hz", count_text(settings.hz));
  print_fact("aslr", count_text(settings.aslr));
}

void print_environment(const Environment& machine) {
  print_fact("cpu", machine.cpu.value_or(""));
  print_fact("cores", count_text(machine.cores));
  print_fact("logical cpus", count_text(machine.logical_cpus));
  print_fact("allowed cpus", fmt::format("{}", fmt::join(machine.allowed_cpus, " ")));
  for (const CacheFact& cache : machine.caches) {
    print_fact(fmt::format("cache L{}", cache.level),
               fmt::format("{} {}, shared by {}", cache.type,
                           format_bytes(static_cast<double>(cache.bytes)), cache.cpus));
  }
  print_fact("memory", kib_text(machine.memory_kib));
  print_fact("available", kib_text(machine.memory_available_kib));
  print_fact("memory limit", machine.memory_limit_bytes
                                 ? format_bytes(static_cast<double>(*machine.memory_limit_bytes))
                                 : "none known");
  print_fact("kernel", machine.kernel.value_or(""));
  print_fact("os", machine.os.value_or(""));
  print_fact("libc", machine.libc.value_or(""));
  print_fact("hypervisor", machine.hypervisor ? (*machine.hypervisor ? "yes" : "no") : "");
  print_settings(machine.settings);
  print_fact("counters", !machine.pmu.available   ? "none"
                         : *machine.pmu.plausible ? "plausible"
                                                  : "implausible");
  print_fact("loadavg", fmt::format("{:.2f}", fmt::join(machine.loadavg, " ")));
  print_fact("host", machine.host.value_or(""));
  print_fact("commit", std::string(git_commit()) + (git_is_dirty() ? " with changes" : ""));
}

}  // namespace

int execute_environment(const Options& options) {
  const bool json = wants_json(options);
  const Environment machine = read_environment();
  if (options.check) {
    const std::vector<CheckItem> items = checklist(machine);
    std::cout << (json ? checklist_json(items) : checklist_text(items));
    const bool has_failure = std::any_of(items.begin(), items.end(), [](const CheckItem& item) {
      return item.state == CheckState::kFail;
    });
    return options.strict && has_failure ? kExitEnvironment : kExitOk;
  }
  if (json) {
    std::cout << to_json(machine) << "\n";
  } else {
    print_environment(machine);
  }
  return kExitOk;
}

}  // namespace an::harness
