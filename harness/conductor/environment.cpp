// See environment.hpp.
#include "harness/conductor/environment.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/rng.hpp"
#include "core/base/thread.hpp"
#include "harness/conductor/memory_guard.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::optional<std::string> first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return std::nullopt;
  }
  return line;
}

// "always [madvise] never" -> "madvise".
std::optional<std::string> bracketed(const std::optional<std::string>& line) {
  const std::size_t open = line ? line->find('[') : std::string::npos;
  const std::size_t close = line ? line->find(']') : std::string::npos;
  if (open == std::string::npos || close == std::string::npos || close < open) {
    return std::nullopt;
  }
  return line->substr(open + 1, close - open - 1);
}

// The text after "key   : " in a line of /proc/cpuinfo or /proc/meminfo that starts with `key`.
std::optional<std::string> value_after(std::string_view line, std::string_view key) {
  const std::size_t colon = line.find(':');
  if (line.substr(0, key.size()) != key || colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t end_of_key = line.find_last_not_of(" \t", colon - 1) + 1;
  const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
  if (end_of_key != key.size() || begin == std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(line.substr(begin));
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

// How many CPUs "0-3,8" lists.
int count_cpu_list(const std::string& list) {
  std::istringstream parts(list);
  int count = 0;
  for (std::string part; std::getline(parts, part, ',');) {
    int first = 0, last = 0;
    const int fields = std::sscanf(part.c_str(), "%d-%d", &first, &last);
    count += fields == 2 ? last - first + 1 : fields == 1 ? 1 : 0;
  }
  return count;
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

void read_policies(Environment& environment) {
  const fs::path cpu = "/sys/devices/system/cpu";
  environment.governor = first_line(cpu / "cpu0/cpufreq/scaling_governor");
  environment.smt = first_line(cpu / "smt/control");
  if (const auto disabled = first_line(cpu / "intel_pstate/no_turbo")) {
    environment.turbo = *disabled == "0" ? "on" : "off";
  } else if (const auto boost = first_line(cpu / "cpufreq/boost")) {
    environment.turbo = *boost == "0" ? "off" : "on";
  }
  environment.thp = bracketed(first_line("/sys/kernel/mm/transparent_hugepage/enabled"));
  environment.clocksource =
      first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

Environment read_environment() {
  Environment environment;
  read_cpuinfo(environment);
  environment.allowed_cpus = allowed_cpus();
  read_caches(environment);
  read_memory(environment);
  read_kernel(environment);
  read_policies(environment);
  std::array<double, 3> load{};
  if (::getloadavg(load.data(), 3) == 3) {
    environment.loadavg.assign(load.begin(), load.end());
  }
  return environment;
}

std::string to_json(const Environment& environment) {
  Json caches = Json::array();
  for (const CacheFact& cache : environment.caches) {
    caches.push_back({{"type", cache.type},
                      {"level", cache.level},
                      {"bytes", cache.bytes},
                      {"cpus", cache.cpus}});
  }
  const Json json = {
      {"cpu", or_null(environment.cpu)},
      {"cores", or_null(environment.cores)},
      {"logical_cpus", or_null(environment.logical_cpus)},
      {"allowed_cpus", environment.allowed_cpus},
      {"caches", std::move(caches)},
      {"memory_kib", or_null(environment.memory_kib)},
      {"memory_available_kib", or_null(environment.memory_available_kib)},
      {"memory_limit_bytes", or_null(environment.memory_limit_bytes)},
      {"kernel", or_null(environment.kernel)},
      {"os", or_null(environment.os)},
      {"hypervisor", or_null(environment.hypervisor)},
      {"governor", or_null(environment.governor)},
      {"turbo", or_null(environment.turbo)},
      {"smt", or_null(environment.smt)},
      {"thp", or_null(environment.thp)},
      {"clocksource", or_null(environment.clocksource)},
      {"loadavg", environment.loadavg.empty() ? Json(nullptr) : Json(environment.loadavg)},
      {"host", or_null(environment.host)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace an::harness
