// See kernel_settings.hpp.
#include "harness/conductor/kernel_settings.hpp"

#include <sys/personality.h>
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/conductor/fact_files.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

std::vector<std::pair<int, int>> ranges_of(const std::string& list) {
  std::istringstream parts(list);
  std::vector<std::pair<int, int>> ranges;
  for (std::string part; std::getline(parts, part, ',');) {
    int first = 0, last = 0;
    const int fields = std::sscanf(part.c_str(), "%d-%d", &first, &last);
    if (fields >= 1) {
      ranges.emplace_back(first, fields == 2 ? last : first);
    }
  }
  return ranges;
}

// The limit that one folder of a control group sets; an empty quota for "no limit here".
std::optional<CpuQuota> quota_in(const fs::path& folder) {
  if (const auto line = first_line(folder / "cpu.max")) {  // version 2: "max 100000"
    double quota = 0, period = 0;
    if (std::sscanf(line->c_str(), "%lf %lf", &quota, &period) == 2 && period > 0) {
      return CpuQuota{quota / period};
    }
    return CpuQuota{};
  }
  const auto quota = read_integer(folder / "cpu.cfs_quota_us");  // version 1: -1 is none
  const auto period = read_integer(folder / "cpu.cfs_period_us");
  if (!quota || !period || *period <= 0) {
    return std::nullopt;
  }
  return *quota < 0 ? CpuQuota{}
                    : CpuQuota{static_cast<double>(*quota) / static_cast<double>(*period)};
}

void tighten(std::optional<CpuQuota>& quota, const std::optional<CpuQuota>& other) {
  if (!quota) {
    quota = other;
  } else if (other && other->cpus && (!quota->cpus || *other->cpus < *quota->cpus)) {
    quota = other;
  }
}

// The group and all above it, as the kernel applies them.
std::optional<CpuQuota> tightest(const fs::path& mount, fs::path group) {
  std::optional<CpuQuota> quota;
  for (;; group = group.parent_path()) {
    tighten(quota, quota_in(mount / group.relative_path()));
    if (group.empty() || group == group.root_path()) {
      break;
    }
  }
  // The root group of version 2 has no cpu.max: without one below it there is no limit.
  const auto controllers = first_line(mount / "cgroup.controllers");
  if (!quota && controllers && (" " + *controllers + " ").find(" cpu ") != std::string::npos) {
    quota = CpuQuota{};
  }
  return quota;
}

std::optional<CpuQuota> read_cpu_quota(const fs::path& root) {
  std::istringstream lines(read_text(root / "proc/self/cgroup").value_or(""));
  const fs::path mount = root / "sys/fs/cgroup";
  std::optional<CpuQuota> quota;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string names = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (names.empty()) {
      tighten(quota, tightest(mount, group));
    } else if (("," + names + ",").find(",cpu,") != std::string::npos) {
      const bool is_joint = fs::exists(mount / names);  // "cpu,cpuacct" mounted together
      tighten(quota, tightest(mount / (is_joint ? names : "cpu"), group));
    }
  }
  return quota;
}

std::optional<std::map<std::string, std::string>> read_mitigations(const fs::path& root) {
  std::error_code error;
  fs::directory_iterator entry(root / "sys/devices/system/cpu/vulnerabilities", error);
  if (error) {
    return std::nullopt;
  }
  std::map<std::string, std::string> mitigations;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto state = first_line(entry->path());
    if (state && *state != "Not affected") {
      mitigations[entry->path().filename().string()] = *state;
    }
  }
  return mitigations;
}

std::optional<std::int64_t> read_swap_used(const fs::path& root) {
  std::istringstream lines(read_text(root / "proc/meminfo").value_or(""));
  std::optional<std::int64_t> total, available;
  for (std::string line; std::getline(lines, line);) {
    if (const auto text = value_after(line, "SwapTotal")) {
      total = leading_integer(*text);
    } else if (const auto left = value_after(line, "SwapFree")) {
      available = leading_integer(*left);
    }
  }
  return total && available ? std::optional(*total - *available) : std::nullopt;
}

std::optional<std::string> read_turbo(const fs::path& cpu) {
  if (const auto disabled = first_line(cpu / "intel_pstate/no_turbo")) {
    return *disabled == "0" ? "on" : "off";
  }
  if (const auto boost = first_line(cpu / "cpufreq/boost")) {
    return *boost == "0" ? "off" : "on";
  }
  return std::nullopt;
}

}  // namespace

KernelSettings read_kernel_settings(const fs::path& root) {
  const fs::path cpu = root / "sys/devices/system/cpu";
  const fs::path sysctl = root / "proc/sys";
  KernelSettings settings;
  settings.governor = first_line(cpu / "cpu0/cpufreq/scaling_governor");
  settings.turbo = read_turbo(cpu);
  settings.smt = first_line(cpu / "smt/control");
  settings.thp = bracketed(first_line(root / "sys/kernel/mm/transparent_hugepage/enabled"));
  settings.clocksource =
      first_line(root / "sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (const auto line = read_line(root / "proc/cmdline")) {
    settings.command_line = kernel_part(*line);
  }
  settings.isolated_cpus = read_line(cpu / "isolated");
  timespec resolution{};
  if (::clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) == 0) {  // one tick, by definition
    settings.hz = hz_of_resolution(resolution.tv_sec * 1'000'000'000 + resolution.tv_nsec);
  }
  settings.aslr = read_integer(sysctl / "kernel/randomize_va_space");
  constexpr unsigned long kAskOnly = 0xffffffff;
  const int persona = ::personality(kAskOnly);
  if (persona != -1 && (persona & ADDR_NO_RANDOMIZE) != 0) {
    settings.aslr = 0;  // for this process and all it starts: setarch -R
  }
  settings.swappiness = read_integer(sysctl / "vm/swappiness");
  settings.swap_used_kib = read_swap_used(root);
  settings.perf_event_paranoid = read_integer(sysctl / "kernel/perf_event_paranoid");
  settings.cpu_quota = read_cpu_quota(root);
  settings.mitigations = read_mitigations(root);
  return settings;
}

std::optional<std::int64_t> hz_of_resolution(Nanos resolution_ns) {
  constexpr Nanos kSecondNs = 1'000'000'000;
  constexpr std::int64_t kHzMin = 24, kHzMax = 10'000;  // the widest that architectures allow
  if (resolution_ns <= 0) {
    return std::nullopt;
  }
  const std::int64_t hz = (kSecondNs + resolution_ns / 2) / resolution_ns;
  return hz >= kHzMin && hz <= kHzMax ? std::optional(hz) : std::nullopt;
}

std::string kernel_part(const std::string& command_line) {
  const std::size_t end = (" " + command_line + " ").find(" -- ");
  return command_line.substr(0, end == std::string::npos || end == 0 ? end : end - 1);
}

int count_cpu_list(const std::string& list) {
  int count = 0;
  for (const auto& [first, last] : ranges_of(list)) {
    count += last - first + 1;
  }
  return count;
}

bool is_in_cpu_list(int cpu, const std::string& list) {
  const auto ranges = ranges_of(list);
  return std::any_of(ranges.begin(), ranges.end(), [cpu](const auto& range) {
    return range.first <= cpu && cpu <= range.second;
  });
}

}  // namespace an::harness
