// Reading the small text files of /proc and /sys. What is not there or not as expected is absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace an::harness {

// The first line; absent when there is no such file. May be empty.
std::optional<std::string> read_line(const std::filesystem::path& path);

// The same, absent when it is empty.
std::optional<std::string> first_line(const std::filesystem::path& path);

// All of it; absent when there is no such file.
std::optional<std::string> read_text(const std::filesystem::path& path);

// The whole number a file begins with.
std::optional<std::int64_t> read_integer(const std::filesystem::path& path);

// The whole decimal number that `text` begins with; what follows may be anything but a digit.
std::optional<std::int64_t> leading_integer(std::string_view text);

// "always [madvise] never" -> "madvise".
std::optional<std::string> bracketed(const std::optional<std::string>& line);

// The text after "key   : " in a line of /proc/cpuinfo or /proc/meminfo that starts with `key`.
std::optional<std::string> value_after(std::string_view line, std::string_view key);

}  // namespace an::harness
