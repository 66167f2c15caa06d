#include "tests/fuzz/settings.hpp"

#include <vector>

#include "core/base/rng.hpp"

namespace an::fuzz {
namespace {

struct Choice {
  std::string_view scheduler, option;
  std::vector<std::string_view> values;
};

const std::vector<Choice>& choices() {
  static const std::vector<Choice> kAll{
      {"heartbeat", "beat_us", {"1", "1", "5", "30", "1000"}},
      {"heartbeat", "tokens", {"1", "2", "64"}},
      {"heartbeat", "beat", {"self", "self", "ticker", "signal"}},
      {"near_first", "steal", {"half", "one"}},
      {"central_queue", "capacity", {"2", "2", "4", "64", "1024"}},
      {"resonance", "grouping", {"on", "on", "on", "off"}},
      {"resonance", "quantum", {"1", "1", "2", "256"}},
      {"resonance", "quantum_us", {"1", "200"}},
      {"resonance", "cache_kib", {"1", "16", "1024"}},
  };
  return kAll;
}

}  // namespace

SchedulerConfig draw_config(std::string_view scheduler, std::uint32_t workers, std::uint64_t era) {
  Rng rng = Rng::stream(era, 77);
  SchedulerConfig config;
  config.workers = workers;
  config.seed = rng.next();
  if (rng.below(2) == 0) {
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      config.nodes.push_back(worker % 2);
    }
  }
  for (const Choice& choice : choices()) {
    const std::uint32_t drawn = rng.below(static_cast<std::uint32_t>(choice.values.size()));
    if (choice.scheduler == scheduler) {
      config.options.emplace(choice.option, choice.values[drawn]);
    }
  }
  return config;
}

std::string to_text(const SchedulerConfig& config) {
  std::string text;
  for (const auto& [option, value] : config.options) {
    text += (text.empty() ? "" : " ") + option + "=" + value;
  }
  return text.empty() ? "defaults" : text;
}

}  // namespace an::fuzz
