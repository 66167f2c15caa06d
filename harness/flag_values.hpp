// The values of flags: durations, numbers, lists, settings. Each mistake has a message of its own,
// with the flag, what is wrong with it and what to type instead. Pure functions,
// but for the CPUs of this process.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/suggest.hpp"

namespace an::harness {

// The user asked for something that does not exist or makes no sense: exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

// scheduler.option=value
struct OptionSetting {
  std::string scheduler, option, value;
};

// "20ms", "1.5s", "0ns" in nanoseconds; units ns, us, ms, s. `flag` opens the message of the
// UsageError thrown for anything else.
Nanos parse_duration(const std::string& flag, const std::string& text);

// "2%" as 0.02: more than 0 %, at most 100 %. Throws UsageError.
double parse_percent(const std::string& flag, const std::string& text);

// A level of significance, ".01" or "0.01": more than 0, at most 0.5. Throws UsageError.
double parse_level(const std::string& flag, const std::string& text);

// The parts of "a,b,c", without repetitions. Throws UsageError for an empty list or part.
std::vector<std::string> parse_list(const std::string& flag, const std::string& text);

// A whole decimal number in [low, high]. Throws UsageError.
std::int64_t parse_integer(const std::string& flag,
                           const std::string& text,
                           std::int64_t low,
                           std::int64_t high);

// The parts of several lists after one another, without repetitions. Throws UsageError.
std::vector<std::string> parse_lists(const std::string& flag,
                                     const std::vector<std::string>& texts);

inline constexpr std::uint32_t kWorkersMax = 1024;

// The counts in several lists; without any, 1 and the number of allowed CPUs. Throws UsageError.
std::vector<std::uint32_t> parse_workers(const std::vector<std::string>& texts);

// "heartbeat.beat_us=30" in its three parts. Throws UsageError.
OptionSetting parse_setting(const std::string& text);

// Throws UsageError when a word of `argv` is a flag with an empty value. (CLI11 takes the next word
// for the value of "--flag=".)
void refuse_empty_values(const std::vector<std::string>& argv);

// Throws UsageError with the parser's words when `filter` (ECMAScript; a leading '-' negates) does
// not compile.
void check_filter(const std::string& filter);

// The value that `text` names among `choices`. Throws UsageError.
template <class Value>
Value parse_choice(const std::string& flag,
                   const std::string& text,
                   const std::vector<std::pair<std::string, Value>>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      return value;
    }
    names.push_back(name);
  }
  throw UsageError(fmt::format("{}={} is not a choice", flag, text), "",
                   suggestion(text, names, "Choices"));
}

}  // namespace an::harness
