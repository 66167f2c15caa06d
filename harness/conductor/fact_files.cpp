// See fact_files.hpp.
#include "harness/conductor/fact_files.hpp"

#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

namespace an::harness {

namespace fs = std::filesystem;

std::optional<std::string> read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!file) {
    return std::nullopt;
  }
  std::getline(file, line);
  return file.bad() ? std::nullopt : std::optional(line);
}

std::optional<std::string> first_line(const fs::path& path) {
  const auto line = read_line(path);
  return line && !line->empty() ? line : std::nullopt;
}

std::optional<std::string> read_text(const fs::path& path) {
  std::ifstream file(path);
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<std::int64_t> leading_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> read_integer(const fs::path& path) {
  const auto line = first_line(path);
  return line ? leading_integer(*line) : std::nullopt;
}

std::optional<std::string> bracketed(const std::optional<std::string>& line) {
  const std::size_t open = line ? line->find('[') : std::string::npos;
  const std::size_t close = line ? line->find(']') : std::string::npos;
  if (open == std::string::npos || close == std::string::npos || close < open) {
    return std::nullopt;
  }
  return line->substr(open + 1, close - open - 1);
}

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

}  // namespace an::harness
