// See environment.hpp.
#include "harness/conductor/environment.hpp"

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/rng.hpp"
#include "core/base/thread.hpp"
#include "harness/conductor/fact_files.hpp"
#include "harness/conductor/memory_guard.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

CpuFlags flags_of(const std::string& words) {
  const auto has = [&](const char* name) {
    return (" " + words + " ").find(std::string(" ") + name + " ") != std::string::npos;
  };
  return {has("avx2"), has("avx512f"), has("constant_tsc") && has("nonstop_tsc")};
}

// Family, model, stepping, microcode.
void read_revision(const std::string& line, Environment& environment) {
  if (const auto family = value_after(line, "cpu family")) {
    environment.family = leading_integer(*family);
  } else if (const auto number = value_after(line, "model")) {
    environment.model = leading_integer(*number);
  } else if (const auto stepping = value_after(line, "stepping")) {
    environment.stepping = leading_integer(*stepping);
  } else if (auto microcode = value_after(line, "microcode")) {
    environment.microcode = std::move(microcode);
  }
}

void read_cpuinfo(Environment& environment) {
  std::ifstream file("/proc/cpuinfo");
  std::set<std::pair<std::string, std::string>> cores;
  std::string package;
  std::int64_t logical = 0;
  for (std::string line; std::getline(file, line);) {
    if (value_after(line, "processor")) {
      ++logical;
    } else if (auto model = value_after(line, "model name")) {
      environment.cpu = std::move(model);
    } else if (const auto id = value_after(line, "physical id")) {
      package = *id;
    } else if (const auto core = value_after(line, "core id")) {
      cores.emplace(package, *core);
    } else if (const auto flags = value_after(line, "flags")) {
      environment.hypervisor = (*flags + " ").find(" hypervisor ") != std::string::npos;
      environment.flags = flags_of(*flags);
    } else {
      read_revision(line, environment);
    }
  }
  if (logical > 0) {
    environment.logical_cpus = logical;
  }
  if (!cores.empty()) {
    environment.cores = static_cast<std::int64_t>(cores.size());
  }
}

void read_memory(Environment& environment) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (const auto total = value_after(line, "MemTotal")) {
      environment.memory_kib = std::atoll(total->c_str());
    } else if (const auto available = value_after(line, "MemAvailable")) {
      environment.memory_available_kib = std::atoll(available->c_str());
    }
  }
  environment.memory_limit_bytes = memory_limit_bytes();
}

void read_caches(Environment& environment) {
  for (int index = 0;; ++index) {
    const fs::path folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    const auto level = first_line(folder / "level");
    const auto type = first_line(folder / "type");
    const auto size = first_line(folder / "size");
    if (!level || !type || !size) {
      return;
    }
    const std::int64_t unit = size->back() == 'K' ? 1024 : size->back() == 'M' ? 1048576 : 1;
    environment.caches.push_back(
        {*type, std::atoi(level->c_str()), std::atoll(size->c_str()) * unit,
         count_cpu_list(first_line(folder / "shared_cpu_list").value_or(""))});
  }
}

void read_kernel(Environment& environment) {
  utsname name{};
  if (::uname(&name) == 0) {
    environment.kernel = std::string(name.sysname) + " " + name.release + " " + name.machine;
    std::uint64_t hash = 0;
    for (const char c : std::string_view(name.nodename)) {
      hash = mix64(hash ^ static_cast<unsigned char>(c)) + 1;
    }
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx",
                  static_cast<unsigned long long>(mix64(hash)));
    environment.host = digits.data();
  }
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);) {
    constexpr std::string_view kKey = "PRETTY_NAME=\"";
    if (line.rfind(kKey, 0) == 0 && line.back() == '"') {
      environment.os = line.substr(kKey.size(), line.size() - kKey.size() - 1);
    }
  }
}

}  // namespace

Environment read_environment() {
  Environment environment;
  read_cpuinfo(environment);
  environment.allowed_cpus = allowed_cpus();
  read_caches(environment);
  read_memory(environment);
  read_kernel(environment);
  environment.libc = std::string("glibc ") + ::gnu_get_libc_version();
  environment.settings = read_kernel_settings();
  environment.pmu = check_pmu();
  std::array<double, 3> load{};
  if (::getloadavg(load.data(), 3) == 3) {
    environment.loadavg.assign(load.begin(), load.end());
  }
  environment.noise = read_noise();
  environment.psi_avg10_percent =
      parse_psi_avg10_percent(read_text("/proc/pressure/cpu").value_or(""));
  environment.steal_share = parse_steal_share(read_text("/proc/stat").value_or(""));
  return environment;
}

}  // namespace an::harness
