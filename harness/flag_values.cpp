// Reading the values of flags.
#include "harness/flag_values.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

#include "core/base/thread.hpp"

namespace an::harness {

std::vector<std::string> parse_list(const std::string& flag, const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    if (part.empty()) {
      throw UsageError(fmt::format("{}='{}' has an empty element", flag, text), "",
                       "Separate elements by single commas, as in a,b");
    }
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
      parts.push_back(part);
    }
    begin = end + 1;
  }
  return parts;
}

std::int64_t parse_integer(const std::string& flag,
                           const std::string& text,
                           std::int64_t low,
                           std::int64_t high) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::invalid_argument || stop != end) {
    throw UsageError(fmt::format("{}={} is not a whole number", flag, text), "",
                     fmt::format("Give a number from {} to {}", low, high));
  }
  if (error == std::errc::result_out_of_range || value < low || value > high) {
    throw UsageError(fmt::format("{}={} is out of range", flag, text), "",
                     fmt::format("Give a number from {} to {}", low, high));
  }
  return value;
}

Nanos parse_duration(const std::string& flag, const std::string& text) {
  constexpr double kLongestNs = 86'400e9;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const std::string unit(stop, end);
  const double scale = unit == "ns"   ? 1
                       : unit == "us" ? 1e3
                       : unit == "ms" ? 1e6
                       : unit == "s"  ? 1e9
                                      : 0;
  if (error != std::errc() || scale == 0) {
    const bool lacks_unit = error == std::errc() && unit.empty();
    throw UsageError(fmt::format("{}={} is not a length of time", flag, text),
                     lacks_unit ? "The unit is missing" : "",
                     "Give a number and one of ns, us, ms, s, as in 20ms");
  }
  if (!(value >= 0 && value * scale <= kLongestNs)) {
    throw UsageError(fmt::format("{}={} is out of range", flag, text), "",
                     "Give a time from 0ns to 86400s");
  }
  return static_cast<Nanos>(value * scale);
}

double parse_percent(const std::string& flag, const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || std::string(stop, end) != "%") {
    throw UsageError(fmt::format("{}={} is not a percentage", flag, text), "",
                     "Give a number and %, as in 2%");
  }
  if (!(value > 0 && value <= 100)) {
    throw UsageError(fmt::format("{}={} is out of range", flag, text), "",
                     "Give more than 0% and at most 100%");
  }
  return value / 100;
}

double parse_level(const std::string& flag, const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !(value > 0 && value <= 0.5)) {
    throw UsageError(fmt::format("{}={} is no level of significance", flag, text), "",
                     "Give a number above 0 and at most 0.5, as in .01");
  }
  return value;
}

std::vector<std::string> parse_lists(const std::string& flag,
                                     const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) {
    for (const std::string& part : parse_list(flag, text)) {
      if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
        parts.push_back(part);
      }
    }
  }
  return parts;
}

OptionSetting parse_setting(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.find('.');
  const bool is_complete = equals != std::string::npos && dot < equals && dot > 0 &&
                           equals > dot + 1 && equals + 1 < text.size();
  if (!is_complete) {
    throw UsageError(fmt::format("--set '{}' is not SCHEDULER.OPTION=VALUE", text),
                     equals == std::string::npos ? "There is no '='" : "A part is missing",
                     "Example: --set heartbeat.beat_us=100");
  }
  return {text.substr(0, dot), text.substr(dot + 1, equals - dot - 1), text.substr(equals + 1)};
}

void check_filter(const std::string& filter) {
  constexpr std::size_t kFilterBytesMax = 1000;  // the parser recurses, and a stack ends
  if (filter.size() > kFilterBytesMax) {
    throw UsageError(fmt::format("--filter has {} characters", filter.size()), "",
                     fmt::format("At most {} are read", kFilterBytesMax));
  }
  try {
    const std::regex pattern(filter.starts_with('-') ? filter.substr(1) : filter);
  } catch (const std::regex_error& error) {
    throw UsageError(
        fmt::format("--filter='{}' is not a regular expression", filter),
        fmt::format("The parser says: {}", error.what()),
        "ECMAScript syntax; quote it for the shell. Example: --filter='^fib/.*workers:2$'");
  }
}

void refuse_empty_values(const std::vector<std::string>& argv) {
  for (const std::string& word : argv) {
    const bool is_empty = word.size() > 3 && word.starts_with("--") && word.ends_with('=') &&
                          word.find('=') == word.size() - 1;
    if (is_empty) {
      const std::string flag = word.substr(0, word.size() - 1);
      throw UsageError(flag + " is empty", "Nothing follows the '='",
                       "Give a value, or leave the flag out for its default");
    }
  }
}

std::vector<std::uint32_t> parse_workers(const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> workers;
  for (const std::string& part : parse_lists("--workers", texts)) {
    const std::int64_t count = parse_integer("--workers", part, 1, kWorkersMax);
    workers.push_back(static_cast<std::uint32_t>(count));
  }
  if (workers.empty()) {
    const std::size_t cpus = std::min<std::size_t>(allowed_cpus().size(), kWorkersMax);
    workers.push_back(1);
    if (cpus > 1) {
      workers.push_back(static_cast<std::uint32_t>(cpus));
    }
  }
  return workers;
}

}  // namespace an::harness
