// See memory_guard.hpp.
#include "harness/conductor/memory_guard.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

// A limit above this is the kernel's way to say that there is none (version 1 writes 2^63 less a
// page).
constexpr std::int64_t kNoLimitBytes = std::int64_t{1} << 60;

std::optional<std::int64_t> read_integer(const fs::path& path) {
  std::ifstream file(path);
  std::int64_t value = 0;
  if (file >> value) {
    return value;
  }
  return std::nullopt;
}

struct Allowance {
  std::int64_t limit = 0, left = 0;  // bytes
};

std::optional<Allowance> allowance_in(const fs::path& folder,
                                      const char* limit_name,
                                      const char* usage_name) {
  const auto limit = read_integer(folder / limit_name);
  if (!limit || *limit >= kNoLimitBytes) {
    return std::nullopt;
  }
  const std::int64_t used = read_integer(folder / usage_name).value_or(0);
  return Allowance{*limit, std::max<std::int64_t>(*limit - used, 0)};
}

// The tightest of the process's group and its ancestors in the hierarchy mounted at `mount`.
std::optional<Allowance> tightest(const fs::path& mount,
                                  fs::path group,
                                  const char* limit_name,
                                  const char* usage_name) {
  std::optional<Allowance> result;
  for (;; group = group.parent_path()) {
    const auto here = allowance_in(mount / group.relative_path(), limit_name, usage_name);
    if (here && (!result || here->left < result->left)) {
      result = here;
    }
    if (group.empty() || group == group.root_path()) {
      return result;
    }
  }
}

std::optional<Allowance> control_group(const fs::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  const fs::path mount = root / "sys/fs/cgroup";
  std::optional<Allowance> result;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const fs::path group = line.substr(second + 1);
    std::optional<Allowance> found;
    if (controllers == ",,") {
      found = tightest(mount, group, "memory.max", "memory.current");
    } else if (controllers.find(",memory,") != std::string::npos) {
      found = tightest(mount / "memory", group, "memory.limit_in_bytes", "memory.usage_in_bytes");
    }
    if (found && (!result || found->left < result->left)) {
      result = found;
    }
  }
  return result;
}

std::optional<std::int64_t> meminfo_available(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::int64_t kib = 0;
    if (words >> name >> kib && name == "MemAvailable:") {
      return kib * 1024;
    }
  }
  return std::nullopt;
}

std::string mebibytes(double bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f MiB", bytes / 1048576.0);
  return text.data();
}

}  // namespace

std::optional<std::int64_t> memory_limit_bytes(const fs::path& root) {
  const auto group = control_group(root);
  return group ? std::optional<std::int64_t>(group->limit) : std::nullopt;
}

std::optional<std::int64_t> memory_available_bytes(const fs::path& root) {
  const auto group = control_group(root);
  const auto machine = meminfo_available(root);
  if (group && machine) {
    return std::min(group->left, *machine);
  }
  return group ? std::optional<std::int64_t>(group->left) : machine;
}

std::vector<std::string> refuse_what_does_not_fit(const std::vector<std::int64_t>& needs_bytes,
                                                  std::optional<std::int64_t> available_bytes) {
  std::vector<std::string> refusals(needs_bytes.size());
  if (!available_bytes) {
    return refusals;
  }
  const double available = static_cast<double>(*available_bytes);
  double admitted = 0;
  for (std::size_t i = 0; i < needs_bytes.size(); ++i) {
    const double need = static_cast<double>(needs_bytes[i]);
    if (admitted + need <= available * kMemoryShare) {
      admitted += need;
      continue;
    }
    const bool fits_alone = need <= available * kMemoryShare;
    refusals[i] =
        "needs " + mebibytes(need) +
        (fits_alone ? " besides " + mebibytes(admitted) + " for the other cells of this size"
                    : "") +
        ", and only 80 % of " + mebibytes(available) + " may be used; choose a smaller --size" +
        (fits_alone ? ", or fewer --scheduler or --workers at once" : "");
  }
  return refusals;
}

}  // namespace an::harness
