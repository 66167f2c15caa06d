// See micro_process.hpp. The members of the JSON are those of google/benchmark v1.7.1
// (docs/user_guide.md, src/json_reporter.cc); a later version adds some.
#include "harness/conductor/micro_process.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/base/error.hpp"
#include "harness/conductor/child.hpp"
#include "harness/protocol/line_channel.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kOutputBytesMax = std::size_t{4} << 20;
constexpr std::string_view kNotApplicablePrefix = "n/a: ";

// All that `child` writes until it closes its output.
CallStatus read_all(LineChannel& channel, Deadline until, std::string& text) {
  for (;;) {
    std::string line;
    switch (channel.read(line, until)) {
      case LineStatus::kOk:
        text += line + "\n";
        break;
      case LineStatus::kTorn:
        text += line;
        return CallStatus::kOk;
      case LineStatus::kEnd:
        return CallStatus::kOk;
      case LineStatus::kTimeout:
        return CallStatus::kTimeout;
      case LineStatus::kInterrupted:
        return CallStatus::kInterrupted;
      case LineStatus::kTooLong:
      case LineStatus::kFailed:
        return CallStatus::kGarbage;
    }
    if (text.size() > kOutputBytesMax) {
      return CallStatus::kGarbage;
    }
  }
}

Answer<std::string> failure(CallStatus status, std::string reason) {
  Answer<std::string> answer;
  answer.status = status;
  answer.reason = std::move(reason);
  return answer;
}

MicroReading no_reading(Status status, std::string reason) {
  MicroReading reading;
  reading.status = status;
  reading.reason = std::move(reason);
  return reading;
}

// Nanoseconds in one of `unit`; 0 for a unit that nobody knows.
double ns_in(const std::string& unit) {
  const std::map<std::string, double> units{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  const auto found = units.find(unit);
  return found == units.end() ? 0 : found->second;
}

// The numbers of an entry that every entry has: any other is a counter.
bool is_counter(const std::string& name) {
  static const std::set<std::string> known{"family_index", "per_family_instance_index",
                                           "repetitions",  "repetition_index",
                                           "threads",      "iterations",
                                           "real_time",    "cpu_time"};
  return known.count(name) == 0;
}

MicroReading reading_of(const Json& entry) {
  if (entry.value("error_occurred", false) || entry.value("skipped", false)) {
    const std::string message =
        entry.value("error_message", entry.value("skip_message", std::string("no reason given")));
    const bool is_lacking = message.starts_with(kNotApplicablePrefix);
    return no_reading(is_lacking ? Status::kNotApplicable : Status::kWrong,
                      is_lacking ? message.substr(kNotApplicablePrefix.size()) : message);
  }
  const double unit = ns_in(entry.at("time_unit").get<std::string>());
  MicroReading reading;
  reading.ns = entry.at("real_time").get<double>() * unit;
  reading.cpu_ns = entry.at("cpu_time").get<double>() * unit;
  reading.iterations = entry.at("iterations").get<std::int64_t>();
  for (const auto& [name, value] : entry.items()) {
    if (value.is_number() && is_counter(name)) {
      reading.counters[name] = value.get<double>();
    }
  }
  if (!(reading.ns > 0) || !std::isfinite(reading.ns) || reading.iterations < 1) {
    return no_reading(Status::kCrash, "its figure is no time: " + entry.dump());
  }
  return reading;
}

BuildEntry build_of(const Json& context) {
  return {context.value("build_compiler", ""), context.value("build_flags", ""),
          context.value("build_type", ""), context.value("build_sanitizer", "")};
}

// The regular expression that `name` alone matches.
std::string pattern_of(const std::string& name) {
  std::string pattern = "^";
  for (const char c : name) {
    pattern += std::string_view("\\^$.|?*+()[]{}").find(c) == std::string_view::npos ? "" : "\\";
    pattern += c;
  }
  return pattern + "$";
}

}  // namespace

Answer<std::string> run_to_end(const std::filesystem::path& executable,
                               const std::vector<std::string>& arguments,
                               const Patience& patience) {
  const Deadline until = Deadline::after(patience.timeout_ns);
  try {
    Child child({executable, arguments, {}, {}});
    child.close_input();
    LineChannel channel(child.read_fd(), -1, patience.wake_fd);
    Answer<std::string> answer;
    answer.status = read_all(channel, until, answer.value);
    const auto ending =
        answer ? child.wait(until, patience.wake_fd) : std::optional<Ending>(child.kill());
    if (answer.status == CallStatus::kInterrupted || (!ending && !until.has_passed())) {
      return failure(CallStatus::kInterrupted, "it was interrupted");
    }
    if (answer.status == CallStatus::kTimeout || !ending) {
      return failure(CallStatus::kTimeout, "it did not end in time");
    }
    if (answer.status == CallStatus::kGarbage) {
      return failure(CallStatus::kGarbage, "it writes more than a benchmark does");
    }
    if (ending->by_signal || ending->code != 0) {
      const std::string said = child.last_stderr_line();
      return failure(CallStatus::kCrash,
                     "it ended with " + ending->text() + (said.empty() ? "" : ": " + said));
    }
    return answer;
  } catch (const Error& error) {
    return failure(CallStatus::kCrash, error.what());
  }
}

MicroReading read_micro_output(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    const Json& entries = json.at("benchmarks");
    if (entries.size() != 1) {
      return no_reading(Status::kCrash, "it printed " + std::to_string(entries.size()) +
                                            " figures of the one benchmark it was asked for");
    }
    MicroReading reading = reading_of(entries.front());
    reading.build = build_of(json.value("context", Json::object()));
    return reading;
  } catch (const Json::exception& error) {
    return no_reading(Status::kCrash, std::string("its output is no figure: ") + error.what());
  }
}

MicroReading measure_micro(const std::filesystem::path& executable,
                           const std::string& listed_name,
                           Nanos min_time_ns,
                           const Patience& patience) {
  const std::string seconds = std::to_string(static_cast<double>(min_time_ns) * 1e-9);
  const Answer<std::string> answer =
      run_to_end(executable,
                 {"--benchmark_format=json", "--benchmark_filter=" + pattern_of(listed_name),
                  "--benchmark_min_time=" + seconds},
                 patience);
  switch (answer.status) {
    case CallStatus::kOk:
      return read_micro_output(answer.value);
    case CallStatus::kTimeout:
      return no_reading(Status::kTimeout, answer.reason);
    case CallStatus::kInterrupted:
      return no_reading(Status::kPartial, answer.reason);
    default:
      return no_reading(Status::kCrash, answer.reason);
  }
}

}  // namespace an::harness
