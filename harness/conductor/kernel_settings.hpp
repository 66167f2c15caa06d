// What the kernel was told to do, and a measurement depends on. Absent is unknown; "none" and 0 are
// answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.hpp"

namespace an::harness {

struct CpuQuota {
  std::optional<double> cpus;  // absent: no limit
};

struct KernelSettings {
  std::optional<std::string> governor, turbo, smt, thp, clocksource;
  std::optional<std::string> command_line;   // what is for the kernel, not for init
  std::optional<std::string> isolated_cpus;  // a CPU list; empty: none
  std::optional<std::int64_t> hz;            // scheduler ticks per second
  std::optional<std::int64_t> aslr;          // 0 off, 1 without the heap, 2 full
  std::optional<std::int64_t> swappiness, swap_used_kib, perf_event_paranoid;
  std::optional<CpuQuota> cpu_quota;  // the tightest of the control group and those above it
  // By vulnerability, the kernel's own words; those that do not affect this CPU are left out.
  std::optional<std::map<std::string, std::string>> mitigations;
};

// Reads /proc and /sys under `root`, which is "/" but for tests. (HZ is asked of the kernel.)
KernelSettings read_kernel_settings(const std::filesystem::path& root = "/");

// Ticks per second of a kernel whose coarse clock advances every `resolution_ns`; absent for what
// no Linux tick is (a kernel that only imitates one).
std::optional<std::int64_t> hz_of_resolution(Nanos resolution_ns);

// The arguments before "--": what follows them is for init, and no business of a measurement.
std::string kernel_part(const std::string& command_line);

// How many CPUs, and whether `cpu` is among them: lists like "0-3,8".
int count_cpu_list(const std::string& list);
bool is_in_cpu_list(int cpu, const std::string& list);

}  // namespace an::harness
