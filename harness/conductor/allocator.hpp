// The allocators a cell can run with: glibc's, which it has anyway, or one that is preloaded into its
// process. Like an option of the cell, but of every cell and known to the conductor alone.
//
// Thread-safe: no state.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace an::harness {

inline constexpr const char* kDefaultAllocator = "glibc";

struct Allocator {
  std::string name = kDefaultAllocator;
  std::filesystem::path library;  // what is preloaded, links resolved; empty for glibc
  std::string version;            // as its file name tells
};

// glibc and those that could be preloaded, installed or not.
std::vector<std::string> allocator_names();

// The Debian package that brings the allocator `name`; empty for glibc.
std::string allocator_package(const std::string& name);

// Where libraries are looked for: the usual folders, or those of ANTINODE_LIBRARIES (separated by
// colons).
std::vector<std::filesystem::path> library_folders();

// The allocator `name` in the first of `folders` that has it; absent when none does.
std::optional<Allocator> find_allocator(const std::string& name,
                                        const std::vector<std::filesystem::path>& folders);

// Whether process `pid`, which has begun to run its main, has what `allocator` preloads.
bool is_loaded(const Allocator& allocator, pid_t pid);

}  // namespace an::harness
