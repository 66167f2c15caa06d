// See checklist.hpp.
#include "harness/conductor/checklist.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace an::harness {
namespace {

constexpr double kLoadMax = 0.5;  // runnable threads, over a minute
constexpr double kPressureMaxPercent = 5;
constexpr double kStealShareMax = 0.01;
constexpr std::int64_t kParanoidMax = 2;  // 3 is Debian's: no counters at all for users

std::string decimals(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

// `value` absent: unknown; else what `passes` says of it, shown as `show` writes it.
template <class T, class Passes, class Show>
CheckItem item(std::string name,
               const std::optional<T>& value,
               Passes passes,
               Show show,
               std::string meaning,
               std::string remedy) {
  CheckItem result{std::move(name), CheckState::kUnknown, "unknown", std::move(meaning),
                   std::move(remedy)};
  if (value.has_value()) {
    result.state = passes(*value) ? CheckState::kPass : CheckState::kFail;
    result.value = show(*value);
  }
  return result;
}

template <class T, class Passes>
CheckItem item(std::string name,
               const std::optional<T>& value,
               Passes passes,
               std::string meaning,
               std::string remedy) {
  const auto show = [](const T& found) {
    if constexpr (std::is_same_v<T, std::string>) {
      return found;
    } else {
      return std::to_string(found);
    }
  };
  return item(std::move(name), value, passes, show, std::move(meaning), std::move(remedy));
}

void add_frequency(const KernelSettings& settings, std::vector<CheckItem>& items) {
  items.push_back(item(
      "governor", settings.governor, [](const auto& name) { return name == "performance"; },
      "Other governors change the clock with the load, while figures are taken",
      "cpupower frequency-set -g performance; on a virtual machine only the host can"));
  items.push_back(item(
      "boost", settings.turbo, [](const auto& state) { return state == "off"; },
      "A boosted clock depends on heat and on how many cores are busy: one worker looks too fast",
      "echo 0 > /sys/devices/system/cpu/cpufreq/boost, or echo 1 > .../intel_pstate/no_turbo"));
  CheckItem smt = item(
      "smt", settings.smt, [](const auto& state) { return state != "on"; },
      "Two threads of a core share its units: two workers may be one core's worth",
      "echo off > /sys/devices/system/cpu/smt/control, or --pin=scatter with few workers");
  if (settings.smt == "notimplemented") {  // the kernel cannot say, as on most virtual machines
    smt.state = CheckState::kUnknown;
  }
  items.push_back(std::move(smt));
}

void add_memory(const KernelSettings& settings, std::vector<CheckItem>& items) {
  items.push_back(item(
      "thp", settings.thp, [](const auto& mode) { return mode != "always"; },
      "With huge pages always on, the kernel remaps memory while figures are taken",
      "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"));
  items.push_back(item(
      "aslr", settings.aslr, [](std::int64_t level) { return level == 2; },
      "Must be on: without it every process has the same layout, and a lucky one looks like a gain",
      "sysctl kernel.randomize_va_space=2, and no setarch -R"));
  items.push_back(item(
      "swap", settings.swap_used_kib, [](std::int64_t kib) { return kib == 0; },
      [](std::int64_t kib) { return std::to_string(kib) + " KiB used"; },
      "A machine that swapped may do so again, and measures its disk",
      "Free memory, then swapoff -a; sysctl vm.swappiness=0 keeps it away longer"));
}

void add_kernel(const Environment& machine, std::vector<CheckItem>& items) {
  const KernelSettings& settings = machine.settings;
  const std::string line = " " + settings.command_line.value_or("") + " ";
  const bool has_default = line.find(" mitigations=off ") == std::string::npos;
  items.push_back(item(
      "mitigations", settings.command_line ? settings.mitigations : std::nullopt,
      [&](const auto&) { return has_default; },
      [&](const auto& found) {
        return std::string(has_default ? "as the kernel chose" : "off") + ", " +
               std::to_string(found.size()) + " apply";
      },
      "Without them system calls are cheaper than on the machines people have",
      "Boot without mitigations=off, or say so beside the figures"));
  const double cpus = static_cast<double>(machine.allowed_cpus.size());
  items.push_back(item(
      "cpu quota", settings.cpu_quota,
      [&](const CpuQuota& quota) { return !quota.cpus || *quota.cpus >= cpus; },
      [](const CpuQuota& quota) {
        return quota.cpus ? decimals(*quota.cpus) + " CPUs" : std::string("none");
      },
      "A control group that spent its quota stands still for the rest of the period, mostly 100 ms",
      "Raise cpu.max (docker run --cpus) to the number of allowed CPUs, or lift it"));
  items.push_back(item(
      "clocksource", settings.clocksource,
      [](const auto& name) { return name == "tsc" || name == "kvm-clock"; },
      "Other clocks cost a system call or a device access per reading",
      "Boot with clocksource=tsc where the CPU has an invariant TSC"));
  items.push_back(item(
      "hz", settings.hz, [](std::int64_t) { return true; },
      "Times that crowd around multiples of the tick betray waiting for a CPU: the tick must be "
      "known",
      "Run on a kernel whose CLOCK_MONOTONIC_COARSE has the resolution of its tick"));
}

void add_neighbours(const Environment& machine, std::vector<CheckItem>& items) {
  std::optional<double> load;
  if (!machine.loadavg.empty()) {
    load = machine.loadavg.front();
  }
  items.push_back(item(
      "load", load, [](double value) { return value <= kLoadMax; }, decimals,
      "Other programs take the CPUs, in turns that nobody controls",
      "Stop them, wait a minute and look again"));
  items.push_back(item(
      "pressure", machine.psi_avg10_percent,
      [](double percent) { return percent <= kPressureMaxPercent; },
      [](double percent) { return decimals(percent) + " % of 10 s"; },
      "Share of time in which a thread waited for a CPU: the best gauge of a shared machine",
      "Stop other programs; unknown: boot with psi=1"));
  items.push_back(item(
      "steal", machine.steal_share, [](double share) { return share <= kStealShareMax; },
      [](double share) { return decimals(100 * share) + " % since boot"; },
      "The hypervisor ran other guests instead. Zero proves nothing: it is not always reported",
      "Use a machine with CPUs of its own"));
  items.push_back(item(
      "hypervisor", machine.hypervisor, [](bool is_virtual) { return !is_virtual; },
      [](bool is_virtual) { return std::string(is_virtual ? "yes" : "no"); },
      "The CPUs of a virtual machine come and go, and its topology may be invented",
      "Trust paired ratios only, or use bare metal"));
}

void add_isolation(const Environment& machine, std::vector<CheckItem>& items) {
  const auto& allowed = machine.allowed_cpus;
  const auto is_free = [&](const std::string& list) {
    return std::none_of(allowed.begin(), allowed.end(),
                        [&](int cpu) { return is_in_cpu_list(cpu, list); });
  };
  items.push_back(item(
      "isolated cpus", machine.settings.isolated_cpus,
      [&](const auto& list) { return allowed.size() < 2 || is_free(list); },
      [](const auto& list) { return list.empty() ? std::string("none") : list; },
      "On isolated CPUs the kernel balances nothing: unpinned workers all stay on one of them",
      "Run with --pin=compact there, or taskset to CPUs that are not isolated"));
}

void add_counters(const Environment& machine, std::vector<CheckItem>& items) {
  items.push_back(item(
      "perf paranoid", machine.settings.perf_event_paranoid,
      [](std::int64_t level) { return level <= kParanoidMax; },
      "Above 2 users may not count instructions", "sysctl kernel.perf_event_paranoid=2"));
  CheckItem pmu{"counters", CheckState::kUnknown, "none",
                "Hardware counters are used only if a known loop counts right", machine.pmu.reason};
  if (machine.pmu.available) {
    const bool is_plausible = machine.pmu.plausible.value_or(false);
    pmu.state = is_plausible ? CheckState::kPass : CheckState::kFail;
    pmu.value = is_plausible ? "plausible" : "implausible";
  }
  items.push_back(std::move(pmu));
}

}  // namespace

const char* to_string(CheckState state) {
  switch (state) {
    case CheckState::kPass:
      return "pass";
    case CheckState::kFail:
      return "fail";
    case CheckState::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<CheckItem> checklist(const Environment& machine) {
  std::vector<CheckItem> items;
  add_frequency(machine.settings, items);
  add_memory(machine.settings, items);
  add_kernel(machine, items);
  add_neighbours(machine, items);
  add_isolation(machine, items);
  add_counters(machine, items);
  return items;
}

}  // namespace an::harness
