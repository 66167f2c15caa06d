#include "core/task/scheduler.hpp"

#include <charconv>

#include "core/base/error.hpp"

namespace an {
namespace {

[[noreturn]] void reject_value(const OptionSpec& spec, std::string_view value) {
  throw Error("option " + std::string(spec.name) + ": '" + std::string(value) + "' is not accepted",
              "Accepted: " + std::string(spec.values),
              "Give --set SCHEDULER." + std::string(spec.name) + "=VALUE, or leave it out for " +
                  std::string(spec.default_value));
}

}  // namespace

std::string_view SchedulerConfig::option(const OptionSpec& spec) const {
  const auto found = options.find(spec.name);
  return found == options.end() ? spec.default_value : std::string_view(found->second);
}

std::int64_t SchedulerConfig::integer_option(const OptionSpec& spec,
                                             std::int64_t low,
                                             std::int64_t high) const {
  const std::string_view text = option(spec);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    reject_value(spec, text);
  }
  return value;
}

std::string_view SchedulerConfig::choice_option(const OptionSpec& spec) const {
  const std::string_view text = option(spec);
  for (std::string_view rest = spec.values;;) {
    const std::size_t bar = rest.find('|');
    if (rest.substr(0, bar) == text) {
      return text;
    }
    if (bar == std::string_view::npos) {
      reject_value(spec, text);
    }
    rest.remove_prefix(bar + 1);
  }
}

bool SchedulerConfig::switch_option(const OptionSpec& spec) const {
  return choice_option(spec) == "on";
}

void reject_unknown_options(const SchedulerConfig& config,
                            std::string_view scheduler,
                            std::span<const OptionSpec> specs) {
  for (const auto& [name, value] : config.options) {
    std::string known;
    bool found = false;
    for (const OptionSpec& spec : specs) {
      found = found || spec.name == name;
      known += (known.empty() ? "" : ", ") + std::string(spec.name);
    }
    if (!found) {
      throw Error("scheduler " + std::string(scheduler) + " has no option '" + name + "'",
                  known.empty() ? "It has no options" : "Its options: " + known,
                  "See `harness describe " + std::string(scheduler) + "`");
    }
  }
}

}  // namespace an
