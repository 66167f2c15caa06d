// See allocator.hpp.
#include "harness/conductor/allocator.hpp"

#include <gnu/libc-version.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

struct Preloadable {
  const char* name;
  const char* library;  // its file name up to the version
  const char* package;
};

constexpr std::array<Preloadable, 2> kPreloadable{
    {{"mimalloc", "libmimalloc.so", "libmimalloc2.0"},
     {"tcmalloc", "libtcmalloc_minimal.so", "libtcmalloc-minimal4"}}};

const Preloadable* preloadable(const std::string& name) {
  const auto* found =
      std::find_if(kPreloadable.begin(), kPreloadable.end(),
                   [&](const Preloadable& candidate) { return name == candidate.name; });
  return found == kPreloadable.end() ? nullptr : found;
}

// The library in `folder`, links resolved; the greatest name when there are several. Empty when
// there is none.
fs::path library_in(const fs::path& folder, const std::string& prefix) {
  fs::path best;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string file = entry->path().filename();
    std::error_code broken;
    const fs::path resolved = file == prefix || file.starts_with(prefix + ".")
                                  ? fs::canonical(entry->path(), broken)
                                  : fs::path();
    if (!broken && resolved > best) {
      best = resolved;
    }
  }
  return best;
}

}  // namespace

std::vector<std::string> allocator_names() {
  std::vector<std::string> names{kDefaultAllocator};
  for (const Preloadable& candidate : kPreloadable) {
    names.emplace_back(candidate.name);
  }
  return names;
}

std::string allocator_package(const std::string& name) {
  const Preloadable* found = preloadable(name);
  return found == nullptr ? "" : found->package;
}

std::vector<fs::path> library_folders() {
  const char* instead = std::getenv("ANTINODE_LIBRARIES");
  std::istringstream list(instead != nullptr ? instead
                                             : "/usr/local/lib:/usr/lib/x86_64-linux-gnu:"
                                               "/usr/lib/aarch64-linux-gnu:/usr/lib64:/usr/lib");
  std::vector<fs::path> folders;
  for (std::string folder; std::getline(list, folder, ':');) {
    folders.emplace_back(folder);
  }
  return folders;
}

std::optional<Allocator> find_allocator(const std::string& name,
                                        const std::vector<fs::path>& folders) {
  if (name == kDefaultAllocator) {
    return Allocator{name, {}, ::gnu_get_libc_version()};
  }
  const Preloadable* wanted = preloadable(name);
  for (const fs::path& folder : folders) {
    const fs::path library = wanted == nullptr ? fs::path() : library_in(folder, wanted->library);
    if (!library.empty()) {
      const std::string file = library.filename();
      const std::size_t dot = file.find(".so.");
      return Allocator{name, library, dot == std::string::npos ? "" : file.substr(dot + 4)};
    }
  }
  return std::nullopt;
}

bool is_loaded(const Allocator& allocator, pid_t pid) {
  if (allocator.library.empty()) {
    return true;
  }
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  const std::string wanted = " " + allocator.library.string();
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(wanted)) {
      return true;
    }
  }
  return false;
}

}  // namespace an::harness
