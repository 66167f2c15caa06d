// Refuses cells whose inputs do not fit into memory, before they are built: a machine that swaps,
// or whose kernel kills, measures nothing. All cells of a group hold their inputs at the same time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace an::harness {

// What a group may occupy of what is available.
inline constexpr double kMemoryShare = 0.8;

// Bytes that can be allocated without swapping: MemAvailable, and what is left under the limit of
// the control group, whichever is less. Absent when neither can be read. `root` is "/" but for
// tests.
std::optional<std::int64_t> memory_available_bytes(const std::filesystem::path& root = "/");

// The limit of this process's control group (version 2 or 1) in bytes; absent when there is none.
std::optional<std::int64_t> memory_limit_bytes(const std::filesystem::path& root = "/");

// For each need in turn: empty when it is admitted, else why it is not, with the need, what there
// is and the remedy. First come, first served; an unknown availability admits everything.
std::vector<std::string> refuse_what_does_not_fit(const std::vector<std::int64_t>& needs_bytes,
                                                  std::optional<std::int64_t> available_bytes);

}  // namespace an::harness
